"""Commands about answers: why, what became of them, what would differ."""

from cli.answers.explain import add_explain
from cli.answers.feedback import add_feedback

__all__ = ["add_explain", "add_feedback"]
