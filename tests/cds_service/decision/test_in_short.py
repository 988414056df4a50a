"""The decision as a person reads it: outcome, headline, reasons and conditions (CONTRACT)."""

from __future__ import annotations

import datetime as dt

from cds_service.decision import decide_request, explain
from cds_service.site.settings import demonstration
from cds_service.workbench.prepared import load_patients
from fhir_mappings.terminology.value_sets import load_value_sets

AS_OF = dt.date(2026, 11, 21)
VALUE_SETS = load_value_sets()


def test_every_prepared_patient_is_told_in_short() -> None:
    settings = demonstration()
    for patient in load_patients():
        told = explain(decide_request(patient.request_at(AS_OF), settings, VALUE_SETS, AS_OF))
        decision = told["decision"]

        assert (told["outcome"] == "speaks") is bool(told["cards"])
        assert decision["headline"]
        states = {one["words"]: one["state"] for one in decision["conditions"]}
        assert set(states.values()) <= {"met", "not met", "not looked at"}
        fired = next(row for row in decision["trace"] if row["fired"])
        assert fired["rule"] == decision["rule"]
        assert any(one.get("recordSays") for one in decision["conditions"])
        if told["cards"]:
            assert decision["headline"].startswith(told["cards"][0]["summary"][:40])
