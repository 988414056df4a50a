"""The units of each analyte: every accepted spelling, the unit it stands for, and the exact factor
to the unit that the rules read.

A unit is accepted only for the analytes it is listed under; what is ambiguous for an analyte is not
listed. Factors are exact: powers of ten, or molar masses written as a Fraction. Each row is checked
against an independent UCUM implementation in the tests.
"""

from __future__ import annotations

import enum
import functools
import re
from fractions import Fraction
from typing import NamedTuple

from recommender.language import Choice, Unit


class Analyte(Choice):
    """What is measured; the value is how it is named in words."""

    __hash__ = object.__hash__  # by identity, like a Concept

    TOTAL_B12 = "total vitamin B12"
    HOLOTRANSCOBALAMIN = "active vitamin B12 (holotranscobalamin)"
    MMA = "methylmalonic acid"
    HOMOCYSTEINE = "homocysteine"
    FOLATE = "serum folate"
    HAEMOGLOBIN = "haemoglobin"
    MCV = "mean corpuscular volume"
    PLATELETS = "platelets"
    CREATININE = "creatinine"
    EGFR = "eGFR"
    POTASSIUM = "potassium"
    INR = "INR"
    LENGTH = "length"


class Kind(enum.Enum):
    """Whether a unit counts mass or substance; OTHER for analytes where the question does not
    arise.
    """

    MASS = "mass"
    SUBSTANCE = "substance"
    OTHER = "other"


class UnitRow(NamedTuple):
    """One accepted unit of one analyte: `value * factor` is the value in `unit`."""

    unit: Unit
    factor: Fraction
    kind: Kind


MOLAR_MASS = {
    Analyte.MMA: Fraction("118.09"),
    Analyte.HOMOCYSTEINE: Fraction("135.18"),
    Analyte.HAEMOGLOBIN: Fraction("16110"),
    Analyte.CREATININE: Fraction("113.12"),
    Analyte.POTASSIUM: Fraction("39.1"),
}
"""Grams per mole, where a mass is read as a substance or the other way round. Vitamin B12 and
folate never are (decisions 1.1).

Haemoglobin is per iron atom, so that mmol/L times 1.611 is g/dL.
"""


def _rows(unit: Unit, kind: Kind, factors: dict[str, str | Fraction]) -> dict[str, UnitRow]:
    return {ucum: UnitRow(unit, Fraction(factor), kind) for ucum, factor in factors.items()}


def _to_umol_per_l(analyte: Analyte) -> dict[str, str | Fraction]:
    """Micromoles per litre in one ug/L, ug/dL, ..., by molar mass."""
    per_ug_per_l = 1 / MOLAR_MASS[analyte]
    return {
        "ng/mL": per_ug_per_l,
        "ug/L": per_ug_per_l,
        "ug/dL": 10 * per_ug_per_l,
        "mg/L": 1000 * per_ug_per_l,
        "ug/mL": 1000 * per_ug_per_l,
        "mg/dL": 10000 * per_ug_per_l,
    }


