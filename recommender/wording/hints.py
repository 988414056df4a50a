"""What words of the record point at without deciding it: quoted, and no more (Q27, Q28)."""

from __future__ import annotations

from recommender.deficiency import Deficiency, NotConclusive
from recommender.language import Hint, HintAt, RecordArea
from recommender.wording.short import quote, with_date
from recommender.wording.words import Words

MOST_QUOTES = 2
"""Quotes on one card (Q27)."""

_QUOTED_LENGTHS = (60, 40, 30)
"""Characters to which words are cut where they are quoted (cards.md 7, rules 1 and 9)."""

MOST_PRESSING_FIRST = (
    HintAt.NEUROLOGY,
    HintAt.ALLERGY,
    HintAt.LEBERS,
    HintAt.COBALT_ALLERGY,
    HintAt.B12_TREATMENT,
    HintAt.KIDNEY_DISEASE,
    HintAt.DIALYSIS,
    HintAt.BLEEDING_DISORDER,
    HintAt.ANTICOAGULANT,
    HintAt.GASTRIC_SURGERY,
    HintAt.BARIATRIC_SURGERY,
    HintAt.ILEAL_SURGERY,
    HintAt.ILEAL_LENGTH,
    HintAt.NITROUS_OXIDE,
    HintAt.CAUSE,
    HintAt.RAISES_B12,
    HintAt.DEFICIENCY,
    HintAt.PREGNANCY,
    HintAt.PLANNING_PREGNANCY,
)
"""Hints that change what is advised; the others stand in the receipt alone, but for entries that
are dated in the future: these are shown (Q31).
"""


def hint_lines(words: Words, said: str) -> tuple[str, ...]:
    """Return the hints that a card quotes, but those that its words `said` quote already."""
    if not words.scenario.hints:
        return ()
    shown: dict[str, Hint] = {}
    for at in MOST_PRESSING_FIRST:
        if _is_settled(words, at):
            continue
        for hint in words.scenario.hints_at(at):
            if not any(quote(hint.words, length) in said for length in _QUOTED_LENGTHS):
                shown.setdefault(hint.words, hint)
    for hint in words.scenario.hints:
        if hint.in_future and quote(hint.words) not in said:
            shown.setdefault(hint.words, hint)
    first = tuple(shown.values())[:MOST_QUOTES]
    return tuple(
        f"In the record, not read: {with_date(quote(hint.words), hint.date, words.as_of)}."
        for hint in first
    )


def _is_settled(words: Words, at: HintAt) -> bool:
    """Return whether no word can change a fact of the open world, for it is known: signs,
    deficiency, a cause for which no tablets are offered (2.1, 2.3); or what raises a level.
    """
    assessed = words.assessment
    if at in (HintAt.PREGNANCY, HintAt.PLANNING_PREGNANCY):  # where K10 says that it is not certain
        return not (assessed.pregnancy_possible and assessed.pregnancy_hinted)
    if at is HintAt.NEUROLOGY:
        return not assessed.neurological.is_unknown
    if at is HintAt.RAISES_B12:  # a low level stands whatever raises it (Q60)
        return assessed.not_conclusive is not NotConclusive.RAISING_CONDITION
    if at is HintAt.CAUSE:
        return assessed.established_malabsorption.is_true
    return at is HintAt.DEFICIENCY and (
        assessed.is_deficient or assessed.deficiency is Deficiency.DIAGNOSED
    )


def judged_by_words(words: Words) -> str:
    """Say how many problems were judged by their words alone, where "none" rests on them (Q28);
    empty where none was.
    """
    problems = words.scenario.list_of(RecordArea.CONDITIONS)
    if not problems.by_words:
        return ""
    if problems.entries == 1:
        return "The one problem on the list judged by its words only"
    return f"{problems.by_words} of {problems.entries} problems judged by their words only"
