"""What a deployment decides, and what one decision stands on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from cryptography import x509

from cds_service.site.client_profiles import GENERIC_2_0
from cds_service.site.clients import Client
from cds_service.site.modes import Approval, policy_in_force
from fhir_mappings.formulary import BUILT_IN, FormularyRow
from fhir_mappings.terminology import SiteCodes, ValueSets
from recommender.guidance import Policy

DEMONSTRATION = "demonstration"
PRODUCTION = "production"

LONGEST_CALL_MS = 2000
"""No site may let a clinician wait longer than this."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a deployment decides. The defaults are the demonstration profile.

    `contact` is whom to tell of a wrong card; empty where the site names nobody (H97).
    `authorities` are the certificates, as PEM text, of authorities that are trusted besides the
    public ones when a FHIR server or a key set is asked; read from `service.ca_file`.
    `store_url` is a SQLAlchemy URL. `patient_key` keys the hash under which a patient stands in the
    decision record. `call_ms` bounds the whole call, retrieval of missing data included.
    `keep_requests_days` and `retention_days`: 0 keeps no requests, and decisions without end.
    `withheld_days`: after so many days somebody is reminded of a mode that withholds cards (H95).
    """

    profile: str = DEMONSTRATION
    public_url: str = "http://127.0.0.1:8080"
    authorities: str = ""
    contact: str = ""
    time_zone: str = "UTC"
    cors_origins: tuple[str, ...] = ("*",)
    discovery_requires_token: bool = False
    discovery_profile: str = GENERIC_2_0
    workbench: bool = True
    workbench_password: str = field(default="", repr=False)
    metrics: bool = True
    governance: bool = True
    governance_password: str = field(default="", repr=False)
    store_url: str = "sqlite:///b12-cds.db"
    patient_key: str = field(default="", repr=False)
    keep_requests_days: int = 0
    keep_requests_key_file: Path | None = None
    retention_days: int = 0
    policy: Policy = field(default_factory=Policy)
    formulary: tuple[FormularyRow, ...] = BUILT_IN
    extra_codes: SiteCodes | None = None
    clients: tuple[Client, ...] = ()
    body_bytes: int = 10_485_760
    call_ms: int = 400
    withheld_days: int = 90
    modes: Mapping[str, str | float] = field(default_factory=dict)
    approvals: tuple[Approval, ...] = ()

    @property
    def is_production(self) -> bool:
        return self.profile == PRODUCTION

    @property
    def zone(self) -> dt.tzinfo:
        """The time zone of the site."""
        return ZoneInfo(self.time_zone)

    def today(self, now: dt.datetime) -> dt.date:
        """Return the date at a moment in the site's time zone (Q46)."""
        return day_in(self.zone, now)

    def end_of(self, day: dt.date) -> str:
        """Return the last second of a day at the site, in ISO 8601 with its offset (Q64)."""
        last = dt.datetime.combine(day, dt.time(23, 59, 59), self.zone)
        return last.isoformat().replace("+00:00", "Z")

    def url_of(self, path: str) -> str:
        """Return the public URL of a path of the service; never derived from the request (R126)."""
        return self.public_url.rstrip("/") + path


def day_in(zone: dt.tzinfo, moment: dt.datetime) -> dt.date:
    """Return the day for which what is asked at a moment is decided, of a call or of the past."""
    return moment.astimezone(zone).date()


SOON_DAYS = 30
"""So many days before it ends the end of a certificate is said."""


def ends_of_authorities(settings: Settings, today: dt.date) -> list[str]:
    """Say of each authority of the site whose certificate has ended, or ends soon, when it does."""
    if not settings.authorities:
        return []
    certificates = x509.load_pem_x509_certificates(settings.authorities.encode())
    ends = [(day_in(settings.zone, one.not_valid_after_utc), one.subject) for one in certificates]
    return [
        f"service.ca_file: the certificate of {subject.rfc4514_string()} "
        f"{'has ended' if end < today else 'ends'} on {end}."
        for end, subject in ends
        if end < today + dt.timedelta(days=SOON_DAYS)
    ]


def demonstration(public_url: str = "http://127.0.0.1:8080") -> Settings:
    """Return the settings that apply without a site file: everything open, for loopback only."""
    return Settings(public_url=public_url)


class Basis(msgspec.Struct, frozen=True):
    """The settings of the site, the terminology, the client that asks, and the day for which the
    decision is true.
    """

    settings: Settings
    value_sets: ValueSets
    client: Client
    as_of: dt.date


def in_force(settings: Settings, day: dt.date) -> Settings:
    """Return the settings of a day: what is looser than its default is so only while an approval of
    it holds (Q62).
    """
    if all(approval.holds_on(day) for approval in settings.approvals):
        return settings
    return replace(settings, policy=policy_in_force(settings.policy, settings.approvals, day))


FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
"""Days on which a record can be tried; beyond them there is no day a year before or after."""

EXPECTED_DAY = f"a date as YYYY-MM-DD from {FIRST_DAY.year} to {LAST_DAY.year}"


def read_day(text: str) -> dt.date:
    """Return a day on which a record can be tried. Raises: ValueError for any other text."""
    day = dt.date.fromisoformat(text)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(text)
    return day


def tried_on(settings: Settings, day: dt.date) -> Settings:
    """Return the settings as they are tried on the records of a day: an approval that is given
    later counts as given, one that has ended by then as ended.
    """
    return in_force(settings, max((day, *(approval.date for approval in settings.approvals))))
