"""An info card that was overridden is not shown for 90 days, for the same patient, order and rule;
louder ones always are.
"""

from __future__ import annotations

import copy
import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cds_service.app import create_app
from cds_service.database import CARDS, DECISIONS
from cds_service.decision import decide_request
from cds_service.decision.quiet_cards import may_be_silenced
from cds_service.site import Client, Settings
from cds_service.web.deployment import CONFIG_KEY
from cds_service.workbench.prepared import load_patients
from fhir_mappings.terminology import load_value_sets
from recommender.cards import MAY_BE_SILENCED, Card, Finding, Indicator, cards
from recommender.language import Hint, HintAt
from tests.cds_service.records.records import rows, wait_until
from tests.cds_service.signing import claims, client, sign

BASE = "https://cds.example.org"
CALL = "/cds-services/b12-order-select"


def story(name: str) -> dict[str, Any]:
    """Return the request of a prepared patient as of today."""
    request: dict[str, Any] = next(
        patient for patient in load_patients() if patient.id == name
    ).request_at(dt.datetime.now(dt.UTC).date())
    return request


class Clinician:
    """Somebody at an EHR who calls the service and dismisses what it says."""

    def __init__(self, url: str, clients: tuple[Client, ...], tenant: str | None = None) -> None:
        self._url = url
        self._tenant = tenant
        self._app = create_app(
            Settings(public_url=BASE, store_url=url, patient_key="key", clients=clients)
        )
        self._http = self._app.test_client()

    def _post(self, path: str, body: Any) -> Any:
        now = int(time.time())
        made_out = claims(aud=BASE + path, iat=now, exp=now + 300, tenant=self._tenant)
        authorization = sign(made_out)
        return self._http.post(path, json=body, headers={"Authorization": authorization}).json

    def answer(self, request: dict[str, Any]) -> Any:
        return self._post(f"/cds-services/b12-{request['hook']}", request)

    def cards(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        shown: list[dict[str, Any]] = self.answer(request)["cards"]
        sent = {card["uuid"] for card in shown}
        wait_until(lambda: sent <= {row["uuid"] for row in rows(self._url, CARDS)})
        return shown

    def override(self, request: dict[str, Any]) -> None:
        [card] = self.cards(request)
        self._post(
            f"{CALL}/feedback", {"feedback": [{"card": card["uuid"], "outcome": "overridden"}]}
        )

    def leave(self) -> None:
        self._app.config[CONFIG_KEY].close()


@pytest.fixture
def clinician(tmp_path: Path) -> Iterator[Clinician]:
    someone = Clinician(f"sqlite:///{tmp_path / 'b12-cds.db'}", (client(),))
    someone._app.config[CONFIG_KEY].store.upgrade()
    yield someone
    someone.leave()


def indicators(cards: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(card["source"]["topic"]["code"], card["indicator"]) for card in cards]


def test_after_an_override_it_is_not_shown(clinician: Clinician) -> None:
    request = story("03-nothing-asked")
    assert indicators(clinician.cards(request)) == [("b2", "info")]

    clinician.override(request)
    assert clinician.cards(request) == []


def test_an_empty_answer_says_that_it_was_overridden(clinician: Clinician) -> None:
    """The answer without cards that explains itself names the override, not a mode (contract)."""
    request = story("03-nothing-asked")
    clinician.override(request)

    answer = clinician.answer(request)

    assert answer["cards"] == []
    assert "was overridden" in answer["extension"]["org.b12-cds"]["why"]


def test_it_is_shown_for_another_patient_and_for_another_order(clinician: Clinician) -> None:
    request = story("03-nothing-asked")
    clinician.override(request)
    other_order = copy.deepcopy(request)
    [entry] = other_order["context"]["draftOrders"]["entry"]
    entry["resource"]["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["value"] = 2

    assert clinician.cards(request) == []
    assert clinician.cards(other_order) != []
    assert clinician.cards(_renamed(request, "another-patient")) != []


def test_it_is_shown_for_the_patient_of_the_same_id_in_another_hospital(tmp_path: Path) -> None:
    """One issuer serves many tenants: their patients 4711 are different people."""
    url = f"sqlite:///{tmp_path / 'b12-cds.db'}"
    north, south = (Clinician(url, (client(),), tenant) for tenant in ("north", "south"))
    north._app.config[CONFIG_KEY].store.upgrade()
    request = story("03-nothing-asked")
    north.override(request)

    assert north.cards(request) == []
    assert indicators(south.cards(request)) == [("b2", "info")]
    [patients] = [{row["patient"] for row in rows(url, DECISIONS)}]
    assert len(patients) == 2
    north.leave()
    south.leave()


def test_what_is_silent_is_recorded_as_silent_though_it_was_overridden_before(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'b12-cds.db'}"
    before = Clinician(url, (client(),))
    before._app.config[CONFIG_KEY].store.upgrade()
    before.override(story("03-nothing-asked"))
    before.leave()

    silent = Clinician(url, (client(modes={"default": "silent"}),))
    assert silent.cards(story("03-nothing-asked")) == []
    silent.leave()
    assert [row["mode"] for row in rows(url, CARDS)] == ["live", "silent"]


def _renamed(request: dict[str, Any], patient: str) -> dict[str, Any]:
    """Return the same request about another patient."""
    text = repr(request).replace(request["context"]["patientId"], patient)
    renamed: dict[str, Any] = eval(text)
    return renamed


def test_it_is_shown_again_when_a_deciding_value_changes(clinician: Clinician) -> None:
    """Q45: the level that decided is another one."""
    request = story("03-nothing-asked")
    clinician.override(request)
    changed = copy.deepcopy(request)
    for entry in changed["prefetch"]["labs"]["entry"]:
        quantity = entry["resource"].get("valueQuantity", {})
        if quantity.get("unit") == "pmol/L":
            quantity["value"] -= 1

    assert clinician.cards(request) == []
    assert indicators(clinician.cards(changed)) == [("b2", "info")]


def test_nothing_that_was_not_read_is_silenced_I32(clinician: Clinician) -> None:
    """The same overrides count for nothing once a part of the record could not be read."""
    request = story("03-nothing-asked")
    clinician.override(request)
    unread = copy.deepcopy(request)
    unread["prefetch"]["procedures"] = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "exception"}],
    }

    assert clinician.cards(request) == []
    for _ in range(2):
        clinician.override(unread)
    assert clinician.cards(unread) != []


