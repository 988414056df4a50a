"""Every generated page. A page is a module with its place, `PAGE`, and `render()`, its text."""

from __future__ import annotations

from pathlib import Path

from pages.clinical import (
    cards,
    decision_table,
    facts_and_rules,
    recommendations,
    rule_by_hook,
    sandbox_patients,
    statements,
)
from pages.product import client_steps, mapping, names, rooms, settings
from pages.safety import deploying_hospital, ehr_assumptions, hazard_csv, hazard_log, safety_case

PAGES = (
    cards,
    client_steps,
    decision_table,
    deploying_hospital,
    ehr_assumptions,
    facts_and_rules,
    hazard_csv,
    hazard_log,
    mapping,
    names,
    recommendations,
    rooms,
    rule_by_hook,
    safety_case,
    sandbox_patients,
    settings,
    statements,
)


def written() -> dict[Path, str]:
    """Return every generated page with its place."""
    pages: dict[Path, str] = {}
    for page in PAGES:
        pages |= page.render_all() if hasattr(page, "render_all") else {page.PAGE: page.render()}
    return pages
