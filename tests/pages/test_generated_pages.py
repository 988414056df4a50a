"""No generated page is stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages.all_pages import written

WRITTEN = written()
GENERATED = Path(__file__).parents[2] / "docs" / "generated"


@pytest.mark.parametrize("place", WRITTEN, ids=lambda place: str(place.relative_to(GENERATED)))
def test_a_generated_page_says_what_the_program_would_write(place: Path) -> None:
    assert place.read_text(encoding="utf-8") == WRITTEN[place], "run: ./run pages"


def test_every_page_of_the_folder_is_written_by_a_program() -> None:
    assert {path for path in GENERATED.rglob("*") if path.is_file()} == set(WRITTEN)
