"""What a browser may do with the pages of this service: run our own files and talk to this service,
nothing else.
"""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from cds_service.web import this_deployment

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


WITH_FORM = {
    **PAGE_HEADERS,
    "Content-Security-Policy": PAGE_HEADERS["Content-Security-Policy"].replace(
        "form-action 'none'", "form-action 'self'"
    ),
}
"""The same for a page with a form of its own that asks this service."""


def name_pages() -> dict[str, Any]:
    """Return the pages that are switched on, for the head of each page: name, address, and whether
    it is this one.
    """
    settings = this_deployment().settings
    pages = [("Guidance", "guidance.index")]
    if settings.workbench:
        pages.insert(0, ("Workbench", "workbench.page"))
    if settings.governance:
        pages.append(("Governance", "governance.page"))
    here = request.blueprint or ""
    return {"pages": [(name, url_for(end), end.startswith(f"{here}.")) for name, end in pages]}


def wants_json() -> bool:
    """Return whether the caller prefers JSON to a page for people."""
    offered = ["text/html", "application/json"]
    return request.accept_mimetypes.best_match(offered) == "application/json"
