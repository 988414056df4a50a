"""Which parts of what is said nothing denies: "Denies numbness, CKD 4 not on dialysis" says CKD 4.

Words of a denial, of a normal finding and of advice to everybody make of a name neither a hint nor
an answer "no" (decisions Q1, Q27).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fhir_mappings.text import normalise_text

_DENIAL = (
    r"not?|nor|never|without|denie[sd]|denying|negative for|exclud\w+|ruled out|rule out|unlikely|"
    r"kein\w*|nicht|nie|ohne|pas|sans|aucune?|jamais|sin|nunca|sem|nao|non|senza|nessun\w*|mai|geen|"
    r"niet|nooit|zonder|ingen|inte|ej|ikke|aldrig?|uten|utan|uden"
)
_DENIED = re.compile(rf"\b(?:{_DENIAL})\b")
_FOUND_WELL = re.compile(
    r"\b(?:negative|normal\w*|unremarkable|intact|ok|fine|steady|stable|none|nil|declin\w+|refus\w+|"
    r"unauffallig\w*|nein|nej|nei|nee)\b|\bo b$"
)
_ABSENT = re.compile(r"^(?!.*(?:reflex|jerk|vibrat|propriocep|sensation|position)).*\babsent\b")
"""What is absent is well, but of reflexes and of senses."""
_DENIES_A_LIST = re.compile(
    r"\b(?:denie[sd]|denying|negative for|no (?:known )?(?:history|evidence|signs?|symptoms?|hx)|"
    r"or|nor|oder|ou|eller|verneint|nega|niega|ontkent|nekar|benekter|benaegter)\b"
)
_TURNS = re.compile(
    r"^(?:(?:(?:the )?(?:patient|pt)|she|he|they) )?(?:has|have|had|with|known|on|reports?|"
    r"complain\w*|diagnosed|positive|is|was|takes|uses|gets|receives|previous|s p|status post|hat|"
    r"ist|nimmt|bekannte?r?s?|unter|tiene|esta|toma|en|faz|prend|sous|heeft|gebruikt|neemt|wel|har|tar|tager|"
    r"bruker|bruger)\b"
)
_NUMBER = re.compile(r"(?<!factor )(?<!faktor )(?<!\bb )\b\d")
"""A stage, a dose or a year, which nobody denies: "Denies numbness, CKD 4"."""
_SENTENCE = re.compile(
    r"[.;\n]|\b(?:but|however|except(?:ing)?|(?:apart|aside) from|other than|aber|au(?:ß|ss)er|"
    r"bis auf|mais|sauf|hormis|pero|salvo|excepto|exceto|tranne|eccetto|maar|behalve|men|"
    r"f[öo]rutom|utenom|unntatt|undtagen|bortset fra|bortsett fra)\b",
    re.IGNORECASE,
)
_ADVISED = re.compile(
    r"\b(?:if|should|consider\w*|recommend\w*|advis\w+|associated with|refer(?:ral|red)?|risk|"
    r"(?:may|can|could) (?:cause|lead|occur|result|develop|be (?:seen|present|associated))|"
    r"in patients|wenn|falls|empf\w+|kann|peut|puede|pode|puo|kan)\b"
)
"""What a laboratory writes on everybody's report."""
_AGREED = re.compile(
    r"\bi (?:understand|confirm|agree|consent|acknowledge|declare)\b|"
    r"\bbeen (?:told|informed|advised)\b|\b(?:aware|risks?|information|leaflet) (?:of|about|on)\b"
)
"""What a form has somebody agree to, or be told of."""

LONGEST_SAYING = 5000
"""Characters of a text that are looked through."""


def is_denied(text: str) -> bool:
    """Return whether a word of a text denies something, or says that a finding is normal."""
    normal = normalise_text(text)
    return _DENIED.search(normal) is not None or _is_well(normal)


def _is_well(normal: str) -> bool:
    return bool(_FOUND_WELL.search(normal) or _ABSENT.search(normal))


def is_advice(text: str) -> bool:
    """Return whether a sentence is one that a laboratory writes on everybody's report."""
    return _ADVISED.search(normalise_text(text)) is not None


def is_agreed_to(question: str) -> bool:
    """Return whether a question is a statement that is agreed to: a yes to it tells nothing of the
    person.
    """
    return _AGREED.search(normalise_text(question)) is not None


_FOUND = re.compile(
    r"^.{0,60}?\b(?:(?:consistent|compatible|in keeping|in accordance) with|(?:diagnostic|typical|"
    r"characteristic|suggestive|indicative) of|suspicious (?:for|of)|vereinbar mit|passend zu|"
    r"hinweisend auf|verd[aä](?:cht|chtig) auf|compatible avec|[ée]vocatrice?s? d[e’']|"
    r"[ée]vocateurs? d[e’']|en faveur d[e’']|compatible con|sug(?:esti[vo]+[oa]?|erente) de|"
    r"compatibile con|suggestiv[oae] (?:per|di)|compat[ií]vel com|past bij|passend bij|"
    r"verdacht voor|f[oö]r?enlig(?:t|e)? med|talar f[oö]r|tyder p[aå]) (?:(?:an?|the|einer?) )?|"
    r"^(?:(?:final |histological )?diagnosis|impression|conclusion|beurteilung|diagnose|"
    r"konklusion|conclusi[eo]n?[ei]?|conclus[aã]o|conclusi[oó]n) ?: ?",
    re.IGNORECASE,
)
_WHERE_FOUND = re.compile(
    r" (?:on|at|by|in) (?:(?:gastric|mucosal|skin|nerve) )?(?:biops(?:y|ies)|histology|mri|ct|"
    r"imaging|endoscopy|gastroscopy|ogd|egd|nerve conduction stud(?:y|ies)|patch test(?:ing)?)$",
    re.IGNORECASE,
)


def without_finding(text: str) -> str:
    """Return what a text finds, without the words that say that it is found, and by what:
    "Findings consistent with pernicious anaemia", "Autoimmune gastritis on biopsy".
    """
    return _WHERE_FOUND.sub("", _FOUND.sub("", text, count=1).strip(" .")) or text


def affirmed_in(text: str, *, but_advice: bool = False) -> Iterator[str]:
    """Yield the sentences of a text that deny nothing, and of the others the parts that are not
    denied; with `but_advice` none of a sentence that advises everybody.
    """
    for sentence in _SENTENCE.split(text[:LONGEST_SAYING]):
        if not sentence.strip() or (but_advice and is_advice(sentence)):
            continue
        if is_denied(sentence):
            yield from _not_denied(sentence)
        else:
            yield sentence.strip()


def _not_denied(sentence: str) -> Iterator[str]:
    goes_on = _DENIES_A_LIST.search(normalise_text(sentence)) is not None
    denied = False
    for part in sentence.split(","):
        normal = normalise_text(part)
        if denied and not (_TURNS.match(normal) or _NUMBER.search(normal)):
            continue
        found = _DENIED.search(normal)
        denied = found is not None and goes_on
        if found:
            if normal[found.end() :].strip() and normal[: found.start()].strip():
                yield normal[: found.start()].strip()
        elif not _is_well(normal):
            yield part.strip()
