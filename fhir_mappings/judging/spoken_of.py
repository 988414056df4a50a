"""What the name of an Observation that is no result speaks of: vitamin B12 given, a pregnancy, an
allergy, or somebody else (decisions Q27, Q28).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from fhir_mappings.fhir import as_list, as_text, codings_of, texts_of
from fhir_mappings.judging.judge import Judged, Shown
from fhir_mappings.judging.plain_words import load_substances
from fhir_mappings.judging.tolerance import speaks_of_allergy
from fhir_mappings.terminology import LONGEST_SEARCHED, Concept, Field, read_words
from fhir_mappings.text import normalise_text

LONGEST_NAME = 200
"""Characters; what is longer is no name of a test."""


def speaks_of_more(texts: Collection[str]) -> bool:
    """Return whether a name speaks of vitamin B12 given, of a pregnancy or of an allergy."""
    if text_of_event(texts) or text_of_pregnancy(texts):
        return True
    return any(map(speaks_of_allergy, texts))


NAMES_OF_B12 = re.compile(
    r"b12|[ck]obalamin|cytamen|cobalin|behepan|vibeden|hydrocobamin|betolv|cohemin|megamilbedoce|"
    r"dodecavit|erycytol"
)
"""One of these stands in every wording of vitamin B12 given."""


def text_of_event(texts: Iterable[str]) -> str:
    """Return which words of a name speak of vitamin B12 given; empty for none."""
    for text in dict.fromkeys(texts):
        if not NAMES_OF_B12.search(normalise_text(text[:LONGEST_SEARCHED])):
            continue
        if speaks_of_allergy(text):
            continue  # it names what an allergy is to
        read = read_words(text, Field.PROCEDURES)
        said = (*read.decided, *read.shown)
        if any(member.concept is Concept.B12_ADMINISTRATION for member in said):
            return text
    return ""


_DATED_PREGNANCY = re.compile(
    r"(?:estimated|expected|delivery) (?:date|due|delivery)(?: of (?:delivery|confinement|birth))?"
    r"(?: date)?(?: estimated)?(?: (?:from|by|based on|per) .{3,40}| us composite estimate)?"
    r"|due date|(?:edd|edc)(?: (?:from|by|based on|per) .{3,40}| agreed)?"
    r"|(?:errechneter |voraussichtlicher )?(?:geburts|entbindungs)termin"
    r"|gestation(?:al)? (?:age|weeks?)(?: .{3,40})?|weeks? (?:of )?(?:gestation|pregnan(?:t|cy))"
    r"|schwangerschaftswoche|ssw|zwangerschapsduur|amenorrhee duur|terme de la grossesse"
    r"|(?:beraknad|beraknat|beregnet|forventet|forvantad) "
    r"(?:forlossning|fodsel|partus|termin|nedkomst)\w*"
    r"|termins?dato|date (?:prevue|presumee) (?:d )?accouchement|fecha probable de parto|fpp"
    r"|data (?:provavel|prevista|presunta) (?:do |de |del )?parto|dpp"
    r"|uitgerekende (?:bevallings)?datum"
)
"""The day of a birth to come, and how long a pregnancy has lasted."""

_PREGNANT_OR_NOT = re.compile(
    r"(?:(?:is|are) (?:the )?(?:patient|person|woman|she|you) )?(?:currently )?pregnant"
    r"(?: now| currently| at this time)?"
    r"|(?:(?:ist die patientin|sind sie) )?(?:derzeit )?schwanger|(?:etes vous )?enceinte"
    r"|(?:esta )?embarazada|(?:bent u )?zwanger|(?:er du |ar du )?gravid|incinta"
)
"""The question for a pregnancy."""

_PREGNANCY_TEST = re.compile(
    r"\bpregnancy test|\bh ?cg\b|choriogonadotrop|chorionic gonadotrop|"
    r"schwangerschaftstest|zwangerschapstest|"
    r"\bgraviditetstest|\btest (?:de |di )?(?:grossesse|embarazo|gravidez|gravidanza)\b"
)


_HCG = re.compile(r"\bh ?cg\b|choriogonadotrop|chorionic gonadotrop")


def names_hcg(name: str) -> bool:
    """Return whether a name is that of a measurement of chorionic gonadotrophin."""
    return _HCG.search(normalise_text(name)) is not None


def text_of_pregnancy(texts: Iterable[str]) -> str:
    """Return which words of a name are of a day of birth to come, of how long a pregnancy has
    lasted, a test of pregnancy or the question for it, for which there are no codes here; empty
    for none.
    """
    for text in dict.fromkeys(texts):
        normal = normalise_text(text) if len(text) <= LONGEST_NAME else ""
        if (
            _DATED_PREGNANCY.fullmatch(normal)
            or _PREGNANT_OR_NOT.fullmatch(normal)
            or _PREGNANCY_TEST.search(normal)
        ):
            return text
    return ""


def dates_a_pregnancy(name: str) -> bool:
    """Return whether there is a pregnancy wherever a result of this name has a value."""
    return _DATED_PREGNANCY.fullmatch(normalise_text(name)) is not None


_OF_FAMILY = re.compile(
    r"\b(?:family(?! planning)|familial|fhx?|(?:grand)?(?:mother|father)s?|brothers?|sisters?|"
    r"siblings?|parents?|relatives?|aunts?|uncles?|cousins?|donors?|fo?etal|fo?etus|"
    r"(?:your|his|her) (?:partner|husband|wife|spouse)|"
    r"famil(?:ien|ie|je|y)(?:anamn\w*|historie?|historik|history|geschiedenis|sygdom\w*)|"
    r"angehorige\w*|verwandte\w*|familiares|familiaux|familiales|familiari|familiarita|"
    r"donneur|donante|spender|donatore)\b"
)
"""Names of what is asked or said of the family, of a donor or of a child unborn."""


def speaks_of_family(codeable: Any) -> bool:
    """Return whether a name or a category says that it is about the family, a donor or a child
    unborn, and not about the person (decisions 2.1).
    """
    codes = (as_text(coding.get("code")) for coding in codings_of(codeable))
    said = (normalise_text(text[:LONGEST_NAME]) for text in (*texts_of(codeable), *codes))
    return any(map(_OF_FAMILY.search, said))


def as_of_family(judged: Judged, resource: dict[str, Any]) -> Judged:
    """Return what an entry of the category "family history" says: it shows, and decides nothing of
    the person (Q27).
    """
    if "category" not in resource or not any(map(speaks_of_family, as_list(resource["category"]))):
        return judged
    said = (Shown(one.concept, f"family history: {one.words}") for one in judged.matches)
    return Judged((), (*said, *judged.shown), judged.understood)


def names_another_first(text: str) -> bool:
    """Return whether a name begins with that of another medicine, or of what is no medicine."""
    return load_substances().hold(next(iter(normalise_text(text).split()), ""))
