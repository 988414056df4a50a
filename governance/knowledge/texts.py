"""Every text of the registers and every row of the codes by its name, so that a difference says
which one it is and what stood there.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from cds_service.site import PACKAGES, TABLES, Settings
from fhir_mappings.formulary import FormularyRow
from recommender.cards import CARDS, OVERRIDE_REASONS
from recommender.guidance import CATALOGUE, STATEMENTS
from recommender.language import describe
from recommender.precautions import MODIFIERS


def list_texts(formulary: Iterable[FormularyRow]) -> dict[str, str]:
    """Return the texts of cards, reasons to go against them, statements, regimens, precautions and
    products, by name. What stands in none of these registers is told apart by its file.
    """
    texts: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for name, text in (*_of_cards(), *_of_guidance(), *_of_products(formulary)):
        seen[name] += 1
        texts[f"{name}, {seen[name]}" if seen[name] > 1 else name] = text
    return texts


def _of_cards() -> Iterator[tuple[str, str]]:
    for card in CARDS:
        yield f"card {card.id}", card.summary
        yield f"card {card.id}, name", card.name
        yield f"card {card.id}, rests on", " ".join(card.statements)
        yield f"card {card.id}, reasons against it", " ".join(one.code for one in card.overrides)
        yield f"card {card.id}, tests", ", ".join(test.value for test in card.tests)


def _of_guidance() -> Iterator[tuple[str, str]]:
    yield from ((f"reason {one.code}", one.display) for one in OVERRIDE_REASONS)
    yield from ((f"statement {one.id}", one.text) for one in STATEMENTS.values())
    yield from ((f"regimen {one.id}", describe(one)) for one in CATALOGUE)
    yield from ((f"precaution {one.id}", one.text) for one in MODIFIERS)


def _of_products(formulary: Iterable[FormularyRow]) -> Iterator[tuple[str, str]]:
    for row in formulary:
        codes = ", ".join(f"{coding.system} {coding.code}" for coding in row.codings)
        stock = "available" if row.available else "not available"
        excipients = ", ".join(one.value for one in row.excipients)
        words = f"{row.text} [{codes}], {stock}"
        words += f", counted by the {row.dispense_unit}" if row.dispense_unit else ""
        words += f", with {excipients}" if excipients else ""
        yield f"product {row.substance.value} {row.route.value} {row.strength}", words


def list_files() -> dict[str, str]:
    """Return the digest of each file of the program in which rules, limits, texts and the reading
    of records stand. The codes are told by their rows.
    """
    paths = (path for folder in TABLES for path in sorted((PACKAGES / folder).rglob("*.py")))
    names = (path.relative_to(PACKAGES).as_posix() for path in paths)
    return {name: hashlib.sha256((PACKAGES / name).read_bytes()).hexdigest() for name in names}


def list_codes(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield each row of the codes, built in and of the site, with the name of its file."""
    built_in = sorted((PACKAGES / "fhir_mappings" / "terminology").glob("*.csv"))
    added: tuple[Path, ...] = settings.extra_codes.paths if settings.extra_codes else ()
    for path in (*built_in, *added):
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            yield path.name, line
