"""Code systems: their URIs, the ways in which they and their codes are written, and which codes
stand for the codes below them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
DMD = "https://dmd.nhs.uk"
NPU = "http://npu-terminology.org"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_9_CM = "http://hl7.org/fhir/sid/icd-9-cm"
READ_V2 = "http://read.info/readv2"

ICD_10_PCS = "http://www.cms.gov/Medicare/Coding/ICD10"

NATIONAL_ICD_10 = "urn:b12-cds:icd-10-national"
"""Our name for the national editions of the ICD-10: they agree with the list of the WHO in the
first four characters, and are read no further.
"""

SKS = "urn:b12-cds:sks"
"""Our name for the Danish list that holds ICD-10 codes behind a letter D."""

SKS_OR_ICPC = "urn:b12-cds:sks-or-icpc-2"
"""Our name for a Danish OID under which codes of that list came and codes of the ICPC-2: only those
that look like the former are read.
"""

CIE_10_ES = "urn:b12-cds:cie-10-es"
"""Our name for the Spanish edition, a translation of the clinical modification of which no table
was read: its codes count where the WHO's list and the clinical modification agree on them.
"""

READ_IN_PART = (SKS_OR_ICPC, CIE_10_ES)
"""Systems of which a code that is not found may mean anything: the words beside it decide."""

_ICD = (ICD_10_CM, ICD_10, ICD_9_CM)
_NATIONAL = (NATIONAL_ICD_10, SKS, SKS_OR_ICPC)
SPELLED_FREELY = frozenset({*_ICD, *_NATIONAL, CIE_10_ES, ATC, READ_V2})
"""Systems whose codes are written in several ways, or stand for the codes below them."""

_ICD_MARKS = "†*+!#- "


_SHAPES = {
    SNOMED: r"\d{6,18}",
    DMD: r"\d{6,18}",
    RXNORM: r"\d{1,8}",
    LOINC: r"\d{1,7}-\d",
    ATC: r"[A-Za-z](?:\d\d(?:[A-Za-z]{1,2}(?:\d\d)?)?)?",
    NPU: r"[A-Za-z]{3}\d{3,6}",
    ICD_9_CM: r"[EeVv]?\d{2,4}(?:\.\d{0,2})?\S*",
    ICD_10_PCS: r"[0-9A-Za-z]{3,7}",
    **dict.fromkeys((ICD_10, ICD_10_CM, NATIONAL_ICD_10, SKS), r"[A-Za-z]{1,2}\d[0-9A-Za-z].*"),
}
_SHAPE_OF = {system: re.compile(pattern) for system, pattern in _SHAPES.items()}


def has_shape(system: str, code: str) -> bool:
    """Return whether a code has the form of its system; a word in the place of a code has not."""
    pattern = _SHAPE_OF.get(system)
    return pattern is None or pattern.fullmatch(code.strip()) is not None


def index_key(system: str, code: str) -> str:
    """Return the form in which a code is indexed: of the ICD in capitals without dots, since
    senders leave the dot out.
    """
    return code.replace(".", "").upper() if system in _ICD else code


def covers_its_own(system: str, code: str) -> bool:
    """Return whether a code stands for the codes below it: in the ICD always, in the ATC the fourth
    level does (B03BA, A02BC).
    """
    return system in _ICD or (system == ATC and len(code) == 5)


def code_candidates(system: str, code: str) -> Iterator[tuple[str, str]]:
    """Yield, nearest first, under which index keys a code that is not there as it stands may be
    found.
    """
    if system in _ICD:
        yield from _icd_candidates(system, index_key(system, code.strip(_ICD_MARKS)))
    elif system in _NATIONAL:
        yield from _national_candidates(system, index_key(ICD_10, code.strip(_ICD_MARKS)))
    elif system == ATC:
        yield system, code.upper()
        if len(code) > 5:
            yield system, f"{code[:5].upper()}*"
    elif system == READ_V2:
        yield system, code[:5].ljust(5, ".")
    else:
        yield system, code


def _icd_candidates(system: str, code: str) -> Iterator[tuple[str, str]]:
    yield system, code
    if system == ICD_9_CM:
        yield from _prefixes(system, code)
        return
    # Senders put ICD-10-CM codes under the ICD-10 system and the other way round.
    yield (ICD_10 if system == ICD_10_CM else ICD_10_CM), code
    if system == ICD_10_CM or len(code) > 4:
        yield from _prefixes(ICD_10_CM, code)
    if system == ICD_10:
        yield from _prefixes(ICD_10, code)


def _national_candidates(system: str, code: str) -> Iterator[tuple[str, str]]:
    """Yield the code as the WHO has it: four characters; a Danish one without its letter D."""
    danish = system != NATIONAL_ICD_10 and re.match(r"D[A-Z]\d", code) is not None
    if system == SKS_OR_ICPC and not danish:
        return
    plain = code[1:] if danish else code
    for shorter in dict.fromkeys((plain[:4], plain[:3])):
        yield ICD_10, shorter
    yield from _prefixes(ICD_10, plain[:4])


def spanish_candidates(code: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return, nearest first, under which index keys a Spanish code may be found in the WHO's list,
    and in the clinical modification.
    """
    plain = index_key(ICD_10, code.strip(_ICD_MARKS))
    found = ([(system, plain), *_prefixes(system, plain)] for system in (ICD_10, ICD_10_CM))
    who, clinical = found
    return who, clinical


