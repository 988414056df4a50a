"""The first line of every card, from the facts that decided."""

from recommender.first_lines.table import summarise

__all__ = ["summarise"]
