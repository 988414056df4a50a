"""One TOML site file becomes frozen settings; whatever is wrong in it is said all at once and stops
start-up.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cds_service.site.client_profiles import GENERIC_2_0, PROFILES
from cds_service.site.clients import client_urls, read_clients, systems_without_effect
from cds_service.site.keys import (
    is_public_test_key,
    named_authorities,
    named_key_file,
)
from cds_service.site.modes import (
    check_loosened,
    check_modes,
    ends_of_approvals,
    read_approvals,
    says_something,
)
from cds_service.site.settings import (
    DEMONSTRATION,
    LONGEST_CALL_MS,
    PRODUCTION,
    Settings,
    demonstration,
    ends_of_authorities,
)
from cds_service.site.site_file import SettingsError, read_site_file
from cds_service.site.web_address import problems_of_addresses
from fhir_mappings.formulary import (
    BUILT_IN,
    FormularyRow,
    check_units,
    excipients_of,
    read_formulary,
)
from fhir_mappings.terminology import LANGUAGES, SiteCodes, check_codes, load_value_sets
from recommender.guidance import Policy, PolicyError
from recommender.language import Route, Substance

SHORTEST_PASSWORD = 16


def is_time_zone(name: str) -> bool:
    """Return whether this is a time zone of the IANA list that this machine knows."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def load_settings(path: Path | None) -> Settings:
    """Return the settings of a site file; the demonstration profile without one.

    Raises: SettingsError with everything that is wrong.
    """
    if path is None:
        return demonstration()
    document, problems = read_site_file(path)
    settings = _build(document, path.parent, problems)
    if settings.is_production:
        problems += _refuse_in_production(settings)
    if problems:
        raise SettingsError(problems)
    return settings


def check_config(path: Path) -> list[str]:
    """Return what is wrong with a site file, has no effect, or ends within 30 days, one sentence
    each; empty when all of it is of use.
    """
    try:
        settings = load_settings(path)
    except SettingsError as error:
        return error.problems
    document, _ = read_site_file(path)
    today = settings.today(dt.datetime.now(dt.UTC))
    return [
        *systems_without_effect(document.get("clients", []), settings.formulary),
        *ends_of_approvals(settings.policy, settings.approvals, today),
        *ends_of_authorities(settings, today),
    ]


def _build(document: Mapping[str, Any], folder: Path, problems: list[str]) -> Settings:
    """Return the settings of a document; what is wrong in it is added to the problems."""
    settings = _plain_settings(document, problems)
    formulary = _formulary(document, problems)
    problems += _store_problems(document)
    store = document.get("store", {})
    approvals, wrong = read_approvals(document.get("approvals", []))
    problems += [*wrong, *check_modes(document.get("modes", {}), "modes")]
    policy = _policy(document, formulary, problems)
    problems += check_loosened(policy, approvals)
    return replace(
        settings,
        authorities=named_authorities(document.get("service", {}), folder, problems),
        store_url=store.get("url", settings.store_url),
        patient_key=store.get("patient_key", ""),
        keep_requests_days=store.get("keep_requests_days", 0),
        keep_requests_key_file=named_key_file(store, folder, problems),
        retention_days=store.get("retention_days", 0),
        modes=document.get("modes", {}),
        approvals=approvals,
        policy=policy,
        formulary=formulary,
        extra_codes=_extra_codes(document, folder, problems),
        clients=read_clients(document, problems),
    )


def _plain_settings(document: Mapping[str, Any], problems: list[str]) -> Settings:
    """Return the settings of `profile`, `[service]` and `[limits]`, the rest as without a file."""
    profile = document.get("profile", DEMONSTRATION)
    service, limits = dict(document.get("service", {})), document.get("limits", {})
    service.pop("ca_file", None)
    problems += _problems_of_service(profile, service, limits)
    if not is_time_zone(service.get("time_zone", "UTC")):
        problems.append(
            f'service.time_zone: found "{service["time_zone"]}", expected a name of the IANA list '
            f'such as "Europe/London".'
        )
        del service["time_zone"]
    if not says_something(service.get("contact", "")):
        service["contact"] = ""
    plain = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in {**service, **limits}.items()
    }
    return Settings(profile=profile, **{**_profile_defaults(profile), **plain})


def _problems_of_service(
    profile: str, service: Mapping[str, Any], limits: Mapping[str, Any]
) -> list[str]:
    problems = []
    if profile not in (DEMONSTRATION, PRODUCTION):
        problems.append(
            f'profile: found "{profile}", expected "{PRODUCTION}" or "{DEMONSTRATION}".'
        )
    if service.get("discovery_profile", GENERIC_2_0) not in PROFILES:
        problems.append(
            f'service.discovery_profile: found "{service["discovery_profile"]}", expected one of '
            f"{', '.join(PROFILES)}."
        )
    problems += problems_of_addresses(service.get("public_url"), service.get("cors_origins", ()))
    if limits.get("call_ms", 0) > LONGEST_CALL_MS:
        problems.append(
            f"limits.call_ms: found {limits['call_ms']}, expected at most {LONGEST_CALL_MS}, as no "
            f"answer may come later than that."
        )
    return problems


