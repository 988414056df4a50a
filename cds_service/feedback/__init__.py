"""What became of the cards: taken from clients as codes."""

from cds_service.feedback.feedback import take_feedback

__all__ = ["take_feedback"]
