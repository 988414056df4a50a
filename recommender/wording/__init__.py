"""How cards say facts: short dates, results, findings and causes, in words of ours."""

from recommender.wording.blood_said import few_uncounted, high_inr_uncounted, low_uncounted
from recommender.wording.fact_lines import facts_that_decided
from recommender.wording.hints import hint_lines, judged_by_words
from recommender.wording.names import LISTS
from recommender.wording.not_known import (
    beside_newer,
    cannot_be_used,
    has_undated_dose,
    is_measured,
    is_planned,
    last_injection,
    last_supply,
    may_be_under_way,
    no_dose,
    no_inr,
    no_kidney_result,
    say_alarm,
    undated_dose,
    unread_lines,
)
from recommender.wording.short import (
    TEST_NAMES,
    capital,
    every_months,
    in_sentence,
    join,
    name_of,
    plain,
    quote,
    say_age,
    say_date,
    say_full_date,
    say_often,
)
from recommender.wording.words import Words

__all__ = [
    "LISTS",
    "TEST_NAMES",
    "Words",
    "beside_newer",
    "cannot_be_used",
    "capital",
    "every_months",
    "facts_that_decided",
    "few_uncounted",
    "has_undated_dose",
    "high_inr_uncounted",
    "hint_lines",
    "in_sentence",
    "is_measured",
    "is_planned",
    "join",
    "judged_by_words",
    "last_injection",
    "last_supply",
    "low_uncounted",
    "may_be_under_way",
    "name_of",
    "no_dose",
    "no_inr",
    "no_kidney_result",
    "plain",
    "quote",
    "say_age",
    "say_alarm",
    "say_date",
    "say_full_date",
    "say_often",
    "undated_dose",
    "unread_lines",
]
