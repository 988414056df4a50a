"""What of a person each rule looks at, as the source attributes count it: where the rules differ.

A row of the decision table uses what its conditions read, and what its offer reads beside them;
rows of evidence, precautions, reviews and cards use what `recommender/guidance/readers.py` says
that they read. A test changes one fact at a time in some hundred cases and holds the tables to
what the rows then do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from recommender.guidance import FACTS, RuleId
from recommender.treatment import RULES, Condition
from recommender.treatment import conditions as c

RACE, SEX, DATE_OF_BIRTH, SOCIAL, HEALTH_STATUS = 5, 10, 11, 12, 13
"""Numbers of the attributes in whose use the rules differ."""


@dataclass(frozen=True, slots=True)
class Use:
    """One use of an attribute: its number, the fact of the record that is read, and to what end."""

    attribute: int
    fact: str
    words: str


def _egfr(end: str) -> tuple[Use, ...]:
    """Return what an eGFR may rest on."""
    return (
        Use(RACE, "egfr", f"{end}; of two values for two races in one report the lower is used"),
        Use(SEX, "egfr", f"{end}; the recorded gender enters an eGFR computed from creatinine"),
        Use(DATE_OF_BIRTH, "egfr", f"{end}; age enters an eGFR computed from creatinine"),
    )


_SCREEN = (
    Use(HEALTH_STATUS, "neurological_screen", "the answer to the question for nerve symptoms"),
)
_COURSE = (
    Use(
        HEALTH_STATUS,
        "neurological_screen",
        "nerve symptoms decide which course is complete and when one has lapsed",
    ),
)
_SYMPTOMS = Use(HEALTH_STATUS, "symptoms", "the answer to the question for symptoms of deficiency")
_RECURRENCE = Use(HEALTH_STATUS, "recurrence", "the answer that symptoms have returned")
_DEFICIENCY = (
    *_egfr("kidney function says whether methylmalonic acid can be read (D3, D4)"),
    Use(SOCIAL, "causes", "a diet low in vitamin B12 counts as a cause (D4)"),
    Use(SOCIAL, "nitrous_oxide", "nitrous oxide counts as a cause, and misleads levels (D4, D6)"),
    *_SCREEN,
    Use(HEALTH_STATUS, "pregnant", "in pregnancy a low total level alone proves nothing (D2)"),
    Use(HEALTH_STATUS, "symptoms", "symptoms make a borderline level more telling (D4)"),
)
_BY_MOUTH = _egfr("oral treatment asks for sufficient kidney function")

OF_CONDITIONS: Mapping[Condition, tuple[Use, ...]] = {
    c.NOT_KNOWN_TO_BE_ADULT: (Use(DATE_OF_BIRTH, "age", "under 18, or of unknown age"),),
    **dict.fromkeys(
        (
            c.NEURO_PRESENT,
            c.NEURO_ABSENT,
            c.NEURO_UNCONFIRMED,
            c.NEURO_NOT_PRESENT,
            c.NEURO_NEW,
        ),
        _SCREEN,
    ),
    **dict.fromkeys(
        (
            c.LOADING_COMPLETE,
            c.LOADING_OR_ORAL,
            c.LAPSED,
            c.NOT_ALTERNATE_DAYS,
            c.SIGNS_ALL_OLD,
        ),
        _COURSE,
    ),
    **dict.fromkeys((c.DEFICIENT, c.OPEN, c.UNRESOLVED, c.UNLIKELY, c.NOT_SHOWN), _DEFICIENCY),
    c.RECURRENCE: (_RECURRENCE,),
    c.MAY_NEED_RELOADING: (*_SCREEN, _SYMPTOMS),
    c.NOT_WORKING: (_SYMPTOMS, _RECURRENCE),
    c.CAN_TAKE_BY_MOUTH: _BY_MOUTH,
    c.KIDNEYS_UNKNOWN: _BY_MOUTH,
}
"""What each condition of a row reads; one that is missing reads nothing of these."""

_FOR_LIFE = Use(SOCIAL, "causes", "whether the cause passes decides for how long to treat")
_PLANNED = Use(HEALTH_STATUS, "planning_pregnancy", "a planned pregnancy asks for levels (V5)")
_IN_PREGNANCY = Use(
    HEALTH_STATUS, "pregnant", "in pregnancy holotranscobalamin is asked for instead"
)

OF_OFFERS: Mapping[RuleId, tuple[Use, ...]] = {
    **dict.fromkeys(
        (RuleId.N1, RuleId.U1, RuleId.M5, RuleId.M6, RuleId.M7, RuleId.M8), (_FOR_LIFE,)
    ),
    RuleId.M3: (_PLANNED,),
    RuleId.P4: (_PLANNED,),
    RuleId.T4: (*_SCREEN, _SYMPTOMS),
    RuleId.B1: (*_egfr("which test comes next"), _IN_PREGNANCY),
    RuleId.E1: (_SYMPTOMS,),
    RuleId.E3: (_SYMPTOMS,),
    RuleId.E2: (_IN_PREGNANCY,),
}
"""What the offer of a row reads of its own."""

_KIDNEYS = _egfr("kidney function")
OF_FACTS: Mapping[str, tuple[Use, ...]] = {
    "age": (Use(DATE_OF_BIRTH, "age", "age"),),
    "female": (Use(SEX, "female", "the recorded gender, where a pregnancy is not recorded"),),
    "egfr": _KIDNEYS,
    "pregnant": (Use(HEALTH_STATUS, "pregnant", "pregnancy"),),
    "planning_pregnancy": (Use(HEALTH_STATUS, "planning_pregnancy", "a planned pregnancy"),),
    "breastfeeding": (Use(HEALTH_STATUS, "breastfeeding", "breastfeeding"),),
    "symptoms": (_SYMPTOMS,),
    "recurrence": (_RECURRENCE,),
    "neurological_screen": _SCREEN,
    "nitrous_oxide": (Use(SOCIAL, "nitrous_oxide", "recorded use of nitrous oxide"),),
}
"""What each fact of the record means for the attributes; other facts mean nothing for them."""

EVERYWHERE = ("K7", "K10", "K11", "K14", "V5")
"""What stands beside whatever row is chosen: kidneys, pregnancy, breastfeeding, nitrous oxide, and
a planned pregnancy after bariatric surgery.
"""


def uses_of_rule(identity: RuleId) -> tuple[Use, ...]:
    """Return what the rows of a rule look at, without repetition, by attribute."""
    conditions = [one for rule in RULES if rule.id is identity for one in rule.when]
    of_conditions = (use for one in conditions for use in OF_CONDITIONS.get(one, ()))
    found = dict.fromkeys((*of_conditions, *OF_OFFERS.get(identity, ())))
    return tuple(sorted(found, key=lambda use: use.attribute))


def uses_beside() -> dict[str, tuple[Use, ...]]:
    """Return what rows of evidence, precautions, reviews and cards look at, by their ids."""
    rows = {rule.id.value for rule in RULES}
    found: dict[str, tuple[Use, ...]] = {}
    for reader, use in _readers():
        if reader not in rows:
            found[reader] = (*found.get(reader, ()), use)
    return dict(sorted(found.items()))


def _readers() -> Iterator[tuple[str, Use]]:
    for fact, uses in OF_FACTS.items():
        for reader in FACTS[fact].by:
            yield from ((reader, use) for use in uses)
