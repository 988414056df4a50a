"""Write every generated page: `./run pages`."""

from __future__ import annotations

from pages.all_pages import PAGES


def main() -> None:
    """Write each page to its place."""
    for page in PAGES:
        page.PAGE.write_text(page.render(), encoding="utf-8")
        print(page.PAGE.name)


if __name__ == "__main__":
    main()