def test_only_the_cards_of_Q45_can_be_silenced() -> None:
    silent = {card.id for card in MAY_BE_SILENCED}

    named = "a1, b2, b9, b12, b13, b17, b18, b19, b23, c3, d2, e1, e2, g2, h5, i1, k1, m1"
    assert silent == set(named.split(", "))
    assert not silent & {"k4", "b14", "a3"}


@pytest.mark.parametrize(
    ("card", "also", "silenced"),
    [
        (cards.A1_RIGHT_BUT_MORE, (), True),
        (cards.K4_NOT_ADULT, (), False),
        (cards.B14_UNREADABLE, (), False),
        (cards.A1_RIGHT_BUT_MORE, (cards.B14_UNREADABLE,), False),
        (cards.A1_RIGHT_BUT_MORE, (cards.E1_SECOND_ORDER,), True),
    ],
)
def test_a_card_that_speaks_for_one_that_must_be_heard_is_heard(
    card: Card, also: tuple[Card, ...], silenced: bool
) -> None:
    request = story("02-vegan-well")
    day = dt.datetime.now(dt.UTC).date()
    decision = decide_request(request, Settings(), load_value_sets(), day)
    finding = Finding(card, Indicator.INFO, "", (), "M6", (), also_found=also)

    assert may_be_silenced(finding, decision) is silenced
    assert not may_be_silenced(replace(finding, indicator=Indicator.WARNING), decision)


def test_a_missing_kidney_result_and_folic_acid_that_goes_on_can_be_silenced_Q85_Q92() -> None:
    day = dt.datetime.now(dt.UTC).date()
    decision = decide_request(story("02-vegan-well"), Settings(), load_value_sets(), day)
    kidney = Finding(cards.D2_KIDNEY_NOT_KNOWN, Indicator.INFO, "", (), "M7", ())
    folate = replace(kidney, card=cards.C3_B12_NOT_KNOWN)
    hint = Hint(HintAt.KIDNEY_DISEASE, "kidneys?", "Condition/1")
    hinted = replace(decision.case.mapped.scenario, hints=(hint,))
    mapped = replace(decision.case.mapped, scenario=hinted)
    doubted = msgspec.structs.replace(
        decision, case=msgspec.structs.replace(decision.case, mapped=mapped)
    )
    refill = replace(decision.case.request, hook="medication-refill")
    refilled = msgspec.structs.replace(
        decision, case=msgspec.structs.replace(decision.case, request=refill)
    )

    assert may_be_silenced(kidney, decision)
    assert not may_be_silenced(kidney, doubted)
    assert not may_be_silenced(folate, decision)
    assert may_be_silenced(folate, refilled)


def test_a_question_that_words_of_the_record_raise_is_never_silenced_Q45() -> None:
    """b2 is silenced where none is recorded alone (H86)."""
    day = dt.datetime.now(dt.UTC).date()
    decision = decide_request(story("02-vegan-well"), Settings(), load_value_sets(), day)
    asked = Finding(cards.B2_ASK_ABOUT_SIGNS, Indicator.INFO, "", (), "U1", ())
    hint = Hint(HintAt.NEUROLOGY, "numb feet?", "Condition/1")
    hinted = replace(decision.case.mapped.scenario, hints=(hint,))
    mapped = replace(decision.case.mapped, scenario=hinted)
    doubted = msgspec.structs.replace(
        decision, case=msgspec.structs.replace(decision.case, mapped=mapped)
    )

    assert may_be_silenced(asked, decision)
    assert not may_be_silenced(asked, doubted)


