"""The governance page: how often each card speaks, what clinicians do with it, what changed, and
which mode holds since when. Tables stand beside pictures; it needs no script.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request

from cds_service.cards import LABELS
from cds_service.pages.pages import PAGE_HEADERS, wants_json
from cds_service.protocol import HOOKS, Problem, bad_request
from cds_service.records import StoreUnavailable
from cds_service.site import Settings
from cds_service.web import ask_for_password, json_answer, known_case_holds, this_deployment
from governance.decisions import mode_in_words
from governance.figures import (
    CATEGORIES,
    WEEKS_OF_ALARMS,
    Board,
    Chart,
    Report,
    chart_cards,
    chart_refusals,
    days_withheld,
    first_week,
    make_report,
)
from recommender.cards import CARDS

Json = dict[str, Any]

PERIODS = (4, 13, 26, 52)
"""Weeks that a reader may choose."""

USUAL_PERIOD = 26
PICTURE = (240, 64)
"""Width and height of the picture of one control chart."""

EDGE = 5
"""Pixels around the points of a picture."""


def governance_blueprint(settings: Settings, board: Board) -> Blueprint:
    """Return the page under `/governance`; behind a password where the site has set one."""
    blueprint = Blueprint("governance", __name__, template_folder="templates")

    @blueprint.before_request
    def check_password() -> Response | None:
        return ask_for_password(settings.governance_password, "governance")

    @blueprint.after_request
    def set_headers(response: Response) -> Response:
        response.headers.update({**PAGE_HEADERS, "Content-Security-Policy": _POLICY})
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Accept")
        return response

    @blueprint.get("/governance")
    def page() -> Response:
        told = _read(settings, board)
        if wants_json():
            return json_answer(_as_json(told))
        # half a character, which no page can hold, is shown as a question mark
        return Response(_render(told, settings).encode("utf-8", "replace"), mimetype="text/html")

    return blueprint


def _read(settings: Settings, board: Board) -> Json:
    """Return what the page tells. Raises: Problem 503 while the store cannot be read."""
    weeks, client, hook = _chosen(settings)
    today = this_deployment().today()
    first = first_week(today, weeks)
    try:
        history = board.figures(max(weeks, WEEKS_OF_ALARMS), today).of(client, hook)
        alarms = board.alarms(today, known_case_holds(), weeks)
        chosen = history.since(first)
        versions = board.new_versions(history)
    except StoreUnavailable as error:
        raise Problem(503, "transient", f"The figures cannot be read: {error}.") from None
    report = make_report(chosen, history)
    charts = chart_cards(history, [row.name for row in report.cards])
    return {
        "report": report,
        "charts": [chart.since(first) for chart in charts],
        "refusals": chart_refusals(history.calls, today),
        "versions": [one for one in versions if one.week >= first],
        "versions_before": versions,
        "alarms": alarms,
        "modes": history.modes,
        "withheld": days_withheld(history.modes, settings, today),
        "weeks": weeks,
        "client": client,
        "hook": hook,
    }


def _render(told: Json, settings: Settings) -> str:
    report: Report = told["report"]
    new = _new_versions((one.week, one.what) for one in told["versions"])
    by_day = _new_versions((one.day, one.what) for one in told["versions_before"])
    cards, refusals = told["charts"], told["refusals"]
    return render_template(
        "governance/index.html",
        **told,
        pictures={
            **{chart.name: _draw(chart, new) for chart in cards},
            **{chart.name: _draw(chart, by_day) for chart in refusals},
        },
        new_by_week=new,
        new_by_day=by_day,
        longest=settings.withheld_days,
        periods=PERIODS,
        hooks=HOOKS,
        clients=[one.name for one in settings.clients],
        categories=[name for name in CATEGORIES if _is_given(report, name)],
        size=PICTURE,
        statements={card.id: card.statements for card in CARDS},
        names={card.id: card.name for card in CARDS},
        labels=LABELS,
        mode_of={
            row.name: mode_in_words(row.name, told["client"], told["hook"], settings)
            for row in report.cards
        },
    )


_POLICY = PAGE_HEADERS["Content-Security-Policy"].replace(
    "form-action 'none'", "form-action 'self'"
)
"""The form that chooses period, client and hook asks this page."""


def _chosen(settings: Settings) -> tuple[int, str, str]:
    """Return weeks, client and hook as asked for, each empty where it was not.

    Raises: Problem 400 for what is not one; figures of all under the name of one would mislead.
    """
    names = tuple(one.name for one in settings.clients)
    weeks = _one_of("weeks", tuple(map(str, PERIODS)))
    client, hook = _one_of("client", names), _one_of("hook", HOOKS)
    return int(weeks or USUAL_PERIOD), client, hook


def _one_of(name: str, known: Iterable[str]) -> str:
    asked = request.args.get(name, "")
    if asked and asked not in known:
        raise bad_request(name, "another value", f"one of {', '.join(known) or 'none'}")
    return asked


def _is_given(report: Report, category: str) -> bool:
    return any(category in counted for counted in report.reasons.values())


def _new_versions(changes: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return, by week or day, what decides in another version than before: "knowledge, policy"."""
    new: dict[str, list[str]] = {}
    for when, what in changes:
        new.setdefault(when, []).append(what)
    return {when: ", ".join(what) for when, what in new.items()}


def _draw(chart: Chart, new: Mapping[str, str]) -> Json:
    """Return the picture of a control chart, on its own scale from 0: the line of the rates, the
    band of the limits, the height of the usual rate, the places of the marked points, and where a
    new version began to decide.
    """
    width, height = PICTURE
    limited = [(place, one) for place, one in enumerate(chart.points) if one.is_judged]
    most = max(0.0001, *(one.rate for one in chart.points), *(one.high for _, one in limited))
    steps = max(1, len(chart.points) - 1)

    def at(place: int, rate: float) -> tuple[str, str]:
        across = EDGE + (width - 2 * EDGE) * place / steps
        return f"{across:.1f}", f"{height - EDGE - (height - 2 * EDGE) * rate / most:.1f}"

    upper = [",".join(at(place, one.high)) for place, one in limited]
    lower = [",".join(at(place, one.low)) for place, one in reversed(limited)]
    return {
        "line": " ".join(",".join(at(place, one.rate)) for place, one in enumerate(chart.points)),
        "band": " ".join([*upper, *lower]),
        "usual": at(0, chart.usual)[1],
        "marked": [at(place, one.rate) for place, one in enumerate(chart.points) if one.mark],
        "new": [
            (at(place, 0)[0], new[one.when])
            for place, one in enumerate(chart.points)
            if one.when in new
        ],
    }


def _as_json(page: Json) -> Json:
    report = dataclasses.asdict(page["report"])
    withheld = page["withheld"]
    rest = {name: page[name] for name in ("weeks", "client", "hook")}
    return {
        **rest,
        "report": report,
        "charts": [_chart_as_json(chart) for chart in page["charts"]],
        "refusals": [_chart_as_json(chart) for chart in page["refusals"]],
        "versions": [dataclasses.asdict(one) for one in page["versions"]],
        "alarms": [dataclasses.asdict(alarm) for alarm in page["alarms"]],
        "modes": [
            {
                **change._asdict(),
                "since": change.since.isoformat(),
                **({"withheldDays": withheld[change]} if change in withheld else {}),
            }
            for change in page["modes"]
        ],
    }


def _chart_as_json(chart: Chart) -> Json:
    return {**dataclasses.asdict(chart), "mark": chart.mark}
