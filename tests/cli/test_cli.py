"""The command line `explain`: what it prints, and how it refuses in one sentence."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from cds_service.decision.explain_words import say
from cli.main import GROUPS, main
from cli.parsing import CommandParser
from tests.cds_service.signing import ec_key, public_jwk
from tests.cds_service.site.test_settings import PRODUCTION

PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1960-01-01", "gender": "female"}
B12 = {
    "resourceType": "Observation",
    "id": "b12",
    "status": "final",
    "code": {
        "coding": [{"system": "http://loinc.org", "code": "14685-2", "display": "Vitamin B12"}]
    },
    "effectiveDateTime": "2026-11-01",
    "valueQuantity": {"value": 96, "unit": "pmol/L"},
}
AS_OF = ("--as-of", "2026-11-21")


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources]}


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Write what is to be explained into a file and return its name."""

    def write(content: Any) -> str:
        path = tmp_path / "input.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return str(path)

    return write


@pytest.mark.parametrize(
    ("content", "arguments", "refusal"),
    [
        (b"", (), "input.json is empty; expected JSON."),
        (b"no", (), "input.json is not valid JSON"),
        (b"\xff\x00\xfe", (), "input.json is not valid JSON"),
        (b"\xef\xbb\xbf{}", (), "input.json starts with a byte order mark"),
        (b'{"a": 1}\n{"a": 2}\n', (), "expected one JSON value, not one on each line"),
        ([], (), "The request: found an array, expected a hook request"),
        (PATIENT, (), "The request: found a FHIR Patient, expected a hook request"),
        ({"cards": []}, (), "The request: found an answer with its cards, expected a hook request"),
        ({"services": []}, (), "The request: found a list of services, expected a hook request"),
        ({"feedback": []}, (), "The request: found feedback on cards, expected a hook request"),
        (
            {"hook": "order-dispatch"},
            (),
            "hook: found another hook, expected one of order-select, order-sign, patient-view",
        ),
        (bundle(PATIENT), (), "with --patient its patient-view is explained"),
        (
            {"hook": "order-select"},
            ("--patient",),
            "The file: found a hook request, expected a FHIR Bundle",
        ),
        (
            bundle(),
            ("--patient",),
            "The Bundle: found 0 Patient resources, expected exactly one; add",
        ),
        (
            bundle(PATIENT, PATIENT | {"id": "q"}),
            ("--patient",),
            "The Bundle: found 2 Patient resources, expected exactly one; --only ID",
        ),
        (
            bundle({"resourceType": "Patient"}),
            ("--patient",),
            "The Patient of the Bundle: found no id",
        ),
        (
            bundle(PATIENT),
            ("--patient", "--as-of", "soon"),
            'found "soon", expected a date as YYYY-MM-DD',
        ),
    ],
)
def test_what_cannot_be_explained_is_refused_in_one_sentence(
    written: Any,
    capsys: pytest.CaptureFixture[str],
    content: Any,
    arguments: tuple[str, ...],
    refusal: str,
) -> None:
    status = main(["explain", written(content), *arguments])

    told = capsys.readouterr()
    assert (status, told.out, told.err.count("\n")) == (2, "", 1)
    assert refusal in told.err


def test_a_file_that_is_not_there_and_a_folder_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(tmp_path / "none.json")]) == 2
    assert main(["explain", str(tmp_path)]) == 2
    assert main(["explain", str(tmp_path), "--config", str(tmp_path)]) == 2
    assert main(["check-config", str(tmp_path)]) == 2
    assert capsys.readouterr().err.splitlines()[2:] == [f"{tmp_path}: is not a file."] * 2


def test_a_site_file_that_asks_nobody_for_a_token_is_said_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """H101: an empty file is right, and that of the demonstration."""
    site = tmp_path / "site.toml"
    site.write_text("")
    assert main(["check-config", str(site)]) == 0
    assert capsys.readouterr().out == (
        f'{site}: nothing wrong; profile "demonstration": callers need no token\n'
    )

    site.write_text(PRODUCTION)
    assert main(["check-config", str(site)]) == 0
    assert capsys.readouterr().out == f"{site}: nothing wrong\n"


KEPT = '[store]\nkeep_requests_days = 7\nkeep_requests_key_file = "k"\n[[clients]]'


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "is empty, so no requests are kept"),
        ("abc\n", "holds 3 characters, which can be guessed; expected at least 16"),
        ("0123456789abcdef\n", ""),
        (None, ""),  # it is made when the service starts
    ],
)
def test_a_key_under_which_no_request_would_be_kept_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str | None, said: str
) -> None:
    site = tmp_path / "site.toml"
    site.write_text(PRODUCTION.replace("[[clients]]", KEPT))
    if key is not None:
        (tmp_path / "k").write_text(key)

    assert main(["check-config", str(site)]) == (1 if said else 0)
    wrong = f"store.keep_requests_key_file: {tmp_path / 'k'} {said}.\n"
    assert capsys.readouterr().out == (wrong if said else f"{site}: nothing wrong\n")
    assert (tmp_path / "k").exists() is (key is not None)


@pytest.mark.parametrize("by", ["the file", "the environment"])
@pytest.mark.parametrize(("key", "told"), [("guess me", 8), (" " * 20, 0), ("k" * 16, None)])
def test_a_key_of_the_patients_hash_that_can_be_guessed_is_said(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    by: str,
    key: str,
    told: int | None,
) -> None:
    site = tmp_path / "site.toml"
    given = f'[store]\npatient_key = "{key}"\n[[clients]]' if by == "the file" else "[[clients]]"
    site.write_text(PRODUCTION.replace("[[clients]]", given))
    if by == "the environment":
        monkeypatch.setenv("B12_CDS_PATIENT_KEY", key)

    assert main(["check-config", str(site)]) == (0 if told is None else 1)
    said = capsys.readouterr().out
    told_so = f"store.patient_key: in force is one of {told} characters" in said
    assert told_so is (told is not None)
    assert "guess me" not in said


