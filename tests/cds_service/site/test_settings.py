"""The site file: defaults, everything wrong said at once, and what production refuses."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from cds_service.site import SettingsError, check_config, demonstration, load_settings
from cds_service.site.site_file import APPROVAL, CLIENT, FORMULARY_ROW, SECTIONS, TOP
from fhir_mappings.terminology import Field, SiteCodes, load_value_sets
from recommender.guidance.policy import NonNeuroRoute
from recommender.language.doses import Route, Substance
from recommender.language.scenario import Allergen
from tests.cds_service.certificates import DAY, NOW, make_authority, private_pem

ROOT = Path(__file__).parents[3]

PRODUCTION = """
profile = "production"
[service]
public_url = "https://cds.example.org"
[[clients]]
name = "Main EHR"
iss = "https://ehr.example.org"
jku = "https://ehr.example.org/jwks.json"
fhir_base_urls = ["https://ehr.example.org/fhir"]
"""

SANDBOX_KEY = """
{ kty = "EC", crv = "P-384", use = "sig", kid = "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f",
  x = "dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB",
  y = "Sm3mLE-n1zYNla_aiE3cb3nZsL51RbC7ysw3q8aJLxGm-hx79RPMYpITDjp7kgzy" }
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(folder: Path, text: str) -> list[str]:
    return check_config(write(folder, text))


def test_a_file_as_editors_of_windows_write_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_bytes(b"\xef\xbb\xbf" + PRODUCTION.replace("\n", "\r\n").encode())

    assert load_settings(path) == load_settings(write(tmp_path, PRODUCTION))


def test_without_a_file_the_demonstration_profile_applies() -> None:
    settings = load_settings(None)

    assert settings == demonstration()
    assert not settings.is_production
    assert (settings.workbench, settings.metrics, settings.cors_origins, settings.clients) == (
        True,
        True,
        ("*",),
        (),
    )
    assert settings.call_ms == 400


def test_the_example_file_can_be_used() -> None:
    assert check_config(ROOT / "site.example.toml") == []


def test_the_example_file_has_every_key_and_no_default_of_its_own(tmp_path: Path) -> None:
    """It is the one place that says of every key what it is for. Where a key stands in it without
    being needed, its value is the default.
    """
    text = (ROOT / "site.example.toml").read_text("utf-8")
    switched_on = re.sub(r"^# (?=\[|[\w\"-]+ = )", "", text, flags=re.MULTILINE)
    document = tomllib.loads(switched_on)
    missing = {
        f"{table}.{key}"
        for table, keys in {
            **SECTIONS,
            "formulary": FORMULARY_ROW,
            "clients": CLIENT,
            "approvals": APPROVAL,
        }.items()
        for key in keys
        if not any(key in one for one in _tables(document[table]))
    }

    assert document.keys() == TOP.keys()
    assert missing == set()
    stated = load_settings(ROOT / "site.example.toml")
    plain = load_settings(write(tmp_path, PRODUCTION))
    needed = {"contact", "formulary", "modes"}
    assert replace(stated, **{name: getattr(plain, name) for name in needed}) == plain


def _tables(table: Any) -> list[Any]:
    return table if isinstance(table, list) else [table]


def test_a_key_that_is_pasted_as_json_is_told_how_toml_writes_it(tmp_path: Path) -> None:
    [pasted] = problems_of(tmp_path, '[[clients]]\nkeys = [{"kty": "EC"}]')
    [other] = problems_of(tmp_path, "[[clients]\n")

    assert pasted.endswith('A table is { kty = "EC" }, with = where JSON has a colon.')
    assert "JSON" not in other


def test_production_switches_workbench_metrics_and_cors_off_by_default(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, PRODUCTION))

    assert settings.is_production
    assert (settings.workbench, settings.metrics, settings.cors_origins) == (False, False, ())
    assert settings.url_of("/cds-services") == "https://cds.example.org/cds-services"
    assert settings.clients[0].algorithms == ("ES384", "RS384")


