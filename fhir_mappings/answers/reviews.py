"""Reviews of treatment on record (F34): when B12, blood count, homocysteine or methylmalonic acid
was last measured, whatever came out, and when a review of symptoms was noted.

A result that cannot be used for anything else shows all the same that somebody looked. Not among
them: results that were cancelled or entered in error, and those without a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from fhir_mappings.fhir import code_of, is_mistaken, months_before, texts_of
from fhir_mappings.intake import RecordIndex, cite, newest_day
from fhir_mappings.laboratory import COUNTED_ROLES, Observations, Observed, effective_day, read_name
from fhir_mappings.terminology import Concept
from fhir_mappings.text import normalise_text
from fhir_mappings.values import read_booleanish
from recommender.guidance import look_back
from recommender.language import Evidence, NotCounted, ReviewDone, Test, not_after

REVIEW_TESTS: dict[Concept, Test] = {
    Concept.SERUM_B12: Test.SERUM_B12,
    Concept.ACTIVE_B12_HOLOTC: Test.HOLOTRANSCOBALAMIN,
    Concept.HAEMOGLOBIN: Test.FULL_BLOOD_COUNT,
    Concept.HOMOCYSTEINE: Test.HOMOCYSTEINE,
    Concept.MMA_SERUM_PLASMA: Test.MMA,
    Concept.B12_REVIEW: Test.SYMPTOM_REVIEW,
}
"""What each result is of a review; haemoglobin stands for the blood count."""

SAMPLED_ALL_THE_SAME = frozenset(
    {NotCounted.PRELIMINARY, NotCounted.NAMES_CONTRADICT, NotCounted.NAME_UNCERTAIN}
)
"""Results that decide nothing, of which the sample was taken all the same."""


def map_reviews(index: RecordIndex, observed: Observations) -> tuple[ReviewDone, ...]:
    """Return the reviews of the last 15 months, the newest first, each test and day once."""
    sampled = (item for item in observed.passed_over if item.not_counted in SAMPLED_ALL_THE_SAME)
    done = {*_reviews(index, observed.counted), *_reviews(index, sampled), *_panels(index)}
    return tuple(sorted(done, key=lambda review: (review.date, review.test.value), reverse=True))


def _reviews(index: RecordIndex, observed: Iterable[Observed]) -> Iterator[ReviewDone]:
    first = months_before(index.as_of, look_back.REVIEWS_MONTHS)
    for item in observed:
        test = _test_of(item)
        if test is None or item.day is None:
            continue
        day = not_after(item.day.latest, index.as_of)
        if test is Test.SYMPTOM_REVIEW and not _was_done(item):
            index.receipt.ignore(item.placed, "a review of vitamin B12 treatment that was not done")
        elif day >= first:
            yield ReviewDone(test, day, _cited(item) if test is Test.SYMPTOM_REVIEW else None)


_BLOOD_COUNT = re.compile(
    r"(?:full|complete) blood (?:count|picture)(?: .{1,40})?|fbc|cbc(?: .{1,40})?|"
    r"(?:gross?es |kleines )?blutbild|numeration formule sanguine|nfs|hemograma(?: completo)?|"
    r"emocromo|bloedbeeld|blodstatus"
)


def _panels(index: RecordIndex) -> Iterator[ReviewDone]:
    """Yield the blood counts that stand as a report or panel, whose numbers may be elsewhere."""
    first = months_before(index.as_of, look_back.REVIEWS_MONTHS)
    for placed in index.of_type("DiagnosticReport", "Observation"):
        if "valueQuantity" in placed.resource:
            continue
        code = placed.resource.get("code")
        coded = any(match.concept is Concept.CBC_PANEL for match in read_name(index, code).matches)
        if not (
            coded or any(_BLOOD_COUNT.fullmatch(normalise_text(one)) for one in texts_of(code))
        ):
            continue
        if is_mistaken(placed.resource) or code_of(placed.resource.get("status")) == "registered":
            continue
        day, _ = effective_day(placed.resource)
        if day is not None and not_after(day.latest, index.as_of) >= first:
            yield ReviewDone(Test.FULL_BLOOD_COUNT, not_after(day.latest, index.as_of), None)


def _test_of(item: Observed) -> Test | None:
    for match in item.matches:
        if match.concept in REVIEW_TESTS and match.role in COUNTED_ROLES:
            return REVIEW_TESTS[match.concept]
    return None


def _was_done(item: Observed) -> bool:
    """Whether a noted review is not noted as not done."""
    return read_booleanish(item.body) is not False


def _cited(item: Observed) -> Evidence:
    match = next(match for match in item.matches if match.concept is Concept.B12_REVIEW)
    return cite(item.placed, match, item.code, newest_day(item.day))