def test_with_nerve_signs_what_is_due_is_never_silenced_Q82() -> None:
    day = dt.datetime.now(dt.UTC).date()
    decision = decide_request(story("01-numb-feet-tablets"), Settings(), load_value_sets(), day)
    due = Finding(cards.K1_DUE, Indicator.INFO, "", (), "N1", ())

    assert not may_be_silenced(due, decision)
    assert may_be_silenced(replace(due, card=cards.B12_BUTTOCK), decision)


@pytest.mark.parametrize("name", ["01-numb-feet-tablets", "05-kidneys-reduced"])
def test_a_warning_or_critical_card_is_shown_however_often_it_is_overridden(
    clinician: Clinician, name: str
) -> None:
    request = story(name)
    before = indicators(clinician.cards(request))
    for _ in range(3):
        clinician.override(request)

    assert indicators(clinician.cards(request)) == before
    assert before[0][1] in ("warning", "critical")


def test_where_nobody_is_authenticated_nobody_can_silence_a_card(tmp_path: Path) -> None:
    anybody = Clinician(f"sqlite:///{tmp_path / 'b12-cds.db'}", ())
    anybody._app.config[CONFIG_KEY].store.upgrade()
    request = story("03-nothing-asked")
    for _ in range(3):
        anybody.override(request)

    assert indicators(anybody.cards(request)) == [("b2", "info")]
    anybody.leave()


LOADING: dict[str, Any] = {"frequency": 3, "period": 1, "periodUnit": "wk", "count": 6}
MAINTENANCE: dict[str, Any] = {"frequency": 1, "period": 2, "periodUnit": "mo"}


def ordering_loading(hook: str, mcg: int = 1000) -> dict[str, Any]:
    """Return the request for loading and maintenance where nobody has asked about nerve signs."""
    request = story("03-nothing-asked")
    [entry] = request["context"]["draftOrders"]["entry"]
    drafts = [
        entry["resource"]
        | {
            "id": name,
            "medicationCodeableConcept": {
                "text": "Hydroxocobalamin 1 mg/mL solution for injection"
            },
            "dosageInstruction": [
                {
                    "timing": {"repeat": repeat},
                    "route": {"text": "intramuscular"},
                    "doseAndRate": [
                        {
                            "doseQuantity": {
                                "value": mcg,
                                "unit": "ug",
                                "system": "http://unitsofmeasure.org",
                                "code": "ug",
                            }
                        }
                    ],
                }
            ],
        }
        for name, repeat in (("loading", LOADING), ("maintenance", MAINTENANCE))
    ]
    request["hook"] = hook
    request["context"]["draftOrders"]["entry"] = [{"resource": draft} for draft in drafts]
    if hook == "order-select":
        request["context"]["selections"] = [f"MedicationRequest/{one['id']}" for one in drafts]
    else:
        del request["context"]["selections"]
    return request


ORDER_HOOKS = ("order-select", "order-sign")


@pytest.mark.parametrize(
    ("hooks", "asked"),
    [((), []), ((*ORDER_HOOKS, "patient-view"), []), (ORDER_HOOKS, [("b2", "info")])],
)
def test_loading_is_asked_about_once_where_the_client_has_no_patient_view_Q93(
    tmp_path: Path, hooks: tuple[str, ...], asked: list[tuple[str, str]]
) -> None:
    """Not again at the signature; a client of which it is not known is not taken to lack it."""
    clinician = Clinician(f"sqlite:///{tmp_path / 'b12-cds.db'}", (client(hooks=hooks),))
    clinician._app.config[CONFIG_KEY].store.upgrade()

    assert indicators(clinician.cards(ordering_loading("order-select"))) == asked
    assert clinician.cards(ordering_loading("order-sign")) == []
    assert clinician.cards(ordering_loading("order-select")) == []
    another = _renamed(ordering_loading("order-sign"), "another-patient")
    assert indicators(clinician.cards(another)) == asked
    clinician.leave()


def test_a_question_that_was_asked_in_silence_was_not_asked_Q93(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'b12-cds.db'}"
    silent = Clinician(url, (client(hooks=ORDER_HOOKS, modes={"default": "silent"}),))
    silent._app.config[CONFIG_KEY].store.upgrade()
    assert silent.cards(ordering_loading("order-select")) == []
    silent.leave()

    live = Clinician(url, (client(hooks=ORDER_HOOKS),))
    assert indicators(live.cards(ordering_loading("order-select"))) == [("b2", "info")]
    live.leave()


def test_the_question_about_tablets_is_not_gone_once_it_was_shown_Q93(tmp_path: Path) -> None:
    """Only beside loading is it asked once; tablets are wrong with nerve signs."""
    clinician = Clinician(f"sqlite:///{tmp_path / 'b12-cds.db'}", (client(hooks=ORDER_HOOKS),))
    clinician._app.config[CONFIG_KEY].store.upgrade()

    for _ in range(2):
        assert indicators(clinician.cards(story("03-nothing-asked"))) == [("b2", "info")]
    clinician.leave()
