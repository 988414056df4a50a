"""The clients that a site file registers: what is known of each, and what is wrong with it."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from cds_service.protocol import HOOKS, PATIENT_VIEW
from cds_service.site.client_profiles import (
    CDS_HOOKS_VERSIONS,
    GENERIC_2_0,
    IGNORED,
    PREFETCH_DIALECTS,
    PROFILES,
    RXNORM,
    with_profile,
)
from cds_service.site.keys import ALGORITHMS, check_key
from cds_service.site.modes import check_modes
from cds_service.site.web_address import is_web_url
from fhir_mappings.formulary import FormularyRow
from fhir_mappings.terminology import load_value_sets


class Client(msgspec.Struct, frozen=True):
    """One CDS client: how it proves who it is, where its FHIR server is, and what its EHR
    understands.

    `fhir_version` overrides what the request's shape says (R158); `delete_style` is `resource` for
    clients of CDS Hooks 1.0. `fhir_on_site_network` allows its FHIR server and key set to be
    at a private address.

    `profile` names the row of `client_profiles` that the keys not given come from. `shared_id`: the
    client is shown one id under every hook instead of one a hook (R167). `cds_hooks_version` and
    `hook_version`: what discovery says of versions, nothing when empty (R168). `prefetch_dialect`:
    "3.0" has relative dates (R169). `preferred_system` is written as the client spells it.
    `hooks` are those that the client calls, where the site says so; none: not known, which is never
    taken for a hook that it has not (Q93).
    `ignores` is what the client leaves unread; `stores_accepted` whether a draft that is accepted
    comes back as an order on record. `explain_empty`: an answer
    without cards says why. `modes` takes the place of the site's own table as a whole.
    """

    name: str
    iss: str = ""
    jku: str = ""
    keys: tuple[Mapping[str, Any], ...] = ()
    algorithms: tuple[str, ...] = ("ES384", "RS384")
    audiences: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    fhir_base_urls: tuple[str, ...] = ()
    selection_behavior: str = "at-most-one"
    replace_strategy: str = "replace"
    delete_style: str = "resourceId"
    intent: str = "order"
    preferred_system: str = RXNORM
    fhir_version: str = ""
    fhir_on_site_network: bool = False
    profile: str = GENERIC_2_0
    shared_id: bool = False
    cds_hooks_version: str = "2.0.1"
    hook_version: bool = False
    prefetch_dialect: str = "2.0"
    hooks: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()
    stores_accepted: bool = True
    explain_empty: bool = False
    modes: Mapping[str, str | float] = msgspec.field(default_factory=dict)
    expected_calls_per_day: int = 0

    @property
    def calls_when_opened(self) -> bool:
        """Whether an opened chart is told of; true unless the site lists the hooks without it."""
        return not self.hooks or PATIENT_VIEW in self.hooks


def client_of_profile(profile: str, name: str = "") -> Client:
    """Return a client of which only the profile is known; without a name it is called so."""
    return Client(**{"name": name or profile, **with_profile({"profile": profile})})


@functools.cache
def demonstration_client(profile: str = GENERIC_2_0) -> Client:
    """Return who calls when nobody has to say who they are."""
    return client_of_profile(profile, "Demonstration")


DEMONSTRATION_CLIENT = demonstration_client()


CHOICES: dict[str, tuple[str, ...]] = {
    "selection_behavior": ("at-most-one", "any"),
    "replace_strategy": ("replace", "update", "split"),
    "delete_style": ("resourceId", "resource"),
    "intent": ("order", "proposal"),
    "fhir_version": ("", "DSTU2", "STU3", "R4", "R4B", "R5"),
    "profile": tuple(PROFILES),
    "cds_hooks_version": CDS_HOOKS_VERSIONS,
    "prefetch_dialect": PREFETCH_DIALECTS,
}
"""The words a client's switches may hold."""

LISTS: dict[str, tuple[str, ...]] = {"ignores": IGNORED, "hooks": HOOKS}
"""The words a client's lists may hold."""


def read_clients(document: Mapping[str, Any], problems: list[str]) -> tuple[Client, ...]:
    clients = []
    for number, row in enumerate(document.get("clients", [])):
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in with_profile(row).items()
        }
        client = Client(**{"name": "", **values})
        problems += [f"clients[{number}].{problem}" for problem in _client_problems(client)]
        clients.append(client)
    problems += _twins(clients)
    return tuple(clients)