def _prefixes(system: str, plain: str) -> Iterator[tuple[str, str]]:
    for length in range(len(plain), 2, -1):
        yield system, f"{plain[:length]}*"


LONGEST_SYSTEM = 200
"""Characters; what is longer is no system that we know, and is not worth remembering."""

_NAMES_ICD_10 = re.compile(
    r"(?<![a-z])(?:(?:icd|cie|cim|cid|rhk|mkn|bno)[-_ ]?10(?!.*(?:pcs|proc))|kcd)", re.IGNORECASE
)


def names_icd_10(system: str) -> bool:
    """Return whether a system that is in no list calls itself an edition of the ICD-10."""
    known = system in SPELLED_FREELY or len(system) > LONGEST_SYSTEM
    return not known and _NAMES_ICD_10.search(system) is not None


@functools.lru_cache(maxsize=1024)
def _strip_spelling(system: str) -> str:
    """Return a system without version, edition and the white space around it; an OID as a URN."""
    text = re.sub(r"[\s?/]+$", "", system.split("|", 1)[0].strip())
    numbers = re.fullmatch(r"(?:(?:urn: ?)?oid: ?)?(\d+(?:\.\d+)+)", text, re.IGNORECASE)
    if numbers:
        return f"urn:oid:{numbers[1]}"
    scheme, mark, rest = text.partition("://")
    if mark:
        host, slash, path = rest.partition("/")
        text = f"{scheme.lower()}://{host.lower()}{slash}{path}"
    plain = text.lower().replace("https://", "http://", 1)
    plain = plain if "://" in plain else f"http://{plain}"
    return SNOMED if re.match(rf"{re.escape(SNOMED)}(?:[/?]|$)", plain) else text


def forget_spellings() -> None:
    """Forget what was remembered of how systems are written."""
    _strip_spelling.cache_clear()


def normalise_spelling(system: str, systems: Mapping[str, str]) -> str:
    """Return the canonical URI of a system in any spelling; `systems` maps the known spellings. An
    unknown one comes back trimmed.
    """
    stripped = _strip_spelling(system) if len(system) <= LONGEST_SYSTEM else system
    plain = stripped.replace("https://", "http://", 1)
    for spelling in (system, stripped, f"{stripped}/", plain, f"{plain}/", stripped.upper()):
        if spelling in systems:
            return systems[spelling]
    return systems.get(plain.lower(), stripped)


def systems_sharing(system: str) -> tuple[str, ...]:
    """Return the systems under which a code may be sent: a dm+d id is a SNOMED CT id."""
    return (SNOMED, DMD) if system in (SNOMED, DMD) else (system,)
