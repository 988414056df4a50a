"""What two policies or versions differ in, and how many enumerated people are decided otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cds_service.site import demonstration
from cli.main import main
from governance.knowledge.difference import compare_decisions, compare_manifests
from governance.knowledge.manifest import make_manifest
from governance.knowledge.scenarios import decide_all, each_person
from recommender.guidance import Policy
from tests.cds_service.conftest import AS_OF

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
    other["digests"]["cards"]["b1"] = "0" * 64
    other["digests"]["terminology"]["labs.csv"] = "1" * 64

    kinds = {(line.kind, line.name) for line in compare_manifests(manifest, other)}
    assert kinds == {("rule", "deceased.1"), ("text", "card b1"), ("code", "labs.csv")}


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
