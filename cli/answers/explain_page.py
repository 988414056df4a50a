"""An explanation as one page to send to a colleague: no script, no address, nothing from
elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader

from cds_service.protocol import lines_of_markdown

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
    shown = [(name, one, _outcome(one)) for name, one in explained]
    return environment.get_template("explained.html").render(explained=shown)


def _outcome(explained: Json) -> str:
    """Return the outcome in words; from the cards where the explanation does not name it."""
    named = OUTCOMES.get(explained.get("outcome", ""))
    return named or ("Speaks" if explained["cards"] else "Checked, nothing to say")