def test_the_private_half_of_a_clients_key_is_said_and_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site.toml"
    jwk = public_jwk(ec_key(), "k") | {"d": "secret"}
    members = ", ".join(f"{name} = {json.dumps(value)}" for name, value in jwk.items())
    site.write_text(f"{PRODUCTION}keys = [{{ {members} }}]\n")

    assert main(["check-config", str(site)]) == 1
    said = capsys.readouterr().out
    assert "clients[0].keys[0]: holds the private half too" in said
    assert "secret" not in said


NO_DEVICE = "Not a certified medical device. For integration and testing."


def test_what_is_said_in_words_begins_with_what_it_is_not(
    written: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """H116: invented numbers are not to become advice at a bedside; once, above all inputs."""
    patient = written(bundle(PATIENT, B12))

    main(["explain", "--patient", patient, *AS_OF])
    main(["explain", "--patient", patient, patient, *AS_OF])

    first, *others = capsys.readouterr().out.split(NO_DEVICE)
    assert (first, len(others)) == ("", 2)


def test_a_bundle_of_a_patient_is_explained_answer_first_and_receipt_last(
    written: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    encounters = [{"resourceType": "Encounter", "id": str(number)} for number in range(5)]

    status = main(["explain", "--patient", written(bundle(PATIENT, B12, *encounters)), *AS_OF])

    told = capsys.readouterr().out
    headings = [
        line.split(" (")[0] for line in told.splitlines() if line and not line.startswith(" ")
    ]
    assert status == 0
    assert headings[:-1] == [
        NO_DEVICE,
        "Cards",
        "Decision: rule U1",
        "Would change if",
        "Facts",
        "Not known",
        "Lists: how far they were understood",
        "Resources used",
        "Resources not used",
    ]
    assert (
        "in 3 months: symptom and neurological review, serum vitamin B12, full blood count, "
        "homocysteine" in told
    )
    assert "Encounter/0 and 4 more: resources of type Encounter are not read" in told
    assert "\033" not in told


def test_the_json_lists_every_resource_once(
    written: Any, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    encounters = [{"resourceType": "Encounter", "id": str(number)} for number in range(5)]

    main(["explain", "--patient", "--json", written(bundle(PATIENT, B12, *encounters)), *AS_OF])

    explained = json.loads(capsysbinary.readouterr().out)
    assert [line["reference"] for line in explained["resources"]].count("Observation/b12") == 1
    assert len(explained["resources"]) == 7
    lines = say(explained, colour=True, width=72).splitlines()
    assert any("\033[" in line for line in lines)


def test_orders_that_are_none_of_ours_are_said_to_lead_to_no_card(
    written: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = {
        "resourceType": "MedicationRequest",
        "id": "m",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": {"text": "Paracetamol 500 mg tablet"},
    }
    context = {
        "patientId": "p",
        "selections": ["MedicationRequest/m"],
        "draftOrders": bundle(draft),
    }
    request = {
        "hook": "order-select",
        "hookInstance": "i",
        "context": context,
        "prefetch": {"patient": PATIENT},
    }

    assert main(["explain", written(request), *AS_OF]) == 0

    told = capsys.readouterr().out.removeprefix(f"{NO_DEVICE}\n\n")
    assert told.startswith("Decision: no card, as nothing selected is a B12 or folic acid order")
    assert "Would change if" not in told


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_in_one_sentence(written: Any) -> None:
    command = [sys.executable, "-m", "cli.main", "explain", "--patient", written(bundle(PATIENT))]
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (ended.returncode, ended.stderr) == (2, b"No space left on device.\n")


def test_a_reader_that_goes_away_is_no_error(written: Any) -> None:
    command = [
        sys.executable,
        "-m",
        "cli.main",
        "explain",
        "--patient",
        written(bundle(PATIENT, B12)),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert (process.wait(), process.stderr.read()) == (0, b"")


def test_a_port_that_is_taken_is_said_before_anything_starts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    assert (
        capsys.readouterr().err
        == f"--port: 127.0.0.1:{port} cannot be listened on: Address already in use.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "option", "other"),
    [
        (["explain", "x.json", "--token", "t"], "--token", "--fhir"),
        (["explain", "x.json", "--ca-file", "ca.pem"], "--ca-file", "--fhir"),
        (["diff", "a.toml", "b.toml", "--as-of", "2026-11-26"], "--as-of", "--slices"),
        (["diff", "a.toml", "b.toml", "--mode", "replay"], "--mode", "--slices"),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], option: str, other: str
) -> None:
    assert main(arguments) == 2
    assert (
        capsys.readouterr().err == f"{option}: goes with {other}, and would change nothing here.\n"
    )


def test_check_server_expects_the_address_of_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-server", "fhir"]) == 2
    assert capsys.readouterr().err == 'FHIR_BASE: found "fhir", expected an http or https URL.\n'


@pytest.mark.parametrize("group", GROUPS)
def test_each_command_is_found_in_its_group_alone_and_no_other_is_loaded(
    group: tuple[str, ...],
) -> None:
    commands = CommandParser().add_subparsers()
    room, name = GROUPS[group]

    getattr(import_module(room), name)(commands)

    assert tuple(sorted(commands.choices)) == tuple(sorted(group))
