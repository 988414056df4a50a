"""Each profile in discovery, in the answer and in the site file, and each key overridden alone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.site import Settings, check_config, client_of_profile, load_settings
from cds_service.site.client_profiles import PROFILES, RXNORM, RXNORM_AS_OID
from tests.cds_service.conftest import running

SITE = """
profile = "demonstration"
[[clients]]
name = "An EHR"
iss = "https://ehr.example.org"
jku = "https://ehr.example.org/jwks.json"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_can_be_named_in_the_site_file(tmp_path: Path, profile: str) -> None:
    [client] = load_settings(written(tmp_path, f'{SITE}profile = "{profile}"')).clients

    assert client.profile == profile
    for key, value in PROFILES[profile].items():
        assert getattr(client, key) == value


IN_WORDS = {RXNORM: "RxNorm", RXNORM_AS_OID: "RxNorm as OID", True: "true", False: "false"}
PAGE = Path(__file__).parents[3] / "docs" / "client-profiles.md"


def test_the_document_has_the_keys_of_each_profile() -> None:
    table = [
        [cell.strip(" `") for cell in line.split("|")[1:-1]]
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith("| ")
    ]
    (_, *profiles), *rows = table

    assert sorted(profiles) == sorted(PROFILES)
    assert {key for profile in PROFILES.values() for key in profile} <= {key for key, *_ in rows}
    for key, *cells in rows:
        for profile, cell in zip(profiles, cells, strict=True):
            value = getattr(client_of_profile(profile), key)
            said = ", ".join(value) if isinstance(value, tuple) else IN_WORDS.get(value, value)
            assert cell == said, (key, profile)


def test_a_key_of_the_client_goes_before_its_profile(tmp_path: Path) -> None:
    text = f'{SITE}profile = "epic"\nselection_behavior = "at-most-one"\n'
    [client] = load_settings(written(tmp_path, text)).clients

    assert client.selection_behavior == "at-most-one"
    assert client.replace_strategy == "split"


@pytest.mark.parametrize(
    "line",
    [
        'profile = "epik"',
        'cds_hooks_version = "9"',
        'prefetch_dialect = "4"',
        'ignores = ["everything"]',
        'hooks = ["patient-open"]',
        'hooks = "order-sign"',
    ],
)
def test_a_word_that_is_not_known_is_said_with_the_known_ones(tmp_path: Path, line: str) -> None:
    [problem] = check_config(written(tmp_path, f"{SITE}{line}\n"))

    assert line.split(" =")[0] in problem
    assert "expected" in problem


def discovery(settings: Settings, profile: str) -> list[dict[str, Any]]:
    with running(replace(settings, discovery_profile=profile)) as client:
        services: list[dict[str, Any]] = client.get("/cds-services").get_json()["services"]
    return services


def test_one_id_a_hook_is_the_default_and_the_shared_id_that_of_3_0_R167(
    settings: Settings,
) -> None:
    own = {service["id"] for service in discovery(settings, "generic-2.0")}
    shared = [(service["id"], service["hook"]) for service in discovery(settings, "generic-3.0")]

    assert "b12" not in own
    assert len(own) == len(shared)
    assert {id_ for id_, _ in shared} == {"b12"}
    assert len({hook for _, hook in shared}) == len(shared)


def answered_as(settings: Settings, request: dict[str, Any], profile: object) -> Any:
    with running(settings) as client:
        sent = {**request, "extension": {"org.b12-cds": {"profile": profile}}}
        return client.post("/cds-services/b12-order-select", json=sent)


def test_in_the_demonstration_a_request_may_say_what_kind_of_client_it_comes_from(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    for profile, behaviour, actions in (("epic", "any", 1), ("generic-2.0", "at-most-one", 3)):
        [card] = answered_as(settings, order_select, profile).get_json()["cards"]
        assert card["selectionBehavior"] == behaviour
        assert len(card["suggestions"][0]["actions"]) == actions

    answer = answered_as(settings, order_select, "cerner")
    assert answer.status_code == 400
    assert "extension.org.b12-cds.profile: found a string" in answer.text
    assert "expected one of generic-2.0, generic-3.0, sandbox, epic" in answer.text


def test_a_registered_client_is_what_the_site_file_says_whatever_the_request_says(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    known = replace(settings, clients=(client_of_profile("crd"),))
    assert answered_as(known, order_select, "epic").status_code == 401


def test_the_demonstration_answers_who_names_nothing_as_the_profile_of_discovery(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    with running(replace(settings, discovery_profile="epic")) as client:
        answer = client.post("/cds-services/b12-order-select", json=order_select)
    assert answer.get_json()["cards"][0]["selectionBehavior"] == "any"


def test_versions_are_said_where_the_profile_says_so_R168(settings: Settings) -> None:
    for profile in PROFILES:
        client = client_of_profile(profile)
        for service in discovery(settings, profile):
            assert service.get("version", "") == client.cds_hooks_version
            assert ("hookVersion" in service) == client.hook_version
            if client.hook_version:
                assert re.fullmatch(r"\d+\.\d+\.\d+", service["hookVersion"])


def test_relative_dates_stand_in_the_3_0_dialect_only_and_for_results_only_R169(
    settings: Settings,
) -> None:
    for service in discovery(settings, "generic-2.0"):
        assert "today()" not in str(service["prefetch"])
        assert "_maxresults" not in str(service["prefetch"])
    for service in discovery(settings, "generic-3.0"):
        dated = {key for key, value in service["prefetch"].items() if "today()" in value}
        assert dated == {"labs"}
        assert "&date=ge{{today() - 1826 days}}&" in service["prefetch"]["labs"]
        assert "_maxresults" not in service["prefetch"]["patient"]


def test_every_client_may_call_both_forms_and_gets_the_same_cards_R167(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    own = client.post("/cds-services/b12-order-select", json=order_select).get_json()["cards"]
    shared = client.post("/cds-services/b12", json=order_select).get_json()["cards"]

    assert own
    assert [card["summary"] for card in shared] == [card["summary"] for card in own]


@pytest.mark.parametrize("hook", ["encounter-start", None, 7])
def test_the_shared_id_refuses_a_hook_that_is_not_ours(
    client: FlaskClient, order_select: dict[str, Any], hook: object
) -> None:
    answer = client.post("/cds-services/b12", json={**order_select, "hook": hook})

    assert answer.status_code == 400
    assert "order-select" in answer.get_json()["issue"][0]["diagnostics"]


def test_a_preferred_system_in_which_no_product_is_coded_is_said(tmp_path: Path) -> None:
    with_ndc = f'{SITE}preferred_system = "http://hl7.org/fhir/sid/ndc"\n'
    [problem] = check_config(written(tmp_path, with_ndc))

    assert problem.startswith("clients[0].preferred_system")
    assert "no effect" in problem
    assert load_settings(written(tmp_path, with_ndc)).clients  # it stops no start


def test_a_product_without_a_code_in_the_preferred_system_is_named(tmp_path: Path) -> None:
    """The built-in tablets have no code of dm+d, the injection has."""
    with_dmd = f'{SITE}preferred_system = "https://dmd.nhs.uk"\n'
    [problem] = check_config(written(tmp_path, with_dmd))

    assert "has no effect on Cyanocobalamin 1 mg oral tablet: found no code in it" in problem
    assert "ydroxocobalamin" not in problem


@pytest.mark.parametrize("profile", PROFILES)
def test_the_system_of_each_profile_has_effect_with_the_built_in_formulary(
    tmp_path: Path, profile: str
) -> None:
    assert check_config(written(tmp_path, f'{SITE}profile = "{profile}"\n')) == []
