"""Whether words speak of an allergy, what they say is tolerated, what is not, and whether the
reaction was anaphylaxis (F21, Q27, Q52).
"""

from __future__ import annotations

import re

from fhir_mappings.terminology import LONGEST_SEARCHED
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


_TOLERATED = re.compile(
    r"(?<!not )(?<!cannot )(?<!never )(?<!poorly )(?<!badly )(?<!nicht )(?<!non )(?<!ikke )"
    r"(?<!inte )(?<!niet )(?<!no )\b(?:tolerates|tolerated|has tolerated|can (?:have|take)|"
    r"vertr(?:ä|ae)gt|tol(?:è|e)re|tolera|verdraagt|t(?:å|aa)ler|tolererer|tolererar|t(?:å|aa)l)"
    r"\b(?! (?:poorly|badly|not|nicht|kein|niet|ikke|inte|mal)\b)[^,;.()\n]*",
    re.IGNORECASE,
)
"""What is tolerated, in the words of an allergy to something else."""


_NOT_TOLERATED = re.compile(
    r"\b(?:(?:do|does|did|has|is|was|could|can)(?: ?not|n't) (?:been )?(?:able to )?"
    r"tolerate[ds]?|not (?:well )?tolerated|cannot tolerate|unable to tolerate|no tolera|"
    r"non tollera|n(?:e |')tol(?:è|e)re pas|n(?:ã|a)o tolera|verdraagt (?:geen|niet)|"
    r"t(?:å|aa)ler ikke|tol(?:e|er)r?er(?:ar)? (?:ikke|inte)|t(?:å|aa)l inte|"
    r"nicht vertragen|vertr(?:ä|ae)gt kein(?:e|en)?)\b",
    re.IGNORECASE,
)
"""That something is not tolerated: an intolerance, not the denial of one."""


def without_tolerated(text: str) -> str:
    """Return the words of an allergy without what they say is tolerated."""
    return _TOLERATED.sub(" ", text)


def without_intolerance(text: str) -> str:
    """Return the words of an allergy without "not tolerated", which denies no allergy."""
    return _NOT_TOLERATED.sub(" ", text)


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
