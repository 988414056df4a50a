"""A site file by questions can be used as it is."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from cds_service.site import check_config, load_settings
from cli.main import main


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))


def test_the_defaults_give_a_file_that_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "site.toml"
    answer(monkeypatch, *[""] * 8)

    assert main(["init-config", "--out", str(out)]) == 0

    assert check_config(out) == []
    settings = load_settings(out)
    assert settings.is_production
    assert len(settings.patient_key) == 64
    assert out.stat().st_mode & 0o077 == 0


def test_a_wrong_answer_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "site.toml"
    answer(monkeypatch, "not a url", "", "", "", 'An "EHR"', "epik", "epic", "", "", "")

    assert main(["init-config", "--out", str(out)]) == 0

    told = capsys.readouterr().out
    assert 'Found "not a url"' in told
    assert 'Found "epik"' in told
    [client] = load_settings(out).clients
    assert (client.name, client.profile) == ('An "EHR"', "epic")


def test_a_file_that_is_there_is_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "site.toml"
    out.write_text("mine", encoding="utf-8")

    assert main(["init-config", "--out", str(out)]) == 2
    assert out.read_text(encoding="utf-8") == "mine"
    assert "exists already" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["", "https://cds.example.org\n", "\n" * 7])
def test_an_input_that_ends_before_the_questions_is_no_answer(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    given: str,
) -> None:
    out = tmp_path / "site.toml"
    monkeypatch.setattr("sys.stdin", io.StringIO(given))

    assert main(["init-config", "--out", str(out)]) == 2
    assert "the input ended before the questions did" in capsys.readouterr().err
    assert not out.exists()
