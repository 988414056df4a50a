"""A recorded answer is decided again: from the kept request or from a file, the same or with what
differs named; and all kept ones under other settings.
"""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cds_service.database import CARDS, DECISIONS, KEPT_REQUESTS, open_engine
from cds_service.protocol import HookRequest, read_json
from cds_service.records import load_keeping
from cds_service.records.kept_requests import seal, unseal
from cds_service.site import load_settings
from cds_service.web.deployment import build_deployment
from cds_service.workbench.prepared import load_patients
from cli.main import main
from fhir_mappings.fhir import PatientRecord, Placed, RecordPart
from fhir_mappings.terminology import load_value_sets
from governance.decisions.record import Asked, without_uuids, write_asked
from governance.decisions.replay import asked_of_request, read_asked
from tests.cds_service.conftest import AS_OF, running
from tests.cds_service.records.records import rows

SITE = """
[service]
public_url = "http://127.0.0.1:8080"
[store]
url = "sqlite:///{folder}/b12.db"
patient_key = "a key of this test"
keep_requests_days = 30
keep_requests_key_file = "requests.key"
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(SITE.format(folder=tmp_path))
    return path


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], site: Path) -> Run:
    """Run the command with this site file; return status, output and errors."""

    def run_it(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()  # what the service logged
        status = main(["replay", "--config", str(site), *arguments])
        captured = capfd.readouterr()
        return status, captured.out, captured.err

    return run_it


def answer(site: Path, request: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Return the id of the answer to a request, and its cards."""
    service = f"/cds-services/b12-{request['hook']}"
    with running(load_settings(site)) as client:
        response = client.post(service, json=request)
    return response.headers["X-Request-Id"], response.json["cards"]


def written(tmp_path: Path, request: dict[str, Any]) -> str:
    path = tmp_path / "request.json"
    path.write_text(json.dumps(request))
    return str(path)


def test_a_kept_request_gives_the_same_answer_again(
    site: Path, run: Run, order_select: dict[str, Any]
) -> None:
    identity, cards = answer(site, order_select)

    assert run("--decision", identity)[0] == 0
    status, out, _ = run("--decision", cards[0]["uuid"], "--json")
    assert status == 0
    assert json.loads(out) == {"decision": identity, "same": True, "differences": []}


def test_the_request_of_a_file_gives_the_same_answer_again(
    site: Path, run: Run, tmp_path: Path, order_select: dict[str, Any]
) -> None:
    identity, _ = answer(site, order_select)

    status, out, _ = run("--decision", identity, "--request", written(tmp_path, order_select))
    assert (status, "the same answer" in out) == (0, True)


def test_the_uuid_of_the_call_is_no_difference(
    site: Path, run: Run, tmp_path: Path, order_select: dict[str, Any]
) -> None:
    identity, _ = answer(site, order_select)
    again = {**order_select, "hookInstance": "7f3b6a52-0c5d-4a0e-9d0b-1c3e5f7a9b2d"}

    assert run("--decision", identity, "--request", written(tmp_path, again))[0] == 0


def test_a_part_that_is_missing_from_the_file_is_named(
    site: Path, run: Run, tmp_path: Path, order_select: dict[str, Any]
) -> None:
    identity, _ = answer(site, order_select)
    prefetch = {key: one for key, one in order_select["prefetch"].items() if key != "labs"}

    status, out, _ = run(
        "--decision",
        identity,
        "--request",
        written(tmp_path, {**order_select, "prefetch": prefetch}),
    )
    assert status == 1
    assert "part labs: recorded data, now unknown: " in out


def test_an_answer_is_the_same_wherever_it_is_served(
    site: Path, run: Run, order_select: dict[str, Any]
) -> None:
    identity, cards = answer(site, order_select)
    assert "http://127.0.0.1:8080/" in json.dumps(cards)
    site.write_text(site.read_text().replace("127.0.0.1:8080", "cds.example.org:9000"))

    assert run("--decision", identity)[0] == 0


def test_another_result_is_named_as_the_fact_that_differs(
    site: Path, run: Run, tmp_path: Path, order_select: dict[str, Any]
) -> None:
    identity, _ = answer(site, order_select)
    changed = copy.deepcopy(order_select)
    changed["prefetch"]["conditions"]["entry"] = changed["prefetch"]["conditions"]["entry"][:1]

    status, out, _ = run("--decision", identity, "--request", written(tmp_path, changed))
    assert status == 1
    assert "not the same" in out
    assert "fact neurological involvement: recorded yes, now unknown" in out
    assert "rule: recorded N1" in out


