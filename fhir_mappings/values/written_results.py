"""A result written as text: a number, its comparator by sign or in words, its unit and its flag.

Source: decisions Q35.
"""

from __future__ import annotations

import re
from decimal import Decimal

from fhir_mappings.text import normalise_text
from fhir_mappings.values.quantities import Reading, read_quantity
from fhir_mappings.values.units import Analyte, ucum_of
from recommender.language import NotCounted, Quantity

_WRITTEN = re.compile(
    r"^(<=|>=|<|>|≤|≥|=)?\s*(\d{1,12}(?:\.\d{1,12})?|\d{1,12},\d{1,2}|0,\d{3,12})(?![\d.,])\s*"
    r"([a-zA-Zµμ/{×%].*|10.*|)$"
)
_SPOKEN = (
    (re.compile(r"^(?:less than or equal to|at most|not more than)\b", re.IGNORECASE), "<="),
    (re.compile(r"^(?:greater|more) than or equal to\b|^at least\b", re.IGNORECASE), ">="),
    (
        re.compile(
            r"^(?:less than|below|under|lower than|kleiner als|weniger als|unter|moins de|"
            r"inf[ée]rieur à|menor (?:de|que)|inferior a|minore di|inferiore a|meno di|kleiner dan|"
            r"minder dan|lager dan|mindre [äe]n[nd]?|under|abaixo de)(?= ?\d)",
            re.IGNORECASE,
        ),
        "<",
    ),
    (
        re.compile(
            r"^(?:greater than|more than|above|over|higher than|gr(?:ö|oe)(?:ß|ss)er als|mehr als|"
            r"über|plus de|sup[ée]rieur à|mayor (?:de|que)|superior a|maior que|acima de|"
            r"maggiore di|superiore a|groter dan|meer dan|hoger dan|st[öø]rre [äe]n[nd]?|mer [äe]n)"
            r"(?= ?\d)",
            re.IGNORECASE,
        ),
        ">",
    ),
    (re.compile(r"^(?:equals?|equal to|result:?)(?= )", re.IGNORECASE), ""),
)
"""Comparators in words (Q35)."""

_MARK = (
    r"[(\[]?(?:ll?|hh?|n|normal|abnormal|(?:critical(?:ly)? |very |panic )?(?:low|high)|critical|"
    r"panic|\*{1,3}|!{1,3}|[↓↑]{1,3}|[+-]{1,2})[)\]]?"
)
_FLAG = re.compile(rf"(?:\s+|(?<=[)\]])|(?=[(\[*!↓↑])){_MARK}$", re.IGNORECASE)
"""The mark of the laboratory behind a unit ("150 pg/mL (L)")."""

_FLAG_BEFORE = re.compile(
    r"^[(\[]?(?:ll?|hh?|low|high|\*{1,3}|[↓↑]{1,3})[)\]]?(?::\s*|,\s*|\s+|(?<=[↓↑*]))"
    r"(?=[<>≤≥=]?\s*\d)",
    re.IGNORECASE,
)
"""The mark of the laboratory before the number ("L 150 pg/mL")."""

_FLAG_BETWEEN = re.compile(
    r"(?<=\d)\s*(?![+-])" + _MARK + r"(?:\s+(?=[a-zµμ/{x×%]|10)|$)", re.IGNORECASE
)
"""The mark of the laboratory between a number and its unit ("2.6 (L) mmol/L"), or behind a number
that has none.
"""

_LOW = r"[(\[]?(?:ll?|(?:critical(?:ly)? |very |panic )?low|↓{1,3})[)\]]?"
_MARKED_LOW = re.compile(
    rf"{_LOW}[:,]?\s*[<>≤≥=]?\s*\d.*|[<>≤≥=]?\s*[\d.,]+\s*{_LOW}(?:\s.*)?|"
    rf".*\d.*(?<!/)(?<!per)(?<!not)(?:\s|(?=[(\[↓])){_LOW}",
    re.IGNORECASE,
)
"""A result with the mark of a low one before, within or behind it; "pmol / L" is a unit."""

