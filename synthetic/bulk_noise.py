"""Nine tenths of an export: resources that no rule reads, in the proportion of real exports, from
blocks that are made once and filled in per person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

import orjson

from synthetic.vocabulary import LOCAL, NOISE_TESTS

PROPORTIONS: dict[str, float] = {
    "Observation": 0.55,
    "Encounter": 0.14,
    "ExplanationOfBenefit": 0.11,
    "Claim": 0.09,
    "Immunization": 0.05,
    "DiagnosticReport": 0.04,
    "CarePlan": 0.02,
}
"""Parts of what does not matter by type, as in the public synthetic records of six people: of 1,444
resources 577 results, 180 encounters, 389 claims and their explanations, 82 immunisations.
"""

MATTER = 20
"""Resources of a person that are not from here."""

VARIANTS = 16
PATIENT = b"@patient@"


class BulkNoise:
    """Gives each person one of sixteen blocks of each type.

    Args:
        resources: how many resources a person has in all.
    """

    def __init__(self, seed: int, as_of: dt.date, resources: int) -> None:
        many = max(0, resources - MATTER)
        self._blocks = {
            kind: [
                _block(kind, round(many * part), Random(f"{seed}-{kind}-{variant}"), as_of)
                for variant in range(VARIANTS)
            ]
            for kind, part in PROPORTIONS.items()
            if round(many * part)
        }

    def of(self, patient: str, number: int) -> Iterator[tuple[str, bytes, int]]:
        """Yield the lines of a person by type, with how many there are."""
        named = patient.encode("ascii")
        for kind, variants in self._blocks.items():
            block, count = variants[number % VARIANTS]
            yield kind, block.replace(PATIENT, named), count


def _block(kind: str, count: int, chance: Random, as_of: dt.date) -> tuple[bytes, int]:
    lines = [orjson.dumps(_resource(kind, number, chance, as_of)) for number in range(count)]
    return b"".join(line + b"\n" for line in lines), count


def _resource(kind: str, number: int, chance: Random, as_of: dt.date) -> dict[str, object]:
    day = (as_of - dt.timedelta(days=chance.randint(1, 3650))).isoformat()
    moment = f"{day}T{chance.randint(7, 19):02d}:{chance.randint(0, 59):02d}:00Z"
    name = chance.choice(NOISE_TESTS)
    code = "".join(letter for letter in name.upper() if letter.isalnum())[:12]
    base: dict[str, object] = {
        "resourceType": kind,
        "id": f"{kind[:3].lower()}-@patient@-{number}",
        "meta": {"versionId": "1", "lastUpdated": moment},
        "status": "final" if kind in ("Observation", "DiagnosticReport") else "finished",
    }
    if kind in ("Observation", "DiagnosticReport"):
        category = {"coding": [{"system": _CATEGORY, "code": "vital-signs"}]}
        base |= {
            "category": [category],
            "code": {"coding": [{"system": LOCAL, "code": code, "display": name}], "text": name},
            "effectiveDateTime": moment,
            "issued": moment,
        }
    who = "patient" if kind in ("ExplanationOfBenefit", "Claim", "Immunization") else "subject"
    base |= {
        who: {"reference": "Patient/@patient@"},
        "encounter": {"reference": f"Encounter/enc-@patient@-{number}"},
    }
    return base | _more(kind, number, chance, moment)


_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


def _more(kind: str, number: int, chance: Random, moment: str) -> dict[str, object]:
    """Return what makes a resource of a type as large as in an export."""
    if kind == "Observation":
        value = round(chance.uniform(1, 300), 2)
        limits = [{"low": {"value": 1, "unit": "1"}, "high": {"value": 300, "unit": "1"}}]
        return {
            "valueQuantity": {"value": value, "unit": "1"},
            "referenceRange": limits,
            "performer": [{"reference": "Organization/laboratory"}],
        }
    if kind in ("ExplanationOfBenefit", "Claim"):
        lines = [
            {
                "sequence": line,
                "productOrService": {"text": "visit"},
                "net": {"value": round(chance.uniform(5, 900), 2), "currency": "EUR"},
                "servicedPeriod": {"start": moment, "end": moment},
            }
            for line in range(1, 5)
        ]
        return {"item": lines, "created": moment, "use": "claim"}
    return {"period": {"start": moment, "end": moment}, "note": [{"text": f"visit {number}"}]}
