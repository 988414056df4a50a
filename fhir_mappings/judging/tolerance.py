"""Whether words speak of an allergy or a reaction, what they say is tolerated, what is not, and
whether the reaction was anaphylaxis (F21, Q27, Q52).
"""

from __future__ import annotations

import re

from fhir_mappings.terminology import LONGEST_SEARCHED, has_marker
from fhir_mappings.text import normalise_text

_ALLERGY = re.compile(
    r"all?erg|ana(?:ph|f)[iy]la|h?[iy]persensi|intol+eran|sensitiv(?:ity|e) (?:to|with|from)|"
    r"(?:b12|cobalt|cobalin|cytamen|[ck]obalamin\w*) sensitivity|adverse (?:drug )?reaction|"
    r"reaction (?:to|with|from|a)|uberempfindlich|unvertraglich|overgevoelig|"
    r"overfolsom|overkanslig"
)


def speaks_of_allergy(text: str) -> bool:
    """Return whether a text speaks of an allergy or a reaction to something."""
    return _ALLERGY.search(normalise_text(text[:LONGEST_SEARCHED])) is not None


_REACTION = re.compile(
    r"\b(?:rash|urticaria|hives|angi(?:o|oo)?edema\w*|avoid|contra ?indicat\w*|kontraindi\w*|"
    r"contre indi\w*|(?:do|must|should|can) ?not (?:be )?(?:give|given|use|have|prescribe)|"
    r"collapsed?|swelling|itch\w*|reaction|reacted|reaktion|"
    r"reactie|reaccion|reazione|reacao|exanthem\w*|ausschlag|urtikaria|nesselsucht|huduitslag|"
    r"utslag|dermatit\w*|ecz?ema|ekzem\w*|adr|side effects?|adverse effects?|nebenwirkung\w*|"
    r"intoxicated by|(?:not|un(?:able)?|poorly) (?:to )?tolerated?)\b"
)


def speaks_of_reaction(text: str) -> bool:
    """Return whether a text speaks of what may have been a reaction to something, or may not."""
    return _REACTION.search(normalise_text(text[:LONGEST_SEARCHED])) is not None


_TOLERATED = re.compile(
    r"(?<!not )(?<!cannot )(?<!never )(?<!poorly )(?<!badly )(?<!nicht )(?<!non )(?<!ikke )"
    r"(?<!inte )(?<!niet )(?<!no )\b(?:tolerates|tolerated|has tolerated|can (?:have|take)|"
    r"vertr(?:ä|ae)gt|tol(?:è|e)re|tolera|verdraagt|t(?:å|aa)ler|tolererer|tolererar|t(?:å|aa)l)"
    r"\b(?! (?:poorly|badly|not|never|nicht|nie|kein\w*|schlecht|niet|geen|nooit|slecht|ikke|aldri|"
    r"inte|ej|aldrig|d(?:å|aa)rlig\w*|d(?:å|aa)ligt|pas|plus|mal|jamais|nunca|mai|male)\b)"
    r"(?![^,;.()\n]*\b(?:poorly|badly|schlecht|slecht|d(?:å|aa)rlig\w*|mal|male)\b)[^,;.()\n]*",
    re.IGNORECASE,
)
"""What is tolerated, in the words of an allergy to something else."""


_NOT_TOLERATED = re.compile(
    r"\b(?:(?:do|does|did|has|is|was|could|can)(?: ?not|n't) (?:been )?(?:able to )?"
    r"tolerate[ds]?|not (?:well )?tolerated|cannot tolerate|unable to tolerate|no tolera|"
    r"non tollera|n(?:e |')tol(?:è|e)re pas|n(?:ã|a)o tolera|verdraagt (?:geen|niet)|"
    r"t(?:å|aa)ler ikke|tol(?:e|er)r?er(?:ar)? (?:ikke|inte)|t(?:å|aa)l inte|"
    r"nicht vertragen|vertr(?:ä|ae)gt kein(?:e|en)?|niet verdragen|non tol(?:é|e)r(?:é|e)e?|"
    r"non tollerat[ao]|(?:no|n(?:ã|a)o) tolerad[ao]|t(?:å|aa)l(?:er|s)? (?:ej|inte)|"
    r"(?:ikke|inte|ej) t(?:å|aa)l\w*)\b",
    re.IGNORECASE,
)
"""That something is not tolerated: an intolerance, not the denial of one."""

