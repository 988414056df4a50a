"""Every row of the unit table against an independent UCUM implementation.

Run `npm ci` in this directory once; without node or its packages the test is skipped, and says so.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from fhir_mappings.values.units import MOLAR_MASS, UNITS, Analyte, Kind, UnitRow
from recommender.language.logic import Unit

HERE = Path(__file__).parent
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.skipif(NODE is None, reason="node is not installed: the UCUM oracle cannot run"),
    pytest.mark.skipif(
        not (HERE / "node_modules" / "@lhncbc").is_dir(),
        reason="run `npm ci` in tests/ucum to install the UCUM oracle",
    ),
]

IS_MOLAR = frozenset({Unit.NMOL_PER_L, Unit.UMOL_PER_L, Unit.MMOL_PER_L, Unit.PMOL_PER_L})


def ask(rows: list[dict[str, object]]) -> list[float | None]:
    assert NODE is not None
    done = subprocess.run(
        [NODE, "convert.js"],
        cwd=HERE,
        input=json.dumps(rows),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    answers: list[float | None] = json.loads(done.stdout)
    return answers


def _question(analyte: Analyte, ucum: str, row: UnitRow) -> dict[str, object]:
    """Molar mass and charge are asked for only where the conversion needs them: potassium has a
    charge of one.
    """
    crosses = (row.kind is Kind.MASS) is (row.unit in IS_MOLAR) and row.kind is not Kind.OTHER
    return {
        "unit": ucum,
        "to": row.unit.value,
        "molarMass": float(MOLAR_MASS[analyte]) if crosses else None,
        "charge": 1 if ucum == "meq/L" else None,
    }


def test_every_factor_agrees_with_ucum() -> None:
    rows = [(analyte, ucum, row) for analyte, units in UNITS.items() for ucum, row in units.items()]
    answers = ask([_question(analyte, ucum, row) for analyte, ucum, row in rows])
    wrong = [
        (analyte.value, ucum, answer, float(row.factor))
        for (analyte, ucum, row), answer in zip(rows, answers, strict=True)
        if answer is None or abs(answer / float(row.factor) - 1) > 1e-9
    ]
    assert len(rows) > 60
    assert wrong == []


def test_the_oracle_refuses_what_is_no_unit() -> None:
    assert ask([{"unit": "mcg/furlong", "to": "g"}, {"unit": "x10^9/L", "to": "10*9/L"}]) == [
        None,
        None,
    ]
