"""The first line of every card, from the facts that decided."""

from recommender.first_lines.orders import say_waiting_loading
from recommender.first_lines.table import summarise

__all__ = ["say_waiting_loading", "summarise"]