def test_another_policy_is_named_as_the_version_that_differs(
    site: Path, run: Run, order_select: dict[str, Any]
) -> None:
    identity, _ = answer(site, order_select)
    site.write_text(site.read_text() + "[policy]\noralDoseMcg = 2000\n")

    status, out, _ = run("--decision", identity)
    assert status == 1
    assert "policy version: recorded" in out


def test_what_no_version_holds_of_a_site_file_is_named_too(
    site: Path, run: Run, order_select: dict[str, Any]
) -> None:
    identity, _ = answer(site, order_select)
    site.write_text(site.read_text().replace("[store]", 'time_zone = "Asia/Tokyo"\n[store]'))

    status, out, _ = run("--decision", identity)
    assert status == 1
    assert "the site file differs in what else answers rest on" in out


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE decisions SET rule = 'M1'",
        "UPDATE cards SET card = 'd2'",
        "UPDATE cards SET indicator = 'info'",
        """UPDATE decisions SET facts = json_set(facts, '$."symptoms"', 'no')""",
        """UPDATE decisions SET prefetch = json_set(prefetch, '$."labs"', 'absent')""",
        "DELETE FROM cards",
    ],
)
def test_a_record_that_was_changed_beside_its_digests_is_not_the_same(
    site: Path, run: Run, order_select: dict[str, Any], change: str
) -> None:
    identity, _ = answer(site, order_select)
    engine = open_engine(load_settings(site).store_url)
    with engine.begin() as connection:
        assert connection.execute(sa.text(change)).rowcount == 1

    status, out, _ = run("--decision", identity)
    assert (status, "recorded of it was changed after it was written" in out) == (1, True)
    assert len(out.splitlines()) == 2
    assert json.loads(run("--decision", identity, "--json")[1])["same"] is False


def test_another_key_of_the_hashes_is_no_change_of_the_record(
    site: Path, run: Run, order_select: dict[str, Any]
) -> None:
    identity, _ = answer(site, order_select)
    site.write_text(site.read_text().replace("a key of this test", "another key of this test"))

    status, out, _ = run("--decision", identity)
    assert (status, "the same answer, bit for bit" in out) == (0, True)
    assert "fact egfr: recorded #" in out


def test_all_kept_requests_are_decided_under_other_settings(
    site: Path, run: Run, tmp_path: Path
) -> None:
    request = next(one for one in load_patients() if one.id == "02-vegan-well").request_at(AS_OF)
    answer(site, request)
    same = tmp_path / "same.toml"
    same.write_text(site.read_text())
    other = tmp_path / "other.toml"
    other.write_text(site.read_text() + '[policy]\nnonNeuroRoute = "IM_FIRST"\n')

    status, out, err = run("--since", "7d", "--against", str(same))
    assert (status, out, err) == (0, "", "1 decided again, 0 otherwise.\n")
    status, out, err = run("--since", "7d", "--against", str(other))
    assert (status, err) == (1, "1 decided again, 1 otherwise.\n")
    assert " -> " in out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "expected either"),
        (("--since", "7d"), "expected --against"),
        (("--since", "7"), "expected days such as 7d"),
        (("--decision", "none"), "no decision none"),
        (("--decision", "none", "--against", "site.toml"), "--against: goes with --since"),
        (("--since", "7d", "--against", "s.toml", "--request", "r"), "--request: goes with"),
        (("--since", "7d", "--against", "s.toml", "--program", "p"), "--program: goes with"),
    ],
)
def test_what_cannot_be_replayed_is_said(
    site: Path,
    run: Run,
    order_select: dict[str, Any],
    arguments: tuple[str, ...],
    problem: str,
) -> None:
    answer(site, order_select)
    status, _, err = run(*arguments)

    assert (status, problem in err) == (2, True)


def test_a_program_that_is_another_thing_is_said(
    site: Path, run: Run, tmp_path: Path, order_select: dict[str, Any]
) -> None:
    identity, _ = answer(site, order_select)
    request = written(tmp_path, order_select)

    for program, problem in (("true", "does not explain requests"), ("/none", "cannot be run")):
        status, _, err = run("--decision", identity, "--request", request, "--program", program)
        assert (status, problem in err) == (2, True)


