"""What holds for every request: paths, methods, bodies, CORS, refusals, health, metrics and
logs.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import msgspec
import pytest
import structlog
from flask.testing import FlaskClient

from cds_service.site import Settings
from cds_service.telemetry.logs import configure_logs
from cds_service.web import hooks
from tests.cds_service.conftest import running

SERVICES = ("b12-order-select", "b12-order-sign", "b12-patient-view")
ORIGIN = {"Origin": "https://ehr-web.example.org"}


def test_discovery_lists_the_services_R9_R10_R12_IT2_IT3(client: FlaskClient) -> None:
    answer = client.get("/cds-services", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert [(service["id"], service["hook"]) for service in answer.json["services"]] == [
        ("b12-order-select", "order-select"),
        ("b12-order-sign", "order-sign"),
        ("b12-patient-view", "patient-view"),
        ("b12-medication-refill", "medication-refill"),
    ]


def test_each_service_has_what_clients_need_R13_to_R18_IT4(client: FlaskClient) -> None:
    for service in client.get("/cds-services").json["services"]:
        assert set(service) == {
            "hook",
            "id",
            "title",
            "description",
            "usageRequirements",
            "prefetch",
            "version",
        }
        assert all(
            isinstance(service[name], str) and service[name]
            for name in service
            if name != "prefetch"
        )
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", service["id"])


def test_prefetch_templates_stay_within_what_every_client_can_do_R39_to_R47(
    client: FlaskClient,
) -> None:
    for service in client.get("/cds-services").json["services"]:
        assert list(service["prefetch"]) == [
            "patient",
            "conditions",
            "labs",
            "medications",
            "statements",
            "administrations",
            "procedures",
            "allergies",
        ]
        for template in service["prefetch"].values():
            assert set(re.findall(r"{{(.*?)}}", template)) == {"context.patientId"}
            assert re.fullmatch(r"[A-Za-z]+(/{{context\.patientId}}|\?[^ ]+)", template)
            parameters = [
                pair.split("=")[0] for pair in template.partition("?")[2].split("&") if pair
            ]
            assert len(parameters) == len(set(parameters)), (
                "R45: a repeated parameter is merged by the sandbox"
            )
            assert set(parameters) <= {"patient", "code", "_sort", "_count"}
            assert len(template) < 1900


@pytest.mark.parametrize(
    "path",
    [
        "/cds-services/",
        "//cds-services",
        "/cds-services//",
        "/guidance/",
        "/guidance/S42/",
        "/health/ready/",
        "/openapi.json/",
    ],
)
def test_slashes_too_many_are_no_redirect_R24(client: FlaskClient, path: str) -> None:
    assert client.get("/", environ_overrides={"PATH_INFO": path}).status_code == 200


def test_a_service_url_with_slashes_too_many_is_answered_R24(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    for path in ("/cds-services//b12-order-select", "/cds-services/b12-order-select/"):
        assert client.post(path, json=order_select).status_code == 200


def test_an_unknown_service_is_404_R36(client: FlaskClient, order_select: dict[str, Any]) -> None:
    for path in ("/cds-services/other", "/cds-services/other/feedback", "/elsewhere"):
        answer = client.post(path, json=order_select)

        assert answer.status_code == 404
        assert answer.json["issue"][0]["code"] == "not-found"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/cds-services/other", "/cds-services/other/feedback"])
def test_an_unknown_service_is_404_whatever_the_method_R36(
    client: FlaskClient, method: str, path: str
) -> None:
    answer = client.open(path, method=method)

    assert answer.status_code == 404
    assert answer.mimetype == "application/json"
    assert "Access-Control-Allow-Origin" in answer.headers
    assert method == "HEAD" or answer.json["issue"][0]["code"] == "not-found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/cds-services/b12-order-select", "POST"),
        ("PUT", "/cds-services", "GET"),
        ("DELETE", "/cds-services/b12-order-select/feedback", "POST"),
    ],
)
def test_a_wrong_method_is_405_with_allow_R36(
    client: FlaskClient, method: str, path: str, allowed: str
) -> None:
    answer = client.open(path, method=method)

    assert answer.status_code == 405
    assert allowed in answer.headers["Allow"]
    assert answer.json["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b"\xef\xbb\xbf{}",
        b'"\xff"',
        b"[" * 5000,
    ],
)
def test_a_body_that_is_not_a_json_object_is_400_R36(
    client: FlaskClient, service: str, body: bytes
) -> None:
    answer = client.post(f"/cds-services/{service}", data=body, content_type="application/json")

    assert (answer.status_code, answer.mimetype) == (400, "application/json")
    assert answer.json["issue"][0]["severity"] == "error"


def test_another_hook_than_that_of_the_service_is_400_R27(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    answer = client.post("/cds-services/b12-order-sign", json=order_select)

    assert answer.status_code == 400
    assert (
        answer.json["issue"][0]["diagnostics"]
        == 'hook: found another hook, expected "order-sign", the hook of this service.'
    )


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/fhir+json",
        "application/json+fhir",
        "",
        "text/json",
    ],
)
def test_json_content_types_are_taken_R5(
    client: FlaskClient, order_select: dict[str, Any], kind: str
) -> None:
    answer = client.post(
        "/cds-services/b12-order-select", data=json.dumps(order_select), content_type=kind or None
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "kind",
    [
        "application/xml",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
    ],
)
def test_other_content_types_are_415_R5(
    client: FlaskClient, order_select: dict[str, Any], kind: str
) -> None:
    assert (
        client.post(
            "/cds-services/b12-order-select", data=json.dumps(order_select), content_type=kind
        ).status_code
        == 415
    )


def test_beside_the_workbench_leads_to_it_whatever_the_host_is_called_R126(
    client: FlaskClient,
) -> None:
    answer = client.get("/workbench", headers={"Host": "elsewhere.example"})

    assert (answer.status_code, answer.headers["Location"]) == (308, "workbench/")
    assert answer.headers.getlist("X-Content-Type-Options") == ["nosniff"]


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_a_body_that_says_it_is_not_compressed_is_read(
    client: FlaskClient, order_select: dict[str, Any], encoding: str
) -> None:
    headers = {"Content-Encoding": encoding}

    answer = client.post("/cds-services/b12-order-select", json=order_select, headers=headers)

    assert answer.status_code == 200


def test_a_compressed_body_is_415(client: FlaskClient) -> None:
    headers = {"Content-Encoding": "gzip"}

    assert (
        client.post(
            "/cds-services/b12-order-select",
            data=b"x",
            content_type="application/json",
            headers=headers,
        ).status_code
        == 415
    )


def test_a_body_that_breaks_off_is_400_and_never_half_read_R7(client: FlaskClient) -> None:
    answer = client.post(
        "/cds-services/b12-order-select",
        data=b'{"hook": "order-select"}',
        content_type="application/json",
        environ_overrides={"CONTENT_LENGTH": "2000"},
    )

    assert answer.status_code == 400
    assert "could not be read to its end" in answer.get_data(as_text=True)


def test_a_body_at_the_limit_is_read_and_one_byte_more_is_413_R7(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    body = json.dumps(order_select).encode()
    with running(replace(settings, body_bytes=len(body))) as client:
        for extra, status in ((b"", 200), (b" ", 413)):
            answer = client.post(
                "/cds-services/b12-order-select", data=body + extra, content_type="application/json"
            )
            assert answer.status_code == status
        assert answer.json["issue"][0]["code"] == "too-long"


def test_a_body_without_length_is_cut_at_the_limit_R7(settings: Settings) -> None:
    import io

    with running(replace(settings, body_bytes=100)) as client:
        answer = client.post(
            "/cds-services/b12-order-select",
            input_stream=io.BytesIO(b"{" + b" " * 1000),
            content_type="application/json",
            environ_overrides={"wsgi.input_terminated": True},
        )

    assert answer.status_code == 413


def test_every_answer_is_strict_json_R1_R6(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    answer = client.post("/cds-services/b12-order-select", json=order_select)

    assert not answer.data.startswith(b"\xef\xbb\xbf")
    json.loads(answer.data.decode("utf-8"), parse_constant=lambda name: pytest.fail(name))


def test_a_preflight_needs_no_token_and_allows_authorization_R141_IT30(client: FlaskClient) -> None:
    for path in (
        "/cds-services",
        "/cds-services/b12-order-select",
        "/cds-services/b12-order-select/feedback",
    ):
        answer = client.options(
            path, headers={**ORIGIN, "Access-Control-Request-Headers": "authorization,content-type"}
        )

        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
        assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"


def test_refusals_have_cors_headers_too_R36_R141(client: FlaskClient) -> None:
    for answer in (
        client.post("/cds-services/none", headers=ORIGIN),
        client.post(
            "/cds-services/b12-order-select",
            data=b"{",
            headers=ORIGIN,
            content_type="application/json",
        ),
        client.get("/cds-services/b12-order-select", headers=ORIGIN),
    ):
        assert answer.status_code >= 400
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_configured_origins_only_R141(settings: Settings) -> None:
    with running(replace(settings, cors_origins=(ORIGIN["Origin"],))) as client:
        known = client.get("/cds-services", headers=ORIGIN)
        other = client.get("/cds-services", headers={"Origin": "https://evil.example"})

    assert known.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
    assert "Origin" in known.headers["Vary"]
    assert "Origin" in other.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "Access-Control-Allow-Credentials" not in known.headers


def test_no_cors_where_none_is_configured_R141(settings: Settings) -> None:
    with running(replace(settings, cors_origins=())) as client:
        assert not [
            name
            for name, _ in client.get("/cds-services", headers=ORIGIN).headers
            if name.startswith("Access-Control")
        ]


def test_unknown_members_at_every_level_change_nothing_R34_R146_to_R150(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    before = [
        card["summary"]
        for card in client.post("/cds-services/b12-order-select", json=order_select).json["cards"]
    ]
    order_select.update(applyCql=True, user="u", tenant={"a": 1}, extension={"org.other": "scalar"})
    order_select["context"].update(new="field", extension={"x": 1})

    assert [
        card["summary"]
        for card in client.post("/cds-services/b12-order-select", json=order_select).json["cards"]
    ] == before


def test_a_repeated_hook_instance_is_answered_again_R28(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    assert {
        client.post("/cds-services/b12-order-select", json=order_select).status_code
        for _ in range(3)
    } == {200}


def test_the_answer_says_where_its_time_went(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    header = client.post("/cds-services/b12-order-select", json=order_select).headers[
        "Server-Timing"
    ]

    steps = [
        "authenticate",
        "parse",
        "orders",
        "record",
        "map",
        "recommend",
        "review",
        "cards",
        "total",
    ]
    assert re.findall(r"([a-z]+);dur=[\d.]+", header) == steps


def test_health(client: FlaskClient) -> None:
    assert client.get("/health/live").json == {"status": "live"}
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json["status"], ready.json["store"]) == (
        200,
        "ready",
        "available",
    )


def test_a_database_that_is_gone_leaves_the_service_ready(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    with running(replace(settings, store_url="sqlite:////nowhere/at/all/b12.db")) as client:
        assert client.get("/health/ready").json["store"] == "unavailable"
        assert client.get("/health/ready").status_code == 200
        assert client.post("/cds-services/b12-order-select", json=order_select).status_code == 200


def test_metrics_count_calls_cards_and_unknown_facts(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    del order_select["prefetch"]["allergies"]
    client.post("/cds-services/b12-order-select", json=order_select)

    text = client.get("/metrics").text

    assert 'b12_cds_requests_total{endpoint="cds_hooks.call_service",status="200"}' in text
    assert re.search(
        r'b12_cds_cards_total\{card="[a-z0-9-]+",indicator="(critical|warning)"\} [1-9]', text
    )
    assert 'b12_cds_step_seconds_bucket{le="0.005",step="map"}' in text
    assert "b12_cds_unknown_facts_total" in text
    assert "pat1" not in text


def test_what_is_hoped_never_to_happen_is_told_as_0_before_it_does() -> None:
    """In a process of its own, where nothing happened yet: a series that begins with 1 shows no
    increase, and the alarm on it stays silent.
    """
    command = "from cds_service.telemetry import metrics as m; print(m.write_metrics()[0].decode())"
    ran = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True, timeout=60
    )
    told = ran.stdout.splitlines()

    assert 'b12_cds_log_lines_lost_total{stream="stderr"} 0.0' in told
    assert 'b12_cds_not_authenticated_total{endpoint="cds_hooks.call_service"} 0.0' in told
    assert 'b12_cds_out_of_time_total{limit="processor"} 0.0' in told
    assert 'b12_cds_requests_total{endpoint="cds_hooks.call_service",status="500"} 0.0' in told
    assert hooks.ENDPOINT == "cds_hooks.call_service"


def test_metrics_and_workbench_are_not_there_when_switched_off(settings: Settings) -> None:
    with running(replace(settings, metrics=False, workbench=False)) as client:
        assert client.get("/metrics").status_code == 404
        assert client.get("/workbench/").status_code == 404
        assert client.post("/workbench/explain", json={}).status_code == 404


def identifiers_in(value: Any) -> set[str]:
    """Every text and number of a request that could tell whom it is about."""
    match value:
        case dict():
            return (
                set().union(*(identifiers_in(member) for member in value.values()))
                if value
                else set()
            )
        case list():
            return set().union(*(identifiers_in(member) for member in value)) if value else set()
        case str():
            return {value} if len(value) > 3 else set()
        case _:
            return set()


def test_the_log_holds_nothing_that_was_sent_R139(
    client: FlaskClient, order_select: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    patient = order_select["prefetch"]["patient"]
    patient.update(
        name=[{"family": "Zwetschgenbaum", "given": ["Adelgunde"]}],
        identifier=[{"value": "943-476-5919"}],
    )
    order_select.update(
        fhirServer="http://127.0.0.1:1/fhir", fhirAuthorization={"access_token": "sesame-open-7f3a"}
    )
    order_select["context"]["encounterId"] = "enc-77881"
    headers = {"Authorization": "Bearer header-token-9c1d"}
    path = "/cds-services/b12-order-select"
    configure_logs()
    client.post(path, json=order_select, headers=headers)
    client.post(path, json={**order_select, "hook": "Zwetschgenbaum"}, headers=headers)
    client.post(
        path, data=json.dumps(order_select)[:-5], headers=headers, content_type="application/json"
    )
    card = client.post(path, json=order_select, headers=headers).json["cards"][0]["uuid"]
    feedback = {
        "card": card,
        "outcome": "overridden",
        "overrideReason": {"userComment": "Adelgunde declines"},
    }
    client.post(f"{path}/feedback", json={"feedback": [feedback]}, headers=headers)

    structlog.reset_defaults()
    logged = capfd.readouterr().err

    common = {"order-select", "order", "active", "final", "confirmed"}
    sent = identifiers_in(order_select) | {
        "header-token-9c1d",
        "sesame-open-7f3a",
        "declines",
        card,
    }
    assert [json.loads(line)["event"] for line in logged.splitlines()].count("answered") == 5
    assert sorted(text for text in sent - common if text in logged) == []


def test_a_bug_is_a_loud_500_that_tells_nothing_R73(
    settings: Settings, order_select: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logs()
    with running(settings) as client:

        def fail() -> None:
            raise RuntimeError("about Zwetschgenbaum")

        client.application.config["B12_CDS"] = msgspec.structs.replace(
            client.application.config["B12_CDS"], today=fail
        )
        answer = client.post("/cds-services/b12-order-select", json=order_select)

    structlog.reset_defaults()
    logged = capfd.readouterr().err
    assert (answer.status_code, answer.json["issue"][0]["code"]) == (500, "exception")
    assert '"error":"RuntimeError"' in logged
    assert "Zwetschgenbaum" not in answer.text + logged
