"""A dosage in free text: amounts, route, how often, as needed, and what of it was not read.

What is read here is compared with the structure of the same order, or stands for it where there is
none; a text counts as read whole only when nothing else stands in it (Q37, Q41, Q43).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from fhir_mappings.dosing.interval_timings import number_in
from fhir_mappings.dosing.interval_vocabulary import (
    ADVERB_WORDS,
    CHOICE_OF_PLACES,
    NUMBERS,
    UNIT_WORDS,
    fold,
    write_out,
)
from fhir_mappings.dosing.interval_words import (
    AS_NEEDED,
    FOR_LIFE,
    LONGEST_TEXT,
    REVIEW,
    SUPPLY,
    THEN_CHECKED,
    binds_to_improvement,
    find_rhythm,
)
from fhir_mappings.dosing.strengths import (
    A_NUMBER,
    RANGE_OF_AMOUNTS,
    STRENGTH_IN_WORDS,
    plain_numbers,
    take_amounts,
    write_counts_behind,
)
from recommender.language import Route, Timing

_UNNAMED_COUNT = re.compile(
    r"^((?:(?:please )?(?:take|give|swallow) )?(?:[1-4]|one|two|three|four))"
    r"(?= (?:(?:po|sl|orally|by mouth) )?(?:daily|od|qd|qday|qam|qhs|mane|nocte|bd|bid|tds|tid|"
    r"once (?:daily|a day|per day|each day|every day)|"
    r"(?:twice|(?:two|three|four|[2-4]) times) (?:daily|a day|per day|each day|every day)|"
    r"(?:each|every|a|per) (?:day|morning|evening|night)|in the (?:morning|evening)|"
    r"at (?:night|bedtime))(?![a-z]))"
)
"""A count that names no unit, before how often a day: "take one daily", "2 BD". Of tablets it
counts tablets; of more than four nobody knows whether it is their weight.
"""
_SCHEME = re.compile(r"([0-4])-([0-4])-([0-4])(?:-([0-4]))?")
"""Tablets in the morning, at noon, in the evening and at night, as German labels write them."""
_ROUTES: tuple[tuple[Route, str], ...] = (
    (
        Route.SUBCUTANEOUS,
        r"(?:deep )?sub ?-?cut(?:aneous(?:ly)?)?|s/?c|sq|sub ?-?q|(?:tiefe? )?subkutan\w*|"
        r"sous[ -]cutanee?|subcutane[ao]|sottocut(?:e|ane[ao])|subcutaan|under (?:the |your )?skin|"
        r"unter die haut|sous la peau|(?:de)?bajo (?:de )?la piel|sotto la pelle|onder de huid",
    ),
    (
        Route.INTRAMUSCULAR,
        r"(?:deep )?intra ?-?muscular(?:ly)?|intramusc|"
        r"im(?! (?:(?:monat|jahr|quartal|halbjahr|abstand|wechsel)(?![a-z])|[a-z]+lichen ))|i/m|"
        r"in(?:to)? (?:(?:the|a|an) )?(?:appropriate |large )?muscle|intramuskul\w*|"
        r"intramusculaire|intramuscol(?:are|o)|intramusculair",
    ),
    (
        Route.INTRAVENOUS,
        r"(?:intra ?-?venous(?:ly)?|iv)(?: (?:push|piggyback|bolus))?|ivpb?|i/v|"
        r"intravenos\w*|intraveineuse|intraveneus|endoven(?:os)?a",
    ),
    (
        Route.NASAL,
        r"(?:intra)?nasal(?:ly)?|(?:into )?(?:the|each|one|both) nostrils?|into the nose",
    ),
    (
        Route.ORAL,
        r"orally|oral[et]?|by mouth|po|vo|p/o|p\.o\.?|per os|peroral\w*|zum einnehmen|oraal|"
        r"sub ?-?lingual(?:ly)?|sublinguaal|sublinguale?|sl|s/l|"
        r"(?:under|beneath) (?:the |your )?tongue|"
        r"unter (?:der|die) zunge|sous la langue|(?:de)?bajo (?:de )?la lengua|sotto la lingua|"
        r"onder de tong|under tung(?:an|en)|"
        r"in(?:to)? (?:the |your )?mouth|buccal|swallow|swallowed",
    ),
)
"""German "im" before a time is "in the", no route."""
_ROUTE_PATTERNS = tuple(
    (route, re.compile(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])")) for route, words in _ROUTES
)
_BARE_NUMBER_BEFORE_ROUTE = re.compile(
    rf"(?<=\d) ?(?=(?:{'|'.join(words for _, words in _ROUTES)}) +(?:{ADVERB_WORDS})(?![a-z]))"
)
"""In "1000 im monthly" the number belongs to the dose, not to the interval."""

_SENTENCE_END = re.compile(rf"[;\n]|(?<!\d)\.(?= |$)|(?<=\d)\.(?=$| (?!(?:{UNIT_WORDS})(?![a-z])))")
"""Where a clause ends; the dot of an ordinal before a unit of time ("hver 3. maned") ends none."""
_A_NUMBER = rf"\d{{1,4}}|{'|'.join(NUMBERS)}"
_SPELT_AGAIN = re.compile(rf"(?<![a-z0-9.,])({_A_NUMBER}) ?\(({_A_NUMBER})\)")
"""A number that stands again in letters or digits: "30 (thirty) days", "three (3) months"."""
_LABEL = re.compile(
    r"(?<![a-z])(?:sig|dosage(?: instructions)?|directions|instructions|freq(?:uency)?|"
    r"indications?(?: of use)?|dosierung|"
    r"dosering|posologi[ae]|frequen(?:z|tie|za|ce)|frecuencia) ?:"
)
"""What names a part of a dosage, as forms print it: "Frequency: every 3 months"."""
_ASIDE = re.compile(
    r"review|reassess|recheck|check|monitor|blood test|bloods|recall|appointment|follow ?-?up"
)
_LATER = re.compile(
    r"(?<![a-z])(?:first dose|next|due(?! (?:o tre )?(?:mes|settiman|giorn|ann|or[ae]|volt|fial|"
    r"compress|cpr|dos[ei]|iniezion|ampoll))|start(?:ing|s|ed)?|after|from|last|previous\w*|was|"
    r"loading done|beginn|depuis|desde|vanaf)(?![a-z])"
)
_SAYS_NOTHING = re.compile(
    r"(?<![a-z])(?:(?:[1-6]0|15|45|an?|one|1) ?-?(?:min(?:ute)?s?|hours?|h) )?"
    r"(?:(?:(?:taken )?before|after) (?:a |the |your )?(?:breakfast|food|meals?|eating)|"
    r"(?:on )?(?:an )?empty stomach|a jeun|(?:auf )?nuchter(?:n|nen magen)|en ayunas|em jejum|"
    r"a (?:digiuno|stomaco vuoto)|op (?:een )?(?:lege|nuchtere) maag)(?![a-z])|"
    r"(?<![a-z])do not (?:crush|chew)(?:,? (?:or |and )?(?:crush|chew|split))*(?![a-z])|"
    r"(?<![a-z])discard (?:the )?(?:vial|remainder|unused portion)(?: after (?:each )?use)?|"
    r"(?<![a-z])first dose (?:\(after last modification\) )?(?:today|on (?:[a-z]+ )?\d\d?/\d\d?/"
    r"(?:20)?\d\d)(?: at (?:[01]\d|2[0-3]):?[0-5]\d)?(?!\d)|"
    rf"(?<![a-z])(?:first dose|start(?:ing|s)?|beginning) {A_NUMBER}(?: ?(?:to|-) ?{A_NUMBER})? "
    r"(?:day|week|month)s? after (?:the )?(?:last |end of )?(?:the )?(?:loading(?: dose| course| "
    r"injection)?|alternate-day injection)(?![a-z])"
)
"""Before or after which meal, and when maintenance starts as our own drafts say it: nothing of how
much or how often.
"""
_SEVERAL = re.compile(
    r"(?<![a-z])(?:then|thereafter|followed by|afterwards|and later|reduc\w*|increas\w*|taper\w*|"
    r"step|dann|danach|anschliessend|puis|ensuite|luego|despues|poi|dopo|depois|daarna|dan|sedan|"
    r"derefter|deretter)(?![a-z])"
)
_NEGATED = re.compile(
    r"(?<![a-z])(?:not|no|never|avoid|without|except\w*|do not|don't|max\w*|minimum|up to|exceed|"
    r"less than|more than|at least|nicht|kein\w*|pas|jamais|non|nunca|niet|geen|inte|ikke|instead|"
    r"unless|if|wenn|si|se|als|or|oder|ou)(?![a-z])"
)
_FILLER = re.compile(
    r"(?<![a-z])(?:inject(?:ed|ion|ions)?|inj|give(?:n)?|take(?:n)?|administer(?:ed)?|apply|use|to|"
    r"dissolve[ds]?|melt|let|allow|chew(?:ed)?|place|otc|supplement(?:ation)?|related|"
    r"between(?= meals)|be|by|via|the|into|in|a|an|as|of|for|at|with|dose|doses|"
    r"directed|maintenance|loading|prophylaxis|replacement|course|therapy|treatment|deltoid|"
    r"vastus lateralis|muscle|total|contents|left|right|upper|outer|arm|thigh|deep|slowly|only|"
    r"continue|practice|nurse|gp|surgery|clinic|district|breakfast|food|water|meals?|each|one|"
    r"solution|ampoules?|(?<=for )pa|dn|nursing|team|housebound|"
    r"vitamin|vit|b12|b 12|b-12|pernicious|anemia|anaemia|b12 deficiency|deficiency|please|and|"
    r"injizieren|spritzen|gabe|geben|injektion|injektionen|einnehmen|nehmen|mg|injecter|prendre|"
    r"une|un|par|inyectar|tomar|inyeccion|iniettare|assumere|iniezione|injecao|injecteren|nemen|"
    r"innemen|injectie|ges|ta|gis|tas|route|not the buttock|"
    r"aplicar|aplique|administrar|colocar|poner|inyecte|injetar|fare|somministrare|faire|"
    r"administrer|verabreichen|toedienen|gi|gives|settes|injiseres|injiceres|injiceras|"
    r"par|por|per|via|en|em|voie|weg|bruk|anvendelse|anvandning|anwendung|verabreichung|"
    r"toediening|gebruik|"
    r"administration|hydroxocobalamin\w*|cyanocobalamin\w*|mecobalamin\w*|methylcobalamin\w*|"
    r"folic acid)(?![a-z])"
)


class WrittenDosage(NamedTuple):
    """What the words of a dosage say.

    `amounts` are number and unit (a mass unit, "tablet", "capsule", "ampoule" or "ml"), each once.
    `timing` and `route` are `None` where the text says none or several. `whole`: nothing else
    stands in the text. `review_noted`: its end is bound to improvement or to a review of it (Q81).
    `count_alone` is the number of doses of a text that does not say how often, else `None`.
    """

    amounts: tuple[tuple[Decimal, str], ...] = ()
    route: Route | None = None
    timing: Timing | None = None
    as_needed: bool = False
    whole: bool = False
    review_noted: bool = False
    count_alone: int | None = None

    @property
    def says_something(self) -> bool:
        return bool(self.amounts or self.timing or self.route)

    @property
    def is_all(self) -> bool:
        """Whether the words are a dosage, read whole, and nothing else."""
        return self.whole and self.says_something


NOTHING_WRITTEN = WrittenDosage()


def read_written(
    text: str, names: tuple[str, ...] = (), *, of_tablets: bool = False
) -> WrittenDosage:
    """Return what a free-text dosage says; `names` are the names of its product, which say nothing
    of the dose. `of_tablets`: a count without a unit counts tablets.

    A clause about a review, a test or a start is set aside. Words of a sequence ("then"), of a
    negation or of a choice leave amounts and frequency unread.
    """
    if not text or len(text) > LONGEST_TEXT:
        return NOTHING_WRITTEN
    said, handed_over = SUPPLY.subn(" ", plain_numbers(fold(text)))
    folded = write_out(_SPELT_AGAIN.sub(_once, _LABEL.sub(" | ", said)))
    folded = _name_tablets(folded) if of_tablets else folded
    review = binds_to_improvement(folded)
    plain = FOR_LIFE.sub(" ", _place_as_route(folded))
    plain = REVIEW.sub(" ", _SAYS_NOTHING.sub(" ", THEN_CHECKED.sub(" ", plain)))
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 3:
            plain = plain.replace(plain_numbers(fold(name)), " ")
    clauses = [part.strip() for part in _SENTENCE_END.split(plain) if part.strip()]
    spoken = [part for part in clauses if not _ASIDE.search(part) and not _LATER.search(part)]
    aside = any(_LATER.search(part) and not _ASIDE.search(part) for part in clauses)
    rest = " ; ".join(spoken)
    as_needed = bool(AS_NEEDED.search(rest))
    rest = AS_NEEDED.sub(" ", rest)
    if _SEVERAL.search(rest) or _NEGATED.search(rest):
        return WrittenDosage(as_needed=as_needed, review_noted=review)
    found = _read_clauses(rest, as_needed, review, aside)
    may_end = handed_over and not of_tablets and _may_end(found)
    return found._replace(timing=None, whole=False) if may_end else found


def _may_end(found: WrittenDosage) -> bool:
    """Return whether what is handed over may say how long injections of every few days go on."""
    swallowed = found.route is Route.ORAL or any(unit in _SWALLOWED for _, unit in found.amounts)
    often = found.timing is not None and found.timing.shortest_interval < DAYS_BETWEEN_LOADING
    return often and not swallowed


_SWALLOWED = ("tablet", "capsule")
DAYS_BETWEEN_LOADING = 7
"""Days; injections closer together are loading, which ends."""


def _once(match: re.Match[str]) -> str:
    """Return the number once where both say the same; else what stands there, which is not read."""
    number = number_in(match[1])
    return f"{number}" if number == number_in(match[2]) else match[0]


def _name_tablets(folded: str) -> str:
    """Return the words with the unit of a count that names none."""
    scheme = _SCHEME.fullmatch(folded.rstrip("."))
    if scheme is None:
        return _UNNAMED_COUNT.sub(r"\1 tablet", folded)
    taken = [count for count in scheme.groups() if count not in (None, "0")]
    if len(set(taken)) != 1:
        return folded
    return f"{taken[0]} tablet {len(taken)} times a day"


def _read_clauses(rest: str, as_needed: bool, review: bool, aside: bool) -> WrittenDosage:
    said = rest = write_counts_behind(rest)
    route, rest = _take_route(STRENGTH_IN_WORDS.sub(" ", rest))
    rest = " ".join(rest.split())
    rhythms = find_rhythm(rest)
    ranged = bool(RANGE_OF_AMOUNTS.search(rhythms.rest))
    amounts, rest = take_amounts(RANGE_OF_AMOUNTS.sub(" ", rhythms.rest))
    rest = re.sub(r"[|(),;:.\-/&+=*]", " ", _FILLER.sub(" ", rest))
    timing, count = rhythms.timing, rhythms.count_alone
    single = count == 1 or (timing is not None and timing.count == 1)
    two_meanings = bool(_ONCE.search(said)) and single and _may_be_swallowed(route, amounts)
    if two_meanings:
        timing = count = None
    whole = not (rest.strip() or ranged or aside or rhythms.unreadable or two_meanings)
    amounts = () if ranged else amounts
    return WrittenDosage(amounts, route, timing, as_needed, whole, review, count)


_ONCE = re.compile(r"(?<![a-z])x ?1(?![\d.])|(?<=, )once(?= ?(?:$|[|;]))")
"""In a text that does not say how often: once a day, as Nordic labels write it, or once in all."""


def _may_be_swallowed(route: Route | None, amounts: tuple[tuple[Decimal, str], ...]) -> bool:
    injected = any(unit in ("ampoule", "ml") for _, unit in amounts)
    return route in (None, Route.ORAL) and not injected


def _place_as_route(text: str) -> str:
    """Return words with the place of an injection as its route, into muscle, unless they name
    another one: "under the skin of the thigh".
    """
    if not CHOICE_OF_PLACES.search(text):
        return text
    others = (pattern for route, pattern in _ROUTE_PATTERNS if route is not Route.INTRAMUSCULAR)
    named = any(pattern.search(text) for pattern in others)
    return CHOICE_OF_PLACES.sub(" " if named else " im ", text)


def _take_route(text: str) -> tuple[Route | None, str]:
    found = set()
    text = _BARE_NUMBER_BEFORE_ROUTE.sub(" | ", text)
    for route, pattern in _ROUTE_PATTERNS:
        if pattern.search(text):
            found.add(route)
            text = pattern.sub(" ", text)
    return (found.pop() if len(found) == 1 else None), text
