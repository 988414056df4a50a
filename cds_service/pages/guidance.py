"""The guidance page: every statement, what rests on it, the policy in force and where it all comes
from.

Cards link here. It is a plain page that needs no script; the same is JSON for whoever asks for
JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import Blueprint, Response, render_template, request

from cds_service.pages.pages import WITH_FORM, wants_json
from cds_service.protocol import Problem, make_plain
from cds_service.site import in_force, knowledge_version
from cds_service.telemetry import metrics
from cds_service.web import json_answer, this_deployment
from governance.knowledge import attributes_as_json, overdue
from recommender.cards import CARDS
from recommender.guidance import (
    CATALOGUE,
    DOCUMENTS,
    EXTERNAL_SOURCES,
    LOST_FRAGMENTS,
    PROVENANCE,
    SETTINGS,
    STATEMENTS,
    Policy,
    policy_as_dict,
    words_of_choice,
)
from recommender.language import describe
from recommender.review import SPOKEN, Where
from recommender.treatment import RULES

Json = dict[str, Any]

NOT_COVERED = (
    "children",
    "inborn errors of cobalamin metabolism",
    "malignancy",
    "dosing on dialysis",
    "self-administration",
    "needle length in obesity",
    "interference with the assay",
)
"""What the guidance does not speak of (decisions section 3)."""


def guidance_blueprint() -> Blueprint:
    """Return the guidance pages under `/guidance`."""
    blueprint = Blueprint(
        "guidance",
        __name__,
        url_prefix="/guidance",
        template_folder="templates",
        static_folder="static/guidance",
        static_url_path="/static",
    )

    blueprint.after_request(_set_headers)
    blueprint.add_url_rule("", "index", _index)
    blueprint.add_url_rule("/attributes", "attributes", _attributes)
    blueprint.add_url_rule("/<citation>", "statement", _statement)
    return blueprint


def _set_headers(response: Response) -> Response:
    response.headers.update(WITH_FORM)
    response.vary.add("Accept")
    return response


def _index() -> Response | str:
    deployment = this_deployment()
    today = deployment.today()
    passed = [review.rule for review in overdue(today)]
    guidance = describe_guidance(in_force(deployment.settings, today).policy) | {
        "reviewOverdue": passed,
        "contact": deployment.settings.contact,
    }
    if wants_json():
        return json_answer(guidance)
    asked = make_plain(request.args.get("q", ""), LONGEST_SEARCH)
    found = search_guidance(guidance, asked) if asked else []
    return render_template("guidance/index.html", guidance=guidance, asked=asked, found=found)


def _attributes() -> Response | str:
    as_json = wants_json()
    metrics.ATTRIBUTES_OPENED.labels("json" if as_json else "page").inc()
    page = attributes_as_json()
    return json_answer(page) if as_json else render_template("guidance/attributes.html", **page)


def _statement(citation: str) -> Response | str:
    found = next((one for one in describe_statements() if one["id"] == citation.upper()), None)
    if found is None:
        raise Problem(
            404,
            "not-found",
            "The register has no statement of this number; they run from S1 to S92 and from X1 "
            "to X36.",
        )
    page = {
        "statement": found,
        "provenance": PROVENANCE,
        "knowledgeVersion": knowledge_version(),
    }
    return (
        json_answer(page)
        if wants_json()
        else render_template("guidance/statement.html", restingOnIt=_spell_out(found), **page)
    )


def _spell_out(statement: Json) -> list[Json]:
    """Return what rests on a statement in words: rules, then phases of regimens, then cards."""
    rules = {rule["id"]: rule["summary"] for rule in reversed(describe_rules())}
    phases = {phase.id: describe(phase) for phase in CATALOGUE}
    cards = {card.id: card.summary for card in CARDS}
    return [
        *({"kind": "rule", "id": id_, "text": rules[id_]} for id_ in statement["rules"]),
        *({"kind": "regimen", "id": id_, "text": phases[id_]} for id_ in statement["regimens"]),
        *({"kind": "card", "id": id_, "text": cards[id_]} for id_ in statement["cards"]),
    ]


LONGEST_SEARCH = 100


def search_guidance(guidance: Json, asked: str) -> list[tuple[str, str, str]]:
    """Return what holds every word that was asked for, whatever its case: the place,
    the name and the words.
    """
    words = asked.lower().split()
    places = [
        *(
            (f"rule-{one['id']}", f"Rule {one['id']}", _rule_in_words(one))
            for one in guidance["rules"]
        ),
        *(
            (f"regimen-{one['id']}", f"Regimen {one['id']}", one["text"])
            for one in guidance["regimens"]
        ),
        *((f"card-{one['id']}", f"Card {one['id']}", one["summary"]) for one in guidance["cards"]),
        *((one["id"], one["id"], one["text"]) for one in guidance["statements"]),
        *((f"policy-{one['name']}", one["name"], one["meaning"]) for one in guidance["policy"]),
    ]
    return [
        (place, name, text)
        for place, name, text in places
        if all(word in f"{name} {text}".lower() for word in words)
    ]


def _rule_in_words(rule: Json) -> str:
    return f"{'; '.join(rule['when']) or 'nothing above holds'}: {rule['summary']}"


def describe_guidance(policy: Policy) -> Json:
    """Return everything the page shows: statements, rules, regimens, cards, the policy in force and
    provenance.
    """
    return {
        "knowledgeVersion": knowledge_version(),
        "policyVersion": policy.version,
        "provenance": PROVENANCE,
        "documents": DOCUMENTS,
        "statements": describe_statements(),
        "rules": describe_rules(),
        "regimens": [
            {"id": phase.id, "text": describe(phase), "statements": list(phase.citations)}
            for phase in CATALOGUE
        ],
        "cards": [
            {"id": card.id, "summary": card.summary, "statements": list(card.statements)}
            for card in CARDS
        ],
        "spoken": _describe_spoken(),
        "places": [where.value for where in Where],
        "policy": describe_policy(policy),
        "lostFragments": [
            {"id": one.id, "where": one.where, "standsIn": one.stands_in} for one in LOST_FRAGMENTS
        ],
        "notCovered": list(NOT_COVERED),
    }


def _describe_spoken() -> list[Json]:
    """Return for each rule what is said of it where."""
    return [
        {
            "rule": rule,
            "cells": [
                {"where": where.value, "words": cell.words, "cards": list(cell.cards)}
                for where, cell in row.items()
            ],
        }
        for rule, row in SPOKEN.items()
    ]


@cache
def describe_statements() -> list[Json]:
    """Return the statements of both documents, then the external sources, each with what rests on
    it.
    """
    own = [
        {
            "id": one.id,
            "external": False,
            "document": one.document,
            "heading": one.heading,
            "text": one.text,
            "kinds": [kind.value for kind in one.kinds],
            **({"lostFragment": one.lost} if one.lost else {}),
            **_resting_on(one.id),
        }
        for one in STATEMENTS.values()
    ]
    external = [
        {
            "id": one.id,
            "external": True,
            "text": one.label,
            "secondaryReading": one.secondary_reading,
            **_resting_on(one.id),
        }
        for one in EXTERNAL_SOURCES.values()
    ]
    return own + external


def _resting_on(citation: str) -> Json:
    """Return the rules, regimens and cards that cite a statement, without repetition."""
    return {
        "rules": _citing(citation, ((rule.id, rule.citations) for rule in RULES)),
        "regimens": _citing(citation, ((phase.id, phase.citations) for phase in CATALOGUE)),
        "cards": _citing(citation, ((card.id, card.statements) for card in CARDS)),
    }


def _citing(citation: str, cited: Iterable[tuple[str, tuple[str, ...]]]) -> list[str]:
    return list(dict.fromkeys(name for name, citations in cited if citation in citations))


@cache
def describe_rules() -> list[Json]:
    """Return the decision table, row by row."""
    return [
        {
            "id": rule.id,
            "when": [condition.words for condition in rule.when],
            "outcome": rule.outcome.value,
            "summary": rule.summary,
            "statements": list(rule.citations),
        }
        for rule in RULES
    ]


def describe_policy(policy: Policy) -> list[Json]:
    """Return the settings in force, each with its meaning, what it may be, and whether the site
    changed it.
    """
    in_force, defaults = policy_as_dict(policy), policy_as_dict(Policy())
    return [
        {
            "name": setting.key,
            "value": in_force[setting.key],
            "words": words_of_choice(setting, in_force[setting.key]),
            "default": defaults[setting.key],
            "defaultWords": words_of_choice(setting, defaults[setting.key]),
            "changed": in_force[setting.key] != defaults[setting.key],
            "meaning": setting.meaning,
            "expected": setting.expected,
            "source": setting.source,
        }
        for setting in SETTINGS
    ]
