"""Checks of an order that hold whatever is recommended: what it shows by itself, reactions,
kidneys, bleeding.
"""

from recommender.safety.bleeding import (
    check_site,
    may_put_off,
    needs_inr,
    puts_off,
    unusable_alarm,
)
from recommender.safety.plausibility import check_alone, check_readable, is_implausible
from recommender.safety.reactions import (
    ask_about_allergy,
    check_contraindications,
    form_note,
    is_severe_where_b12_waits,
    reaction_to,
)
from recommender.safety.safety import check_safety

__all__ = [
    "ask_about_allergy",
    "check_alone",
    "check_contraindications",
    "check_readable",
    "check_safety",
    "check_site",
    "form_note",
    "is_implausible",
    "is_severe_where_b12_waits",
    "may_put_off",
    "needs_inr",
    "puts_off",
    "reaction_to",
    "unusable_alarm",
]