UNITS: dict[Analyte, dict[str, UnitRow]] = {
    # A result keeps the system it was reported in: mass stays pg/mL, substance stays pmol/L.
    Analyte.TOTAL_B12: {
        **_rows(
            Unit.PG_PER_ML,
            Kind.MASS,
            {
                "pg/mL": "1",
                "ng/L": "1",
                "ng/dL": "10",
                "ng/mL": "1000",
                "ug/L": "1000",
                "pg/dL": "0.01",
            },
        ),
        **_rows(
            Unit.PMOL_PER_L,
            Kind.SUBSTANCE,
            {"pmol/L": "1", "fmol/mL": "1", "pmol/dL": "10", "pmol/mL": "1000", "nmol/L": "1000"},
        ),
    },
    Analyte.HOLOTRANSCOBALAMIN: _rows(
        Unit.PMOL_PER_L, Kind.SUBSTANCE, {"pmol/L": "1", "fmol/mL": "1"}
    ),
    Analyte.MMA: {
        **_rows(
            Unit.NMOL_PER_L,
            Kind.SUBSTANCE,
            {
                "nmol/L": "1",
                "umol/L": "1000",
                "nmol/mL": "1000",
                "pmol/mL": "1",
                "umol/dL": "10000",
            },
        ),
        **_rows(
            Unit.NMOL_PER_L,
            Kind.MASS,
            {ucum: 1000 * Fraction(each) for ucum, each in _to_umol_per_l(Analyte.MMA).items()},
        ),
    },
    Analyte.HOMOCYSTEINE: {
        **_rows(
            Unit.UMOL_PER_L,
            Kind.SUBSTANCE,
            {"umol/L": "1", "nmol/mL": "1", "nmol/L": "0.001", "mmol/L": "1000", "umol/dL": "10"},
        ),
        **_rows(Unit.UMOL_PER_L, Kind.MASS, _to_umol_per_l(Analyte.HOMOCYSTEINE)),
    },
    Analyte.FOLATE: {
        **_rows(
            Unit.NG_PER_ML, Kind.MASS, {"ng/mL": "1", "ug/L": "1", "ng/dL": "0.01", "ug/dL": "10"}
        ),
        **_rows(Unit.NMOL_PER_L, Kind.SUBSTANCE, {"nmol/L": "1", "pmol/mL": "1"}),
    },
    Analyte.HAEMOGLOBIN: {
        **_rows(Unit.G_PER_L, Kind.MASS, {"g/L": "1", "g/dL": "10", "mg/mL": "1", "mg/dL": "0.01"}),
        **_rows(Unit.G_PER_L, Kind.SUBSTANCE, {"mmol/L": MOLAR_MASS[Analyte.HAEMOGLOBIN] / 1000}),
    },
    Analyte.MCV: _rows(Unit.FL, Kind.OTHER, {"fL": "1", "um3": "1"}),
    Analyte.PLATELETS: _rows(
        Unit.PER_NL,
        Kind.OTHER,
        {
            "10*9/L": "1",
            "10*3/uL": "1",
            "10*3/mm3": "1",
            "10*5/mm3": "100",
            "10*6/mL": "1",
            "10*12/L": "1000",
            "/uL": "0.001",
            "/mm3": "0.001",
            "/nL": "1",
        },
    ),
    Analyte.CREATININE: {
        **_rows(Unit.UMOL_PER_L, Kind.SUBSTANCE, {"umol/L": "1", "mmol/L": "1000", "nmol/mL": "1"}),
        **_rows(Unit.UMOL_PER_L, Kind.MASS, _to_umol_per_l(Analyte.CREATININE)),
    },
    # mL/min without a body surface is a clearance, not an eGFR.
    Analyte.EGFR: _rows(Unit.EGFR, Kind.OTHER, {"mL/min/{1.73_m2}": "1", "mL/s/{1.73_m2}": "60"}),
    Analyte.POTASSIUM: {
        **_rows(Unit.MMOL_PER_L, Kind.SUBSTANCE, {"mmol/L": "1", "meq/L": "1"}),
        **_rows(Unit.MMOL_PER_L, Kind.MASS, {"mg/dL": 10 / MOLAR_MASS[Analyte.POTASSIUM]}),
    },
    Analyte.INR: _rows(Unit.RATIO, Kind.OTHER, {"{INR}": "1", "1": "1"}),
    Analyte.LENGTH: _rows(Unit.CM, Kind.OTHER, {"cm": "1", "mm": "0.1", "[in_i]": "2.54"}),
}
"""Analyte -> UCUM unit -> what it is worth."""


_WORDS = (
    (r"picograms?|picogrammes?", "pg"),
    (r"nanograms?|nanogrammes?", "ng"),
    (r"micrograms?|microgrammes?|mcg|µg|μg", "ug"),
    (r"milligrams?|milligrammes?", "mg"),
    (r"grams?|grammes?|gms?", "g"),
    (r"picomoles?|picomols?|pmols", "pmol"),
    (r"nanomoles?|nanomols?|nmols", "nmol"),
    (r"micromoles?|micromols?|umols|mcmol|µmol|μmol", "umol"),
    (r"millimoles?|millimols?|mmols", "mmol"),
    (r"milliequivalents?|meqs|meqv", "meq"),
    (r"millilit(?:er|re)s?|mls|cc", "ml"),
    (r"decilit(?:er|re)s?", "dl"),
    (r"microlit(?:er|re)s?|microl|mcl|µl|μl", "ul"),
    (r"nanolit(?:er|re)s?", "nl"),
    (r"femtolit(?:er|re)s?", "fl"),
    (r"lit(?:er|re)s?", "l"),
    (r"centimet(?:er|re)s?|cms", "cm"),
    (r"millimet(?:er|re)s?", "mm"),
    (r"inch(?:es)?|in", "[in_i]"),
    (r"minutes?", "min"),
    (r"cubic mm|cu\.? ?mm|cmm|mmc|mm\^3", "mm3"),
)
"""How laboratories write units, and the symbol each stands for."""
_WORD_PATTERNS = tuple(
    (re.compile(rf"(?<![a-z\[])(?:{words})(?![a-z])"), symbol) for words, symbol in _WORDS
)

