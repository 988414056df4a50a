"""What became of the cards: taken from clients as codes, and reported."""

from cds_service.feedback.feedback import take_feedback
from cds_service.feedback.feedback_report import format_report, report_as_json, report_feedback

__all__ = ["format_report", "report_as_json", "report_feedback", "take_feedback"]
