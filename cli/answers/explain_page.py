"""An explanation as one page to send to a colleague: no script, no address, nothing from
elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader

from cds_service.protocol import lines_of_markdown
from cds_service.site import is_web_url
from recommender.language import Because

Json = dict[str, Any]

OUTCOMES = {
    "speaks": "Speaks",
    "nothing to say": "Checked, nothing to say",
    "cannot advise": "Cannot advise",
    "not concerned": "Not concerned",
}


def write_page(explained: Sequence[tuple[str, Json]]) -> str:
    """Return the page of these explanations, each with the name of its input.

    Every text of a record is escaped; a card's detail is shown as plain lines, not as markup.
    """
    environment = Environment(loader=PackageLoader("cli.answers"), autoescape=True)
    environment.filters["lines"] = lines_of_markdown
    environment.filters["of"] = facts_of
    environment.filters["named"] = name_of_fact
    shown = [(_without_folder(name), one, _outcome(one)) for name, one in explained]
    return environment.get_template("explained.html").render(explained=shown)


def _without_folder(name: str) -> str:
    """Return the name of an input without the folders it lies in: a colleague has others."""
    return name if is_web_url(name.split(",")[0]) else name.rsplit("/", 1)[-1]


def name_of_fact(identifier: str, facts: Sequence[Json]) -> str:
    """Return the name of a fact in words, where the explanation has them."""
    named = (fact.get("label") for fact in facts if fact["name"] == identifier)
    return next(named, None) or identifier.replace("_", " ")


def facts_of(facts: Sequence[Json], kind: str) -> list[Json]:
    """Return the facts of a kind: "known", "unknown", or "absent" as nothing is recorded."""
    return [fact for fact in facts if _kind_of(fact) == kind]


def _kind_of(fact: Json) -> str:
    if fact["certainty"] != "known":
        return "unknown"
    absent = fact.get("value") == "no" and fact.get("reasonCode") == Because.NONE_RECORDED.value
    return "absent" if absent and not fact.get("evidence") else "known"


def _outcome(explained: Json) -> str:
    """Return the outcome in words; from the cards where the explanation does not name it."""
    named = OUTCOMES.get(explained.get("outcome", ""))
    return named or ("Speaks" if explained["cards"] else "Checked, nothing to say")
