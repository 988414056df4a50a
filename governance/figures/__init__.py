"""What fired, what became of it, and what somebody must look at."""

from governance.figures.alarms import days_withheld, withheld_too_long
from governance.figures.board import (
    WEEKS_OF_ALARMS,
    Board,
    first_week,
    load_figures,
    load_modes,
)
from governance.figures.categories import CATEGORIES
from governance.figures.chance import Share, rate, wilson
from governance.figures.control import Chart, chart_cards, chart_refusals
from governance.figures.export import as_csv, as_ndjson, each_row
from governance.figures.report import Report, Row, make_report

__all__ = [
    "CATEGORIES",
    "WEEKS_OF_ALARMS",
    "Board",
    "Chart",
    "Report",
    "Row",
    "Share",
    "as_csv",
    "as_ndjson",
    "chart_cards",
    "chart_refusals",
    "days_withheld",
    "each_row",
    "first_week",
    "load_figures",
    "load_modes",
    "make_report",
    "rate",
    "wilson",
    "withheld_too_long",
]
