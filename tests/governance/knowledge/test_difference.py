"""What two policies or versions differ in, and how many enumerated people are decided otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cds_service.site import demonstration
from cli.answers.diff import _shown
from cli.main import main
from governance.knowledge.difference import (
    compare_codes,
    compare_decisions,
    compare_manifests,
)
from governance.knowledge.manifest import make_manifest
from governance.knowledge.scenarios import decide_all, each_person
from recommender.guidance import Policy
from tests.cds_service.conftest import AS_OF

EXAMPLES = Path(__file__).parents[3] / "examples"
Diff = Callable[..., tuple[int, str, str]]


@pytest.fixture
def diff(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Diff:
    def run(old: str, new: str, *more: str) -> tuple[int, str, str]:
        names = []
        for number, text in enumerate((old, new)):
            path = tmp_path / f"{number}.toml"
            path.write_text(text)
            names.append(str(path))
        status = main(["diff", *names, *more])
        captured = capfd.readouterr()
        return status, captured.out, captured.err

    return run


def test_two_files_that_say_the_same_do_not_differ(diff: Diff) -> None:
    status, out, _ = diff("", '[policy]\nnonNeuroRoute = "ORAL_FIRST"\n')

    assert status == 0
    assert out.splitlines()[0] == "Rules, settings, codes and texts are the same."
    assert out.splitlines()[1].startswith("0 of ")


def test_a_setting_that_differs_is_named_with_those_it_decides_otherwise(diff: Diff) -> None:
    status, out, _ = diff("", '[policy]\nnonNeuroRoute = "IM_FIRST"\n', "--json")
    told = json.loads(out)

    assert status == 1
    assert {"kind": "setting", "name": "nonNeuroRoute", "old": "ORAL_FIRST", "new": "IM_FIRST"} in (
        told["differences"]
    )
    assert told["people"] == len(list(each_person())) > 5000
    assert told["otherwise"] == sum(change["people"] for change in told["changes"]) > 0
    assert any(change["new"] == "M5" for change in told["changes"])


def test_a_limit_decides_only_those_between_otherwise() -> None:
    usual = [(person.words, words) for person, words in decide_all(Policy())]
    raised = Policy.from_settings({"cyanoMinEgfr": 45}, Policy().available_products)
    changed = compare_decisions(usual, ((one.words, words) for one, words in decide_all(raised)))

    assert 0 < changed.otherwise < changed.people / 4
    assert all("eGFR 45" in example for example in changed.examples.values())


def test_people_who_are_not_the_same_are_not_compared() -> None:
    with pytest.raises(ValueError, match="same people"):
        compare_decisions([("one", "x")], [("two", "x")])


def test_rules_texts_and_codes_that_differ_are_named() -> None:
    manifest = make_manifest(demonstration(), AS_OF)
    other = json.loads(json.dumps(manifest))
    other["rules"][0]["text"] = "something else"
    other["texts"]["card b1"] = "something else"
    other["digests"]["terminology"]["labs.csv"] = "1" * 64

    kinds = {(line.kind, line.name) for line in compare_manifests(manifest, other)}
    assert kinds == {("rule", "deceased.1"), ("text", "card b1"), ("code", "labs.csv")}


def test_the_words_of_a_text_and_the_rows_of_codes_that_differ_are_said(
    diff: Diff,
) -> None:
    product = f'[codes]\nadd = "{EXAMPLES}/local-codes.csv"'
    product += """
[[formulary]]
substance = "hydroxocobalamin"
route = "IM"
strength = "1 mg/mL"
text = "Our hydroxocobalamin 1 mg/mL solution for injection"
codings = [{ system = "http://www.nlm.nih.gov/research/umls/rxnorm", code = "5514" }]
available = true
"""
    status, out, _ = diff("", product)

    assert status == 1
    lines = out.splitlines()
    assert any(
        "text product hydroxocobalamin" in one and "Our hydroxocobalamin" in one for one in lines
    )
    assert any(
        one.startswith("text product cyanocobalamin") and one.endswith("-> none") for one in lines
    )
    assert any(one.startswith("code local-codes.csv: none -> serum_b12") for one in lines)


def test_long_texts_are_shown_from_where_they_differ() -> None:
    old, new = _shown("same " * 40 + "old", "same " * 40 + "new")

    assert (old[:8], old[-3:]) == ("...same ", "old")
    assert new.endswith("new")
    assert _shown("", "short") == ("none", "short")


@pytest.mark.parametrize("known", [True, False])
def test_a_version_that_lists_no_texts_is_compared_by_their_digests(known: bool) -> None:
    manifest = make_manifest(demonstration(), AS_OF)
    other = json.loads(json.dumps(manifest))
    other["digests"] |= {"statements": "0" * 64}
    other["digests"]["files"]["recommender/checks/routes.py"] = "0" * 64
    other["digests"]["folders"]["recommender"] = "0" * 64
    other["texts"]["statement S1"] = "something else"
    if not known:
        del other["texts"]

    kinds = {(line.kind, line.name) for line in compare_manifests(manifest, other)}
    named = {("text", "statement S1"), ("file", "recommender/checks/routes.py")}
    assert kinds == (named if known else {("text", "statements"), ("file", "recommender")})


def test_rows_of_codes_are_compared_whatever_their_order() -> None:
    old = [("a.csv", "one"), ("a.csv", "two"), ("a.csv", "two"), ("b.csv", "three")]
    new = [("b.csv", "three"), ("a.csv", "two"), ("a.csv", "four"), ("a.csv", "one")]

    told = {(line.name, line.old, line.new) for line in compare_codes(old, new)}
    assert told == {("a.csv", "two", ""), ("a.csv", "", "four")}


def test_another_installed_version_is_asked_for_its_manifest(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "b12-cds"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cli.main "$@"\n')
    program.chmod(0o755)
    site = tmp_path / "site.toml"
    site.write_text("")

    assert main(["diff", str(program), str(site)]) == 0
    assert "are the same" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("old", "problem"), [("none.toml", "there is no such file"), ("./none", "cannot be run")]
)
def test_what_cannot_be_compared_is_said(
    old: str, problem: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", old, old]) == 2
    assert problem in capfd.readouterr().err
