"""One made-up population for the tests of a session, sliced once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from population.slices import SliceJob, run_slice
from synthetic import MadePopulation, make_population

AS_OF = dt.date(2026, 11, 26)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the export of 500 people, half of whom have a story."""
    folder = tmp_path_factory.mktemp("made")
    plan = MadePopulation(500, 7, folder, AS_OF, share=0.5, resources=40)
    make_population(plan, lambda _: None)
    return folder


@pytest.fixture(scope="session")
def sliced(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the slice of it."""
    out = tmp_path_factory.mktemp("sliced")
    run_slice(SliceJob((made,), out), lambda _: None)
    return out
