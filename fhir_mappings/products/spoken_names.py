"""Names of products that deny vitamin B12 or folic acid, or only speak of them: "Multivitamin
without B12", "Metformin 500 mg (monitor B12)", "Methotrexate weekly with folic acid".

What such a name holds is the other product: it is neither checked nor removed as an order of
vitamin B12 or folic acid, and is no treatment with it.

Source: Q27 (a): a name beside such a marker does not decide.
"""

from __future__ import annotations

import functools
import re

from fhir_mappings.judging import names_another_first
from fhir_mappings.products.substances import SUBSTANCE_WORDS
from fhir_mappings.text import without_accents
from recommender.language import Substance

_NAME = rf"(?:{'|'.join(pattern.pattern for _, pattern in SUBSTANCE_WORDS)})[a-z]*"
_BEFORE = r"(?: (?:added|any|the|serum|annual|yearly|vit(?:amin[ae]?)?\.?))* ?"
_DENIED = re.compile(
    rf"\b(?:without|w/o|no|not|free (?:of|from)|ohne|kein(?:e|en)?|sans|sin|senza|sem|zonder|geen"
    rf"|uden|uten|utan|excl(?:uding|\.)?|except|lack\w*|(?:do(?:es)?|did) not contain|sauf|salvo"
    rf"|excepto|ausser|behalve|utom|unntatt|undtagen){_BEFORE}{_NAME}"
    rf"(?: (?:or|and|oder|und|ou|et|nor) {_NAME})*"
    rf"|{_NAME}[ -]?(?:free|frei|fri)\b(?! (?:of|from))"
)
_SPOKEN_OF = re.compile(
    rf"\b(?:check|monitor\w*|measure|watch|(?:may )?lowers?|reduces?|depletes?|kontroll\w*|"
    rf"surveill\w*|(?:allerg\w*|intoleran\w*) to|for|before|after|instead of){_BEFORE}{_NAME}"
    r"(?: levels?| status| tests?| bloods?)?"
    rf"|{_NAME}(?:(?:/| and | & |, ?){_NAME})*\W*(?:is |are |was |were )?(?:normal\w*|low(?! dose)|"
    r"deficien\w*|monitor\w*|check\w*|status|kontroll\w*|levels?|assay|test(?! dose)|antibod\w*|"
    r"bloods?|pending|awaited|replete|ok|result\w*|mangel|spiegel|tekort|brist)\b"
)
_PRODUCT = re.compile(
    rf"\W*(?:{_NAME}|multi|vitamin|vit\b|b[ -]?[ck]omplex|b-?vitamin|"
    r"[ck]ompl[ei](?:j|ks|x|ss)\w*|pre-?natal|supplement|neurobion|be[ck]ozym)"
)
"""What a product's name begins with; what begins otherwise denies the whole ("Not on B12")."""
_ONE_NAME = re.compile(_NAME)
_FIRST = re.compile(rf".*?{_NAME}", re.DOTALL)
_JOINS = (
    "and|und|et|y|e|en|og|och|with|mit|avec|con|com|med|plus|containing|contains|incl|including|"
    "enthalt"
)
_FORM = (
    r"tab|cap|comp|inj(?!ections)|sol|oral|syr|drop|amp|suppl(?!ement(?:ation|ed))|complex|komplex"
)
_JOINED = re.compile(
    rf"(?:[/+&]|\b(?:{_JOINS})|\w-|\d|[\d ](?:m?c?g|ug|ml|iu|ie)|gram(?:me)?s?) ?$"
)
_LISTED = re.compile(r"[^\w\s] ?$")
_LIST_GOES_ON = re.compile(rf"\s*[)\]]?\s*(?:$|[,;/+&-]|\d|(?:for|{_JOINS})\b|{_FORM})")
_LAST_WORD = re.compile(r"(\w+) ?$")
_SALT_OR_FORM = re.compile(
    rf"(?:{_FORM})\w*|\w+(?:chloride?|ate|[fnrt]at)|hcl|acid|salt|[a-k]\d{{0,2}}"
)
_OURS_LAST = re.compile(rf"{_NAME}\W*$")
_OTHER_FIRST = re.compile(
    r"\W*(?:nitrous|entonox|lachgas|\w+xaban|dabigatran|eliquis|xarelto|pradaxa|sharps|swabs?\b|"
    r"vit(?:amin[ae]?)?\.? ?(?:[acdek]\d?|b ?[1-8])\b)"
)
_METHOTREXATE = re.compile(r"\W*(?:methotrexat|metotre[xks]|mtx\b)")
_FOLATES = re.compile(
    "|".join(pattern.pattern for one, pattern in SUBSTANCE_WORDS if not one.is_cobalamin)
)


def take_spoken_off(text: str) -> tuple[str, frozenset[Substance]]:
    """Return a name without what it denies or only speaks of, and the substances that it then names
    no more. What stands behind another name is spoken of where words say so, and behind another
    medicine, or behind the other one of the two, where nothing joins it as an ingredient; folic
    acid behind methotrexate always is, as no product holds both.
    """
    plain = without_accents(text.lower())
    if not _FIRST.match(plain):
        return text, frozenset()
    another = names_another_first(plain) or bool(_OTHER_FIRST.match(plain))
    rest = _DENIED.sub(" ", plain) if another or _PRODUCT.match(plain) else plain
    first = None if another else _FIRST.match(rest)
    head = first.end() if first else 0
    rest = rest[:head] + _SPOKEN_OF.sub(" ", rest[head:])
    rest = _ONE_NAME.sub(functools.partial(_kept_if_joined, head), rest)
    if _METHOTREXATE.match(plain):
        rest = _FOLATES.sub(" ", rest)
    if rest == plain:
        return text, frozenset()
    return rest, _all_named_in(plain) - _all_named_in(rest)


def _kept_if_joined(head: int, found: re.Match[str]) -> str:
    """Return the name of one of ours behind another medicine, or behind the other one that ends at
    `head`, or a blank where it is no ingredient: "metformin / B12", "iron, folic acid 5 mg", not
    "metformin, patient on B12".
    """
    before, after = found.string[: found.start()], found.string[found.end() :]
    if found.start() < head or (head and _is_folate(found[0]) == _is_folate(before[:head])):
        return found[0]
    if _JOINED.search(before):
        return found[0]
    if _LISTED.search(before):
        return found[0] if _LIST_GOES_ON.match(after) else " "
    last = _LAST_WORD.search(before)
    joined = last is None or names_another_first(last[1]) or _SALT_OR_FORM.fullmatch(last[1])
    return found[0] if joined or _OURS_LAST.search(before) else " "


def _is_folate(name: str) -> bool:
    return _FOLATES.search(name) is not None


def _all_named_in(plain: str) -> frozenset[Substance]:
    return frozenset(substance for substance, pattern in SUBSTANCE_WORDS if pattern.search(plain))
