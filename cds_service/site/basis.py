"""What a decision rests on beside the request and the record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from cds_service.site.clients import Client
from cds_service.site.modes import policy_in_force
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


def in_force(settings: Settings, day: dt.date) -> Settings:
    """Return the settings of a day: what is looser than its default is so only while an approval of
    it holds (Q62).
    """
    if all(approval.holds_on(day) for approval in settings.approvals):
        return settings
    return replace(settings, policy=policy_in_force(settings.policy, settings.approvals, day))


def tried_on(settings: Settings, day: dt.date) -> Settings:
    """Return the settings as they are tried on the records of a day: an approval that is given
    later counts as given, one that has ended by then as ended.
    """
    return in_force(settings, max((day, *(approval.date for approval in settings.approvals))))
