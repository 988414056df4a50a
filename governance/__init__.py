"""What those who answer for the advice need: modes, the record of each decision and deciding it
again.
"""

from governance.modes import Showing, choose_what_is_shown, list_modes
from governance.record import Asked, describe_decision, write_asked

__all__ = [
    "Asked",
    "Showing",
    "choose_what_is_shown",
    "describe_decision",
    "list_modes",
    "write_asked",
]
