"""`b12-cds feedback`."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cli.parsing import Refusal, positive_number, print_json, settings_of, take_site_file

if TYPE_CHECKING:
    from governance.figures import Report, Row, Share

Json = dict[str, Any]

WIDTH = 30
"""Columns of the text that a share takes."""

MOST_WEEKS = 1000
"""More than any record holds."""

TABLES = ("card", "client", "role", "hook", "week")


def add_feedback(commands: Any) -> None:
    """Add the commands to the parser."""
    command = commands.add_parser("feedback", help="what became of the cards")
    reports = command.add_subparsers(dest="report", required=True, metavar="REPORT")
    report = reports.add_parser(
        "report", help="shown, accepted, overridden by reason; also by client, role, hook and week"
    )
    report.add_argument(
        "--weeks",
        type=positive_number,
        metavar="N",
        help="this week and those before it (default: all)",
    )
    report.add_argument("--by", choices=TABLES, default="card", help="what has a line each")
    report.add_argument("--json", action="store_true", help="every table, as JSON")
    report.set_defaults(run=_report_feedback)
    export = reports.add_parser("export", help="a row for each card shown, for other programs")
    export.add_argument(
        "--format", choices=("ndjson", "csv"), default="ndjson", help="how it is written"
    )
    export.set_defaults(run=_export_feedback)
    for each in (report, export):
        take_site_file(each)


def _report_feedback(chosen: argparse.Namespace) -> int:
    from cds_service.records import StoreUnavailable
    from governance.figures import WEEKS_OF_ALARMS, first_week, load_figures, make_report

    settings = settings_of(chosen)
    today = settings.today(dt.datetime.now(dt.UTC))
    first = first_week(today, min(chosen.weeks, MOST_WEEKS)) if chosen.weeks else ""
    earlier = min(first, first_week(today, WEEKS_OF_ALARMS))
    try:
        history = load_figures(settings.store_url, earlier)
        report = make_report(history.since(first), history)
    except StoreUnavailable as error:
        raise Refusal(str(error)) from None
    if chosen.json:
        whole = {**_cards_as_json(report), "report": dataclasses.asdict(report)}
        print_json(whole)
    elif chosen.by == "card":
        print(*_say_cards(report), *_say_changes(report), sep="\n")
    else:
        tables = (report.clients, report.roles, report.hooks, report.by_week)
        print(*_say_rows(chosen.by, tables[TABLES.index(chosen.by) - 1]), sep="\n")
    return 0


def _cards_as_json(report: Report) -> Json:
    """Return what became of each card that was shown; members without value are left out."""
    cards = []
    for row in _shown(report):
        shares = {"accepted": row.accepted, "overridden": row.overridden}
        written = {
            name: {"count": share.count, "low": round(share.low, 4), "high": round(share.high, 4)}
            for name, share in shares.items()
        }
        reasons = {"reasons": report.codes[row.name]} if row.name in report.codes else {}
        cards.append({"card": row.name, "shown": row.shown, **written, **reasons})
    return {"cards": cards, "unknownCards": report.stray}


def _shown(report: Report) -> list[Row]:
    return [row for row in report.cards if row.shown]


def _say_cards(report: Report) -> Iterable[str]:
    """Yield a table of the cards that were shown: shares are of those, with 95 % intervals."""
    shown = _shown(report)
    if shown:
        yield f"{'card':<6}{'shown':>7}  {'accepted':<{WIDTH}}{'overridden':<{WIDTH}}reasons"
    else:
        yield "No cards were sent in this period."
    for row in shown:
        reasons = ", ".join(
            f"{reason} {number}" for reason, number in report.codes.get(row.name, {}).items()
        )
        yield (
            f"{row.name:<6}{row.shown:>7}  {_counted(row.accepted):<{WIDTH}}"
            f"{_counted(row.overridden):<{WIDTH}}{reasons}"
        ).rstrip()
    if report.cards:
        yield from _say_firings(report)
    if shown:
        yield ""
        yield (
            "Shares are of the cards shown, with 95 % Wilson intervals. Clients do not report "
            "ignored cards, so they are lower bounds."
        )
    if report.stray:
        yield f"Feedback on cards that are not in the record: {report.stray}"


def _say_firings(report: Report) -> Iterable[str]:
    """Yield how often each card was decided, withheld ones too, which in a silent start are all;
    how often on orders and refills, and that of 1,000 of those.
    """
    yield ""
    yield "Decided, shown or withheld:"
    yield f"  {'card':<6}{'decided':>8}{'on orders':>11}  per 1,000 orders"
    for row in report.cards:
        one = row.on_orders
        ends = f" ({1000 * one.low:.1f} to {1000 * one.high:.1f})" if one.total else ""
        yield f"  {row.name:<6}{row.fired.count:>8}{one.count:>11}  {_per_thousand(one)}{ends}"


def _per_thousand(fired: Share) -> str:
    return f"{1000 * fired.value:.1f}" if fired.total else "-"


def _counted(share: Share) -> str:
    ends = " to ".join(f"{100 * end:.0f} %" for end in (share.low, share.high))
    return f"{share.count} = {100 * share.value:.0f} % ({ends})"


def _say_changes(report: Report) -> Iterable[str]:
    for change in report.changes:
        yield (
            f"{change.name} fires {change.now:.1f} times per 1,000 decisions in the week from "
            f"{change.week}, {change.before:.1f} before: more than chance."
        )


def _say_rows(name: str, rows: Iterable[Row]) -> Iterable[str]:
    yield (
        f"{name:<24}{'decisions':>10}{'per 1,000':>11}{'per 1,000 orders':>18}{'shown':>8}  "
        f"{'accepted':<20}overridden"
    )
    for row in rows:
        accepted, overridden = (_share(share) for share in (row.accepted, row.overridden))
        yield (
            f"{row.name[:23]:<24}{row.decided:>10}{1000 * row.fired.value:>11.1f}"
            f"{_per_thousand(row.on_orders):>18}{row.shown:>8}  {accepted:<20}{overridden}"
        )


def _share(share: Share) -> str:
    if not share.total:
        return "nothing shown"
    low, high = (f"{100 * end:.0f}" for end in (share.low, share.high))
    return f"{100 * share.value:.0f} % ({low} to {high})"


def _export_feedback(chosen: argparse.Namespace) -> int:
    from cds_service.records import StoreUnavailable
    from governance.figures import as_csv, as_ndjson, each_row

    settings = settings_of(chosen)
    write = as_csv if chosen.format == "csv" else as_ndjson
    try:
        for line in write(each_row(settings.store_url, settings.patient_key)):
            sys.stdout.write(line)
    except StoreUnavailable as error:
        raise Refusal(str(error)) from None
    return 0