def test_production_refuses_everything_insecure_at_once(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path,
        f"""
        profile = "production"
        [service]
        public_url = "http://cds.example.org"
        cors_origins = ["*"]
        workbench = true
        [[clients]]
        name = "Sandbox"
        iss = "https://sandbox.example.org"
        keys = [{SANDBOX_KEY.strip().replace(chr(10), " ")}]
        fhir_base_urls = ["http://ehr.example.org/fhir"]
        """,
    )

    assert [problem.split(":")[0] for problem in problems] == [
        "service.public_url",
        "service.cors_origins",
        "service.workbench",
        "clients[0].keys",
        "clients[0].fhir_base_urls[0]",
    ]


def test_production_refuses_to_be_without_clients_R127(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path, 'profile = "production"\n[service]\npublic_url = "https://cds.example.org"\n'
    )

    assert problems == ["clients: there are none; production expects at least one [[clients]]."]


@pytest.mark.parametrize(("password", "refused"), [("", True), ("x" * 15, True), ("x" * 16, False)])
def test_a_workbench_in_production_needs_a_password_of_16_characters(
    tmp_path: Path, password: str, refused: bool
) -> None:
    text = PRODUCTION.replace(
        "[service]", f'[service]\nworkbench = true\nworkbench_password = "{password}"'
    )

    assert bool(problems_of(tmp_path, text)) is refused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('profil = "x"', 'profil (line 1): is not a known key; the nearest known is "profile".'),
        (
            '[service]\npublic_uri = "x"',
            'service.public_uri (line 2): is not a known key; the nearest known is "public_url".',
        ),
        ("[service]\nmetrics = 1", "service.metrics (line 2): found 1, expected true or false."),
        (
            "[limits]\ncall_ms = 2001",
            "limits.call_ms: found 2001, expected at most 2000, as no answer may come later than "
            "that.",
        ),
        (
            "[limits]\n\ncall_ms = 0",
            "limits.call_ms (line 3): found 0, expected a whole number above 0.",
        ),
        (
            '[service]\ncors_origins = "*"',
            "service.cors_origins (line 2): found '*', expected an array of strings.",
        ),
        (
            "[service]\ncors_origins = true",
            "service.cors_origins (line 2): found true, expected an array of strings.",
        ),
        (
            "[store]\nurl = 2026-11-26",
            "store.url (line 2): found 2026-11-26, expected a string.",
        ),
        (
            '[policy]\nneuroExtended = "false"',
            'policy.neuroExtended: found "false", expected true or false.',
        ),
        (
            "[service]\ngovernance_password = 4711",
            "service.governance_password (line 2): found a value of another kind, expected a "
            "string.",
        ),
        ('profile = "test"', 'profile: found "test", expected "production" or "demonstration".'),
        ("clients = 3", "clients (line 1): found 3, expected an array of tables."),
    ],
)
def test_each_problem_names_key_line_and_what_was_expected(
    tmp_path: Path, text: str, expected: str
) -> None:
    assert problems_of(tmp_path, text) == [expected]


@pytest.mark.parametrize(
    "url",
    [
        "cds.example.org",
        "https://cds.example.org/base?x=1",
        "https://cds.example.org/#x",
        "https://u@cds.example.org",
        "ftp://cds.example.org",
    ],
)
def test_a_public_url_that_no_absolute_link_can_be_made_of_is_said_R192(
    tmp_path: Path, url: str
) -> None:
    (problem,) = problems_of(tmp_path, f'[service]\npublic_url = "{url}"')

    assert problem.startswith(f'service.public_url: found "{url}", expected an http or https URL')


@pytest.mark.parametrize("url", ["https://cds.example.org", "http://127.0.0.1:8080/base/"])
def test_a_public_url_may_have_a_port_and_a_path(tmp_path: Path, url: str) -> None:
    assert problems_of(tmp_path, f'[service]\npublic_url = "{url}"') == []


@pytest.mark.parametrize(
    "origin",
    [
        "https://ehr.example.org/",
        "https://ehr.example.org/app",
        "https://EHR.example.org",
        "https://ehr.example.org:443",
        "https://*.example.org",
        "ehr.example.org",
        "null",
    ],
)
def test_an_origin_that_no_browser_sends_is_said_R141(tmp_path: Path, origin: str) -> None:
    (problem,) = problems_of(tmp_path, f'[service]\ncors_origins = ["{origin}"]')

    assert problem.startswith(f'service.cors_origins: found "{origin}", expected an origin')