_COUNTS = (
    (r"(?:x ?)?10\s*(?:[*^e]{1,2}\s*\+?0?|\()(\d{1,2})\b\)?", r"10*\1"),
    (r"(?:x ?)?1e\+?0?(\d{1,2})\b", r"10*\1"),
    (r"^e([39])(?=/)", r"10*\1"),
    (r"^10x([39])(?=/)", r"10*\1"),
    (r"^(?:x ?10 ?(\d)|10 (\d))(?=/)", r"10*\1\2"),
    (r"^(?:k|th|thou|thous|thousands?|mil(?:es|a|hares)?|tsd\.?|x? ?1000)\s?/", "10*3/"),
    (r"^la(?:kh|c)s?\s?/", "10*5/"),
    (r"^(?:bil|bill|billions?|giga|gpt)\s?/", "10*9/"),
    (r"^(?:#|\{[^}]*\}|cells?|count|counts|plt|platelets)\s?/", "/"),
    (r"^(10\*\d+)\s?(?:cells|plt|platelets)/", r"\1/"),
    (r"^(10\*\d+)\{[^}]*\}/", r"\1/"),
    (r"^(10\*\d+/\w+)\{[^}]*\}$", r"\1"),
)
_COUNT_PATTERNS = tuple((re.compile(pattern), form) for pattern, form in _COUNTS)

_SURFACE = re.compile(
    r"^ml/(min|s|sec)\s?(?:/|per )?\s?[{(\[]?\s?1[.,]73(?:\s?[_ *.]?\s?(?:q?m|sq\.?"
    r" ?m)\s?[*^]?2?)?\s?[})\]]?(?: bsa)?$"
)
_SUPERSCRIPTS = str.maketrans(
    {**{sign: f"^{digit}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}, "×": "x"}
)

_SPELLED: dict[str, str] = {
    "inr": "{INR}",
    "{inr}": "{INR}",
    "ratio": "1",
    "{ratio}": "1",
    "mcm3": "um3",
    "cubic micron": "um3",
    "um^3": "um3",
    "µm3": "um3",
    "giga.l-1": "10*9/L",
    "nl-1": "/nL",
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs"), "10*5/mm3"),
    "g%": "g/dL",
    "mg%": "mg/dL",
}


_UCUM = frozenset(ucum for rows in UNITS.values() for ucum in rows)
_UCUM_BY_LOWER_CASE = {ucum.lower(): ucum for ucum in _UCUM}


LONGEST_SPELLING = 60  # what is longer is no unit, and is not worth remembering


def ucum_of(spelling: str) -> str:
    """Return the UCUM unit that a spelling stands for; empty when it is none of the units listed
    here.

    Upper and lower case count as the same, as laboratories send PG/ML and ml/min; the one exception
    is G/L (giga per litre, platelets), which is not g/L.
    """
    if spelling in _UCUM:
        return spelling
    return _read_spelling(spelling) if len(spelling) <= LONGEST_SPELLING else ""


@functools.lru_cache(maxsize=4096)
def _read_spelling(spelling: str) -> str:
    text = spelling.strip()
    if text in ("G/L", "G/l"):
        return "10*9/L"
    plain = _plain_unit(text)
    if plain in _SPELLED:
        return _SPELLED[plain]
    surface = _SURFACE.match(plain)
    if surface:
        return "mL/min/{1.73_m2}" if surface.group(1) == "min" else "mL/s/{1.73_m2}"
    return _UCUM_BY_LOWER_CASE.get(plain, "")


forget_units = _read_spelling.cache_clear
"""Forgets what was remembered of how units are written."""


def _plain_unit(text: str) -> str:
    plain = re.sub(r"\s+", " ", text.lower().translate(_SUPERSCRIPTS)).strip()
    plain = re.sub(r"\s?(?:/|\bper\b)\s?", "/", plain)
    plain = re.sub(r"\.(l|dl|ml|ul|nl)-1$", r"/\1", plain)
    for pattern, symbol in _WORD_PATTERNS:
        plain = pattern.sub(symbol, plain)
    for pattern, form in _COUNT_PATTERNS:
        plain = pattern.sub(form, plain)
    return re.sub(r"/100 ?ml$", "/dl", plain)


def reads_unit(spelling: str) -> bool:
    """Return whether results of any kind are read in this unit."""
    return any(ucum_of(spelling) in rows for rows in UNITS.values())
