"""Lengths of ileum that answers give as quantities.

Source: decisions F14, Q2.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial

from fhir_mappings.answers.answer import Answer, why_outweighed
from fhir_mappings.intake import RecordIndex, cite
from fhir_mappings.values import Analyte, Reading, read_result
from recommender.language import Because, Measurement


def read_length(index: RecordIndex, answers: list[Answer], words_in: str) -> Measurement:
    """Return the newest length recorded as a quantity (Q2), of one moment the longest; `words_in`
    is the other list it may stand in.

    A newer one that cannot be read leaves the length unknown; one that says that there is no result
    does not count.
    """
    lengths = [(answer, read_result(answer.observed.body, Analyte.LENGTH)) for answer in answers]
    given = [(answer, length) for answer, length in lengths if not length.is_absent]
    for answer, length in lengths:
        if length.is_absent:
            index.receipt.ignore(answer.observed.placed, f"{answer.name}, {length.reason}")
    if not given:
        missing = index.not_recorded("labs", words_in)
        return Measurement(
            reason=lengths[0][1].reason if lengths else missing.reason,
            because=Because.NONE_RECORDED if lengths else missing.because,
        )
    newest, length = max(given, key=_length_newness)
    if length.quantity is None:
        index.receipt.ignore(newest.observed.placed, f"{newest.name}, {length.reason}")
    for older, _ in given:
        if older is not newest:
            why = partial(why_outweighed, older, newest, is_read=length.quantity is not None)
            index.receipt.ignore(older.observed.placed, why)
    evidence = cite(
        newest.observed.placed,
        newest.match,
        newest.observed.code,
        newest.date,
        length.reported,
        length.converted,
    )
    return Measurement(length.quantity, newest.date, length.reason, (evidence,), because=length.why)


def _length_newness(given: tuple[Answer, Reading]) -> tuple[dt.date, str, bool, Decimal, str]:
    """Sorts lengths from old to new; of one moment those that can be read come last, the longest at
    the end.
    """
    answer, length = given
    day, moment, reference = answer.newness
    return (
        day,
        moment,
        length.quantity is not None,
        length.quantity.value if length.quantity else Decimal(0),
        reference,
    )
