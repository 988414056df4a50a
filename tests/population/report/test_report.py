"""The report: what is counted, what is hidden, and that it reads without running anything."""

from __future__ import annotations

import csv
import errno
import json
import re
import shutil
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fhir_mappings.terminology import check_codes, load_value_sets
from population import report
from population.report import ReportRefused, write_cases, write_report
from population.report.counts import (
    cards_a_week,
    count_decisions,
    part_interval,
    quantile,
    rate_interval,
)
from population.report.nearest import Nearest
from population.report.small_counts import HIDDEN, SMALL, hidden_rows
from population.report.tables import build_tables
from population.report.unseen import GROUPS, IN_NO_GROUP
from population.report.writing import codes_to_complete
from population.runs import DeciderSetup, Mode, RunJob, run_decisions
from population.runs.events import prescriber_of
from population.slices import SliceJob, list_parts, run_slice
from recommender.treatment import RULES
from tests.population.conftest import AS_OF


@pytest.fixture(scope="module")
def replay(sliced: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("replay")
    run_decisions(RunJob(sliced, out, DeciderSetup(Mode.REPLAY, AS_OF, "", {})), lambda _: None)
    return out


def test_no_text_of_the_page_is_smaller_than_13_pixels() -> None:
    """DESIGN: the smallest text is 13 pixels, also of a code within a small line."""
    sheet = Path(report.__file__).with_name("style.css").read_text("utf-8")

    for size in re.findall(r"font(?:-size)?:(?:max\(([^)]*)\)|([\d.]+(?:em|rem|px|%)))", sheet):
        smallest = (size[0] or size[1]).split(",")[0]
        number = float(smallest.rstrip("emrpx%"))
        unit = smallest.lstrip("0123456789.")
        assert unit != "em", f"{smallest} is as small as what it stands in"
        assert number >= {"rem": 0.8125, "px": 13, "%": 100}[unit]


def row(patient: str, *cards: str, **more: Any) -> dict[str, Any]:
    return {
        "patient": patient,
        "event": "order",
        "rule": "M2",
        "outcome": "regimen",
        "cards": list(cards),
        "indicators": ["warning"] * len(cards),
        "adult": "yes",
        "deficiency": "confirmed",
        "unknown": [],
        "not_understood": [],
        "not_used": [],
        "incomplete": [],
        "without_time": 0,
        "unreadable": 0,
        "then": "kept",
        "time": "2026-03-04T10:00:00+00:00",
        "day": "2026-03-04",
        "offers": [],
        "prescriber": "",
        "version": "1",
        "policy_version": "p",
        "status": 200,
    } | more


def test_cards_patients_and_repeats_are_counted() -> None:
    counts = count_decisions([row("a", "b4"), row("a", "b4", "d2"), row("b")])

    assert (counts.patients, counts.orders, counts.spoken) == (2, 3, 2)
    assert counts.cards == Counter({"b4": 2, "d2": 1})
    assert counts.card_patients == Counter({"b4": 1, "d2": 1})
    assert counts.cards_of_patients == Counter({3: 1, 0: 1})
    assert counts.then["b4", "kept"] == 2


def test_what_a_decision_waited_for_is_counted_with_its_reason() -> None:
    unknown = [
        {"fact": "neurological_screen", "code": "none-recorded"},
        {"fact": "mma", "code": "none-recorded"},
    ]
    counts = count_decisions([row("a", rule="U1", unknown=unknown), row("b")])

    assert counts.waits_for == Counter({("neurological_screen", "none-recorded", "U1"): 1})
    assert (counts.deficient, counts.deficient_answered) == (2, 1)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 4, "b": 3, "c": 50}, {"a", "b"}),
        ({"a": 4, "b": 9, "c": 50}, {"a", "b"}),
        ({"a": 5, "b": 9}, set()),
        ({"a": 0, "b": 9}, set()),
    ],
)
def test_counts_below_five_are_hidden_and_none_can_be_worked_out(
    counts: dict[str, int], hidden: set[str]
) -> None:
    assert hidden_rows(counts, False) == hidden
    assert hidden_rows(counts, True) == frozenset()


def test_intervals_are_those_of_the_books() -> None:
    """Wilson for 10 of 100: 5.5 to 17.4 %. Exact Poisson for 10: 4.80 to 18.39."""
    assert part_interval(10, 100) == pytest.approx((10, 5.52, 17.44), abs=0.01)
    assert rate_interval(10, 1, 1) == pytest.approx((10, 4.80, 18.39), abs=0.02)
    assert rate_interval(0, 1, 1) == pytest.approx((0, 0, 3.69), abs=0.06)
    assert part_interval(0, 0) == (0, 0, 0)


