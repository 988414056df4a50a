"""What a decision rests on beside the request and the record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cds_service.site.clients import Client
from cds_service.site.settings import Settings
from fhir_mappings.terminology import ValueSets


@dataclass(frozen=True, slots=True)
class Basis:
    """The settings of the site, the terminology, the client that asks, and the day for which the
    decision is true.
    """

    settings: Settings
    value_sets: ValueSets
    client: Client
    as_of: dt.date