_NO_RESULT = re.compile(
    r"(?:(?:test|sample|specimen|result|assay|analysis) )?(?:(?:was|is) )?(?:not (?:done|performed|"
    r"tested|received|available|measured|reported|processed|sufficient)|unavailable|pending|"
    r"to follow|awaited|awaiting result|in progress|cancell?ed|insufficient|unsuitable|"
    r"(?:grossly |badly )?h?a?emoly[sz]ed|clotted|lost|nicht (?:durchgefuhrt|bestimmt|gemessen)|"
    r"folgt|non (?:fait|effectue|realise)|en (?:attente|cours)|no realizad[oa]|pendiente|"
    r"non eseguito|niet (?:bepaald|verricht)|volgt|ej utford|ikke (?:utfort|udfort))"
    r"(?: (?:sample|specimen|quantity|volume|material))?|no (?:result|sample|specimen)|qns|n/?a|"
    r"quantity not sufficient"
)
"""Words by which a result says that there is none: they take nothing from an older one."""

_A_RANGE = r"(?:\d[\d.,]*\s*(?:-|\u2013|to|bis)\s*\d[\d.,]*|[<>≤≥]=?\s*\d[\d.,]*)"
_OF_USUAL = (
    r"(?:(?:r[eé]f\w*|norm\w*|usual|n|nr|vn|vr|valeurs?|valores?|valor[ei]|values?|rang[eo]|"
    r"interval\w*|riferimento|target|goal|therapeutic|of|de|di)\b[.:]?\s*)"
)
_USUAL = re.compile(
    rf"\s*[(\[]\s*{_OF_USUAL}{{0,4}}{_A_RANGE}[^()\[\]]{{0,20}}[)\]]"
    rf"|[\s,;]+{_OF_USUAL}{{1,4}}{_A_RANGE}[^()\[\]]{{0,20}}$",
    re.IGNORECASE,
)
"""What is usual, beside a result: "110 pmol/L (148-600)", "2.9 mmol/L Ref: 3.5 - 5.0"."""

_A_NUMBER_ALONE = re.compile(r"(?<![\w.,])\d")
_ALL_IS_USUAL = re.compile(
    r"(?:(?:with)?in\b ?)?(?:the )?(?:(?:r[eé]f\w*|norm\w*) ?)?(?:range|limits)?[ :,;.]*",
    re.IGNORECASE,
)
"""What a text without a number of its own says that calls its range the usual one."""

_BARE_RANGE = re.compile(
    r"^([<>≤≥]?\s?\d+(?:[.,]\d+)?)\s+(?:\d+(?:[.,]\d+)?\s?[-\u2013]\s?|[<>≤≥]=?\s?)"
    r"\d+(?:[.,]\d+)?(?=\s*(?:[a-zµμ/{×%]|10))",
    re.IGNORECASE,
)
"""A number, what is usual, and the unit of both: "2.6 3.5-5.0 mmol/L"."""

_LOWER_LIMIT = re.compile(
    r"(?:(\d[\d.,]*)\s*(?:-|\u2013|to|bis)\s*\d[\d.,]*|[>≥]=?\s*(\d[\d.,]*))\s*([^()\[\]]*)"
)
"""The lower limit of what is usual, and its unit."""

_UNIT_IN_BRACKETS = re.compile(
    r"(?<=\d)\s*[(\[](?!(?:ll?|hh?|low|high|abnormal|normal)[)\]])((?:[a-zµμ]|10|/)[^()\[\]]*)[)\]]$",
    re.IGNORECASE,
)

_TIMES_TEN = re.compile(r"(?<=\d)\s*[.*·]\s*(?=10\s?[*^]\s?\d)")
"""Before a power of ten a point or a star is a sign of times: "24.10^9/L"."""

