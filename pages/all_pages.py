"""Every generated page. A page is a module with its place, `PAGE`, and `render()`, its text."""

from __future__ import annotations

from pages import (
    cards,
    decision_table,
    mapping,
    recommendations,
    rooms,
    rule_by_hook,
    sandbox_patients,
    settings,
    statements,
)

PAGES = (
    cards,
    decision_table,
    mapping,
    recommendations,
    rooms,
    rule_by_hook,
    sandbox_patients,
    settings,
    statements,
)
