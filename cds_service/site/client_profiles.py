"""What a kind of client understands, as far as its documents or its code say: one row a kind.

A client of the site file names its profile and may override each key of it (PROTOCOL sections 1.2,
3.7 and 3.8; R167 to R169, R174).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
RXNORM_AS_OID = "urn:oid:2.16.840.1.113883.6.88"
"""How Epic names RxNorm in actions."""

GENERIC_2_0 = "generic-2.0"

PROFILES: Mapping[str, Mapping[str, Any]] = {
    # CDS Hooks 2.0 as written; nothing is known of the client beyond that.
    GENERIC_2_0: {},
    # 3.0 ballot: one id under every hook, so that the client may replace its stale cards; relative
    # dates in prefetch.
    "generic-3.0": {
        "shared_id": True,
        "cds_hooks_version": "3.0.0",
        "hook_version": True,
        "prefetch_dialect": "3.0",
    },
    # The reference sandbox takes the name and the first code of the first create or update into
    # its form and nothing else, and stores nothing.
    "sandbox": {
        "selection_behavior": "any",
        "ignores": ("dose", "second-action", "delete"),
        "stores_accepted": False,
    },
    # Epic: knows "any" only, one action to a suggestion, no update of a MedicationRequest, RxNorm
    # by its OID; the dose of an order comes from the site's order record.
    "epic": {
        "algorithms": ("RS384",),
        "selection_behavior": "any",
        "replace_strategy": "split",
        "intent": "proposal",
        "preferred_system": RXNORM_AS_OID,
        "ignores": ("dose", "second-action", "label"),
    },
    # Oracle Health, from an unmerged branch of its documents: patient-view of CDS Hooks 1.0,
    # where a delete carries the id in `resource`; links that are not listed are removed.
    "oracle-health": {
        "delete_style": "resource",
        "cds_hooks_version": "1.0.0",
        "ignores": ("links",),
    },
    # Da Vinci CRD clients: a delete is accompanied by a create of its type.
    "crd": {"cds_hooks_version": "2.0.1", "hook_version": True},
}
"""Keys of a client (see `Client`) that differ from those of CDS Hooks 2.0 as it is written."""

IGNORED = ("dose", "second-action", "delete", "label", "links")
"""What a client may leave unread of a suggestion or card."""

CDS_HOOKS_VERSIONS = ("", "1.0.0", "2.0.1", "3.0.0")
PREFETCH_DIALECTS = ("2.0", "3.0")


def with_profile(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a client: those of its profile, overridden one by one by its own."""
    profile = PROFILES.get(str(row.get("profile", GENERIC_2_0)), {})
    return {**profile, **row}
