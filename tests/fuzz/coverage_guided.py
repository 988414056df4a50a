"""A long coverage-guided search for input that breaks a reader. Optional: it needs `pip install
atheris`, which the tests do not.

    python -m tests.fuzz.coverage_guided {request,quantities,dosage} CORPUS [libFuzzer options, such
    as -max_total_time=300]

Finds are written beside the corpus. A reader may refuse what it is given with a Problem; anything
else it raises is a bug. Besides, a request is decided without an error, and a number that is read
is finite.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import atheris
import orjson

with atheris.instrument_imports(include=["cds_service", "fhir_mappings", "recommender"]):
    from cds_service.decision.explainable import decide_request
    from cds_service.demonstration import load_request
    from cds_service.protocol.errors import Problem
    from cds_service.protocol.json_text import read_json, write_json
    from cds_service.site import demonstration
    from fhir_mappings.medicines.dosage import read_phases
    from fhir_mappings.products.identify import identify_product
    from fhir_mappings.terminology.loading import load_value_sets
    from fhir_mappings.values.result_values import read_result
    from fhir_mappings.values.units import Analyte

from tests.fuzz.mutations import change, words_of

AS_OF = dt.date(2026, 6, 1)
SETTINGS = demonstration()
VALUE_SETS = load_value_sets()
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
TABLET = identify_product(
    {"coding": [{"system": RXNORM, "code": "309593"}], "text": "Vitamin B 12 1 MG Oral Tablet"},
    VALUE_SETS,
)
INJECTION = identify_product(
    {"text": "Hydroxocobalamin 1 mg/mL solution for injection"}, VALUE_SETS
)


def try_request(text: bytes) -> None:
    """Decide on a hook request and write its cards."""
    try:
        decision = decide_request(read_json(text), SETTINGS, VALUE_SETS, AS_OF)
    except Problem:
        return
    write_json(list(decision.cards))
    assert len({line.place for line in decision.receipt}) == len(decision.receipt)


def try_quantities(text: bytes) -> None:
    """Read a result as each of the analytes."""
    result = _object(text)
    for analyte in Analyte if result else ():
        reading = read_result(result, analyte)
        assert (reading.quantity is None) == bool(reading.reason)
        assert reading.quantity is None or reading.quantity.value.is_finite()


def try_dosage(text: bytes) -> None:
    """Read the dosage of a tablet and of an injection."""
    order = _object(text)
    for product in (TABLET, INJECTION) if order else ():
        for dosage in read_phases(order, product, VALUE_SETS, AS_OF):
            doses = [line.dose for line in dosage.lines if line.dose is not None]
            assert all(dose.is_finite() and dose > 0 for dose in doses)


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = read_json(text)
    except Problem:
        return {}
    return value if isinstance(value, dict) else {}


def result_seeds() -> list[dict[str, Any]]:
    """Return results of every shape that is read."""
    ucum = {"system": "http://unitsofmeasure.org"}
    quantities = [
        {"value": 171, "unit": "pg/mL", "code": "pg/mL", **ucum},
        {"value": 0.4, "unit": "umol/L", "comparator": "<"},
        {"value": "12.4", "unit": "g/dL"},
    ]
    others = [
        {"valueString": "< 150 pg/mL"},
        {"valueString": "1,234.5 ng/L"},
        {"valueInteger": 59},
        {"valueRange": {"low": quantities[0]}},
    ]
    return [
        *({"valueQuantity": quantity} for quantity in quantities),
        *others,
        {"dataAbsentReason": {"text": "unknown"}},
    ]


def dosage_seeds() -> list[dict[str, Any]]:
    """Return orders with timings and doses of every shape that is read."""
    dose = {
        "doseAndRate": [
            {
                "doseQuantity": {
                    "value": 1000,
                    "unit": "ug",
                    "system": "http://unitsofmeasure.org",
                    "code": "ug",
                }
            }
        ]
    }
    repeats: list[dict[str, Any]] = [
        {"frequency": 1, "period": 2, "periodUnit": "d"},
        {
            "frequency": 3,
            "period": 1,
            "periodUnit": "wk",
            "count": 6,
            "boundsDuration": {"value": 2, "unit": "wk", "code": "wk"},
        },
        {
            "frequency": 1,
            "period": 2,
            "periodMax": 3,
            "periodUnit": "mo",
            "boundsPeriod": {"start": "2026-06-01"},
        },
        {"dayOfWeek": ["mon", "thu"], "timeOfDay": ["08:00:00"], "when": ["MORN"]},
    ]
    lines = [
        {
            "timing": {"repeat": repeat},
            "route": {"text": "intramuscular"},
            **dose,
            "text": "as written",
        }
        for repeat in repeats
    ]
    written = [
        {"text": "1 tablet BID PRN", "timing": {"code": {"text": "BID"}}, "asNeededBoolean": True},
        {"sequence": 1, **lines[0]},
    ]
    return [
        {"resourceType": "MedicationRequest", "dosageInstruction": [line]}
        for line in (*lines, *written)
    ] + [{"dosageInstruction": lines}]


TARGETS: dict[str, tuple[Callable[[bytes], None], Callable[[], list[dict[str, Any]]]]] = {
    "request": (try_request, lambda: [load_request(AS_OF)]),
    "quantities": (try_quantities, result_seeds),
    "dosage": (try_dosage, dosage_seeds),
}


def main() -> None:
    """Search until told to stop."""
    target, make_seeds = TARGETS[sys.argv[1]]
    corpus, seeds = Path(sys.argv[2]), make_seeds()
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(orjson.dumps(seed))
    words = sorted({word for seed in seeds for word in words_of(seed)})

    def mutate(text: bytes, longest: int, seed: int) -> bytes:
        return mutate_json(text, longest, Random(seed), words)

    atheris.Setup(
        [sys.argv[0], str(corpus), f"-artifact_prefix={corpus}-", "-max_len=20000", *sys.argv[3:]],
        target,
        custom_mutator=mutate,
    )
    atheris.Fuzz()


def mutate_json(text: bytes, longest: int, random: Random, words: list[str]) -> bytes:
    """Return the text with a few values exchanged, left out, doubled or wrapped; now and then, or
    where it is no JSON, its bytes.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = None
    if value is None or random.random() < 0.1:
        return bytes(atheris.Mutate(text, longest))
    for _ in range(random.choice((1, 1, 2, 4))):
        value = change(value, random, words)
    return orjson.dumps(value)[:longest]


if __name__ == "__main__":
    main()
