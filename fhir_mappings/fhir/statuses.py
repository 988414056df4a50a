"""What a status says: a plain code (DSTU2, STU3), a CodeableConcept (R4, R5), several codings, or
words in the place of a code.

A status that is not understood permits nothing and denies nothing.
Source: decisions 2.1 (what restricts acts on true or unknown), Q29; PROTOCOL R166.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fhir_mappings.fhir.reading import (
    Json,
    as_dict,
    as_list,
    as_text,
    codings_of,
    is_changed,
    texts_of,
)
from fhir_mappings.fhir.versions import (
    ADMINISTRATION_TYPES,
    DISPENSE_TYPES,
    MEDICATION_ORDER_TYPES,
    STATEMENT_TYPES,
)

HL7 = ("http://terminology.hl7.org/", "http://hl7.org/fhir/")
"""How the code systems begin in which FHIR defines its statuses, and of which a status has to be;
codings of others stand beside them.
"""

_BETWEEN_WORDS = re.compile(r"[\s_-]+")
_BEHIND = re.compile(r"(?: \((?:qualifier value|finding|situation)\))?[.!]*$")
"""What SNOMED CT puts behind its full names, and what people put behind a word."""


def code_of(value: Json) -> str:
    """Return a status as FHIR spells its codes, be it a plain code (DSTU2, STU3) or a
    CodeableConcept (R4, R5); empty when there is none. Of several codings FHIR's own counts.

    A CodeableConcept without codes gives its text, so that "Entered in Error" written by hand is
    read as well.
    """
    if isinstance(value, str):
        text = value.strip().lower()
        return text if text.isalpha() else _spelled(text)
    return "" if value is None else next(iter(codes_of(value)), "")


def codes_of(value: Json) -> list[str]:
    """Return every code of a status likewise: those of FHIR's own systems alone where there are
    any, else all; without codes its first words.
    """
    codings = codings_of(value)
    if len(codings) == 1 and isinstance(code := codings[0].get("code"), str) and code.strip():
        code = code.strip().lower()  # as nearly all have
        return [code if code.isalpha() else _spelled(code)]
    codings = [coding for coding in codings if as_text(coding.get("code"))]
    own = [coding for coding in codings if as_text(coding.get("system")).startswith(HL7)]
    codes = [_spelled(as_text(coding.get("code"))) for coding in own or codings]
    return codes or [_spelled(text) for text in texts_of(value)[:1]]


def sayings_of(value: Json) -> set[str]:
    """Return every code and every text of a coded element, spelled as FHIR spells its codes."""
    said = [as_text(coding.get("code")) for coding in codings_of(value)] + texts_of(value)
    return {_spelled(text) for text in said if text}


def _spelled(text: str) -> str:
    text = text.strip().lower()
    return text if text.isalpha() else _BETWEEN_WORDS.sub("-", _BEHIND.sub("", text))


# --- of a diagnosis or an allergy

NO_EVIDENCE = frozenset({"entered-in-error", "refuted"})
"""Verification statuses of entries that are understood as saying nothing for any fact."""

NOT_CERTAIN = "unconfirmed"
_DOUBTED = frozenset({"unconfirmed", "provisional", "differential"})
_VERIFIED = NO_EVIDENCE | _DOUBTED | {"confirmed"}

_DOUBT = re.compile(
    r"\b(?:suspect|probabl|possibl|presum|provision|working|differential|unconfirm|unverif|unproven|"
    r"query|question|doubt|uncertain|unlikely|likely|tentativ|pending|to-be-(?:confirm|verif)|"
    r"rule[ds]?-out|exclu|absent|negative|no\b|not\b(?!-(?:specified|recorded|stated|known))|"
    r"verdacht|vermut|fraglich|ausgeschlossen)|\?"
)
"""Words of a verification status of no known code that deny or doubt."""


def read_verification(resource: Mapping[str, Any]) -> str:
    """Return how certain a diagnosis or an allergy is, by FHIR's codes; empty where nothing is
    said of it that is understood.

    What contradicts itself, is doubted or denied in other words, or changed by what is not read, is
    unconfirmed: it restricts, confirms nothing, and is no known "no".
    """
    value = resource.get("verificationStatus")
    if is_changed(resource):
        return NOT_CERTAIN
    if value is None:
        return ""
    codes = codes_of(value)
    if len(codes) == 1 and codes[0] in _VERIFIED:
        return NOT_CERTAIN if _is_taken_back(codes[0], _worded(value)) else codes[0]
    said = sayings_of(value)
    known = _VERIFIED.intersection(codes) or _VERIFIED & said
    if len(known) == 1 or (known and known <= NO_EVIDENCE):
        return min(known)
    return NOT_CERTAIN if known or any(map(_DOUBT.search, said)) else ""


def _is_taken_back(code: str, worded: str) -> bool:
    """Return whether the text beside a verification status says another thing than its code."""
    both = _VERIFIED & {code, worded}
    doubted = code == "confirmed" and _DOUBT.search(worded) is not None
    return doubted or not (len(both) == 1 or both <= NO_EVIDENCE)


def _worded(value: Json) -> str:
    """Return the text of a status, spelled as FHIR spells its codes."""
    return _spelled(as_text(as_dict(value).get("text")))


_IN_FORCE = ("relapse", "recurrence", "active")
_OVER = frozenset({"resolved", "inactive", "remission"})
_CLINICAL = _OVER.union(_IN_FORCE)


def read_clinical(resource: Mapping[str, Any]) -> str:
    """Return the clinical status of a diagnosis or an allergy, empty for none; of several that
    contradict each other the one by which it is not over.
    """
    value = resource.get("clinicalStatus")
    if value is None:
        return ""
    codes = codes_of(value)
    if len(codes) == 1 and codes[0] in _CLINICAL:
        worded = _worded(value) if codes[0] in _OVER else ""
        return worded if worded in _IN_FORCE else codes[0]
    if len(codes) > 1 and not _OVER.issuperset(codes):
        return next((code for code in _IN_FORCE if code in codes), "")
    said = _CLINICAL & sayings_of(value) if len(codes) == 1 else frozenset()
    return next(iter(said)) if len(said) == 1 else next(iter(codes), "")


_HIGH = frozenset({"high", "crith", "high-risk"})
_LOW = frozenset({"low", "critl", "low-risk"})
_OPEN = frozenset({"unable-to-assess", "critu", "unable-to-assess-risk", "unable-to-determine"})
"""What `criticality` says in DSTU2 to R5, by code or by what the code is called."""

_SEVERE = frozenset({"severe", "life-threatening", "fatal"})
_NOT_SEVERE = frozenset({"mild", "moderate"})


def says_severe(allergy: Mapping[str, Any]) -> bool | None:
    """Return whether an allergy is recorded as severe, by its criticality or by a reaction; false
    only where that is low or every reaction was mild or moderate, and nothing stands beside it that
    is not understood (Q52).
    """
    criticality = sayings_of(allergy.get("criticality"))
    reactions = as_list(allergy.get("reaction"))
    severities = [sayings_of(as_dict(reaction).get("severity")) for reaction in reactions]
    if criticality & _HIGH or any(said & _SEVERE for said in severities):
        return True
    known = not criticality or criticality & (_LOW | _OPEN)
    if not known or any(said and not said & _NOT_SEVERE for said in severities):
        return None
    mild = criticality & _LOW or (reactions and all(severities))
    return False if mild else None


# --- of an entry about a medicine

_ANYWHERE = frozenset({"completed", "stopped", "on-hold", "unknown", "preparation"}) | {
    *("entered-in-error", "cancelled", "draft", "declined", "not-done", "not-taken")
}
STATUSES = {
    **dict.fromkeys(MEDICATION_ORDER_TYPES, _ANYWHERE | {"active", "ended"}),
    **dict.fromkeys(STATEMENT_TYPES, _ANYWHERE | {"active", "intended", "recorded"}),
    **dict.fromkeys(DISPENSE_TYPES | ADMINISTRATION_TYPES, _ANYWHERE | {"in-progress"}),
}
"""The statuses that are understood of each type of medicine entry: those that FHIR has for it, in
DSTU2 to R5, and those of the others that deny it or leave it open.
"""


def read_status(medicine: Mapping[str, Any]) -> str:
    """Return the status of an entry about a medicine, empty for none; one that is not understood
    ("current") is unknown, as if it said so (Q29).
    """
    status = code_of(medicine.get("status"))
    known = STATUSES.get(str(medicine.get("resourceType")), frozenset())
    return status if not status or status in known else "unknown"


INTENTS = frozenset({"proposal", "option", "plan"}) | {
    *("order", "original-order", "reflex-order", "filler-order", "instance-order")
}
"""The intents that are understood (Q32)."""


def read_intent(order: Mapping[str, Any]) -> str:
    """Return the intent of an order, "order" where none is stated, as in DSTU2; one that is not
    understood is unknown.
    """
    intent = code_of(order.get("intent")) or "order"
    return intent if intent in INTENTS else "unknown"


NOT_ORDERED = frozenset({"proposal", "option"})
"""Intents that are read and not counted. A plan counts as use where somebody reports it, else it
leaves open whether it is taken (Q32).
"""

GIVEN_STATUSES = frozenset({"completed", "in-progress"})
DISPENSED_STATUSES = frozenset({"completed"})
TAKEN_STATUSES = frozenset({"active", "completed", "stopped", "on-hold", "recorded"})
TAKEN_NOW = frozenset({"active", "recorded"})
MAY_BE_TAKEN = frozenset({"intended", "unknown"})
"""Statuses of a statement of which it is not known whether the medicine is taken (Q29)."""

GOES_ON = TAKEN_NOW | MAY_BE_TAKEN

_TAKEN = {
    **dict.fromkeys(("", "y", "yes", "true"), ""),
    **dict.fromkeys(("n", "no", "false", "not-taken", "not-taking"), "not-taking"),
}
_ADHERENCE = ("taking", "not-taking", "on-hold", "stopped", "unknown")


def read_adherence(statement: Mapping[str, Any]) -> str:
    """Return what a statement says beside its status of whether its medicine is taken: `taken` of
    STU3, `adherence` of R5; empty where it says nothing or that it is. What is not understood is
    unknown.
    """
    if "taken" in statement:
        said = "no" if statement["taken"] is False else code_of(statement["taken"])
        return _TAKEN.get(said, "unknown")
    adherence = statement.get("adherence")
    if adherence is None:
        return ""
    said = code_of(as_dict(adherence).get("code"))
    kind = next((one for one in _ADHERENCE if said.startswith(one)), "unknown" if said else "")
    return "" if kind == "taking" else kind


# --- of an event

MISTAKEN = frozenset({"entered-in-error", "cancelled"})
"""Statuses of what never was a result or a report."""


COUNTED = frozenset({"final", "amended", "corrected"})
"""Statuses of a result that counts; of any other it leaves something open (decisions 2.1)."""


def is_mistaken(resource: Mapping[str, Any]) -> bool:
    """Return whether an entry was made by mistake, or its test was never done."""
    return code_of(resource.get("status")) in MISTAKEN


NOT_DONE = frozenset({"not-done", "entered-in-error", "preparation", "cancelled", "declined"})
"""Statuses of a procedure that was not carried out."""

DONE = frozenset({"completed", "in-progress"})
DONE_OR_UNKNOWN = DONE | {"", "unknown"}
"""Statuses of one that was; an operation of which that is not said counts, which restricts, an
injection does not (Q30). Of any other (stopped, "scheduled") nobody knows: it is asked about.
"""
