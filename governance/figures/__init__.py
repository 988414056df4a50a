"""What fired, what became of it, and what somebody must look at."""

from governance.figures.board import Board, first_week, load_figures
from governance.figures.categories import CATEGORIES
from governance.figures.chance import Z_95, Share, wilson
from governance.figures.control import Chart, chart_cards, chart_refusals
from governance.figures.export import as_csv, as_ndjson, each_row
from governance.figures.report import Report, Row, make_report
from governance.figures.versions import NewVersion, find_new_versions

__all__ = [
    "CATEGORIES",
    "Z_95",
    "Board",
    "Chart",
    "NewVersion",
    "Report",
    "Row",
    "Share",
    "as_csv",
    "as_ndjson",
    "chart_cards",
    "chart_refusals",
    "each_row",
    "find_new_versions",
    "first_week",
    "load_figures",
    "make_report",
    "wilson",
]
