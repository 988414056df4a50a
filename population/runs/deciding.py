"""The rows of one patient: each event decided by the function that answers a hook request."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service import __version__
from cds_service.cards import FactInWords
from cds_service.decision import Decision, decide_in_steps, read_orders
from cds_service.protocol import Problem, build_prefetch, parse_hook_request, write_canonical
from cds_service.retrieval import assemble_from_prefetch
from cds_service.site import DEMONSTRATION_CLIENT, Basis, Settings, load_settings, tried_on
from fhir_mappings.fhir import Availability, TooMany
from fhir_mappings.intake import Steps, in_one_go, side_by_side
from fhir_mappings.terminology import load_value_sets
from governance.decisions import without_uuids
from population.runs.events import Event, chart_opened, past_orders
from population.runs.understood import NotUnderstood, find_not_used
from population.slices import prefetch_of
from population.sources import name_failure
from recommender.cards import LOUDNESS

Json = dict[str, Any]


class Mode(enum.Enum):
    """What is decided on: every chart as it would open today, or each past order, refill and stop
    with what was on record then.
    """

    SNAPSHOT = "snapshot"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True)
class DeciderSetup:
    """What a process needs to decide; `policy` is a site file, or empty for the demonstration.

    `missing` says of which list nothing was exported, or may be missing for anybody.
    """

    mode: Mode
    as_of: dt.date
    policy: str
    missing: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PartSetup:
    """What a process needs to decide one part after the other."""

    slices: str
    out: str
    setup: DeciderSetup
    against: str


class RunRefused(Exception):
    """A slice or an output that cannot be used, in one sentence."""


SIDE_BY_SIDE = 20
"""Events decided together: from ten on a step finds its code in the processor's caches, and the
records of twenty fit there too.
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One event of a patient, with the number of lines of the patient's row that are no JSON."""

    patient: str
    event: Event
    unreadable: int


@dataclass(frozen=True, slots=True)
class Refused:
    """What stands in the place of a decision: the service's 400, or 500 for a fault of its own, or
    UNDATED, and in a sentence why.
    """

    status: int
    why: str


UNDATED = 422
"""The status of an order of the past of which nothing says when it was written."""


class Decider:
    """Decides on patients under one site file."""

    def __init__(self, setup: DeciderSetup) -> None:
        self.setup = setup
        loaded = load_settings(Path(setup.policy) if setup.policy else None)
        self.settings: Settings = tried_on(loaded, setup.as_of)
        self.value_sets = load_value_sets(self.settings.extra_codes).remembering()
        self._not_understood = NotUnderstood(self.value_sets)
        self._templates = build_prefetch(self.value_sets)

    def events_of(self, row: Mapping[str, Any], *beside: Decider) -> tuple[Iterable[Event], int]:
        """Return what there is to decide on for one patient, and how many lines of the row are no
        strict JSON. Each event of a replay holds a record, and is made when it is asked for.

        Args:
            beside: others who decide on the same events; what concerns one of them is asked.
        """
        prefetch, unreadable = prefetch_of(row, self.setup.missing)
        patient = row["patient"]
        if self.setup.mode is Mode.SNAPSHOT:
            return [chart_opened(patient, prefetch, self.setup.as_of)], unreadable

        def concerns(body: dict[str, Any]) -> bool:
            return any(one.concerns(body) for one in (self, *beside))

        zone = self.settings.zone
        return past_orders(patient, prefetch, self.setup.as_of, zone, concerns), unreadable

    def concerns(self, body: dict[str, Any]) -> bool:
        """Return whether a request is about vitamin B12 or folic acid, or cannot be read, which the
        decision then says.
        """
        try:
            request = parse_hook_request(body, body["hook"])
            return read_orders(request, self._basis_of(self.setup.as_of)).in_scope
        except Exception:  # noqa: BLE001 - a bug must not keep all others from an answer
            return True

    def decide(self, event: Event) -> Decision | Refused | None:
        """Return the decision on an event; `None` where nothing about vitamin B12 or folic acid was
        ordered.
        """
        return in_one_go(self._answer_in_steps(event))

    def decide_all(self, events: Iterable[Event]) -> list[Decision | Refused | None]:
        """Return what `decide` returns of each event, each step done for all of them."""
        return side_by_side(self._answer_in_steps(event) for event in events)

    def _answer_in_steps(self, event: Event) -> Steps[Decision | Refused | None]:
        """Decide; a record that is refused, or that we fail on, costs itself and nobody else."""
        if event.time is None:
            return Refused(UNDATED, "The order does not say when it was written.")
        try:
            return (yield from self._decide_in_steps(event))
        except TooMany as error:
            return Refused(400, f"Found {error}.")
        except Problem as problem:
            return Refused(problem.status, problem.text)
        except Exception as error:  # noqa: BLE001 - a bug must not keep all others from an answer
            return Refused(500, f"The service fails: {name_failure(error)}.")

    def _decide_in_steps(self, event: Event) -> Steps[Decision | None]:
        request = parse_hook_request(event.body, event.body["hook"])
        basis = self._basis_of(event.day)
        orders = read_orders(request, basis)
        if not orders.in_scope:
            return None
        yield
        record = assemble_from_prefetch(request, self._templates)
        yield
        return (yield from decide_in_steps(request, record, orders, basis))

    def _basis_of(self, day: dt.date) -> Basis:
        return Basis(self.settings, self.value_sets, DEMONSTRATION_CLIENT, day)

    def rows_of(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Json]:
        """Yield the rows of patients, in their order: in a snapshot exactly one of each."""
        for asked in self.ask(rows):
            decisions = self.decide_all(one.event for one in asked)
            for one, decision in zip(asked, decisions, strict=True):
                if decision is not None:
                    yield self.row_of(one, decision)

    def ask(self, rows: Iterable[Mapping[str, Any]], *beside: Decider) -> Iterator[list[Asked]]:
        """Yield what there is to decide on, for others beside too, as many together as are decided
        side by side.
        """
        asked = (
            Asked(row["patient"], event, unreadable)
            for row in rows
            for events, unreadable in [self.events_of(row, *beside)]
            for event in events
        )
        while together := list(itertools.islice(asked, SIDE_BY_SIDE)):
            yield together

    def row_of(self, asked: Asked, answer: Decision | Refused) -> Json:
        """Return what is written of an answer."""
        event = asked.event
        return {
            "patient": asked.patient,
            "hook": event.body["hook"],
            "event": event.kind,
            "order": event.order,
            "time": event.time.isoformat() if event.time else "",
            "day": event.day.isoformat() if event.time else "",
            "without_time": event.without_time,
            "unreadable": asked.unreadable,
            "then": event.then,
            "prescriber": event.prescriber,
            "version": __version__,
            "policy_version": self.settings.policy.version,
            **(
                _refused(answer)
                if isinstance(answer, Refused)
                else _decided(answer, self._not_understood)
            ),
        }


