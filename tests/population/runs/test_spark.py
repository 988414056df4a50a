"""Spark writes what the pool writes; where it cannot, one sentence says why and shows no record."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cli.main import main
from population.runs import Mode
from population.runs.spark import _why
from population.sources import name_failure
from tests.population.runs.test_running import digest, replay, run

__all__ = ["replay"]


@pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None, reason="pyspark (extra spark) is missing"
)
@pytest.mark.skipif(shutil.which("java") is None, reason="java is missing")
def test_spark_writes_the_same_bytes(sliced: Path, replay: Path, tmp_path: Path) -> None:
    assert digest(run(sliced, tmp_path, Mode.REPLAY, workers=2, spark=True)) == digest(replay)


def _without_pyspark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)


def _without_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pyspark as it is where pandas is not: it imports, and refuses when it is asked."""

    def refuse() -> None:
        raise ImportError("[PACKAGE_NOT_INSTALLED] Pandas >= 2.2.0 must be installed")

    parts: dict[str, dict[str, Any]] = {
        "pyspark": {"SparkConf": object},
        "pyspark.sql": {"SparkSession": object},
        "pyspark.sql.pandas": {},
        "pyspark.sql.pandas.utils": {"require_minimum_pandas_version": refuse},
    }
    for name, content in parts.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.parametrize(
    ("missing", "without"), [("pyspark", _without_pyspark), ("pandas", _without_pandas)]
)
def test_what_spark_lacks_is_named_with_how_to_install_it(
    sliced: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    missing: str,
    without: Any,
) -> None:
    without(monkeypatch)
    asked = ["population", "run", "--input", str(sliced), "--out", str(tmp_path / "run")]

    assert main([*asked, "--engine", "spark"]) == 2

    said = capsys.readouterr().err
    assert f"{missing} is missing or too old: pip install '.[spark]' in the checkout" in said
    assert "Traceback" not in said


def test_a_failure_on_an_executor_is_named_without_what_stands_in_a_record() -> None:
    head = "An exception was thrown from the Python worker:\nTraceback (most recent call last):\n"
    ours = "population.sources.workers.TaskFailed: KeyError in row_of, line 7"
    installed = "ModuleNotFoundError: No module named 'population'"

    assert _why(RuntimeError(f"{head}{ours}\n SQLSTATE: 38000")) == ours
    assert _why(RuntimeError(f"{head}{installed}\n")) == installed
    assert _why(RuntimeError(f"{head}ValueError: Jane Doe")) == "RuntimeError"
    with pytest.raises(KeyError) as caught:
        _ = {}["Jane Doe"]  # type: ignore[var-annotated]
    assert "Jane" not in name_failure(caught.value)