_NEVER_TO_BE_GIVEN = (
    r"(?:not|never|don't|cannot)(?: (?:to|be|been|have|has|being|ever|again)){0,3} (?:give[ns]?|"
    r"use[ds]?|receive[ds]?|administer(?:ed)?|prescribe[ds]?|re-?challenged?|re-?exposed?)|"
    r"(?:nie|niemals|nicht)(?: (?:wieder|mehr|zu|werden)){0,2} (?:geben|gegeben|verabreich\w*|"
    r"anwenden)|(?:jamais|pas|plus)(?: (?:re|à))? ?(?:donner|administrer|r(?:é|e)introdui\w*|"
    r"r(?:é|e)administr\w*)|(?:nunca|no|n(?:ã|a)o|mai|non)(?: (?:volver a|m(?:á|a)s|mais|pi(?:ù|u)|"
    r"deve|debe|ser|essere)){0,3} (?:dar|administr\w*|somministr\w*)|"
    r"(?:nooit|niet)(?: (?:meer|opnieuw|te)){0,2} (?:geven|gegeven|toedienen|toegediend)|"
    r"(?:aldrig|aldri|ej|inte|ikke)(?: (?:mere?|skall|igjen)){0,2} (?:ges?|gis?|gives?)|"
    r"(?:never again|nie wieder|aldrig igen|aldri igjen)|"
    r"(?:nie|nicht|nunca|mai|nooit|aldrig|jamais) (?:mehr|m(?:á|a)s|mais|pi(?:ù|u)|meer|mere?|plus)"
    r"(?=\s*(?:[;,.()]|$))"
)
_NO_DENIAL = re.compile(
    rf"\b(?:{_NEVER_TO_BE_GIVEN})\b|"
    r"\b(?:no|not any|kein\w*|aucune?s?|pas d['’]|sin|ningun\w*|nessun\w*|senza|geen|inga|ingen|"
    r"intet|nenhum\w*|sem|without)(?: (?:known|bekannten?|kända|kendte|kjente|bekende))? ?"
    r"(?:other|further|ander\w*|weiter\w*|autres?|otr[ao]s?|altr[aei]|outr[ao]s?|andr[ea]|annan|"
    r"overige)\b|"
    r"\b(?:no|not|nicht|keine?|pas|non|sin|niet|geen|ej|inte|ikke|ingen|nessuna)(?: \w+)? "
    r"(?:ana(?:ph|f)[iy]\w+|severe|schwer\w*|grave|ernstig\w*|alvorlig\w*|allvarlig\w*)"
    r"(?=\s*(?:[;,.()]|$))|"
    r"\b(?:no|keine|aucune|sin|nessuna|geen|inga|ingen|sem)(?: \w+){0,2} all?erg\w+ (?:except|"
    r"other than|apart from|but|au(?:ß|ss)er|sauf|excepto|salvo|tranne|behalve|utom|undtagen|"
    r"unntatt|exceto)\b|"
    r"\btested positive\b|\bresolved (?:with|after|on|by|within|spontaneously)\b",
    re.IGNORECASE,
)
"""Words of a denial that deny no allergy: "never to be given again", "no other allergies", "not
severe", "no allergies except"; and that a reaction ended.
"""


def without_tolerated(text: str) -> str:
    """Return the words of an allergy without what they say is tolerated."""
    return _TOLERATED.sub(" ", text)


