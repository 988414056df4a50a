"""The manifest of the knowledge: digests of everything that decides, the sources with their status,
and who answers for each rule until when.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

from cds_service.protocol import write_canonical
from cds_service.site import (
    PACKAGES,
    TABLES,
    Settings,
    digest_of,
    in_force,
    knowledge_version,
    program_version,
    terminology_version,
)
from governance.decisions import list_modes
from governance.knowledge.attributes import DOCUMENT_STATUS
from governance.knowledge.reviews import list_reviews, overdue
from governance.knowledge.texts import list_files, list_texts
from recommender.cards import CARDS
from recommender.guidance import (
    DOCUMENTS,
    EXTERNAL_SOURCES,
    LOST_FRAGMENTS,
    STATEMENTS,
    policy_as_dict,
)
from recommender.treatment import RULES

Json = dict[str, Any]


def make_manifest(settings: Settings, today: dt.date) -> Json:
    """Return the manifest of the installed knowledge under the settings of a site, as they are in
    force on a day.
    """
    policy = in_force(settings, today).policy
    return {
        "program": program_version(),
        "knowledge": knowledge_version(),
        "policy": policy.version,
        "terminology": terminology_version(settings.extra_codes),
        "digests": {
            "folders": {folder: digest_of((folder,)) for folder in TABLES},
            "terminology": _digests_of_codes(),
            "statements": _digest([str(one) for one in STATEMENTS.values()]),
            "cards": {card.id: _digest([card.name, card.summary]) for card in CARDS},
            "formulary": _digest([str(row) for row in settings.formulary]),
            "files": list_files(),
        },
        "texts": list_texts(settings.formulary),
        "settings": policy_as_dict(policy),
        "modes": {
            f"{client or 'site'}: {what}": mode
            for (client, what), mode in list_modes(settings).items()
        },
        "approvals": [
            f"{one.what}: {one.name}, {one.date}, {one.end}" for one in settings.approvals
        ],
        **_sources(),
        "rules": _rules(),
        "overdue": [review.rule for review in overdue(today)],
    }


def _sources() -> Json:
    """Return the source documents, what of them is lost, and the other sources."""
    return {
        "documents": [
            {"id": letter, "title": title, "status": DOCUMENT_STATUS}
            for letter, title in DOCUMENTS.items()
        ],
        "lostFragments": [{"id": one.id, "where": one.where} for one in LOST_FRAGMENTS],
        "externalSources": [
            {"id": one.id, "title": one.label, "status": _status(one.secondary_reading)}
            for one in EXTERNAL_SOURCES.values()
        ],
    }


def _status(secondary: bool) -> str:
    return "read in part or through another source" if secondary else "read"


def _rules() -> list[Json]:
    reviews = {review.rule: review for review in list_reviews()}
    return [
        {
            "rule": rule.id,
            "when": [condition.words for condition in rule.when],
            "outcome": rule.outcome.value,
            "text": rule.summary,
            "statements": list(rule.citations),
            "owner": reviews[rule.id].owner,
            "reviewDue": reviews[rule.id].due.isoformat(),
        }
        for rule in RULES
    ]


def _digests_of_codes() -> dict[str, str]:
    folder = PACKAGES / "fhir_mappings" / "terminology"
    return {path.name: _digest_file(path) for path in sorted(folder.glob("*.csv"))}


def _digest_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(value: Any) -> str:
    return hashlib.sha256(write_canonical(value)).hexdigest()
