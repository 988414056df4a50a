"""What is wrong with a site's spellings of units, by the readers of results and of doses (Q62)."""

from __future__ import annotations

from collections.abc import Mapping

from fhir_mappings.medicines import kind_of_dose_unit
from fhir_mappings.values import reads_unit, ucum_of


def check_units(aliases: Mapping[str, str]) -> list[str]:
    """Return each unit that a spelling stands for and that neither results nor doses are read in,
    and each spelling that is read already, as another unit: one line would change every result, or
    every dose, that is written so.
    """
    unknown = sorted({unit for unit in aliases.values() if not _is_read(unit)})
    changed = {one: unit for one, unit in aliases.items() if _is_another(one, unit)}
    return [f'found "{unit}", expected a unit that is read' for unit in unknown] + [
        f'"{spelling}" is read already, as another unit than "{unit}"; expected a spelling that is '
        "not read"
        for spelling, unit in sorted(changed.items())
    ]


def _is_read(unit: str) -> bool:
    return reads_unit(unit) or kind_of_dose_unit(unit) is not None


def _is_another(spelling: str, unit: str) -> bool:
    read, dosed = ucum_of(spelling), kind_of_dose_unit(spelling)
    return (read not in ("", ucum_of(unit))) or (
        dosed is not None and dosed != kind_of_dose_unit(unit)
    )
