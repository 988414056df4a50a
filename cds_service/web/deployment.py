"""One running service: the settings and everything that is built from them once and shared by all
calls.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import msgspec
from flask import current_app

from cds_service.callers import KeySets
from cds_service.protocol import Service, build_services
from cds_service.records import Store, load_keeping
from cds_service.retrieval import FhirClient
from cds_service.site import Basis, Client, Settings, in_force
from cds_service.web.admission import Admission
from fhir_mappings.terminology import ValueSets, load_value_sets
from governance.decisions import list_modes

CONFIG_KEY = "B12_CDS"


def today_of(settings: Settings) -> Callable[[], dt.date]:
    """Return what tells today's date at the site: the one place where a call looks at the
    calendar.
    """
    return lambda: settings.today(dt.datetime.now(dt.UTC))


class Deployment(msgspec.Struct, frozen=True):
    """Settings, value sets, services and the things with a life of their own. `today` gives the
    date each call is true for.
    """

    settings: Settings
    value_sets: ValueSets
    services: Mapping[str, Service]
    fhir: FhirClient
    keys: KeySets
    store: Store
    admission: Admission
    today: Callable[[], dt.date]

    def basis_for(self, client: Client) -> Basis:
        """Return what a decision for this client rests on today."""
        today = self.today()
        return Basis(in_force(self.settings, today), self.value_sets, client, today)

    def close(self) -> None:
        """Write what waits to be written and let go of connections and threads."""
        self.fhir.close()
        self.store.close()


def build_deployment(settings: Settings, today: Callable[[], dt.date] | None = None) -> Deployment:
    """Return everything a service with these settings needs; nothing is connected to yet."""
    value_sets = load_value_sets(settings.extra_codes)
    return Deployment(
        settings=settings,
        value_sets=value_sets,
        services={service.id: service for service in build_services(value_sets)},
        fhir=FhirClient(settings.authorities),
        keys=KeySets(settings.clients, settings.is_production, settings.authorities),
        store=Store(
            settings.store_url,
            settings.patient_key,
            load_keeping(settings.keep_requests_days, settings.keep_requests_key_file),
            settings.retention_days,
            list_modes(settings),
        ),
        admission=Admission(),
        today=today or today_of(settings),
    )


def this_deployment() -> Deployment:
    """Return the deployment of the current app."""
    deployment: Deployment = current_app.config[CONFIG_KEY]
    return deployment