def test_an_origin_as_a_browser_sends_it_is_taken_R141(tmp_path: Path) -> None:
    origins = '["https://ehr.example.org", "http://127.0.0.1:8443", "*"]'
    assert problems_of(tmp_path, f"[service]\ncors_origins = {origins}") == []


def test_a_problem_of_the_second_client_names_its_line(tmp_path: Path) -> None:
    text = (
        PRODUCTION + '\n[[clients]]\nname = "Other"\niss = "https://o.example"\njku = '
        '"https://o.example/k"\nintend = "order"\n'
    )

    (problem,) = problems_of(tmp_path, text)

    line = text.splitlines().index('intend = "order"') + 1
    assert (
        problem
        == f'clients[1].intend (line {line}): is not a known key; the nearest known is "intent".'
    )


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path,
        """
        unknown = 1
        [policy]
        nonNeuroRout = "ORAL_FIRST"
        oralDoseMcg = 5
        [[formulary]]
        substance = "aspirin"
        route = "PR"
        [[clients]]
        name = "EHR"
        algorithms = ["HS256"]
        replace_strategy = "swap"
        [codes]
        add = "nowhere.csv"
        """,
    )

    places = "\n".join(problems)
    for place in (
        "unknown",
        "policy.nonNeuroRout",
        "policy.oralDoseMcg",
        "formulary[0].substance",
        "formulary[0].route",
        "formulary[0].text",
    ):
        assert place in places
    for place in (
        "clients[0].iss",
        "clients[0].jku",
        "clients[0].algorithms",
        "clients[0].replace_strategy",
        "codes.add",
    ):
        assert place in places
    assert 'found "swap"' in places


def test_a_client_without_an_algorithm_is_refused_as_no_token_of_it_is_good(
    tmp_path: Path,
) -> None:
    (problem,) = problems_of(tmp_path, PRODUCTION + "algorithms = []\n")

    assert problem.startswith("clients[0].algorithms: is empty; expected some of ES256, ES384")


def test_two_clients_of_one_name_are_refused_as_feedback_is_kept_under_it(tmp_path: Path) -> None:
    twin = PRODUCTION[PRODUCTION.index("[[clients]]") :].replace("https://ehr.", "https://other.")

    assert problems_of(tmp_path, PRODUCTION + twin) == [
        'clients[1].name: "Main EHR" is the name of another client too; expected one of its own.'
    ]
    assert problems_of(tmp_path, PRODUCTION + twin.replace("Main EHR", "Other EHR")) == []


@pytest.mark.parametrize(
    "name",
    ["Main EHR ", " ", "Main  EHR", "Main\u00a0EHR", "Main \\nEHR", "Main \u202eEHR", "x" * 101],
)
def test_a_name_that_looks_like_another_or_is_not_kept_whole_is_refused(
    tmp_path: Path, name: str
) -> None:
    """Feedback and overrides are kept under it; the tables drop what cannot be seen."""
    [problem] = problems_of(tmp_path, PRODUCTION.replace("Main EHR", name))

    assert problem.startswith("clients[0].name: expected at most 100 visible characters")


def test_two_clients_that_no_token_tells_apart_are_refused_R133(tmp_path: Path) -> None:
    twin = PRODUCTION[PRODUCTION.index("[[clients]]") :].replace("Main EHR", "Twin")

    assert any("clients[1].iss" in problem for problem in problems_of(tmp_path, PRODUCTION + twin))
    told_apart = (PRODUCTION + 'tenants = ["a"]\n' + twin + 'tenants = ["b"]\n').strip()
    assert problems_of(tmp_path, told_apart) == []


