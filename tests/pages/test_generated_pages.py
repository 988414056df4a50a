"""No generated page is stale."""

from __future__ import annotations

from types import ModuleType

import pytest

from pages.all_pages import PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__.split(".")[-1])
def test_a_generated_page_says_what_the_program_would_write(page: ModuleType) -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.render(), "run: ./run pages"


def test_every_page_of_the_folder_is_written_by_a_program() -> None:
    folder = PAGES[0].PAGE.parent
    assert {path.name for path in folder.iterdir()} == {page.PAGE.name for page in PAGES}
