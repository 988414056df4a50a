"""Words of an order that protect its folic acid from removal, in ten languages (2.8, I17)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fhir_mappings.text import normalise_text
from recommender.language import FolateIndication

_NOT_BEFORE = "".join(
    rf"(?<!{word} )"
    for word in (
        *("not", "non", "no", "nicht", "niet", "pas", "nao", "ikke", "inte", "without"),
        *("kein", "keine", "keinen", "geen", "sans", "senza", "sem", "sin", "ohne", "ingen"),
        *("not currently", "no plans for"),
    )
)
"""Words right before which a reason is denied; further away they may deny something else ("do not
stop: pregnant").
"""

_DENIED = re.compile(
    r"(?:pregnan|schwanger|grossesse|embaraz|gravid|zwanger|svanger)\w* (?:test )?"
    r"(?:is |was |ist )?"
    r"(?:excluded|ruled out|ausgeschlossen|exclue|descartado|esclusa|uitgesloten|utesluten|"
    r"udelukket|utelukket|negativ[aeo]?)"
)

_PROTECTING_WORDS: tuple[tuple[FolateIndication, re.Pattern[str]], ...] = (
    (
        FolateIndication.PREGNANCY,
        re.compile(
            rf"{_NOT_BEFORE}(?:pregnan|schwanger|grossesse|enceinte|embaraz|gestacional|gravid|"
            r"incinta|zwanger|svanger|p(?:re|eri) ?[ck]on[ck]ep|"
            r"(?:trying|wants|wishes) to conceive|"
            r"\bttc\b|kinderw(?:unsch|ens)|engravidar|\btentante\b|barnonskan|"
            r"(?:until|till|up to) (?:the )?(?:12|twelve) ?(?:weeks|wks|40)\b|12 ?/ ?40|"
            r"first trimester|1 trimester|erste[ns]? trimester|premier trimestre|primer trimestre|"
            r"primo trimestre|neural tube|neuralroh?r|tube neural|tubo neural|neurale buis)"
        ),
    ),
    (FolateIndication.METHOTREXATE, re.compile(r"meth?otrexat|\bmtx\b")),
    (
        FolateIndication.SPECIALIST,
        re.compile(
            rf"{_NOT_BEFORE}(?:d[iy]al[iy]s|h[ae]mol[iy]|(?<!h)emolit|sickle|"
            r"si(?:chel|kkel)[zc]el|s(?:egl|igd)celle|drepano[ck]|falciform|th?al+as+[ae]mi|"
            r"e?s(?:ph?|f)[ae]ro[ck][iy]t|spharozyt|"
            r"kugelzell|\bhb ?ss\b)"
        ),
    ),
)


def protecting_words(texts: Iterable[str]) -> FolateIndication | None:
    """Return the reason that protects folic acid, as reasons, notes and dosages of an order word
    it: pregnancy, planned too, methotrexate, haemolysis or dialysis; denied ones do not.
    """
    words = _DENIED.sub(" ", normalise_text(" ; ".join(texts)))
    return next(
        (indication for indication, pattern in _PROTECTING_WORDS if pattern.search(words)), None
    )
