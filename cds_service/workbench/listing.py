"""The list of prepared patients with what the service says of each, so that it can be searched by
row, severity and outcome; and the settings that can be tried out.
"""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from cds_service.decision import Decision, decide_request
from cds_service.site import Settings
from cds_service.workbench.prepared import PreparedPatient, load_patients
from fhir_mappings.terminology import ValueSets
from recommender.cards import LOUDNESS
from recommender.guidance import SETTINGS, Policy, policy_as_dict, words_of_choice

Json = dict[str, Any]

QUIET = {"silent": "checked, nothing to say", "outside": "not concerned"}


def list_patients(settings: Settings, value_sets: ValueSets, today: dt.date) -> list[Json]:
    """Return each patient with its row, its loudest card and the outcome in words, on this day."""
    return [
        _describe(patient, decide_request(patient.request_at(today), settings, value_sets, today))
        for patient in load_patients()
    ]


def by_theme(patients: list[Json]) -> dict[str, list[Json]]:
    """Return the patients by theme, the themes in the order of their first patients."""
    themes: dict[str, list[Json]] = {}
    for patient in patients:
        themes.setdefault(patient["theme"], []).append(patient)
    return themes


def _describe(patient: PreparedPatient, decision: Decision) -> Json:
    indicators = {card["indicator"] for card in decision.cards}
    silent = "silent" if decision.in_scope else "outside"
    loudest = next((one.value for one in LOUDNESS if one.value in indicators), silent)
    outcome = QUIET.get(loudest, loudest)
    rule = decision.recommendation.rule if decision.in_scope else ""
    words = (patient.title, patient.theme, patient.story, rule, outcome)
    return {
        "id": patient.id,
        "theme": patient.theme,
        "title": patient.title,
        "rule": rule,
        "loudest": loudest,
        "outcome_words": outcome,
        "words": " ".join(words).lower(),
    }


def describe_settings(policy: Policy) -> list[Json]:
    """Return the settings that hold one of a few words, with the one in force."""
    in_force = policy_as_dict(policy)
    return [
        {
            "name": setting.key,
            "what": setting.meaning,
            "value": in_force[setting.key],
            "choices": [
                {"value": choice.value, "words": words_of_choice(setting, choice.value)}
                for choice in setting.choices
            ],
        }
        for setting in SETTINGS
        if isinstance(setting.choices, type) and issubclass(setting.choices, enum.Enum)
    ]
