"""The guidance page, and what the pages share."""

from cds_service.pages.front import front_blueprint
from cds_service.pages.governance import governance_blueprint
from cds_service.pages.guidance import guidance_blueprint
from cds_service.pages.pages import PAGE_HEADERS, name_pages

__all__ = [
    "PAGE_HEADERS",
    "front_blueprint",
    "governance_blueprint",
    "guidance_blueprint",
    "name_pages",
]