def _decided(decision: Decision, not_understood: NotUnderstood) -> Json:
    facts = {fact.name: fact for fact in decision.facts}
    return {
        "rule": decision.recommendation.rule,
        "outcome": decision.recommendation.outcome.value,
        "cards": [finding.card.id for finding in decision.findings],
        "indicators": [finding.indicator.value for finding in decision.findings],
        "indicator": _loudest(decision),
        "offers": [offer for card in decision.cards for offer in _offers_of(card)],
        "adult": _known_value(facts, "adult"),
        "deficiency": facts["deficiency"].value if "deficiency" in facts else "",
        "unknown": unknown_facts(decision),
        "not_understood": list(not_understood.find(decision)),
        "not_used": list(find_not_used(decision)),
        "incomplete": _incomplete_lists(decision),
        "status": 200,
        "refused": "",
    }


def _refused(refused: Refused) -> Json:
    texts: Json = dict.fromkeys(("rule", "outcome", "indicator", "adult", "deficiency"), "")
    named = ("cards", "indicators", "offers", "unknown", "not_understood", "not_used", "incomplete")
    return texts | {name: [] for name in named} | {"status": refused.status, "refused": refused.why}


OFFER_DIGITS = 16


def _offers_of(card: Mapping[str, Any]) -> Iterator[str]:
    """Yield the suggestions of a card: its id, the label, and a digest of the orders in it without
    random ids and words, by which another dose, product, supply or recommendation is seen.
    """
    for offered in card.get("suggestions", ()):
        actions = [{**action, "description": ""} for action in offered["actions"]]
        orders = without_uuids(write_canonical([offered.get("isRecommended", False), actions]))
        digest = hashlib.sha256(orders).hexdigest()[:OFFER_DIGITS]
        yield f"{card['source']['topic']['code']}: {offered['label']} [{digest}]"


def _loudest(decision: Decision) -> str:
    indicators = [finding.indicator for finding in decision.findings]
    return min(indicators, key=LOUDNESS.__getitem__).value if indicators else ""


def _incomplete_lists(decision: Decision) -> list[str]:
    parts = decision.record.parts.items()
    return sorted(key for key, part in parts if part.availability is Availability.INCOMPLETE)


def _known_value(facts: Mapping[str, Any], name: str) -> str:
    fact = facts.get(name)
    return fact.value if fact is not None and fact.is_known else ""


def unknown_facts(decision: Decision) -> list[Json]:
    """Return the facts that are not known, each with the code of its reason."""
    return [
        {"fact": fact.name, "code": reason_code(fact)}
        for fact in decision.facts
        if not fact.is_known
    ]


def reason_code(fact: FactInWords) -> str:
    """Return why a fact is not known, as a code of `Because`; for another reason, whether
    something is recorded that cannot be used.
    """
    return fact.reason_code or ("recorded-not-usable" if fact.evidence else "other")
