"""`b12-cds codes`: the concepts, the site's file of codes, and the nearest concept to a name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cds_service.site import SettingsError, load_settings
from cli.main import main
from fhir_mappings.terminology import Concept, load_value_sets

GOOD = "concept,system_uri,code,display\nserum_b12,urn:site:lab,B12,Our B12\n"


def check(tmp_path: Path, text: str) -> tuple[int, Path]:
    path = tmp_path / "codes.csv"
    path.write_text(text, encoding="utf-8")
    return main(["codes", "check", str(path)]), path


def test_list_names_every_concept_with_its_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codes", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["concept"] for row in rows} == {concept.value for concept in Concept}
    assert all(row["meaning"] for row in rows)
    assert main(["codes", "list"]) == 0
    assert "looks alike and does not count: serum B12" in capsys.readouterr().out


def test_a_good_file_has_nothing_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, path = check(tmp_path, GOOD)
    assert (status, capsys.readouterr().out) == (0, f"{path}: nothing wrong\n")


@pytest.mark.parametrize("code", ["10005141000000100", "84027008"])
def test_a_long_code_that_ends_in_0_and_one_that_records_may_hold_are_taken(
    tmp_path: Path, code: str
) -> None:
    """The first agrees with its check digit; the second does not, and an EHR may send it all the
    same.
    """
    status, _ = check(tmp_path, f"concept,system_uri,code\nckd,http://snomed.info/sct,{code}\n")
    assert status == 0


@pytest.mark.parametrize("spelling", ["haemoglobin", "hemoglobin"])
def test_a_site_may_spell_haemoglobin_either_way(tmp_path: Path, spelling: str) -> None:
    text = f"concept,system_uri,code\n{spelling},urn:site:lab,HB\n"
    status, path = check(tmp_path, text)
    assert status == 0
    [match] = load_value_sets(path).match_coding({"system": "urn:site:lab", "code": "HB"})
    assert match.concept is Concept.HAEMOGLOBIN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("serum_b12", ""), "concept is empty; expected one that `b12-cds codes list`"),
        (GOOD.replace("serum_b12", "serum_b1"), "is not known; did you mean serum_b12"),
        (GOOD.replace("display", "dispaly"), 'column "dispaly" is not known; did you mean display'),
        (GOOD + "ckd,urn:site:lab,B12,\n", "Line 3: urn:site:lab|B12 stands for ckd here and for"),
        (
            GOOD + "ckd,http://snomed.info/sct,84027009,\n",
            "stands for pernicious_anaemia in the built-in table, not for ckd",
        ),
        (GOOD + "lhon,http://hl7.org/fhir/sid/icd-10,D510,\n", "in the built-in table"),
        (GOOD + "ckd,http://snomed.info/sct,64572001,\n", "is a code that carries no meaning"),
        (GOOD.replace(",", ";"), "separated by semicolons, expected commas"),
        (GOOD.replace(",", "\t"), "separated by tabs, expected commas"),
        (GOOD.upper(), 'are missing; found the line "CONCEPT,'),
        (GOOD.replace("display", "code"), "the column code is there twice"),
        (GOOD + "ckd,urn:site:lab,1.23E+14,\n", 'Line 3: found "1.23E+14", as a spreadsheet'),
        (
            GOOD + "ckd,http://snomed.info/sct,1000561000000100,\n",
            'Line 3: found "1000561000000100", as a spreadsheet writes a long number',
        ),
        (
            GOOD + "ckd,urn:site:lab,B1,Kidney,again\n",
            "Line 3: found more cells than columns; expected one with a comma in quotes.",
        ),
        ("", "are missing"),
        (GOOD + "ckd,,1,\n", "system_uri and code must both be given"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    status, path = check(tmp_path, text)
    assert status == 1
    assert said in capsys.readouterr().out
    site = tmp_path / "site.toml"
    site.write_text(f'[codes]\nadd = "{path.name}"\n', encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load_settings(site)
    assert any(said in problem for problem in error.value.problems)


NOT_UTF8 = "expected UTF-8 text; save it as UTF-8"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("cp1252", f"line 2: found the byte 0xE4, {NOT_UTF8}"),
        ("utf-16", "it is UTF-16 text; save it as UTF-8"),
    ],
)
@pytest.mark.parametrize("table", ["codes", "units", "site file"])
def test_a_text_of_another_encoding_is_said_with_its_line(
    tmp_path: Path, encoding: str, said: str, table: str
) -> None:
    """As spreadsheets write it. Python's own words for it name a position in a buffer."""
    texts = {
        "codes": "concept,system_uri,code\nserum_b12,urn:site:lab,Blä\n",
        "units": "spelling,ucum\npmol prä L,pmol/L\n",
        "site file": "# our site\n# of Käthe\n",
    }
    table_file, site = tmp_path / "table.csv", tmp_path / "site.toml"
    key = {"codes": "add", "units": "units"}.get(table)
    site.write_text(f'[codes]\n{key} = "{table_file.name}"\n', encoding="utf-8")
    (table_file if key else site).write_bytes(texts[table].encode(encoding))
    with pytest.raises(SettingsError) as error:
        load_settings(site)
    [problem] = error.value.problems
    assert said in problem
    assert "codec" not in problem


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("text,concept\nsolution, injection,doseform_injection\n", "line 2: found more cells than"),
        ("text,concept,text\na,doseform_injection,b\n", "found the columns text, concept, text"),
    ],
)
def test_a_cell_too_many_in_a_file_of_words_takes_no_other_meaning(
    tmp_path: Path, rows: str, said: str
) -> None:
    (tmp_path / "forms.csv").write_text(rows, encoding="utf-8")
    site = tmp_path / "site.toml"
    site.write_text('[codes]\nforms = "forms.csv"\n', encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load_settings(site)
    [problem] = error.value.problems
    assert said in problem


def test_a_file_that_is_not_there_is_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codes", "check", "/nowhere/codes.csv"]) == 2
    assert "/nowhere/codes.csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Haemophilia", "haemophilia_bleeding"),
        ("haemofilia", "haemophilia_bleeding"),
        ("Vitamin B12", "serum_b12"),
        ("Neo-Cytamen", "hydroxocobalamin"),
        ("plateletts", "platelets"),
        ("Lebers optic atrophy", "lhon"),
    ],
)
def test_suggest_finds_the_nearest_concept(
    capsys: pytest.CaptureFixture[str], text: str, concept: str
) -> None:
    assert main(["codes", "suggest", text, "--json"]) == 0
    assert concept in [row["concept"] for row in json.loads(capsys.readouterr().out)]


def test_suggest_says_when_nothing_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codes", "suggest", "qqqqqqqqqqqq"]) == 1
    assert capsys.readouterr().out == "nothing near\n"
