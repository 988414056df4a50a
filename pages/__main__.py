"""Write every generated page: `./run pages`."""

from __future__ import annotations

from pages.all_pages import written


def main() -> None:
    """Write each page to its place."""
    for place, text in written().items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        print(place.name)


if __name__ == "__main__":
    main()
