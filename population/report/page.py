"""The page of the report: one file, with its style and pictures inside, and nothing to run."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cds_service.cards import LABELS
from cds_service.protocol import make_visible
from population.report.counts import (
    Counts,
    cards_a_week,
    load_base,
    part_interval,
    quantile,
    rate_interval,
)
from population.report.small_counts import (
    HIDDEN,
    SMALL,
    SMALLEST_SHOWN,
    about,
    is_small,
    part_told,
    total,
)
from population.report.tables import Table

STYLE = Path(__file__).parent / "style.css"

MADE_UP = (
    '<p class="made"><b>Made-up people.</b> No clinic produced these figures: the records come '
    "from <code>population make</code>.</p>"
)

NOT_FOR_PERSONS = (
    "For planning and tuning, not for decisions about single people: who looks untreated may be "
    "treated elsewhere, or in a list that did not come whole or was not understood."
)
"""What the report is not for; it stands on the page and in the CSV."""

BAR_WIDTH = 150
MOST_CODES_SHOWN = 40


def escape(text: str) -> str:
    """Return text that a page shows and no browser obeys."""
    return html.escape(make_visible(text))


def build_page(
    counts: Counts,
    run: Mapping[str, Any],
    tables: Sequence[Table],
    codes: Sequence[Mapping[str, Any]],
    commands: Sequence[str],
    show_small: bool,
) -> str:
    """Return the page. `codes` are the rows of local-codes.csv, `commands` what made it all."""
    body = [
        "<header><b>b12-cds</b> Population"
        "<span>Not a certified medical device. For integration and testing.</span></header>",
        '<main id="main"><h1>Population report</h1>',
        f"<p>{escape(_what_was_done(run))} {NOT_FOR_PERSONS}</p>",
        MADE_UP if run["sliced"].get("made") else "",
        _headline(counts, show_small),
        f'<div class="pair">{"".join(_section(table) for table in tables[:2])}</div>',
        *(_section(table) for table in tables[2:]),
        _codes(codes),
        _foot(counts, run, commands),
        "</main>",
    ]
    style = STYLE.read_text(encoding="utf-8")
    return f"{HEAD}<style>{style}</style></head><body>{''.join(body)}</body></html>\n"


HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    "<title>Population report, b12-cds</title>"
)


def _what_was_done(run: Mapping[str, Any]) -> str:
    if run["mode"] == "replay":
        return (
            f"Every B12 and folic acid order, refill and stop up to {run['asOf']}, each called an "
            f"order here, decided again with what was on record at that moment. Patients without "
            f"one are not counted."
        )
    return f"Every patient's chart as it would open on {run['asOf']}."


def _headline(counts: Counts, show_small: bool) -> str:
    cells = tuple(_figures(counts, show_small))
    head = "".join(f"<th>{escape(title)}</th>" for title, _, _ in cells)
    row = "".join(
        f'<td data-l="{escape(title)}">{escape(figure)}<span>{escape(note)}</span></td>'
        for title, figure, note in cells
    )
    return f'<table class="kpi"><thead><tr>{head}</tr></thead><tbody><tr>{row}</tr></tbody></table>'


def _figures(counts: Counts, show_small: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the figures of the head: what it is, the figure, and a note."""
    base, per, words = load_base(counts)
    rate, low, high = rate_interval(counts.cards.total(), base, per)
    interval = f"95 % interval {low:,.1f} to {high:,.1f}"
    figure, small = f"{rate:,.1f} cards {words}", is_small(counts.cards.total())
    told = ("fewer than 5 cards", words) if small and not show_small else (figure, interval)
    yield "If it were switched on", *told
    if weeks := cards_a_week(counts):
        yield "Per prescriber and week", *_a_week(weeks, show_small)
    silent = counts.decisions - counts.spoken
    part = f"{100 * silent / max(1, counts.decisions):.1f} %"
    whole = total(counts.decisions, show_small)
    yield (
        "Silent",
        part_told(silent, counts.decisions, part, show_small),
        f"of {whole} decisions",
    )
    patients, orders = total(counts.patients, show_small), total(counts.orders, show_small)
    adults = part_told(counts.adults, counts.patients, f"{counts.adults:,}", show_small)
    ordered = f"; {orders} orders" if counts.orders else ""
    yield "Adults read", adults, f"of {patients} patients{ordered}"
    answered, _, _ = part_interval(counts.deficient_answered, counts.deficient)
    answerable = f"{answered:.0f} %" if counts.deficient >= SMALLEST_SHOWN else "few"
    many = about(counts.deficient, show_small)
    yield "Answerable", answerable, f"of {many} decisions on deficient adults"
    yield "Not understood", *_not_understood(counts, show_small)


def _not_understood(counts: Counts, show_small: bool) -> tuple[str, str]:
    """Return how many names were not understood, in a figure and a note."""
    told = [n for n in counts.names.values() if show_small or not is_small(n)]
    rarer = "; rarer ones are not told" if len(told) < len(counts.names) else ""
    return f"{sum(told):,}", f"names in charts, {len(told):,} different{rarer}"


def _a_week(weeks: Sequence[float], show_small: bool) -> tuple[str, str]:
    """Return the cards of a prescriber in a week, ascending, in a figure and a note."""
    if is_small(len(weeks)) and not show_small:
        return "few prescribers", "fewer than 5 order"
    median, most = quantile(weeks, 0.5), quantile(weeks, 0.95)
    note = f"median of {len(weeks):,} prescribers who order; {most:.1f} at the 95th percentile"
    return f"{median:.1f}", note