def test_a_key_that_is_not_there_is_said_and_none_is_made(
    site: Path, run: Run, tmp_path: Path, order_select: dict[str, Any]
) -> None:
    identity, _ = answer(site, order_select)
    (tmp_path / "requests.key").unlink()

    for asked in (("--decision", identity), ("--since", "7d", "--against", str(site))):
        status, _, err = run(*asked)
        assert (status, "the key of the kept requests cannot be read" in err) == (2, True)
    assert not (tmp_path / "requests.key").exists()

    site.write_text(site.read_text().replace('patient_key = "a key of this test"\n', ""))
    status, _, err = run("--decision", identity, "--request", written(tmp_path, order_select))
    assert (status, "the key that the record is hashed with is not there" in err) == (2, True)
    assert not (tmp_path / "b12.db.patient-key").exists()


@pytest.mark.parametrize("changed", ["of another decision", "cut short", "not sealed"])
def test_one_that_does_not_open_keeps_none_of_the_others_from_being_decided(
    site: Path, run: Run, order_select: dict[str, Any], changed: str
) -> None:
    """H89: a key that was changed, or one damaged row, is said and counted."""
    first, second, _ = (answer(site, order_select)[0] for _ in range(3))
    engine = sa.create_engine(load_settings(site).store_url)
    sealed = sa.select(KEPT_REQUESTS.c.sealed).where(KEPT_REQUESTS.c.decision == second)
    with engine.begin() as connection:
        other = connection.execute(sealed).scalar_one()
        value = {"of another decision": other, "cut short": other[:7], "not sealed": b"{}"}[changed]
        connection.execute(
            sa.update(KEPT_REQUESTS).where(KEPT_REQUESTS.c.decision == first).values(sealed=value)
        )
    engine.dispose()

    status, _, err = run("--since", "7d", "--against", str(site))

    assert (status, err.splitlines()) == (
        1,
        [
            "2 decided again, 0 otherwise.",
            "1 kept with another key, or changed, were not decided.",
        ],
    )


def test_a_site_file_that_names_no_key_says_so_and_not_that_nothing_is_kept(
    site: Path, run: Run, order_select: dict[str, Any]
) -> None:
    identity, _ = answer(site, order_select)
    kept = site.read_text()
    site.write_text("\n".join(one for one in kept.splitlines() if "keep_requests" not in one))
    status, _, err = run("--decision", identity)

    assert status == 2
    assert "no store.keep_requests_key_file is set" in err
    assert "is not kept" not in err


def test_without_a_kept_request_a_file_is_asked_for(
    site: Path, run: Run, order_select: dict[str, Any]
) -> None:
    kept = site.read_text()
    site.write_text(kept.replace("keep_requests_days = 30", ""))
    identity, _ = answer(site, order_select)

    status, _, err = run("--decision", identity)
    assert (status, "expected --request FILE" in err) == (2, True)