@pytest.mark.parametrize("content", [b"a = ", b"\xff\xfe", b"[a]\n[a]"])
def test_a_file_that_is_not_toml_is_one_problem(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "site.toml"
    path.write_bytes(content)

    assert len(check_config(path)) == 1


def test_a_file_that_is_not_there_is_one_problem(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path / "none.toml")


def test_policy_and_formulary_of_the_site_are_taken(tmp_path: Path) -> None:
    settings = load_settings(
        write(
            tmp_path,
            """
            [policy]
            nonNeuroRoute = "IM_FIRST"
            [[formulary]]
            substance = "hydroxocobalamin"
            route = "IM"
            text = "Local hydroxocobalamin"
            codings = [{ system = "urn:local", code = "H1" }]
            [[formulary]]
            substance = "cyanocobalamin"
            route = "oral"
            text = "Local cyanocobalamin"
            available = false
            """,
        )
    )

    assert settings.policy.non_neuro_route is NonNeuroRoute.IM_FIRST
    assert [row.text for row in settings.formulary] == [
        "Local hydroxocobalamin",
        "Local cyanocobalamin",
    ]
    assert settings.policy.available_products == frozenset(
        {(Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR)}
    )


def test_local_codes_are_found_beside_the_site_file(tmp_path: Path) -> None:
    (tmp_path / "local.csv").write_text(
        "concept,system_uri,code\nserum_b12,urn:lab,B12\n", encoding="utf-8"
    )

    settings = load_settings(write(tmp_path, '[codes]\nadd = "local.csv"\n'))

    assert settings.extra_codes == SiteCodes(add=tmp_path / "local.csv")


def test_no_secret_is_shown_with_the_settings(tmp_path: Path) -> None:
    text = (
        '[service]\nworkbench_password = "correct-horse-battery"\n[store]\npatient_key = '
        '"key-of-the-hash"\n'
    )

    shown = repr(load_settings(write(tmp_path, text)))

    assert not re.search("correct-horse|key-of-the-hash", shown)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", "2026-11-26"), ("Pacific/Auckland", "2026-11-27"), ("America/New_York", "2026-11-26")],
)
def test_the_time_zone_of_the_site_decides_today(tmp_path: Path, zone: str, day: str) -> None:
    site = tmp_path / "site.toml"
    site.write_text(f'[service]\ntime_zone = "{zone}"\n', encoding="utf-8")
    noon = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
    assert load_settings(site).today(noon).isoformat() == day
    late = dt.datetime(2026, 11, 26, 4, 59, tzinfo=dt.UTC)
    assert (load_settings(site).today(late).day == 25) is (zone == "America/New_York")


@pytest.mark.parametrize("zone", ["Europe/Londn", "", "../etc/passwd", "/etc/localtime"])
def test_a_time_zone_that_is_none_is_said(tmp_path: Path, zone: str) -> None:
    site = tmp_path / "site.toml"
    site.write_text(f'[service]\ntime_zone = "{zone}"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"service\.time_zone: found"):
        load_settings(site)


SITE_FILES = {
    "systems": "spelling,system_uri\nurn:our:snomed,http://snomed.info/sct\n",
    "units": "spelling,ucum\npmol pro L,pmol/L\n",
    "routes": "text,concept\nin den Muskel,route_im\n",
    "forms": "text,concept\nStechampulle,doseform_injection\n",
}


def site_with(tmp_path: Path, **files: str) -> Path:
    lines = ["[codes]"]
    for kind, text in files.items():
        (tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
        lines.append(f'{kind} = "{kind}.csv"')
    path = tmp_path / "site.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_site_adds_spellings_of_systems_units_routes_and_forms(tmp_path: Path) -> None:
    value_sets = load_value_sets(load_settings(site_with(tmp_path, **SITE_FILES)).extra_codes)
    coded = value_sets.match_coding({"system": "URN:our:SNOMED", "code": "84027009"})
    assert [match.concept.value for match in coded] == ["pernicious_anaemia"]
    assert value_sets.units == {"pmol pro L": "pmol/L"}
    routes = value_sets.match_text("in den Muskel", Field.ROUTES)
    assert [match.concept.value for match in routes] == ["route_im"]
    forms = value_sets.match_text("Stechampulle", Field.ROUTES)
    assert [match.concept.value for match in forms] == ["doseform_injection"]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("systems", "spelling,system_uri\nours,http://nobody.example\n", "which is not known"),
        ("units", "spelling;ucum\na;b\n", "found the columns spelling;ucum"),
        ("units", "spelling,ucum\na,pmol/L\na,nmol/L\n", "stands for two things"),
        ("units", "spelling,ucum\na,\n", "line 2: spelling and ucum must both be given"),
        ("routes", "text,concept\nx,doseform\n", "expected one of route_im"),
        ("forms", "text,concept\nx,lhon\n", "expected one of doseform"),
    ],
)
def test_what_is_wrong_in_a_file_of_spellings_stops_start_up(
    tmp_path: Path, kind: str, text: str, said: str
) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings(site_with(tmp_path, **{kind: text}))
    assert any(
        problem.startswith(f"codes.{kind}: ") and said in problem
        for problem in error.value.problems
    )


