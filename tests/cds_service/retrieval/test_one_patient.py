"""One call is about one patient (Q64)."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

PATH = "/cds-services/b12-order-select"


def refused(client: FlaskClient, body: dict[str, Any]) -> str:
    answer = client.post(PATH, json=body)
    assert answer.status_code == 400
    text: str = answer.json["issue"][0]["diagnostics"]
    return text


@pytest.mark.parametrize(
    ("named", "status"), [("pat1", 200), ("Patient/pat1", 200), ("pat2", 400), ("", 200)]
)
def test_a_token_of_another_patient_refuses_the_call_Q64(
    client: FlaskClient, order_select: dict[str, Any], named: str, status: int
) -> None:
    order_select["fhirServer"] = "http://127.0.0.1:1/fhir"
    order_select["fhirAuthorization"] = {"access_token": "t", "patient": named}
    answer = client.post(PATH, json=order_select)

    assert answer.status_code == status
    if status == 400:
        assert "fhirAuthorization.patient" in answer.json["issue"][0]["diagnostics"]
        assert "pat2" not in answer.get_data(as_text=True)


def test_another_patient_in_prefetch_refuses_the_call_Q64(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    order_select["prefetch"]["patient"]["id"] = "pat2"

    assert refused(client, order_select).startswith("prefetch.patient: found another Patient")


def test_a_patient_without_an_id_is_taken_to_be_the_one_of_the_call(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    del order_select["prefetch"]["patient"]["id"]

    assert client.post(PATH, json=order_select).status_code == 200
