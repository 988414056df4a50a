"""A record written from lines that a clinician reads: "result: B12 96 pmol/L, 24" is a result of 24
days ago.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from synthetic.vocabulary import (
    ALLERGENS,
    ANSWERS,
    LENGTHS,
    OPERATIONS,
    OWN,
    PROBLEMS,
    PRODUCTS,
    RHYTHMS,
    ROUTES,
    SITES,
    SYSTEM_SPELLINGS,
    TESTS,
    UCUM,
    UNIT_CODES,
    Way,
)

Resource = dict[str, Any]

STATUS_SYSTEM = "http://terminology.hl7.org/CodeSystem"


@dataclass(slots=True)
class Chart:
    """The record of one person, true on a day. Without `chance` everything is said in the plain
    way; with it in any of the ways real exports do.
    """

    patient: str
    as_of: dt.date
    chance: Random | None = None
    resources: list[Resource] = field(default_factory=list)

    def write(self, lines: Iterable[str]) -> None:
        """Add what the lines say, each one resource."""
        for line in lines:
            kind, _, words = line.partition(": ")
            self.resources.append(_WRITERS[kind](self, words))

    def write_person(self, name: str, born: str, sex: str, **more: Any) -> None:
        """Add the Patient; `born` is a year or a date."""
        given, _, family = name.partition(" ")
        birth = born if len(born) == 10 else f"{born}-05-17"
        self.resources.append(
            {
                "resourceType": "Patient",
                "id": self.patient,
                "name": [{"family": family or given, "given": [given]}],
                "gender": sex,
                "birthDate": birth,
                **more,
            }
        )

    def order(self, words: str, identity: str, status: str = "draft") -> Resource:
        """Return an order: "hydroxocobalamin, 1000 mcg, IM, every 2 months", and behind it, if
        there is one, how many days ago it was written, a site, or what its text says.
        """
        product, dose, route, rhythm, *more = words.split(", ")
        days = next((int(word) for word in more if word.isdecimal()), 0)
        said = next((word for word in more if word.startswith("says ")), "")
        site = next((word for word in more if word in SITES), "")
        instruction: Resource = {
            "text": said.removeprefix("says ") or f"{dose} {route} {rhythm}",
            "timing": {"repeat": RHYTHMS[rhythm]},
            "route": self._concept((ROUTES[route],), route),
            "doseAndRate": [{"doseQuantity": _quantity(dose)}],
        }
        if site:
            instruction["site"] = self._concept((SITES[site],), site)
        return self._of(
            "MedicationRequest",
            identity,
            status=status,
            intent="order",
            medicationCodeableConcept=self._product(product),
            authoredOn=self._moment(days),
            dosageInstruction=[instruction],
        )

    def test_order(self, identity: str) -> Resource:
        """Return an order of a vitamin B12 level."""
        return self._of(
            "ServiceRequest",
            identity,
            status="draft",
            intent="order",
            code=self._concept(TESTS["B12 pmol/L"], "Vitamin B12"),
        )

    def _problem(self, words: str, clinical: str = "active", **more: Any) -> Resource:
        name, days = _dated(words)
        return self._of(
            "Condition",
            clinicalStatus=_status("condition-clinical", clinical),
            verificationStatus=_status("condition-ver-status", "confirmed"),
            code=self._concept(PROBLEMS[name], name),
            onsetDateTime=self._day(days),
            recordedDate=self._day(days),
            **more,
        )

    def _returned(self, words: str) -> Resource:
        return self._problem(words, "recurrence")

    def _resolved(self, words: str) -> Resource:
        described, ended = _dated(words)
        return self._problem(described, "resolved", abatementDateTime=self._day(ended))

    def _result(self, words: str) -> Resource:
        described, days = _dated(words)
        name, value, unit = described.rsplit(" ", 2)
        return self._observation(
            self._concept(TESTS[f"{name} {unit}"], name),
            days,
            valueQuantity={"value": _number(value), "unit": unit, "system": UCUM, "code": unit},
        )

    def _answer(self, words: str) -> Resource:
        name, days = _dated(words)
        code, value = ANSWERS[name]
        return self._observation(
            {"coding": [{"system": OWN, "code": code}]}, days, valueBoolean=value
        )

    def _length(self, words: str) -> Resource:
        described, days = _dated(words)
        name, value, unit = described.rsplit(" ", 2)
        return self._observation(
            {"coding": [{"system": OWN, "code": LENGTHS[name]}]},
            days,
            valueQuantity={"value": _number(value), "unit": unit, "system": UCUM, "code": unit},
        )

    def _operation(self, words: str) -> Resource:
        name, days = _dated(words)
        return self._of(
            "Procedure",
            status="completed",
            code=self._concept(OPERATIONS[name], name),
            performedDateTime=self._day(days),
            meta={"lastUpdated": self._moment(days)},
        )

    def _allergy(self, words: str) -> Resource:
        severity, _, name = words.partition(" ")
        reaction = {"manifestation": [{"text": "anaphylaxis" if severity == "severe" else "rash"}]}
        resource = self._of(
            "AllergyIntolerance",
            clinicalStatus=_status("allergyintolerance-clinical", "active"),
            criticality="high" if severity == "severe" else "low",
            code=self._concept(ALLERGENS[name], name),
            reaction=[{**reaction, "severity": "severe" if severity == "severe" else "mild"}],
            recordedDate=self._day(900),
        )
        resource["patient"] = resource.pop("subject")
        return resource

    def _active(self, words: str) -> Resource:
        return self.order(words, f"mr-{self.patient}-{len(self.resources)}", "active")

    def _taken(self, words: str) -> Resource:
        """Return what a person says to take, bought or from elsewhere: an order's words with how
        many days ago it began.
        """
        described, days = _dated(words)
        order = self.order(described, "", "active")
        return self._of(
            "MedicationStatement",
            status="active",
            medicationCodeableConcept=order["medicationCodeableConcept"],
            effectivePeriod={"start": self._day(days)},
            dateAsserted=self._day(7),
            dosage=order["dosageInstruction"],
        )

    def _given(self, words: str) -> Resource:
        described, days = _dated(words)
        product, dose, route = described.split(", ")
        return self._of(
            "MedicationAdministration",
            status="completed",
            medicationCodeableConcept=self._product(product),
            effectiveDateTime=self._moment(days),
            dosage={"route": self._concept((ROUTES[route],), route), "dose": _quantity(dose)},
            meta={"lastUpdated": self._moment(days)},
        )

    def _observation(self, code: Resource, days: int, **value: Any) -> Resource:
        return self._of(
            "Observation",
            status="final",
            code=code,
            effectiveDateTime=self._moment(days),
            issued=self._moment(days),
            **value,
        )

    def _of(self, kind: str, identity: str = "", **members: Any) -> Resource:
        named = identity or f"{_SHORT[kind]}-{self.patient}-{len(self.resources)}"
        subject = {"reference": f"Patient/{self.patient}"}
        return {"resourceType": kind, "id": named, "subject": subject, **members}

    def _concept(self, ways: tuple[Way, ...], words: str) -> Resource:
        """Say a thing by a code and its words, in the plain way or in any of them; by its words
        alone where it has no code.
        """
        if not ways:
            return {"text": words}
        system, code = ways[0] if self.chance is None else self.chance.choice(ways)
        if self.chance is not None:
            system = self.chance.choice(SYSTEM_SPELLINGS.get(system, (system,)))
        return {"coding": [{"system": system, "code": code, "display": words}], "text": words}

    def _product(self, name: str) -> Resource:
        text, ways = PRODUCTS[name]
        return self._concept(ways, text) | {"text": text}

    def _day(self, days: int) -> str:
        return (self.as_of - dt.timedelta(days=days)).isoformat()

    def _moment(self, days: int) -> str:
        return f"{self._day(days)}T09:30:00Z"


_SHORT = {
    "Condition": "co",
    "Observation": "ob",
    "Procedure": "pr",
    "AllergyIntolerance": "al",
    "MedicationAdministration": "ma",
    "MedicationRequest": "mr",
    "MedicationStatement": "ms",
}

_WRITERS = {
    "problem": Chart._problem,
    "returned": Chart._returned,
    "resolved": Chart._resolved,
    "result": Chart._result,
    "answer": Chart._answer,
    "length": Chart._length,
    "operation": Chart._operation,
    "allergy": Chart._allergy,
    "active": Chart._active,
    "given": Chart._given,
    "taken": Chart._taken,
}


def _dated(words: str) -> tuple[str, int]:
    described, _, days = words.rpartition(", ")
    return described, int(days)


def _number(text: str) -> float | int:
    return float(text) if "." in text else int(text)


def _quantity(words: str) -> Resource:
    value, unit = words.split(" ")
    return {"value": _number(value), "unit": unit, "system": UCUM, "code": UNIT_CODES[unit]}


def _status(name: str, code: str) -> Resource:
    return {"coding": [{"system": f"{STATUS_SYSTEM}/{name}", "code": code}]}