_A_NUMBER = r"\d{1,3}(?:[, '’]\d{3})+|\d{1,9},\d{1,2}|0,\d{3,9}|\d{1,9}(?:\.\d{1,9})?"
_AMONG_WORDS = re.compile(
    rf"(?<![\w.,'’±])(<=|>=|[<>≤≥])?\s*(?:({_A_NUMBER})\s*(?:-|\u2013|to|bis|and|und|et|y)\s*)?"
    rf"({_A_NUMBER})"
    r"(?![\d.,]|[*^]\d)\s*(?:(?:±|\+/-)\s*[\d.,]+\s*)?"
    r"(x? ?10[*^ ]?\d{1,2} ?/ ?[a-zµμ]+|"
    r"[a-zµμ]*(?: ?/ ?[a-zµμ]+(?: ?/ ?[{(]?1[.,]73[ _]?(?:m[\^*]?[²2]|qm)[})]?)?)+\d?)",
    re.IGNORECASE,
)
"""A number, or two as the ends of a range, with a unit among other words."""

LONGEST_RESULT = 100
"""Characters; what is longer is a story, not a result."""


def read_written(text: str, analyte: Analyte, property_kind: str = "") -> Reading:
    """Return a result written as text ("<150 pg/mL"), what is usual set aside; a number with a
    thousands separator or words around it is not read, but a value that it may have.
    """
    if not text:
        return Reading(None, "", "no value")
    shown = text if len(text) <= LONGEST_RESULT else f"{text[: LONGEST_RESULT - 3]}..."
    plain = _in_plain_form(text, analyte) if len(text) <= LONGEST_RESULT else ""
    found = _WRITTEN.match(plain)
    if not found and _NO_RESULT.fullmatch(normalise_text(plain)):
        return Reading(None, "", f"no result: {shown}")
    if not found:
        said = f"reported as text that is not a number with a unit: {shown}"
        may_be = _may_be(plain, analyte, property_kind)
        return Reading(None, shown, said, why=NotCounted.IN_WORDS, readings=may_be)
    comparator, number, unit = found.groups()
    quantity = {
        "value": number.replace(",", "."),
        "comparator": (comparator or "").strip("="),
        "unit": unit.strip(),
    }
    if comparator in ("<=", ">="):
        quantity["comparator"] = comparator
    reading = read_quantity(quantity, analyte, property_kind)
    plain_unit = _FLAG.sub("", quantity["unit"])
    if reading.quantity is None and plain_unit != quantity["unit"]:
        reading = read_quantity({**quantity, "unit": plain_unit}, analyte, property_kind)
    if reading.why is NotCounted.NOT_READABLE and not reading.readings:
        may_be = _may_be(plain, analyte, property_kind) or _without_unit(quantity, analyte)
        reading = reading._replace(readings=may_be)
    return reading._replace(reported=text)


_VERY = r"(?:\w+ly|very|too|abnormal|zu|stark|deutlich|trop|muy|molto|muito|te|for|sterk) "
_SAYS_LOW = re.compile(
    rf"(?:{_VERY})?(?:low|decreased|reduced|niedrig|erniedrigt|vermindert|bas(?:se)?|abaissee?|diminuee?|"
    r"baj[oa]|disminuid[oa]|bass[oa]|diminuit[oa]|baix[oa]|diminuid[oa]|laag|verlaagd|lagt?|sankt|"
    r"lavt?|nedsatt?|subnormal|depleted|deficien\w+|mangel|carence|deficit|carencia|carenza|tekort|"
    r"brist)(?: out of range)?|(?:below|under|unter(?:halb)?|inferieure?|por debajo|"
    r"abaixo|sotto|onder|beneden) (?:\w+ ){0,3}(?:range|bereich|norm\w*|referen\w*|limit\w*)"
)
_SAYS_HIGH = re.compile(
    rf"(?:{_VERY})?(?:high|raised|increased|elevated|hoch|erhoht|eleve|haute?|alt[oa]|elevad[oa]|"
    r"aumentad[oa]|elevat[oa]|aumentat[oa]|hoog|verhoogd|hogt?|forhojd|hojt?|forhojet|hoyt?|forhoyet)"
    r"(?: out of range)?|(?:above|over|oberhalb|superieure?|por encima|acima|sopra|boven) "
    r"(?:\w+ ){0,3}(?:range|bereich|norm\w*|referen\w*|limit\w*)"
)
"""Flags of a laboratory in words, in the languages of the record (Q60)."""
LONGEST_FLAG = 60


def says_low(text: str) -> bool:
    """Return whether a flag says that a result is low."""
    return len(text) <= LONGEST_FLAG and _SAYS_LOW.fullmatch(normalise_text(text)) is not None