_RELATIVE = (
    r"(?:(?:the|his|her|patient'?s?|sa|son|su|la|el|il|de|der|die|seiner?|ihrer?) )?(?:mother|"
    r"father|son|daughter|wife|husband|sister|brother|family|mutter|vater|sohn|tochter|m(?:è|e)re|"
    r"p(?:è|e)re|fils|fille|madre|padre|hij[oa]|figli[oa]|m(?:ã|a)e|pai|filh[oa]|moeder|vader|"
    r"dochter|mor|moder|fader|syster|bror)"
)
_TOLD_BY = re.compile(
    rf"\b(?:reported|stated|told|confirmed|observed|witnessed) by {_RELATIVE}\b|"
    r"\b(?:per|according to|laut|selon|seg(?:ú|u)n|secondo|volgens|enligt|if(?:ø|o)lge|segundo) "
    rf"{_RELATIVE}\b|\b{_RELATIVE} (?:reports?|says?|states?|witnessed|informed|aware|berichtet|"
    r"signale|rapporte|refiere|riferisce|meldt|uppger|oppgir|oplyser)\b|"
    rf"\briferisce {_RELATIVE}\b|\b(?:advice|education|counsell?ing) (?:given|done|provided)\b|"
    r"\brisk of recurrence\b|\b(?:refused|declined) further\b|\bconsidered severe\b",
    re.IGNORECASE,
)
"""Who told of a reaction, and what was done about it: neither somebody else's, nor a doubt."""


def without_intolerance(text: str) -> str:
    """Return the words of an allergy without those that only seem to deny it: "not tolerated",
    "never to be given again", "no other allergies", "reported by daughter".
    """
    for pattern in (_TOLD_BY, _NOT_TOLERATED, _NO_DENIAL):
        text = pattern.sub(" ", text)
    return text


def is_doubted(text: str) -> bool:
    """Return whether the words of an allergy deny or doubt it, or speak of somebody else. What is
    not tolerated is no denial.
    """
    return has_marker(without_intolerance(text))


_CLAUSE = re.compile(
    r"[;,.()\n]| [-–] |\b(?:but|aber|mais|pero|però|ma|maar|men|mas)\b", re.IGNORECASE
)


_DENIED = re.compile(
    r"\b(?:not|no|denie[sd]|excluded|ruled out|nicht|kein\w*|ausgeschlossen|pas|aucune?|non|nega|"
    r"niega|nessun\w*|ningun\w*|n(?:ã|a)o|niet|geen|uitgesloten|ej|inte|ikke|ingen)\b",
    re.IGNORECASE,
)


def denies(clause: str) -> bool:
    """Return whether a clause denies and does not only doubt."""
    return _DENIED.search(clause) is not None


def clauses_of(text: str) -> list[str]:
    """Return the clauses of the words of an allergy: one may affirm it, another deny one to
    something else.
    """
    return [clause for clause in _CLAUSE.split(text) if clause.strip()]


_ANAPHYLAXIS = re.compile(r"ana(?:ph|f)[iy]la")
_NO_ANAPHYLAXIS = re.compile(
    r"\b(?:no|not|non|never|without|denie[sd]|kein\w*|nicht|ohne|pas|sans|sin|senza|nao|sem|geen|"
    r"niet|zonder|ingen|inte|utan|ikke|uten|uden)(?: \w+){0,2} ana(?:ph|f)[iy]la\w*|"
    r"ana(?:ph|f)[iy]la\w*(?: \w+){0,2} (?:exclu\w*|ruled out|denied|ausgeschlossen|"
    r"uitgesloten|esclus\w*)"
)
"""The word as the languages of records write it, and its denial."""


def speaks_of_anaphylaxis(text: str) -> bool:
    """Return whether words say, in any language of records, that a reaction was anaphylaxis."""
    clauses = map(normalise_text, re.split(r"[;,.\n]", text[:LONGEST_SEARCHED]))
    return any(_ANAPHYLAXIS.search(_NO_ANAPHYLAXIS.sub(" ", one)) for one in clauses)