def _client_problems(client: Client) -> list[str]:
    """Return what is wrong with a client, whatever the others are."""
    urls = (
        f"{key}: is not an absolute http(s) URL."
        for key, url in client_urls(client)
        if not is_web_url(url)
    )
    return [
        *_identity_problems(client),
        *_switch_problems(client),
        *_key_problems(client),
        *check_modes(client.modes, "modes"),
        *urls,
    ]


LONGEST_NAME = 100
"""Characters of a client's name; the tables keep 512 of a text, and drop what cannot be seen."""


def _identity_problems(client: Client) -> list[str]:
    problems = [
        f"{key}: is missing or empty." for key in ("name", "iss") if not getattr(client, key)
    ]
    plain = " ".join(client.name.split())
    if client.name != plain or not plain.isprintable() or len(plain) > LONGEST_NAME:
        problems.append(
            f"name: expected at most {LONGEST_NAME} visible characters, with single blanks between "
            f"words; records are kept under it."
        )
    if not client.jku and not client.keys:
        problems.append(
            "jku: is missing, and there are no keys; expected one of the two, else no token can be "
            "verified."
        )
    return problems


def _switch_problems(client: Client) -> list[str]:
    problems = []
    for key, choices in CHOICES.items():
        value = getattr(client, key)
        if value not in choices:
            known = " or ".join(f'"{choice}"' for choice in choices if choice)
            problems.append(f'{key}: found "{value}", expected {known}.')
    lists = (
        f'{key}: found "{value}", expected one of {", ".join(known)}.'
        for key, known in LISTS.items()
        for value in getattr(client, key)
        if value not in known
    )
    return [*problems, *lists]


def _key_problems(client: Client) -> list[str]:
    known = ", ".join(sorted(ALGORITHMS))
    algorithms = [
        f'algorithms: found "{algorithm}", expected one of {known}.'
        for algorithm in client.algorithms
        if algorithm not in ALGORITHMS
    ]
    if not client.algorithms:
        algorithms = [f"algorithms: is empty; expected some of {known}, else no token is good."]
    keys = (
        f"keys[{number}]: {problem}."
        for number, key in enumerate(client.keys)
        if (problem := check_key(key))
    )
    return [*algorithms, *keys]


def _twins(clients: list[Client]) -> list[str]:
    """Return the complaints about clients that no token could tell apart, or no record: feedback is
    kept under the name.
    """
    seen: dict[str, Client] = {}
    named: set[str] = set()
    problems = []
    for number, client in enumerate(clients):
        if client.name and client.name in named:
            problems.append(
                f'clients[{number}].name: "{client.name}" is the name of another client too; '
                f"expected one of its own."
            )
        named.add(client.name)
        other = seen.setdefault(client.iss, client)
        if other is not client and not (
            client.tenants and other.tenants and set(client.tenants).isdisjoint(other.tenants)
        ):
            problems.append(
                f'clients[{number}].iss: is that of "{other.name}" too; expected one client for '
                f"each iss, or tenants that differ."
            )
    return problems


def client_urls(client: Client) -> list[tuple[str, str]]:
    urls = [(f"fhir_base_urls[{number}]", url) for number, url in enumerate(client.fhir_base_urls)]
    return [*urls, ("jku", client.jku)] if client.jku else urls


def systems_without_effect(
    clients: Sequence[Mapping[str, Any]], formulary: tuple[FormularyRow, ...]
) -> list[str]:
    """Return the complaints about preferred code systems in which no product is coded, or some
    that may be drafted are not.
    """
    preferred = {
        number: str(with_profile(row)["preferred_system"])
        for number, row in enumerate(clients)
        if "preferred_system" in with_profile(row)
    }
    said = ((number, system, _effect(system, formulary)) for number, system in preferred.items())
    return [
        f'clients[{number}].preferred_system: "{system}" has no effect{why}.'
        for number, system, why in said
        if why
    ]


def _effect(system: str, formulary: tuple[FormularyRow, ...]) -> str:
    """Return which products a preferred code system does nothing for; empty when there are none."""
    normalise = load_value_sets().normalise_system
    wanted = normalise(system)
    coded = {row: {normalise(coding.system) for coding in row.codings} for row in formulary}
    systems = sorted(set().union(*coded.values()))
    if wanted not in systems:
        return (
            f", as no product of the formulary has a code in it; expected one of "
            f"{', '.join(systems) or 'none'}"
        )
    without = [row.text for row in formulary if row.available and wanted not in coded[row]]
    return f" on {', '.join(without)}: found no code in it there" if without else ""