def says_high(text: str) -> bool:
    """Return whether a flag says that a result is high."""
    return len(text) <= LONGEST_FLAG and _SAYS_HIGH.fullmatch(normalise_text(text)) is not None


def is_marked_low(text: str) -> bool:
    """Return whether a written result bears the mark of a low one ("350 pmol/L (L)"), or lies below
    what is usual beside it (Q60).
    """
    if not text or len(text) > LONGEST_RESULT:
        return False
    rest = _without_usual(text.strip()).strip()
    usual = _USUAL.search(text) if rest != text.strip() else None
    limit = _LOWER_LIMIT.search(usual[0]) if usual else None
    return bool(_MARKED_LOW.fullmatch(rest) or (limit and _is_below(rest, limit)))


def _is_below(result: str, limit: re.Match[str]) -> bool:
    """Return whether a result lies below a lower limit, whose unit must not be another one."""
    found = _WRITTEN.match(result)
    if not found or found[1] not in (None, "<", "<=", "≤", "="):
        return False
    of_limit, of_result = (ucum_of(unit.strip()) for unit in (limit[3], found[3]))
    same = of_limit in ("", of_result)
    return same and Decimal(_plain(found[2])) < Decimal(_plain(limit[1] or limit[2]).rstrip("."))


def _in_plain_form(text: str, analyte: Analyte) -> str:
    """Return a result with its comparator as a sign, and without what is usual, brackets, and the
    mark of the laboratory before and within it.
    """
    plain = text.strip()
    if analyte is Analyte.INR:
        plain = _NAME_OF_INR.sub("", plain)
    for pattern, sign in _SPOKEN:
        plain = pattern.sub(sign, plain)
    plain = _TIMES_TEN.sub(" ", _without_usual(plain.strip()))
    plain = _FLAG_BETWEEN.sub(" ", _FLAG_BEFORE.sub("", plain)).strip()
    return _UNIT_IN_BRACKETS.sub(r" \1", plain)


_NAME_OF_INR = re.compile(r"^inr\b\s*[:=]?\s*(?=[<>≤≥]?\s*\d)", re.IGNORECASE)
"""Its name is its unit too: "INR 8.2"."""


def _without_usual(text: str) -> str:
    """Return a result without what is usual beside it; a range or a limit that is all there is, is
    the result ("low (<10 10*9/L)"), unless the words call it usual.
    """
    rest = _USUAL.sub("", text)
    return rest if _A_NUMBER_ALONE.search(rest) or _ALL_IS_USUAL.fullmatch(rest) else text


def _without_unit(quantity: dict[str, str], analyte: Analyte) -> tuple[Quantity, ...]:
    """Return what a number may be behind which words stand that are no unit ("2.6 haemolysed")."""
    if re.search(r"[/%]", quantity["unit"]):
        return ()
    bare = read_quantity({**quantity, "unit": ""}, analyte)
    return bare.readings or ((bare.quantity,) if bare.quantity else ())


def _may_be(text: str, analyte: Analyte, property_kind: str) -> tuple[Quantity, ...]:
    """Return the values that stand with their units among other words, each once. Behind a number
    a range or a limit is of what is usual ("350 pmol/L, low if <148 pmol/L").
    """
    found: list[Quantity] = []
    alone = False
    for sign, low, high, unit in _AMONG_WORDS.findall(_BARE_RANGE.sub(r"\1 ", text)):
        if alone and (sign or low):
            continue
        for number in filter(None, (low, high)):
            stated = {"value": _plain(number), "comparator": sign, "unit": unit.strip()}
            value = read_quantity(stated, analyte, property_kind).quantity
            if value is not None and value not in found:
                found.append(value)
                alone = alone or not (sign or low)
    return tuple(found)


_THOUSANDS = re.compile(r"(?<=\d)[, '’](?=\d{3}(?!\d))")


def _plain(number: str) -> str:
    """Return a number with its thousands joined and its decimal comma as a point."""
    joined = number if number.startswith("0") else _THOUSANDS.sub("", number)
    return joined.replace(",", ".")
