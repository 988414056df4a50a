"""What a result is named: which tests its codes and its words stand for, and whether they agree.

Source: decisions Q35 (code and words that name different tests), Q26 (words).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

from fhir_mappings.fhir import as_key, as_text, codings_of, texts_of
from fhir_mappings.intake import RecordIndex
from fhir_mappings.judging import (
    LONGEST_NAME,
    NAMES_B12,
    Understood,
    reads_as_words,
    speaks_of_more,
    test_perhaps_named,
)
from fhir_mappings.terminology import (
    LOINC,
    NPU,
    Concept,
    Field,
    Match,
    Role,
    is_enumerated,
)
from fhir_mappings.text import normalise_text
from recommender.language import NotCounted

COUNTED_ROLES = (Role.INCLUDE, Role.ACCEPT_OLD)
"""A code in one of these roles gives a result of its concept."""


class Named(NamedTuple):
    """What the code of a result says: what it stands for, if it has neither that nor words, and if
    how codes and words contradict each other.
    """

    matches: tuple[Match, ...]
    says_nothing: bool
    contradicts: NotCounted | None


def read_name(index: RecordIndex, code: Any, as_written: Hashable = None) -> Named:
    """Return what a code says; the same test stands in a record again and again. `as_written` is
    the key of the code, where the caller has it already.
    """
    written = as_key(code) if as_written is None else as_written
    known: Named | None = index.read_before.get(written)
    if known is None:
        matches = _matches_of(index, code)
        nothing = not matches and not texts_of(code)
        contradicts = _contradiction(index, code, matches) if matches else None
        if contradicts is NotCounted.NAMES_CONTRADICT and not B12_CONCEPTS & {
            m.concept for m in matches
        }:
            named = (match for text in texts_of(code) for match in _match_test(index, text))
            matches = (*matches, *(match for match in named if match.concept in B12_CONCEPTS))
        if not (matches or nothing):
            matches = _may_be_ours(index, code)
            contradicts = NotCounted.NAME_UNCERTAIN if matches else None
        known = index.read_before[written] = Named(matches, nothing, contradicts)
    return known


def name_understood(index: RecordIndex, resource: dict[str, Any]) -> Understood:
    """Return by what the name of a test that is none of ours is understood; each is looked at
    once in a record.
    """
    code = resource.get("code")
    written = ("test", as_key(code), as_text(resource.get("language")))
    by: Understood | None = index.read_before.get(written)
    if by is None:
        if is_enumerated(index.value_sets, code, Field.LABS):
            by = Understood.BY_CODE
        else:
            worded = reads_as_words(index.value_sets_for(resource), code)
            by = Understood.BY_WORDS if worded else Understood.NOT
        index.read_before[written] = by
    return by


def understood_as_another(
    index: RecordIndex, resource: dict[str, Any], as_written: Hashable
) -> Understood | None:
    """Return by what the name of a test is understood that is none of ours; `None` for one that is,
    that has no name, or that speaks of more than a test.
    """
    code = resource.get("code")
    named = read_name(index, code, as_written)
    if named.matches or named.says_nothing or speaks_of_more(code):
        return None
    return name_understood(index, resource)


def _matches_of(index: RecordIndex, code: Any) -> tuple[Match, ...]:
    """Return what a code stands for; of one whose system lists no laboratory tests, what its words
    name.
    """
    matches = index.value_sets.find(code, Field.LABS, Field.OBSERVATIONS)
    if matches or any(
        index.value_sets.normalise_system(coding.get("system")) in (LOINC, NPU)
        for coding in codings_of(code)
    ):
        return matches
    named = (
        match
        for text in texts_of(code)
        for match in _match_test(index, text) or _match_each(index, text)
    )
    return tuple(dict.fromkeys(named))


_FLUIDS = (
    r"(?:serum|plasma|blood|blut|bloed|blod|suero|sangre|soro|sangue|siero|s[ée]rum|sang|"
    r"(?:ven[öo]sem|arteriellem|ven[öo]us|arterial|capillary) bl(?:ut|ood)|kapillarblut)"
)
_SPECIMEN = re.compile(
    r"\[(?:[^\]/]{0,40}/[^\]]{0,40}|entiti[^\]]{0,25}|presence|\#)\]|"
    r"\bin platelet poor plasma\b|"
    rf"\b(?:in|im|en|em|no|nel|su|i|dans le) {_FLUIDS}\b"
    rf"(?: (?:or|oder|o|ou|of|eller) {_FLUIDS}\b)?|"
    r"\b(?:s[ée]rum|siero|suero|soro) ?/ ?plasma\b|"
    r"\bby automated count\b|"
    r"\bmit (?:(?:automatisierter|manueller) Z[äa]hlung|Sch[äa]tzung|Oximetrie)\b",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(?:[spb]|fs|erc|p \(?fp\)?)[ -]+(?=[a-z]{3})", re.IGNORECASE)
_AROUND = re.compile(
    r"(?<![a-z0-9])(?:levels?|assay|test|measurement|estimation|concentration|determination|"
    r"(?<!vitamin b12 )(?<!vit b12 )(?<!^b12 )dosage(?: du| de(?: la)?)?|dosagem(?: d[aeo])?|"
    r"dosaje(?: de)?|dosaggio(?: di| della)?|determinacion(?: de)?|determinacao(?: d[aeo])?|"
    r"determinazione(?: di| della)?|bestimmung|bepaling|"
    r"observation|result|quantitative|qn|hematinics|(?:using )?(?:creatinine )?ckd epi|"
    r"mdrd|(?:by )?(?:eclia|cmia|clia|elisa|immunoassay|lc ms(?: ms)?)|poc|edta|"
    r"(?:mod )?jaffe|kinetic|(?:mass|mol(?:es?)?)/vol|enzymatic|"
    r"(?:direct |indirect )?ise|ion selective electrode|calculated|whole blood|automated|"
    r"per 1.73 (?:m ?2|square met(?:re|er)s?))(?![a-z0-9])|/? ?1.73 ?m ?2(?![a-z0-9])"
)
"""Words around the name of a test that make it no other test."""
_FLUID = re.compile(
    r"\b(?:serum|plasma|serplas|serpl|ser ?plas|i ?s|i ?p|[ms]cnc|serique|plasmatique|"
    r"serica|plasmatica|sierica|pt)\b"
)
"""Words for serum or plasma, in which vitamin B12 and the others of `_IN_FLUID` are measured."""
_IN_FLUID = frozenset(
    {
        Concept.SERUM_B12,
        Concept.ACTIVE_B12_HOLOTC,
        Concept.MMA_SERUM_PLASMA,
        Concept.HOMOCYSTEINE,
        Concept.FOLATE_SERUM,
        Concept.CREATININE,
        Concept.EGFR,
        Concept.INR,
    }
)


def _match_test(index: RecordIndex, text: str) -> tuple[Match, ...]:
    """Return the tests that a text names as a whole, without specimen, property and the prefix of
    Nordic laboratories ("P-Kobalamin").
    """
    if len(text) > LONGEST_NAME:
        return ()
    plain = _SPECIMEN.sub(" ", text).replace("\u2014", "-")
    in_serum = f"{plain} serum" if _IN_SERUM.search(text) else plain
    for name in dict.fromkeys((text, plain, _PREFIX.sub("", plain.strip()), in_serum)):
        found = index.value_sets.match_text(name, Field.LABS)
        if found:
            return () if any(_is_of_another(match.concept, text) for match in found) else found
    normal = normalise_text(_SERUM.sub("serum ", plain)).translate(_SIGNS)
    bare = " ".join(_AROUND.sub(" ", normal).replace("/", " ").split())
    dry = " ".join(_FLUID.sub(" ", bare).split())
    return (
        index.value_sets.match_text(bare, Field.LABS)
        or tuple(
            match
            for match in index.value_sets.match_text(dry, Field.LABS)
            if match.concept in _IN_FLUID
        )
        or _beside_its_short_name(index, bare)
    )


_IN_SERUM = re.compile(r"\b(?:s[ée]rum|plasma|suero|soro|siero)\b", re.IGNORECASE)
_IN_CELLS = re.compile(r"\b(?:blood|blut|bloed|blod|sangre|sangue|sang)\b", re.IGNORECASE)
_NOT_IN = {
    Concept.FOLATE_SERUM: _IN_CELLS,
    Concept.HAEMOGLOBIN: _IN_SERUM,
    Concept.MCV: _IN_SERUM,
    Concept.PLATELETS: _IN_SERUM,
}
"""Words for a specimen in which a test of this name is another test."""


def _is_of_another(concept: Concept, text: str) -> bool:
    return concept in _NOT_IN and _NOT_IN[concept].search(text) is not None


_SERUM = re.compile(r"^\W*s ?\. ?(?=[a-z]{3})", re.IGNORECASE)
"""Serum, as in "S. Creatinine"."""
_SIGNS = str.maketrans("+%*:", "    ")
"""Signs in names of tests that make them no other test: "Potassium (K+)", "Creatinine *"."""
_SHORT = {
    "hb": Concept.HAEMOGLOBIN,
    "hgb": Concept.HAEMOGLOBIN,
    "mcv": Concept.MCV,
    "plt": Concept.PLATELETS,
    "k": Concept.POTASSIUM,
    "creat": Concept.CREATININE,
    "b12": Concept.SERUM_B12,
}
"""Short names of tests, as they stand beside the long ones: "Haemoglobin (Hb)"."""


def _beside_its_short_name(index: RecordIndex, bare: str) -> tuple[Match, ...]:
    """Return the test that a name says twice, in long and in short; nothing for another name."""
    first, _, behind = bare.partition(" ")
    before, _, last = bare.rpartition(" ")
    for short, rest in ((last, before), (first, behind)):
        if rest and short in _SHORT:
            found = index.value_sets.match_text(rest, Field.LABS)
            if found and all(match.concept is _SHORT[short] for match in found):
                return found
    return ()


B12_CONCEPTS = frozenset({Concept.SERUM_B12, Concept.ACTIVE_B12_HOLOTC})


def _may_be_ours(index: RecordIndex, code: Any) -> tuple[Match, ...]:
    """Return the test named beside a code in no list; else the one that stands in the name, where
    nothing makes that another thing: told, and decides nothing (Q36, I27).
    """
    for text in texts_of(code):
        named = index.value_sets.match_text(text, Field.LABS)
        if named and all(match.role in COUNTED_ROLES for match in named):
            return named
        plain = _SPECIMEN.sub(" ", text) if len(text) <= LONGEST_NAME else ""
        member = test_perhaps_named(normalise_text(plain))
        if member and not speaks_of_more(code):
            return (Match(member, "text", text),)
    return ()


_JOINED = re.compile(r"\s*(?:[/&+,;]|\band\b|\bund\b|\bet\b)\s*", re.IGNORECASE)


def _match_each(index: RecordIndex, text: str) -> tuple[Match, ...]:
    """Return the tests that a text names side by side ("Vitamin B12 and folate"), where each part
    of it is the name of a test; nothing otherwise.
    """
    parts = _JOINED.split(text) if len(text) <= LONGEST_NAME else []
    named = [_match_test(index, part) for part in parts if part]
    if len(named) < 2 or not all(named):
        return ()
    return tuple(match for matches in named for match in matches)


_KINDS: dict[Concept, str] = {
    Concept.EGFR_NON_BLACK: Concept.EGFR.value,
    Concept.EGFR_BLACK: Concept.EGFR.value,
}


def _contradiction(index: RecordIndex, code: Any, matches: tuple[Match, ...]) -> NotCounted | None:
    """Return how the names of a result contradict each other, so that nobody can tell which test it
    is (Q35): its codes or its words name several, or its code one and its words another.
    """
    if len(_kinds_of(matches)) > 1:
        return NotCounted.SEVERAL_TESTS
    return NotCounted.NAMES_CONTRADICT if words_contradict(index, code, matches) else None


def _kinds_of(matches: Iterable[Match]) -> set[str]:
    """Return which tests these stand for, as far as they may count."""
    return {
        _KINDS.get(match.concept, match.concept.value)
        for match in matches
        if match.role in COUNTED_ROLES
    }


_IN_BLOOD = _IN_FLUID | {Concept.POTASSIUM, Concept.HAEMOGLOBIN}
_ELSEWHERE = re.compile(
    r"\b(?:urin(?:e|ary|aire|aria|ario|a)?|csf|cerebrospinal|saliva|dialysate|stool|fa?eces|"
    r"ascites|ascitic|pleural)\b"
)
"""Fluids of the body in which a test of the blood is another test."""


def is_of_another_fluid(matches: Iterable[Match], words: Iterable[str]) -> bool:
    """Return whether words say of a test of the blood that it is one of another fluid (Q35)."""
    counted = {match.concept for match in matches if match.role in COUNTED_ROLES}
    return not _IN_BLOOD.isdisjoint(counted) and any(
        _ELSEWHERE.search(normalise_text(text[:LONGEST_NAME])) for text in words
    )


def words_contradict(index: RecordIndex, code: Any, matches: tuple[Match, ...]) -> bool:
    """Return whether a result is coded as one test and called another, or is coded as one in blood
    and called one of another fluid (Q35).
    """
    coded = _kinds_of(match for match in matches if match.matched_by == "code")
    if not coded:
        return False
    if is_of_another_fluid(matches, texts_of(code)):
        return True
    if coded == {Concept.SERUM_B12.value} and any(map(_is_another_than_b12, texts_of(code))):
        return True
    for text in texts_of(code):
        named = _match_test(index, text)
        if named and _kinds_of(named).isdisjoint(coded):
            return any(match.role in (*COUNTED_ROLES, Role.EXCLUDE) for match in named)
    return False


_BESIDE_B12 = re.compile(r"\bbinding\b|\bbio ?active\b|\btranscobalamin|\bantibod")
"""Words that make of a name of vitamin B12 that of another test."""
_NO_B12 = re.compile(
    r"\btranscobalamin|microglobulin|\bh ?cg\b|thiamin|dihydroxy|\b25 ?oh\b|calcidiol|calcitriol|"
    r"folat|folic|folsau|folsaeu|foliumz|\bfoliq|"
    r"\bvit(?:amin[ae]?)? ?(?:[acdek]\d?|b ?[1235679])\b"
)
"""Words of other tests, in a name without vitamin B12."""


def _is_another_than_b12(text: str) -> bool:
    """Return whether words beside the code of vitamin B12 name another test, in no list (Q35)."""
    normal = normalise_text(text[:LONGEST_NAME])
    another = _BESIDE_B12 if NAMES_B12.search(normal) else _NO_B12
    return another.search(normal) is not None
