"""What is measured of the smallest prefetch: a key left out is unknown, not an empty list."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cds_service.decision import decide_request
from fhir_mappings.fhir import PREFETCH_KEYS
from fhir_mappings.terminology import load_value_sets
from tests.every_case.cases import Case, every_case
from tests.every_case.smallest_prefetch import LOUD, PAGE, WITHOUT, measure

CASES = list(every_case(at_every_hook=False))
VALUE_SETS = load_value_sets()


def numb_feet() -> Case:
    """Tablets chosen for numb feet with a low vitamin B12: b1, critical."""
    return next(one for one in CASES if one.name == "prepared patient: 01-numb-feet-tablets")


def test_every_kind_of_case_is_measured() -> None:
    kinds = {one.of for one in CASES}

    assert kinds == {"vignette", "saved case", "prepared patient", "test patient"}
    assert len({(one.name, one.request["hook"]) for one in CASES}) == len(CASES)
    assert len(CASES) > 290


def test_a_card_that_rests_on_a_key_is_counted_as_lost_without_it() -> None:
    measured = measure([numb_feet()])

    assert set(measured) == set(WITHOUT) == set(PREFETCH_KEYS)
    assert measured["patient"].lost == measured["conditions"].lost == Counter({"b1": 1})
    assert measured["conditions"].gained == Counter({"b2": 1, "d2": 1})
    assert measured["allergies"].changed == 0


def test_no_regimen_is_marked_recommended_where_medicines_or_allergies_were_left_out() -> None:
    for case in CASES[::3]:
        sent = case.request.get("prefetch", {})
        for key in ("medications", "allergies"):
            rest = {name: part for name, part in sent.items() if name != key}
            request = {**case.request, "prefetch": rest}
            decided = decide_request(request, case.settings, VALUE_SETS, case.day)

            marked = [
                one["label"]
                for card in decided.cards
                for one in card.get("suggestions", [])
                if one.get("isRecommended") and any(map(drafts_a_medicine, one["actions"]))
            ]
            assert marked == [], (case.name, key)


def drafts_a_medicine(action: dict[str, Any]) -> bool:
    drafted = action.get("resource")
    return isinstance(drafted, dict) and drafted["resourceType"] == "MedicationRequest"


def test_the_page_names_every_key_and_the_number_of_cases() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert all(f"| `{key}` | {words} |" in text for key, words in WITHOUT.items())
    assert f"of {len(CASES)}\nrequests" in text
    assert LOUD == ("warning", "critical")
