"""What is slow the first time is done before the first clinician waits for it."""

from __future__ import annotations

import structlog
from flask import Flask

from cds_service.decision import decide, read_orders
from cds_service.demonstration import load_request
from cds_service.protocol import parse_hook_request
from cds_service.records import Store, StoreUnavailable
from cds_service.retrieval import assemble_from_prefetch, trust
from cds_service.site import DEMONSTRATION_CLIENT, Settings, terminology_version
from cds_service.web import CONFIG_KEY, Deployment
from fhir_mappings.drafts import outgoing
from fhir_mappings.fhir import FhirVersion, parse_version
from governance.decisions import versions_of

log = structlog.get_logger(__name__)


def warm_up(app: Flask) -> None:
    """Upgrade the database, load the FHIR models that are expected, and the authorities where
    servers are asked by https, and decide once on the demonstration request; nothing of it is
    recorded.
    """
    deployment: Deployment = app.config[CONFIG_KEY]
    upgrade_store(deployment.store)
    outgoing.warm_up(versions_expected(deployment.settings))
    if deployment.settings.is_production:
        trust(deployment.settings.authorities)
    service = deployment.services["b12-order-select"]
    request = parse_hook_request(load_request(deployment.today()), service.hook)
    basis = deployment.basis_for(DEMONSTRATION_CLIENT)
    record = assemble_from_prefetch(request, service.prefetch)
    decide(request, record, read_orders(request, basis), basis)
    _read_versions(deployment.settings)


def _read_versions(settings: Settings) -> None:
    """Read now which versions decide, before the workers are forked. A worker that read them at its
    first call would record those of files that were changed, or of a program that was installed,
    since what decides was loaded.
    """
    terminology_version.cache_clear()  # that of the tables as they were before SIGHUP
    versions_of(settings)


def versions_expected(settings: Settings) -> tuple[FhirVersion, ...]:
    """Return what is written for the clients and is judged by models every time; those of R4 are
    loaded when the first order comes that is not in plain form, and most workers never see one.
    """
    configured = (parse_version(client.fhir_version) for client in settings.clients)
    written = (version for version in configured if version and version.can_be_written)
    return tuple(dict.fromkeys(one for one in written if one not in outgoing.PLAIN_VERSIONS))


def upgrade_store(store: Store) -> None:
    """Bring the database to the newest schema before the workers are forked; one that is down now
    is upgraded when it is back.
    """
    try:
        store.upgrade()
    except StoreUnavailable as error:
        log.error("the database cannot be used yet; advice is given without it", why=str(error))