def _store_problems(document: Mapping[str, Any]) -> list[str]:
    from cds_service.records import (
        PATIENT_KEY_VARIABLE,
        open_engine,  # only here: a site file without a store needs no SQLAlchemy
    )

    store = document.get("store", {})
    if "url" not in store:
        return []
    try:
        engine = open_engine(store["url"])
    except ValueError as error:
        return [f"store.url: {error}."]
    if engine.dialect.name == "postgresql" and not (
        store.get("patient_key") or os.environ.get(PATIENT_KEY_VARIABLE)
    ):
        return [
            f"store.patient_key: is missing; with PostgreSQL expected here or in the environment "
            f"variable {PATIENT_KEY_VARIABLE}, as there is no file that all workers share and keep."
        ]
    return []


def _profile_defaults(profile: str) -> dict[str, Any]:
    if profile == PRODUCTION:
        return {
            "public_url": "",
            "cors_origins": (),
            "workbench": False,
            "metrics": False,
            "governance": False,
        }
    return {}


def _refuse_in_production(settings: Settings) -> list[str]:
    """Return everything that must not go into production."""
    problems = []
    if not settings.clients:
        problems.append("clients: there are none; production expects at least one [[clients]].")
    if not settings.public_url.startswith("https://"):
        problems.append("service.public_url: production expects an https URL.")
    if "*" in settings.cors_origins:
        problems.append('service.cors_origins: found "*", production expects the origins by name.')
    if settings.workbench and len(settings.workbench_password) < SHORTEST_PASSWORD:
        wanted = f"a workbench_password of at least {SHORTEST_PASSWORD} characters"
        problems.append(
            f"service.workbench: is open to everybody; production expects false, or {wanted}."
        )
    if settings.governance and len(settings.governance_password) < SHORTEST_PASSWORD:
        problems.append(
            f"service.governance: is open to everybody; production expects false, or a "
            f"governance_password of at least {SHORTEST_PASSWORD} characters."
        )
    for number, client in enumerate(settings.clients):
        if any(is_public_test_key(key) for key in client.keys):
            problems.append(
                f"clients[{number}].keys: holds a public test key, whose private half anybody can "
                f"have."
            )
        for key, url in client_urls(client):
            if not url.startswith("https://"):
                problems.append(f"clients[{number}].{key}: production expects an https URL.")
    return problems


def _policy(
    document: Mapping[str, Any], formulary: tuple[FormularyRow, ...], problems: list[str]
) -> Policy:
    settings = {
        name: value for name, value in document.get("policy", {}).items() if name != LANGUAGES_KEY
    }
    try:
        return Policy.from_settings(settings, _available(formulary), excipients_of(formulary))
    except PolicyError as error:
        problems += [f"policy.{problem.rstrip('.')}." for problem in error.problems]
        return Policy()


def _formulary(document: Mapping[str, Any], problems: list[str]) -> tuple[FormularyRow, ...]:
    if "formulary" not in document:
        return BUILT_IN
    rows, wrong = read_formulary(document["formulary"])
    problems += [f"formulary{problem}" for problem in wrong]
    return rows


def _available(formulary: tuple[FormularyRow, ...]) -> frozenset[tuple[Substance, Route]]:
    return frozenset((row.substance, row.route) for row in formulary if row.available)


def _extra_codes(
    document: Mapping[str, Any], folder: Path, problems: list[str]
) -> SiteCodes | None:
    """Return the site's own files of codes; whatever is wrong in one of them stops start-up."""
    named = {kind: folder / name for kind, name in document.get("codes", {}).items() if name}
    languages, unknown = _record_languages(document)
    problems += unknown
    if not named and languages == ("en",):
        return None
    wrong = [f"codes.add: {one}" for one in check_codes(named["add"])] if "add" in named else []
    for kind in ("systems", "units", "routes", "forms"):
        try:
            load_value_sets(SiteCodes(**{kind: named[kind]}) if kind in named else None)
        except ValueError as error:
            wrong.append(f"codes.{kind}: {str(error).rstrip('.')}.")
    wrong += _wrong_units(named)
    problems += wrong
    return None if wrong else SiteCodes(**named, languages=languages)


def _wrong_units(named: Mapping[str, Path]) -> list[str]:
    """Return what is wrong with the site's spellings of units (Q62)."""
    try:
        aliases = SiteCodes(units=named.get("units")).aliases("units")
    except ValueError:
        return []  # said already
    return [f"codes.units: {problem}." for problem in check_units(aliases)]


LANGUAGES_KEY = "recordLanguages"
"""The setting of the policy that the reading of the record takes, not the rules."""


def _record_languages(document: Mapping[str, Any]) -> tuple[tuple[str, ...], list[str]]:
    """Return the languages of the record, and what is wrong with them."""
    stated = document.get("policy", {}).get(LANGUAGES_KEY, ["en"])
    listed = tuple(stated) if isinstance(stated, list) and stated else ()
    if listed and all(language in LANGUAGES for language in listed):
        return listed, []
    found = json.dumps(stated, default=str)
    expected = f"expected a list of some of {', '.join(LANGUAGES)}"
    return ("en",), [f"policy.{LANGUAGES_KEY}: found {found}, {expected}."]