def test_a_hidden_count_stands_in_no_table_not_even_as_a_rate() -> None:
    counts = count_decisions([row(f"p{n}", "b4") for n in range(40)] + [row("x", "d3")] * 3)

    table = next(table for table in build_tables(counts, False) if table.name == "cards")

    hidden = next(cells for cells in table.rows if cells[0] == "d3")
    assert set(hidden[2:]) == {SMALL, ""}


def test_a_larger_count_that_is_hidden_is_not_called_small() -> None:
    """It is hidden as the small one beside it could be worked out from the sum."""
    counts = count_decisions([row(f"p{n}", "b4") for n in range(40)] + [row("x", "d3")] * 3)

    table = next(table for table in build_tables(counts, False) if table.name == "indicators")
    shown = {cells[0]: cells[1] for cells in table.rows}
    assert shown == {"critical": 0, "warning": 43, "info": 0}, "the sum of both may be told"
    cards = next(table for table in build_tables(counts, False) if table.name == "cards")
    assert {cells[0]: cells[2] for cells in cards.rows} == {"b4": HIDDEN, "d3": SMALL}


def told(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """Return the first count of each row of a table of the report on these decisions."""
    table = next(one for one in build_tables(count_decisions(rows), False) if one.name == name)
    place = next(n for n, title in enumerate(table.head) if title in ("Cards", "Decisions"))
    return {cells[0]: cells[place] for cells in table.rows}


def test_two_small_counts_that_can_only_be_one_way_take_a_third_with_them() -> None:
    """1 and 1 come to 2: their sum alone would tell both."""
    assert hidden_rows({"a": 1, "b": 1, "c": 9, "d": 20}, False) == {"a", "b", "c"}
    assert hidden_rows({"a": 3, "b": 2, "c": 9}, False) == {"a", "b"}


def test_a_card_cannot_be_worked_out_from_its_indicator() -> None:
    """Of the critical cards b1 came 12 times and b8 3 times; 15 critical ones would tell it."""
    critical = {"indicators": ["critical"]}
    rows = [row(f"p{n}", "b4") for n in range(40)] + [row(f"q{n}", "d2") for n in range(3)]
    rows += [row(f"r{n}", "b1", **critical) for n in range(12)]
    rows += [row(f"s{n}", "b8", **critical) for n in range(3)]

    cards, indicators = told(rows, "cards"), told(rows, "indicators")
    assert (cards["b8"], cards["d2"], cards["b1"], cards["b4"]) == (SMALL, SMALL, HIDDEN, HIDDEN)
    assert indicators["critical"] == 15


def test_a_rule_cannot_be_worked_out_from_its_group() -> None:
    rows = [row(f"p{n}", rule="M2") for n in range(40)] + [row("q", rule="B1")] * 3
    rows += [row(f"r{n}", rule="E3") for n in range(12)]

    assert told(rows, "groups")["untreated: treatment is indicated"] == 40
    pair = "borderline, or a test that is too old or unusable: a test decides"
    rules = {cells[0]: cells[2] for cells in _table(rows, "rules").rows}
    assert (rules["B1"], rules["E3"]) == (SMALL, HIDDEN)
    assert told(rows, "groups")[pair] == 15
    alone = [one for one in rows if one["rule"] != "E3"]
    assert told(alone, "groups")[pair] == SMALL
    assert told(alone, "groups")["untreated: treatment is indicated"] == HIDDEN


def _table(rows: list[dict[str, Any]], name: str) -> Any:
    tables = build_tables(count_decisions(rows), False)
    return next(one for one in tables if one.name == name)


def test_cards_of_a_prescriber_are_counted_by_the_week_in_which_they_order() -> None:
    later = {"day": "2026-03-11"}
    rows = [row(f"p{n}", "b4", "d2", prescriber=f"dr{n}") for n in range(6)]
    rows += [row(f"p{n}", prescriber=f"dr{n}", **later) for n in range(6)]
    rows += [row(f"q{n}", prescriber=f"quiet{n}") for n in range(5)]
    rows.append(row("z", "b4"))

    weeks = cards_a_week(count_decisions(rows))
    assert weeks == [0.0] * 5 + [1.0] * 6
    assert (quantile(weeks, 0.5), quantile(weeks, 0.95), quantile([], 0.5)) == (1.0, 1.0, 0.0)
    assert _table(rows, "prescribers").rows == (("0", 5), ("1", 6))
    assert "prescribers" not in {one.name for one in build_tables(count_decisions([]), False)}


@pytest.mark.parametrize(
    ("order", "is_told"),
    [
        ({"requester": {"reference": "Practitioner/1"}}, True),
        ({"requester": {"agent": {"reference": "Practitioner/1"}}}, True),
        ({"prescriber": {"reference": "Practitioner/1"}}, True),
        ({"requester": {"identifier": {"value": "1"}}}, True),
        ({"requester": {"display": "Dr Somebody"}}, False),
        ({"requester": "Practitioner/1"}, False),
        ({"requester": {"reference": 1}}, False),
        ({}, False),
    ],
)
def test_who_ordered_is_a_digest_in_every_version_of_fhir(order: Any, is_told: bool) -> None:
    found = prescriber_of(order)

    assert bool(found) is is_told
    assert "Practitioner" not in found


def test_every_rule_is_in_one_group_or_in_none_for_a_reason() -> None:
    grouped = [*IN_NO_GROUP, *(rule for rules in GROUPS.values() for rule in rules)]

    assert sorted(grouped) == sorted({str(rule.id) for rule in RULES})


def test_a_run_of_another_version_is_refused_in_words(replay: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    (old / "decisions").mkdir(parents=True)
    (old / "run.json").write_bytes((replay / "run.json").read_bytes())
    for part in (replay / "decisions").glob("part-*.parquet"):
        pq.write_table(pq.read_table(part).drop(["not_used"]), old / "decisions" / part.name)

    with pytest.raises(ReportRefused, match="another version, without not_used"):
        write_report(old, tmp_path / "report.html", False)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_page_is_one_file_without_scripts_and_names_no_patient(
    replay: Path, tmp_path: Path
) -> None:
    commands = ["first 'a b'", "then <this>"]
    written = write_report(replay, tmp_path / "report.html", False, commands)

    text = (tmp_path / "report.html").read_text()
    page = _Page()
    page.feed(text)
    assert page.tags["script"] == 0
    assert page.links == []
    assert page.tags["table"] >= 6
    assert "Made-up people" in text
    assert '<pre tabindex="0">first &#x27;a b&#x27;\nthen &lt;this&gt;</pre>' in text
    assert [path.name for path in written] == [
        "report.html",
        "report.csv",
        "report.parquet",
        "local-codes.csv",
    ]
    for path in written:
        assert b"p7-000" not in path.read_bytes(), path


def test_csv_and_parquet_say_the_same_as_the_page(replay: Path, tmp_path: Path) -> None:
    write_report(replay, tmp_path / "report.html", False)

    with (tmp_path / "report.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows == pq.read_table(tmp_path / "report.parquet").to_pylist()
    load = {
        (one["row"], one["column"]): one["value"] for one in rows if one["table"] == "indicators"
    }
    warnings = f"{int(load['warning', 'Cards']):,}"
    assert f'<td class="n">{warnings}</td>' in (tmp_path / "report.html").read_text()


def test_cases_name_patients_in_a_file_of_their_own(replay: Path, tmp_path: Path) -> None:
    write_cases(replay, tmp_path / "cases.csv")

    assert "p7-000" in (tmp_path / "cases.csv").read_text()


def test_a_local_code_is_listed_with_the_nearest_concept_and_never_taken(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    coding = {"system": "http://lab.example/codes", "code": "0815", "display": "eGFR CKD-EPI neu"}
    lines = [json.dumps({"resourceType": "Patient", "id": f"p{n}"}) for n in range(6)] + [
        json.dumps(
            {
                "resourceType": "Observation",
                "id": f"o{n}",
                "subject": {"reference": f"Patient/p{n}"},
                "code": {"coding": [coding]},
                "valueQuantity": {"value": 50, "unit": "ml/min/1,73"},
            }
        )
        for n in range(6)
    ]
    (source / "all.ndjson").write_text("\n".join(lines) + "\n")
    run_slice(SliceJob((source,), tmp_path / "slice"), lambda _: None)
    setup = DeciderSetup(Mode.SNAPSHOT, AS_OF, "", {})
    run_decisions(RunJob(tmp_path / "slice", tmp_path / "run", setup), lambda _: None)

    write_report(tmp_path / "run", tmp_path / "report.html", False)

    with (tmp_path / "local-codes.csv").open() as file:
        (code,) = csv.DictReader(file)
    assert (code["code"], code["unit"], code["count"]) == ("0815", "ml/min/1,73", "6")
    assert (code["concept"], code["proposed"]) == ("", "egfr")


def test_the_list_of_local_codes_is_taken_as_it_stands_once_it_is_completed(
    replay: Path, tmp_path: Path
) -> None:
    write_report(replay, tmp_path / "report.html", False)
    with (tmp_path / "local-codes.csv").open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    cells = {"concept": "serum_b12", "system_uri": "urn:lab", "code": "0815", "count": "40"}
    cells |= {"role": "include", "display": "B12 neu", "proposed": "serum_b12", "why": "like"}
    with (tmp_path / "done.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerow(cells)

    assert check_codes(tmp_path / "done.csv") == []


def test_names_that_were_completed_are_never_written_over(replay: Path, tmp_path: Path) -> None:
    """They are completed in place and named in the site file; the next report stands beside."""
    write_report(replay, tmp_path / "report.html", False)
    write_report(replay, tmp_path / "report.html", False)  # nothing is written in them yet
    names = tmp_path / "local-codes.csv"
    with names.open("a", encoding="utf-8") as file:
        file.write("serum_b12,include,urn:lab,0815,B12 neu,,40,serum_b12,like\n")
    completed = names.read_bytes()

    with pytest.raises(ReportRefused, match="somebody has written in it"):
        write_report(replay, tmp_path / "second.html", False)

    assert names.read_bytes() == completed
    assert not (tmp_path / "second.html").exists()
    for saved in (b"concept;role;code\nserum_b12;include;1\n", "Müller".encode("latin-1")):
        names.write_bytes(saved)
        with pytest.raises(ReportRefused):
            write_report(replay, tmp_path / "second.html", False)
        assert names.read_bytes() == saved


def test_a_name_that_is_like_nothing_gets_no_proposal() -> None:
    nearest = Nearest(load_value_sets())

    assert nearest.concept("labs", "Body weight") == ("", "")
    assert nearest.concept("labs", "Serum vit B12 level (local)")[0] == "serum_b12"


def test_a_name_of_another_test_is_none_to_complete_and_is_never_proposed() -> None:
    local = {"system": "http://hospital.example", "code": "1"}
    dropped = [
        {"code": {"coding": [local | {"display": text}]}, "count": 9}
        for text in ("Glucose", "Body weight", "XQLAB 7", "Renal eGFR value")
    ]
    nearest = Nearest(load_value_sets())
    told = {("labs", "", "", "Oxygen saturation", "%"): 9, ("labs", "", "", "INR new", ""): 7}
    names = Counter(dict(nearest.to_complete(told.items())))
    codes = list(codes_to_complete(names, dropped, nearest, False))

    assert [code["display"] for code in codes] == ["Renal eGFR value", "INR new", "XQLAB 7"]
    assert [code["proposed"] for code in codes] == ["egfr", "inr", ""]
    assert nearest.concept("labs", "TSH (local)") == ("", "")


def test_a_run_whose_differences_are_not_whole_is_not_reported_without_them(
    sliced: Path, tmp_path: Path
) -> None:
    """It was interrupted over them, or the program of --against failed: no table said that the two
    were compared.
    """
    other = tmp_path / "other.toml"
    other.write_text('profile = "demonstration"\n[policy]\nnonNeuroRoute = "IM_FIRST"\n')
    setup = DeciderSetup(Mode.SNAPSHOT, AS_OF, "", {})
    run_decisions(RunJob(sliced, tmp_path / "out", setup, str(other)), lambda _: None)
    (tmp_path / "out" / "changes.parquet").unlink()

    with pytest.raises(ReportRefused, match="lacks what --against decides otherwise"):
        write_report(tmp_path / "out", tmp_path / "report.html", False)
    assert not (tmp_path / "report.html").exists()

    odd = tmp_path / "out" / "changes.parquet"
    for damage in (lambda: odd.write_bytes(b"PAR1"), lambda: pq.write_table(pa.table({}), odd)):
        damage()
        with pytest.raises(ReportRefused, match=r"changes\.parquet: is damaged"):
            write_report(tmp_path / "out", tmp_path / "report.html", False)


def test_a_run_that_was_interrupted_is_refused_and_not_reported_in_part(
    sliced: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    run_decisions(RunJob(sliced, run, DeciderSetup(Mode.SNAPSHOT, AS_OF, "", {})), lambda _: None)
    next(iter(sorted((run / "decisions").iterdir()))).unlink()

    with pytest.raises(ReportRefused, match="holds 3 of 4 parts"):
        write_report(run, tmp_path / "report.html", False)


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportRefused, match="holds no run"):
        write_report(tmp_path, tmp_path / "report.html", False)


def test_what_the_prescriber_did_stands_by_card_and_orders_without_one_last() -> None:
    rows = [row(f"p{n}", "b4", then=then) for then in ("kept", "not told") for n in range(6)]
    rows += [row(f"q{n}", then="stopped") for n in range(7)]
    table = next(one for one in build_tables(count_decisions(rows), False) if one.name == "then")

    assert table.head == ("Card", "Kept", "Stopped", "Replaced", "Not told")
    assert table.rows == (("b4", 6, 0, 0, 6), ("no card", 0, 7, 0, 0))


def test_a_name_that_stands_in_two_lists_is_one_line() -> None:
    names: Counter[tuple[str, ...]] = Counter()
    for key, number in (("medications", 9), ("statements", 6)):
        names[key, "", "", "Amlodipine 5 mg", ""] = number
    codes = list(codes_to_complete(names, (), Nearest(load_value_sets()), False))

    assert [(code["display"], code["count"]) for code in codes] == [("Amlodipine 5 mg", 15)]


def test_what_is_said_of_names_lets_no_rare_one_be_worked_out(
    replay: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = count_decisions([])
    for number in (7, 3):
        counted.names["labs", "", "", f"XQLAB {number}", ""] = number
    monkeypatch.setattr("population.report.writing.count_decisions", lambda _: counted)
    write_report(replay, tmp_path / "report.html", False)

    page = (tmp_path / "report.html").read_text()
    told = "names in charts, 1 different; rarer ones are not told"
    assert f'<td data-l="Not understood">7<span>{told}</span>' in page


def test_the_page_says_of_whom_and_of_what_its_figures_are(
    sliced: Path, replay: Path, tmp_path: Path
) -> None:
    """A pharmacist may not read orders where charts were opened, nor the whole population where
    patients with an order are meant.
    """
    site = tmp_path / "other.toml"
    site.write_text('profile = "demonstration"\n[policy]\nnonNeuroRoute = "IM_FIRST"\n')
    setup = DeciderSetup(Mode.SNAPSHOT, AS_OF, "", {})
    run_decisions(RunJob(sliced, tmp_path / "run", setup, str(site)), lambda _: None)
    write_report(tmp_path / "run", tmp_path / "s" / "r.html", False)
    write_report(replay, tmp_path / "r" / "r.html", False)
    charts = (tmp_path / "s" / "r.html").read_text("utf-8")
    orders = (tmp_path / "r" / "r.html").read_text("utf-8")

    assert "of 500 patients<" in charts
    assert "0 orders" not in charts
    assert "Of 500 decisions those that the second site file" in charts
    assert "louder or quieter, or with other orders offered" in charts
    assert "order, refill and stop up to" in orders
    assert "Patients without one are not counted." in orders
    assert "one that begins it stands under untreated" in orders


@pytest.mark.parametrize("damage", ["run.json", "part", "inside"])
def test_a_damaged_run_is_refused_in_one_sentence(
    replay: Path, tmp_path: Path, damage: str
) -> None:
    run = tmp_path / "run"
    shutil.copytree(replay, run)
    part = list_parts(run / "decisions")[0]
    if damage == "run.json":
        (run / "run.json").write_bytes((run / "run.json").read_bytes()[:100])
    elif damage == "part":
        part.write_bytes(part.read_bytes()[:-20])
    else:
        whole = bytearray(part.read_bytes())
        whole[4:2000] = bytes(1996)
        part.write_bytes(whole)

    with pytest.raises(ReportRefused, match="damaged"):
        write_report(run, tmp_path / "report.html", False)
    assert not (tmp_path / "report.html").exists()


def test_a_report_that_cannot_be_written_leaves_the_one_before_as_it_was(
    replay: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full half-way left half a page, which looks like a report."""
    write_report(replay, tmp_path / "report.html", True)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def fill(path: Path, content: bytes) -> None:
        path.open("wb").write(content[:1000])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(OSError, match=r"No space left on device: '.*report\.html'"):
        write_report(replay, tmp_path / "report.html", False)

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_part_that_is_answerable_is_of_so_many_in_tens(
    replay: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part without its whole says little; with the exact whole a small rest would follow."""
    for deficient, answered, shown, said, all_said in (
        (153, 150, "98 %", "about 150", "153"),
        (7, 6, "86 %", "about 10", "7"),
        (3, 2, "few", "&lt;5", "3"),
        (0, 0, "few", "0", "0"),
    ):
        counted = count_decisions([])
        counted.deficient, counted.deficient_answered = deficient, answered
        monkeypatch.setattr("population.report.writing.count_decisions", lambda _, c=counted: c)
        for show_small, many in ((False, said), (True, all_said)):
            write_report(replay, tmp_path / "report.html", show_small)
            page = (tmp_path / "report.html").read_text()
            note = f"of {many} decisions on deficient adults"
            assert f'<td data-l="Answerable">{shown}<span>{note}</span>' in page
