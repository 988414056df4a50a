"""What tests a text names: as a whole, but for words around the name (Q35); and names in no list
that may be of a test by which something is decided, by words that stand in them and none of those
by which they are of another (Q36, I27).
"""

from __future__ import annotations

import re

from fhir_mappings.judging.spoken_of import LONGEST_NAME
from fhir_mappings.terminology import Concept, Field, Match, Member, Role, ValueSets
from fhir_mappings.text import normalise_text

NAMES_B12 = re.compile(
    r"\b(?:vit(?:amin[ae]?)? ?)?v?b12\b|"
    r"\b(?:c[iy]ano|h[iy]dr[ox]{1,3})?[ck]obalamin[a-z]{0,3}\b"
)
_NO_LEVEL = re.compile(
    r"bind|urin|csf|intake|diet|supplement|inject|dose(?!ament)|"
    r"(?<!vitamine b12 )dosage(?!m| du| de)|"
    r"given|administ|therap|treat|medic(?!al)|advice|antibod|\bratio|factor|schilling|deficien|question|allerg|screening|history|review|due|next|"
    r"plan|folate|folic|absor|score|spray|tablet|last|start|stop|request|order|refus|declin|consent"
)
_SOME_ACTIVE = re.compile(
    r"holo ?(?:trans[ck]ob|t[ck]\b)|\ba[ck]t(?:iv|if|ief)\w*(?: \w+)? b ?12|\bb ?12 a[ck]?tt?i[vf]"
)
_SOME_GFR = re.compile(
    r"\be?gfr|\bglomerul|\bglom filt|\bckd ?epi\b|\bmdrd\b|\be?(?:dfg|rfg|tfg|vfg)e?\b|cockcroft|"
    r"\bcr ?cl\b|\bccr\b|"
    r"[ck]reatinin\w* (?:clearance|klaring|klarering)|[ck]reatinin\w*(?:clearance|klaring)|"
    r"(?:clearance|clairance|aclaramiento|depuracion|depuracao) "
    r"(?:d(?:e(?:lla?| la)?|a) )?creatinin"
)
_NO_GFR = re.compile(
    r"basement|membran|antibod|antik|stage|categor|stadi|[ck]lass|urin|view|mutat|gene\b|exon|fish\b|"
    r"growth|re[cz]eptor|express|neph?rit|glomeruli\b|s[ck]ler|biops|[ck]omment|remark|trend|interpret|"
    r"\b[tl]\d{3}"
)
_SOME_CREATININE = re.compile(r"[ck]reatin(?:in|emi)|\b(?:[ck]reat?|scr)\b")
_NO_CREATININE = re.compile(
    r"urin|\bur?\b(?! (?:and )?e)|\bratio|quotient|album|protein|calcium|clearance|klaring|"
    r"clairance|excret|aus?sch|(?<!\bser)(?<!serum)/|24|spot|fluid|flussig|liqu|csf|drain|perit|pleur|"
    r"ascit|dialys|sweat|kinase|dose"
)
_SOME_COUNT = re.compile(
    r"platelet|th?rombo[cz][yi]t|plaquet|piastrin|plattchen|plaatjes|blodplad|blodplat|\btpk\b|\bpl(?:t|ts|aq)\b|\bth?rom(?:bo?s?)?\b"
)
_NO_COUNT = re.compile(
    r"volum|\b[mv]p[mv]\b|width|pdw|breite|clump|agg?reg|\bratio|antibod|antik|function|fun[ck]|large|"
    r"giant|immature|crit|morph|smear|transfus|reacti|inhibit|factor|faktor|rich|poor|lcr|retic|"
    r"unreif|group|assoc|fluid|pleur|ascit|synov|urin|donor|[ck]on[cz]entrat(?!ion)|gross|adhes|bound|"
    r"storage|particle|peni[ae]|[cz]ytos|therap|drug|medic|screen|hemm|anti ?p|[ck]omment|"
    r"interpret|dialysat|flussig|zytenarm|plattchenarm|klumpen|\bklein|riesen|granul|satellit|retikul|nachweis"
)
_SOME_POTASSIUM = re.compile(
    r"\bpotassium|\bkalium|\bpotas{1,2}(?:io?|s?i?emi[ae])?\b|\b[ck]ali?emi|^(?:f?[ps][ -])?k$|"
    r"\bk\+"
)
_NO_POTASSIUM = re.compile(
    r"urin|\bur?\b(?! (?:and )?es?\b)|24|spot|excret|fluid|stool|feces|csf|dialys|intake|diet|"
    r"channel|antibod|supplement|"
    r"stuhl|speichel|schweiss|flussig|erythro|haar\b|probenmat|"
    r"hydroxid|chlorid|iodid|iodat|citrat|gluconat|bicarbonat|permangan|clavulan|dose|\bratio|"
    r"(?<!\bser)(?<!serum)/"
)
_SOME_HAEMOGLOBIN = re.compile(r"\bh(?:a|ae)?e?moglobin|\bemoglobin|\bt?hb\b|\bhgb\b")
_NO_HAEMOGLOBIN = re.compile(
    r"a1c?|glyc|glyk|glic|\b(?:mean|mittl\w*|mch|ret)|corpusc|korpus|zellul|carbox|carbo|co ?hb|"
    r"\bmet(?:h(?:em|b)|\b)|"
    r"sulf|free|freies|plasma|urin|stool|feces|fecal|faecal|occult|stuhl|electroph|variant|fraction|"
    r"\b(?!c massa|d h)[acdefghs]2?\b|fetal|foetal|sickle|solub|hapto|bind|antibod|pattern|content|"
    r"equivalent|target|"
    r"flussigkeit|muster|nachweis|gastroint|zielwert|nabelschnur|trockenblut|elektroph|instabil|andere"
)
_SOME_INR = re.compile(r"\binr\b|\bint(?:ernationa)?l norm(?:al(?:i[sz]ed)?)? ratio")
_NO_INR = re.compile(r"target|goal|range|ziel|therapeut|indication|clinic|due|next|monitor|home")
_SOME_MMA = re.compile(r"methylmalon|\bmma\b")
_NO_MMA = re.compile(
    r"urin|\bur?\b(?! (?:and )?es?\b)|24|\bratio|quotient|csf|liquor|gene\b|mut|uria\b|emia\b|"
    r"[ae]zid|screen|muscle|amnio|coa\b|panel"
)
_HAEMOGLOBIN = Member(Concept.HAEMOGLOBIN, Role.INCLUDE, "", "", "haemoglobin")
_NAMED_SO = (
    (
        _SOME_ACTIVE,
        _NO_LEVEL,
        Member(Concept.ACTIVE_B12_HOLOTC, Role.INCLUDE, "", "", "active vitamin B12"),
    ),
    (NAMES_B12, _NO_LEVEL, Member(Concept.SERUM_B12, Role.INCLUDE, "", "", "vitamin B12")),
    (_SOME_GFR, _NO_GFR, Member(Concept.EGFR, Role.INCLUDE, "", "", "eGFR")),
    (
        _SOME_CREATININE,
        _NO_CREATININE,
        Member(Concept.CREATININE, Role.INCLUDE, "", "", "creatinine"),
    ),
    (_SOME_MMA, _NO_MMA, Member(Concept.MMA_SERUM_PLASMA, Role.INCLUDE, "", "", "MMA")),
    (_SOME_POTASSIUM, _NO_POTASSIUM, Member(Concept.POTASSIUM, Role.INCLUDE, "", "", "potassium")),
    (_SOME_HAEMOGLOBIN, _NO_HAEMOGLOBIN, _HAEMOGLOBIN),
    (_SOME_INR, _NO_INR, Member(Concept.INR, Role.INCLUDE, "", "", "INR")),
    (_SOME_COUNT, _NO_COUNT, Member(Concept.PLATELETS, Role.INCLUDE, "", "", "platelets")),
)