class TestKeeping:
    def test_the_database_holds_nothing_readable_and_no_token(
        self, site: Path, tmp_path: Path, order_select: dict[str, Any]
    ) -> None:
        order_select["fhirServer"] = "https://ehr.example.org/fhir"
        order_select["fhirAuthorization"] = {
            "access_token": "secret-token-4711",
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": "patient/*.read",
            "subject": "b12",
        }
        identity, _ = answer(site, order_select)
        url = load_settings(site).store_url
        [kept] = rows(url, KEPT_REQUESTS)

        assert kept["decision"] == identity
        assert b"Pernicious" not in kept["sealed"]
        key = load_key(site)
        opened = unseal(kept["sealed"], identity, key)
        assert b"Pernicious" in opened
        assert b"secret-token-4711" not in opened
        database = b"".join(path.read_bytes() for path in tmp_path.glob("b12.db*"))
        assert (tmp_path / "requests.key").read_bytes() not in database

    def test_a_request_opens_with_its_key_and_for_its_decision_only(self) -> None:
        key, other = b"k" * 32, b"o" * 32
        sealed = seal(b"what came", "one", key)

        assert unseal(sealed, "one", key) == b"what came"
        for decision, wrong in (("two", key), ("one", other)):
            with pytest.raises(ValueError, match="does not open"):
                unseal(sealed, decision, wrong)

    def test_what_has_had_its_days_is_deleted(
        self, site: Path, order_select: dict[str, Any]
    ) -> None:
        answer(site, order_select)
        settings = load_settings(site)
        age_by(settings.store_url, days=31)
        tidy(site)
        assert rows(settings.store_url, KEPT_REQUESTS) == []
        assert len(rows(settings.store_url, DECISIONS)) == 1

        site.write_text(site.read_text().replace("patient_key", "retention_days = 30\npatient_key"))
        tidy(site)
        assert rows(settings.store_url, DECISIONS) == rows(settings.store_url, CARDS) == []

    def test_it_keeps_its_days_though_the_key_cannot_be_read_for_a_while(
        self, site: Path, run: Run, tmp_path: Path, order_select: dict[str, Any]
    ) -> None:
        identity, _ = answer(site, order_select)
        key = tmp_path / "requests.key"
        words = key.read_bytes()
        key.write_bytes(b"")

        answer(site, order_select)  # nothing more is kept without a key
        tidy(site)
        assert len(rows(load_settings(site).store_url, KEPT_REQUESTS)) == 1

        key.write_bytes(words)
        assert run("--decision", identity)[0] == 0

    def test_all_of_it_is_deleted_when_the_setting_is_taken_away(
        self, site: Path, order_select: dict[str, Any]
    ) -> None:
        answer(site, order_select)
        site.write_text(site.read_text().replace("keep_requests_days = 30", ""))
        tidy(site)
        assert rows(load_settings(site).store_url, KEPT_REQUESTS) == []

    def test_it_is_deleted_though_feedback_cannot_be_counted(
        self, site: Path, order_select: dict[str, Any]
    ) -> None:
        answer(site, order_select)
        settings = load_settings(site)
        age_by(settings.store_url, days=31)
        engine = open_engine(settings.store_url)
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE tallied RENAME TO gone")
        engine.dispose()

        tidy(site)
        assert rows(settings.store_url, KEPT_REQUESTS) == []


def load_key(site: Path) -> bytes:
    keeping = load_keeping(30, load_settings(site).keep_requests_key_file)
    assert keeping is not None
    return keeping.key


def age_by(url: str, days: int) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        for table, column in ((DECISIONS, "received_at"), (KEPT_REQUESTS, "kept_at")):
            connection.execute(
                sa.text(
                    f"UPDATE {table.name} SET {column} = datetime({column}, '-{days} days') "
                    f"|| '.000000'"
                )
            )
    engine.dispose()


def tidy(site: Path) -> None:
    deployment = build_deployment(load_settings(site))
    deployment.store.tidy()
    deployment.close()


class TestForm:
    @pytest.mark.parametrize("story", [one.id for one in load_patients()])
    def test_a_kept_request_comes_back_whole(self, story: str) -> None:
        told = next(one for one in load_patients() if one.id == story).request_at(AS_OF)
        request, settings = read_json(json.dumps(told).encode()), load_settings(None)
        recorded = {"hook": request["hook"], "service": "b12", "client": "EHR"}
        asked = asked_of_request(request, recorded, settings, load_value_sets(), AS_OF)

        assert read_asked(write_asked(asked)) == asked

    def test_every_member_of_what_is_kept_is_thought_about(self) -> None:
        """A new member must be written and read by governance/record.py and replay.py too."""
        members = {
            kind.__name__: {field.name for field in dataclasses.fields(kind)}
            for kind in (Asked, HookRequest, PatientRecord)
        } | {"RecordPart": set(RecordPart._fields)}
        assert members == {
            "Asked": {"request", "record", "medications", "service", "client"},
            "HookRequest": {
                "hook",
                "hook_instance",
                "patient_id",
                "encounter_id",
                "user_id",
                "selections",
                "drafts",
                "fhir_server",
                "access_token",
                "no_access",  # not kept: what could not be had stands in the parts of the record
                "prefetch",
                "extension",
                "version_hint",
                "tolerated",
            },
            "PatientRecord": {"patient_id", "parts", "unusable"},
            "RecordPart": {"availability", "resources", "reason", "source", "stamped"},
        }
        assert Placed._fields == ("place", "resource", "full_url")

    def test_uuids_count_by_the_order_in_which_they_appear(self) -> None:
        one, two = "0" * 8 + "-0000-4000-8000-" + "0" * 12, "1" * 8 + "-0000-4000-8000-" + "1" * 12

        assert without_uuids(f"{one} {two} {one}".encode()) == b"uuid-0 uuid-1 uuid-0"
        assert without_uuids(f"{two} {one} {two}".encode()) == b"uuid-0 uuid-1 uuid-0"


def test_the_access_token_is_in_nothing_that_is_written(order_select: dict[str, Any]) -> None:
    recorded = {"hook": "order-select", "service": "b12", "client": "EHR"}
    asked = asked_of_request(order_select, recorded, load_settings(None), load_value_sets(), AS_OF)
    told = replace(asked, request=replace(asked.request, access_token="secret-token"))

    assert b"secret-token" not in write_asked(told)