def test_with_postgresql_the_key_of_the_record_is_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("B12_CDS_PATIENT_KEY", raising=False)
    url = '[store]\nurl = "postgresql+psycopg://b12@database/b12"\n'
    site = tmp_path / "site.toml"
    site.write_text(url)
    [problem] = check_config(site)

    assert problem.startswith("store.patient_key: is missing; with PostgreSQL")
    site.write_text(f'{url}patient_key = "a key that every worker has"\n')
    assert check_config(site) == []
    site.write_text(url)
    monkeypatch.setenv("B12_CDS_PATIENT_KEY", "a key that every worker has")
    assert check_config(site) == []
    site.write_text('[store]\nurl = "sqlite:///b12.db"\n')
    monkeypatch.delenv("B12_CDS_PATIENT_KEY")
    assert check_config(site) == []


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        ("UTC", dt.date(2026, 6, 1), "2026-06-01T23:59:59Z"),
        ("Europe/London", dt.date(2026, 6, 1), "2026-06-01T23:59:59+01:00"),
        ("Europe/London", dt.date(2026, 12, 1), "2026-12-01T23:59:59Z"),
        ("America/New_York", dt.date(2026, 6, 1), "2026-06-01T23:59:59-04:00"),
    ],
)
def test_a_card_is_valid_until_the_end_of_the_sites_day_Q64(
    zone: str, day: dt.date, end: str
) -> None:
    assert replace(demonstration(), time_zone=zone).end_of(day) == end


def test_a_formulary_lists_what_a_product_holds_besides(tmp_path: Path) -> None:
    """An excipient that no allergy is read for is a mistake of the file, never passed over."""
    row = """
        [[formulary]]
        substance = "hydroxocobalamin"
        route = "IM"
        text = "Hydroxocobalamin 1 mg/mL solution for injection"
        available = false
        excipients = ["{}"]
        """
    listed = load_settings(write(tmp_path, row.format("benzyl alcohol")))
    wrong = check_config(write(tmp_path, row.format("benzil alcohol")))

    product = (Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR)
    assert listed.policy.product_excipients == {(*product, Allergen.BENZYL_ALCOHOL)}
    assert [problem for problem in wrong if 'excipients: found "benzil alcohol"' in problem]


def test_authorities_are_read_from_a_file_beside_the_site_file(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    both = authority.file.with_name("both.pem")
    both.write_bytes(
        private_pem(authority.key) + "# Größe\n".encode() + authority.file.read_bytes()
    )
    with_file = PRODUCTION.replace("[service]", '[service]\nca_file = "both.pem"')

    assert load_settings(write(tmp_path, with_file)).authorities == authority.pem
    assert load_settings(write(tmp_path, PRODUCTION)).authorities == ""
    assert problems_of(tmp_path, with_file) == []


def test_authorities_that_cannot_be_read_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    authority = make_authority(tmp_path)
    (tmp_path / "binary.cer").write_bytes(authority.certificate.public_bytes(Encoding.DER))

    for name, said in (
        ("none.pem", "cannot be read (No such file or directory)."),
        ("empty.pem", "expected certificates as PEM text"),
        ("binary.cer", "expected certificates as PEM text"),
    ):
        with_file = PRODUCTION.replace("[service]", f'[service]\nca_file = "{name}"')
        [problem] = problems_of(tmp_path, with_file)
        assert problem.startswith(f"service.ca_file: {tmp_path / name} {said}")


def test_an_authority_that_ends_soon_is_said(tmp_path: Path) -> None:
    with_file = PRODUCTION.replace("[service]", '[service]\nca_file = "Hospital.pem"')
    for days, said in ((-1, "has ended on"), (9, "ends on"), (40, "")):
        make_authority(tmp_path, ends=NOW + days * DAY)
        problems = problems_of(tmp_path, with_file)

        assert len(problems) == bool(said)
        assert all(
            one.startswith(f"service.ca_file: the certificate of CN=Hospital {said} 20")
            for one in problems
        )
