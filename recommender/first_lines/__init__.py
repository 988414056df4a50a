"""The first line of every card, from the facts that decided."""

from recommender.first_lines.orders import say_waiting_loading
from recommender.first_lines.table import LONGEST_SUMMARY, summarise, utf16_length

__all__ = ["LONGEST_SUMMARY", "say_waiting_loading", "summarise", "utf16_length"]
