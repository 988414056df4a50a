"""How long what a clinician reads is, over every clinical case that is written in FHIR (cards.md
7): the detail, the first line and the labels, as they are sent.
"""

from __future__ import annotations

import statistics
import sys
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import test_vignettes as in_words
import test_vignettes_50_to_110 as in_fhir
from chart import write_request

from cds_service.decision.explainable import decide_request

MEDIAN, LONGEST = 90, 180

Json = dict[str, Any]


@cache
def cards() -> tuple[Json, ...]:
    settings, value_sets = in_fhir.known()
    found: list[Json] = []
    for vignette in in_words.VIGNETTES:
        if "policy" in vignette:
            continue  # as long as under the settings as they come
        request = write_request(vignette)
        found += decide_request(request, settings, value_sets, in_words.AS_OF).cards
    for case in in_fhir.VIGNETTES:
        found += in_fhir.answer(case).cards
    return tuple(found)


def test_details_are_short() -> None:
    words = sorted((len(card["detail"].split()), card["summary"]) for card in cards())

    assert len(words) > 150
    assert statistics.median(number for number, _ in words) <= MEDIAN
    assert words[-1][0] <= LONGEST, words[-1]


def test_first_lines_and_labels_fit() -> None:
    assert all(0 < len(card["summary"]) < 140 for card in cards())
    labels = [offer["label"] for card in cards() for offer in card.get("suggestions", ())]
    assert labels
    assert max(map(len, labels)) <= 80
