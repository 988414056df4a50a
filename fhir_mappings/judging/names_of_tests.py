"""Names in no list that may be of a test by which something is decided: words that stand in them,
and none of those by which they are of another (decisions Q36, I27).
"""

from __future__ import annotations

import re

from fhir_mappings.terminology import Concept, Member, Role

NAMES_B12 = re.compile(
    r"\b(?:vit(?:amin[ae]?)? ?)?v?b12\b|\b(?:cyano|hydroxo)?[ck]obalamin[a-z]{0,3}\b"
)
_NO_LEVEL = re.compile(
    r"bind|urin|csf|intake|diet|supplement|inject|dose|(?<!vitamine b12 )dosage(?!m| du| de)|"
    r"given|administ|therap|treat|medic|advice|antibod|ratio|factor|schilling|deficien|question|allerg|screening|history|review|due|next|"
    r"plan|folate|folic|absor|score|spray|tablet|last|start|stop|request|order|refus|declin|consent"
)
_SOME_GFR = re.compile(
    r"\be?gfr|\bglomerul|\bckd ?epi\b|\bmdrd\b|\be?(?:dfg|tfg|vfg)e?\b|cockcroft|"
    r"\bcr ?cl\b|\bccr\b|"
    r"[ck]reatinin\w* (?:clearance|klaring|klarering)|[ck]reatinin\w*(?:clearance|klaring)|"
    r"(?:clearance|clairance|aclaramiento|depuracion|depuracao) (?:de(?:lla?| la)? )?creatinin"
)
_NO_GFR = re.compile(
    r"basement|membran|antibod|antik|stage|categor|stadi|[ck]lass|urin|view|mutat|gene\b|exon|fish\b|"
    r"growth|re[cz]eptor|express|neph?rit|glomeruli\b|s[ck]ler|biops|[ck]omment|remark|trend|interpret|"
    r"\b[tl]\d{3}"
)
_SOME_CREATININE = re.compile(r"[ck]reatinin|\b(?:[ck]reat?|scr)\b")
_NO_CREATININE = re.compile(
    r"urin|\bur?\b(?! (?:and )?e)|ratio|quotient|album|protein|calcium|clearance|klaring|"
    r"clairance|excret|aus?sch|(?<!\bser)(?<!serum)/|24|spot|fluid|flussig|liqu|csf|drain|perit|pleur|"
    r"ascit|dialys|sweat|kinase|dose"
)
_SOME_COUNT = re.compile(
    r"platelet|th?rombo[cz][yi]t|plaquet|piastrin|plattchen|\btpk\b|\bpl(?:t|ts|aq)\b|\bth?rom(?:bo?s?)?\b"
)
_NO_COUNT = re.compile(
    r"volum|\b[mv]p[mv]\b|width|pdw|breite|clump|agg?reg|ratio|antibod|antik|function|fun[ck]|large|"
    r"giant|immature|crit|morph|smear|transfus|reacti|inhibit|factor|faktor|rich|poor|lcr|retic|"
    r"unreif|group|assoc|fluid|pleur|ascit|synov|urin|donor|[ck]on[cz]entrat|gross|adhes|bound|"
    r"storage|particle|peni[ae]|[cz]ytos|therap|drug|medic|screen|hemm|anti ?p|[ck]omment|"
    r"interpret|dialysat|flussig|zytenarm|plattchenarm|klumpen|\bklein|riesen|granul|satellit|retikul|nachweis"
)
_SOME_POTASSIUM = re.compile(r"\bpotassium|\bkalium|\bpotassio|\bpotasio")
_NO_POTASSIUM = re.compile(
    r"urin|\bur?\b|24|spot|excret|fluid|stool|feces|csf|dialys|intake|diet|channel|antibod|supplement|"
    r"stuhl|speichel|schweiss|flussig|erythro|haar\b|probenmat|"
    r"hydroxid|chlorid|iodid|iodat|citrat|gluconat|bicarbonat|permangan|clavulan|dose|ratio|"
    r"(?<!\bser)(?<!serum)/"
)
_SOME_HAEMOGLOBIN = re.compile(r"\bh(?:a|ae)?e?moglobin|\bemoglobin")
_NO_HAEMOGLOBIN = re.compile(
    r"a1c?|glyc|glyk|glic|\b(?:mean|mittler|mch|ret)|corpusc|konzentration|carbox|carbo|co ?hb|met|"
    r"sulf|free|freies|plasma|urin|stool|feces|fecal|faecal|occult|stuhl|electroph|variant|fraction|"
    r"\b[acdefghs]2?\b|fetal|foetal|sickle|solub|hapto|bind|antibod|pattern|content|equivalent|target|"
    r"flussigkeit|muster|nachweis|gastroint|zielwert|nabelschnur|trockenblut|elektroph|instabil|andere"
)
_SOME_INR = re.compile(r"\binr\b|\bint(?:ernationa)?l norm(?:al(?:i[sz]ed)?)? ratio")
_NO_INR = re.compile(r"target|goal|range|ziel|therapeut|indication|clinic|due|next|monitor|home")
_HAEMOGLOBIN = Member(Concept.HAEMOGLOBIN, Role.INCLUDE, "", "", "haemoglobin")
_NAMED_SO = (
    (NAMES_B12, _NO_LEVEL, Member(Concept.SERUM_B12, Role.INCLUDE, "", "", "vitamin B12")),
    (_SOME_GFR, _NO_GFR, Member(Concept.EGFR, Role.INCLUDE, "", "", "eGFR")),
    (
        _SOME_CREATININE,
        _NO_CREATININE,
        Member(Concept.CREATININE, Role.INCLUDE, "", "", "creatinine"),
    ),
    (_SOME_POTASSIUM, _NO_POTASSIUM, Member(Concept.POTASSIUM, Role.INCLUDE, "", "", "potassium")),
    (_SOME_HAEMOGLOBIN, _NO_HAEMOGLOBIN, _HAEMOGLOBIN),
    (_SOME_INR, _NO_INR, Member(Concept.INR, Role.INCLUDE, "", "", "INR")),
    (_SOME_COUNT, _NO_COUNT, Member(Concept.PLATELETS, Role.INCLUDE, "", "", "platelets")),
)


def test_perhaps_named(name: str) -> Member | None:
    """Return the test that a normalised name may be of; `None` where it is of none of these."""
    for some, another, member in _NAMED_SO:
        if some.search(name) and not another.search(name):
            return member
    return None