def _section(table: Table) -> str:
    top = max((high for bar in table.bars if bar for _, _, high in (bar,)), default=0.0)
    rows = []
    for place, row in enumerate(table.rows):
        picture = ""
        if table.bars:
            bar = table.bars[place]
            picture = f"<td>{_bar(bar, top) if bar and top else ''}</td>"
        cells = "".join(
            _coded(value) if column in table.coded else _cell(value)
            for column, value in enumerate(row[1:], 1)
        )
        css = f' class="{row[0]}"' if row[0] in ("critical", "warning", "info") else ""
        rows.append(f'<tr{css}><th scope="row">{escape(str(row[0]))}</th>{cells}{picture}</tr>')
    numeric = [
        any(isinstance(value, int | float) for value in column)
        for column in list(zip(*table.rows, strict=True))[1:]
    ]
    head = f"<th>{escape(table.head[0])}</th>" + "".join(
        f"<th{' class=n' if number else ''}>{escape(name)}</th>"
        for name, number in zip(table.head[1:], numeric, strict=True)
    )
    head += "<th>With its interval</th>" if table.bars else ""
    return (
        f'<section id="{table.name}"><h2>{escape(table.title)}</h2><p>{escape(table.note)}</p>'
        f"{_scrolled(table.title)}<table><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _scrolled(title: str) -> str:
    """Begin a box in which a wide table is moved sideways, by key too."""
    return f'<div class="scrollx" tabindex="0" role="region" aria-label="{escape(title)}, table">'


def _coded(code: str) -> str:
    """Show a code of ours as words, and the code beside them where they say something else."""
    words = LABELS.get(code, code.replace("_", " ").replace("-", " "))
    beside = f" <small><code>{escape(code)}</code></small>" if "_" in code or code in LABELS else ""
    return f"<td>{escape(words)}{beside}</td>"


def _cell(value: Any) -> str:
    if isinstance(value, int):
        return f'<td class="n">{value:,}</td>'
    if isinstance(value, float):
        return f'<td class="n">{value:,.2f}</td>'
    if value in (SMALL, HIDDEN):
        return f'<td class="n">{escape(value)}</td>'
    css = ' class="w"' if value[:1].isdigit() else ""
    return f"<td{css}>{escape(value)}</td>"


def _bar(bar: tuple[float, float, float], top: float) -> str:
    """Draw a value as a point and its interval as a line; the numbers stand in the table."""
    value, low, high = (4 + BAR_WIDTH * part / top for part in bar)
    return (
        f'<svg width="{BAR_WIDTH + 8}" height="18" aria-hidden="true">'
        f'<path d="M4 17h{BAR_WIDTH}" stroke="var(--grid)"/>'
        f'<path d="M{low:.1f} 8H{high:.1f}M{low:.1f} 4v8M{high:.1f} 4v8" '
        f'stroke="var(--data)" stroke-width="2" fill="none"/>'
        f'<circle cx="{value:.1f}" cy="8" r="3.5" fill="var(--data)"/></svg>'
    )


def _codes(codes: Sequence[Mapping[str, Any]]) -> str:
    if not codes:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{_code_of(code)}</th>'
        f"<td>{escape(code['display'])}</td><td>{escape(code['unit'])}</td>"
        f"{_cell(code['count'])}<td>{escape(code['proposed'])}</td><td>{escape(code['why'])}</td></tr>"
        for code in codes[:MOST_CODES_SHOWN]
    )
    heads = ("Code", "Text as sent", "Unit", "Seen", "Proposed", "Why")
    head = "".join(f"<th>{title}</th>" for title in heads)
    return (
        '<section id="codes"><h2>Codes to complete</h2><p>Names that were not understood: those '
        "like one of ours first, then the most frequent. Of results that were dropped unread one "
        "in sixteen is counted, sixteenfold and without its unit. A proposal is never taken by "
        "itself: write the concept into <code>local-codes.csv</code>, drop the lines that are none "
        "of ours, and name the file in the site file under <code>[codes] add</code>. Slice again "
        "with that site file: results under codes that no list holds were dropped.</p>"
        f"{_scrolled('Codes to complete')}<table><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _code_of(code: Mapping[str, Any]) -> str:
    """Return system and code as they came; words where there was neither."""
    if not code["code"]:
        return "in words alone"
    return f"<code>{escape(code['system_uri'])}|{escape(code['code'])}</code>"


def _foot(counts: Counts, run: Mapping[str, Any], commands: Sequence[str]) -> str:
    sliced = run["sliced"]
    missing = "; ".join(f"{key}: {why}" for key, why in sliced["missing"].items()) or "none"
    policy = run["policy"][:12] or "demonstration"
    said = (
        f"Read {sliced['bytes']:,} bytes of {sliced['files']:,} files; lines or files at fault: "
        f"{sliced['errors']:,}. Lists missing for everybody: {missing}. "
        f"Version {', '.join(sorted(counts.versions))}; slice {run['slice'][:12]}, site file "
        f"{policy}. Counts from 1 to 4 are not shown unless asked for, nor those called hidden, "
        f"from which one could be worked out. Intervals of rates are Byar's, of parts Wilson's. "
        f"Nothing on this page names a patient."
    )
    found = json.dumps(sliced["found"]) if sliced["found"] else ""
    return f"<footer><p>{escape(said)} {escape(found)}</p>{_again(commands)}</footer>"


def _again(commands: Sequence[str]) -> str:
    """Show the commands from which every figure comes again, to be copied as they stand."""
    if not commands:
        return ""
    lines = escape("\n".join(commands))
    return (
        "<p>Every figure comes again, byte for byte, from these commands, in the folder in which "
        "they were given first; the results stand in <code>again</code>:</p>"
        f'<pre tabindex="0">{lines}</pre>'
    )
