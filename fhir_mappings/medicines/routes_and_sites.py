"""Route, body site and technique of an order's dosage lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from fhir_mappings.dosing import NotComputable, WrittenDosage, read_written, shorten
from fhir_mappings.fhir import as_list, as_text, texts_of, words_of
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.products import Form, Product
from fhir_mappings.terminology import Concept, Field, ValueSets
from fhir_mappings.text import normalise_text
from recommender.language import DoseLine, InjectionSite, Route

ROUTES: dict[Concept, Route] = {
    Concept.ROUTE_IM: Route.INTRAMUSCULAR,
    Concept.ROUTE_ORAL: Route.ORAL,
    # Sublingual and buccal count as oral (Q22).
    Concept.ROUTE_SUBLINGUAL: Route.ORAL,
    Concept.ROUTE_SUBCUTANEOUS: Route.SUBCUTANEOUS,
    Concept.ROUTE_NASAL: Route.NASAL,
    Concept.ROUTE_INTRAVENOUS: Route.INTRAVENOUS,
}

SITES: dict[Concept, InjectionSite] = {
    Concept.SITE_DELTOID: InjectionSite.DELTOID,
    Concept.SITE_VASTUS_LATERALIS: InjectionSite.VASTUS_LATERALIS,
    Concept.SITE_BUTTOCK: InjectionSite.BUTTOCK,
}

_BUTTOCK = re.compile(
    r"\b(?:buttocks?|glut(?:e|ea|eal|eus|aeus|eo|eos|aal|eaal|eale)|dorso ?glut\w*|gesass\w*|"
    r"hinterbacken?|nalgas?|fesses?|fessier\w*|nadegas?|natic(?:a|he)|(?:linker|rechter)bil|"
    r"billen|bilspier|skinkan?|skinkor|seteball\w*|balle|balder)\b"
)
_ELSEWHERE = re.compile(
    r"\b(?:delt\w*|shoulders?|schulter\w*|epaules?|hombros?|spalla|ombros?|schouders?|skuld\w+|"
    r"axeln?|(?:upper |ober|over|boven)?arme?s?|bras|brazos?|braccio|bracos?|thighs?|"
    r"oberschenkel\w*|cuisses?|muslos?|coscia|coxas?|dij\w*|bovenbe\w+|laret|larmuskel\w*|"
    r"vastus|quadri\w+|ventro ?glut\w*)\b"
)
_OTHER_THAN = re.compile(
    r"\b(?:not|no|avoid|never|nicht|kein|vermeiden|pas|eviter|non|evitare|nao|evitar|niet|"
    r"vermijd\w*|inte|undvik|ikke|undga|unnga)\b"
)
"""The buttock in words, the other places of an injection, and words that forbid one (S29)."""

_MAYBE = re.compile(
    r"butt|gl[uúü]t|gesä|gesa|backe|nalga|fess|dega|natic|bil|skink|seteb|ball", re.I
)
"""Beginnings of these words, looked for first: few texts hold any."""

_PARTS = re.compile(r"[.;,:\n]+|\bbut\b")

_TECHNIQUE = re.compile(r"gauge|needle|pressure|press (?:firmly )?(?:for|on)|transfusion")


def read_route(
    line: Mapping[str, Any], product: Product, value_sets: ValueSets, words: WrittenDosage
) -> Route | None:
    """Return the route the line names, or the only one the product's form can have, or the one its
    words name; `None` where an injection of hydroxocobalamin names none, which goes into muscle,
    or under the skin: labels of general practice say "inject 1 ml every 12 weeks" and no more.
    """
    stated = line.get("route")
    routes = {
        ROUTES[match.concept]
        for match in value_sets.find(stated, Field.ROUTES)
        if match.concept in ROUTES
    }
    routes = routes or _named_in_words(stated, value_sets)
    if len(routes) == 1:
        return routes.pop()
    if routes:
        raise NotComputable("route is given in two ways that differ")
    if words_of(stated):
        raise NotComputable(f"route is not known here: {shorten(words_of(stated))}")
    if product.form.route is not None:
        return product.form.route
    if words.route is not None:
        return words.route
    if line and product.form is Form.INJECTION and product.is_hydroxocobalamin:
        return None
    raise NotComputable("route not recorded")


def _named_in_words(stated: Any, value_sets: ValueSets) -> set[Route]:
    """Return the routes that words name, as a whole, in any language of the dosages.

    Clients put their own codes beside the words; the words are asked even where a standard code is
    not known.
    """
    texts = texts_of(stated)
    spoken = [match for text in texts for match in value_sets.match_text(text, Field.ROUTES)]
    routes = {ROUTES[match.concept] for match in spoken if match.concept in ROUTES}
    written = () if routes else tuple(map(read_written, texts))
    return routes | {
        said.route
        for said in written
        if said.route and said.is_all and not (said.amounts or said.timing)
    }


def find_misfit(lines: Iterable[DoseLine], product: Product) -> str:
    """Return which form of vitamin B12 is ordered by a route that it is not given by; empty where
    they fit. An injection to be swallowed counts: either of the two may be a slip.
    """
    form = product.form
    for line in lines:
        route = line.route
        if route is None or form is Form.UNKNOWN or not line.substance.is_cobalamin:
            continue
        if route is Route.ORAL if form is Form.INJECTION else form.route is not route:
            return f"{form.value}, route {route.value}"
    return ""


def read_site(line: Mapping[str, Any], value_sets: ValueSets) -> InjectionSite | None:
    """Return the body site that a line names; `None` where it names none that is known here. The
    buttock is read in words too, of the site ("gluteus maximus, upper outer quadrant") and of the
    dosage ("inject into the buttock").
    """
    stated = [line[name] for name in ("site", "siteCodeableConcept") if name in line]
    matches = (match for site in stated for match in value_sets.find(site, Field.ROUTES))
    named = next((SITES[match.concept] for match in matches if match.concept in SITES), None)
    words = [text for site in stated for text in texts_of(site)] if named is None else []
    if any(map(names_buttock, (*words, *texts_of_dosage(line)))):
        return InjectionSite.BUTTOCK
    return named


def texts_of_dosage(line: Mapping[str, Any]) -> list[str]:
    """Return the texts of a dosage line that say how to give it."""
    texts = [as_text(line.get(name)) for name in ("text", "patientInstruction")]
    instructions = fhir_versions.read_additional_instructions(line)
    return texts + [text for item in instructions for text in texts_of(item)]


def names_buttock(text: str) -> bool:
    """Return whether words name the buttock as the place of an injection: not as the one to avoid,
    and not as one of several to choose from ("shoulder, thigh, or buttocks").
    """
    if not _MAYBE.search(text) or not _BUTTOCK.search(normalise_text(text)):
        return False
    parts = [normalise_text(part) for part in _PARTS.split(text.lower())]
    meant = [part for part in parts if not _OTHER_THAN.search(part)]
    return any(map(_BUTTOCK.search, meant)) and not any(map(_ELSEWHERE.search, meant))


def notes_technique(resource: Mapping[str, Any]) -> bool:
    """Return whether the order says how to inject when bleeding is a risk: needle, pressure or
    transfusion.
    """
    lines = [
        line for line in as_list(fhir_versions.read_dosages(resource)) if isinstance(line, dict)
    ]
    texts = [text for line in lines for text in texts_of_dosage(line)]
    texts += fhir_versions.read_notes(resource)
    return any(_TECHNIQUE.search(text.lower()) for text in texts)