TOLD = {member.concept: member for _, _, member in _NAMED_SO}
"""The tests of which a result is told whose name leaves open whether it is one of them."""


def test_perhaps_named(name: str) -> Member | None:
    """Return the test that a normalised name may be of; `None` where it is of none of these."""
    for some, another, member in _NAMED_SO:
        if some.search(name) and not another.search(name):
            return member
    return None


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
_UNIT_BEHIND = re.compile(
    r"[\s,;_]+(?:in )?[(\[]?"
    r"(?:fl|(?:(?:x ?)?10 ?[*^e]? ?[369³⁹]|[kg]|tsd\.?|mill?\.?|[pnuµμm]?g|mcg|"
    r"[pnuµμm]?mol|m?eq|ml)? ?/ ?(?:[dmnuµμ]?l|cu ?mm|mm[3³]|100 ?ml|min)"
    r"(?: ?/ ?1[.,]73 ?(?:m ?[2²]|sq ?m))?)[)\]]?\s*$",
    re.IGNORECASE,
)
"""The unit behind a name, of what is measured in blood: "Hemoglobin (g/dL)", "MCV fL"."""
_PREFIX = re.compile(r"^(?:[spb]|fs|erc|p \(?fp\)?)[ -]+(?=[a-z]{3})", re.IGNORECASE)
_AROUND = re.compile(
    r"(?<![a-z0-9])(?:levels?|lvls?|assay|test|measurement|estimation|concentration|determination|"
    r"(?<!vitamin b12 )(?<!vit b12 )(?<!^b12 )dosage(?: du| de(?: la)?)?|dosagem(?: d[aeo])?|"
    r"dosaje(?: de)?|dosaggio(?: di| della)?|determinacion(?: de)?|determinacao(?: d[aeo])?|"
    r"determinazione(?: di| della)?|bestimmung|bepaling|doseamento(?: d[aeo])?|"
    r"nive(?:l|les|is)(?: de)?|taux(?: de(?: la)?)?|values?|analysis|konzentration|messung|"
    r"fasting|nuchtern|stat|(?:spectro)?photometr\w*|colou?rimetric(?: method)?|"
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
"""Words for serum or plasma, in which vitamin B12 and the others of `IN_FLUID` are measured."""
IN_FLUID = frozenset(
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


def match_test(value_sets: ValueSets, text: str) -> tuple[Match, ...]:
    """Return the tests that a text names as a whole, without specimen, property and the prefix of
    Nordic laboratories ("P-Kobalamin"); nothing where the specimen makes it another test.
    """
    found = _names_whole(value_sets, text) if len(text) <= LONGEST_NAME else ()
    return () if any(_is_of_another(match.concept, text) for match in found) else found


def _names_whole(value_sets: ValueSets, text: str) -> tuple[Match, ...]:
    plain = without_specimen(text).replace("\u2014", "-")
    in_short = _SERUM_IN_SHORT.sub("", plain.strip())
    in_serum = f"{in_short} serum" if in_short != plain.strip() or _IN_SERUM.search(text) else plain
    for name in dict.fromkeys((text, plain, _PREFIX.sub("", plain.strip()), in_serum)):
        found = value_sets.match_text(name, Field.LABS)
        if found:
            return found
    normal = normalise_text(_SERUM.sub("serum ", plain)).translate(_SIGNS)
    bare = " ".join(_AROUND.sub(" ", normal).replace("/", " ").split())
    dry = " ".join(_FLUID.sub(" ", bare).split())
    return (
        value_sets.match_text(bare, Field.LABS)
        or tuple(
            match for match in value_sets.match_text(dry, Field.LABS) if match.concept in IN_FLUID
        )
        or _beside_its_short_name(value_sets, bare)
    )


_IN_SERUM = re.compile(r"\b(?:s[ée]rum|plasma|suero|soro|siero)\b|^(?:[sp]|fs)-", re.IGNORECASE)
_SERUM_IN_SHORT = re.compile(
    r"^(?:[sp]|fs)[ -]+(?=[^\W\d]{3})|(?<![ ,])[ ,]+i\. ?[sp]\.?$|,? ?\([sp]\)$|, ?[sp]$",
    re.IGNORECASE,
)
"""Serum or plasma by a letter: "S-Kalium", "Kalium i.S.", "Creatinine (S)"."""
_IN_CELLS = re.compile(
    r"\b(?:blood|blut|bloed|blod|sangre|sangue|sang)\b|^(?:b|erc|ery)[ -]", re.IGNORECASE
)
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


def _beside_its_short_name(value_sets: ValueSets, bare: str) -> tuple[Match, ...]:
    """Return the test that a name says twice, in long and in short; nothing for another name."""
    first, _, behind = bare.partition(" ")
    before, _, last = bare.rpartition(" ")
    for short, rest in ((last, before), (first, behind)):
        if rest and short in _SHORT:
            found = value_sets.match_text(rest, Field.LABS)
            if found and all(match.concept is _SHORT[short] for match in found):
                return found
    return ()


def without_specimen(text: str) -> str:
    """Return a name without its unit, what it was measured in, its property and how it was
    counted.
    """
    return _SPECIMEN.sub(" ", _UNIT_BEHIND.sub("", text))
