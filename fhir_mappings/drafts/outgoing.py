"""The last gate: nothing leaves that is not valid FHIR of its version.

Three checks, since none catches everything: the models of fhir.resources (structure, types,
choices), a walk over their own metadata (code lists and reference targets, which the models do not
check), and what no validator was seen to catch, written by hand. An order of R4 in plain form
passes the first two without the models, which are loaded when the first other order comes.
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from fhir_mappings.fhir import FhirVersion, Resource, as_list, write_shape
from fhir_mappings.plain_form import is_plain

_PACKAGES = {
    FhirVersion.STU3: "fhir.resources.STU3",
    FhirVersion.R4: "fhir.resources.R4B",
    FhirVersion.R4B: "fhir.resources.R4B",
    FhirVersion.R5: "fhir.resources",
}
"""R4 has no package of its own; in the types that are written R4B has the same fields."""

PLAIN_VERSIONS = frozenset({FhirVersion.R4, FhirVersion.R4B})
"""The versions whose plain form is known."""

MODELS = {
    FhirVersion.STU3: ("MedicationRequest", "ProcedureRequest"),
    FhirVersion.R4: ("MedicationRequest", "ServiceRequest"),
    FhirVersion.R4B: ("MedicationRequest", "ServiceRequest"),
    FhirVersion.R5: ("MedicationRequest", "ServiceRequest"),
}
"""What is written in each version."""

_CONCEPT = {"coding": [{"system": "urn:sample", "code": "sample"}], "text": "Sample"}
_COMMON: Resource = {
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/sample"},
    "note": [{"text": "Sample"}],
}
_SAMPLES: tuple[Resource, ...] = (
    _COMMON
    | {
        "resourceType": "MedicationRequest",
        "medicationCodeableConcept": _CONCEPT,
        "requester": {"reference": "Practitioner/sample"},
        "reasonReference": [{"reference": "Condition/sample"}],
        "groupIdentifier": {"system": "urn:sample", "value": "sample"},
        "dosageInstruction": [
            {
                "timing": {
                    "repeat": {
                        "boundsDuration": {"value": 1, "system": "urn:sample", "code": "wk"},
                        "periodUnit": "wk",
                    }
                },
                "doseAndRate": [{"doseQuantity": {"value": 1}}],
            }
        ],
    },
    _COMMON
    | {
        "resourceType": "ServiceRequest",
        "code": _CONCEPT,
        "reasonCode": [_CONCEPT],
        "occurrenceDateTime": "2026-01-01",
    },
)
"""One resource of each kind with the parts that drafts have, so that warming up loads their models
too.
"""

MOST_PROBLEMS = 10


def check_outgoing(resource: Resource, version: FhirVersion) -> list[str]:
    """Return what is wrong with a resource that is about to leave, each as `path: what`; empty when
    it is valid.

    The values themselves are never in the answer, since they may be a person's. An id is echoed as
    it came and is not judged: clients use ids that FHIR does not allow.
    """
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or kind not in MODELS.get(version, ()):
        return [f"resourceType: not written in {version.value}"]
    judged = {name: value for name, value in resource.items() if name != "id"}
    plain = version in PLAIN_VERSIONS and is_plain(judged)
    by_models = [] if plain else _check_model(judged, kind, version)
    return [*by_models, *_check_by_hand(judged)][:MOST_PROBLEMS]


def warm_up(versions: Iterable[FhirVersion] = tuple(MODELS)) -> None:
    """Load the models of these versions and validate once, which the first call would otherwise pay
    for; DSTU2 is not written.
    """
    for version in versions:
        for sample in _SAMPLES:
            shaped = write_shape(sample, version)
            if shaped:
                _check_model(shaped, shaped["resourceType"], version)


@functools.cache
def _model(kind: str, version: FhirVersion) -> Any:
    """Return the model class of a resource type. Values are kept out of its error messages before
    any model is loaded.
    """
    base = importlib.import_module("fhir_core.fhirabstractmodel")
    base.FHIRAbstractModel.set_global_model_config(hide_input_in_errors=True)
    module = importlib.import_module(f"{_PACKAGES[version]}.{kind.lower()}")
    return getattr(module, kind)


def _check_model(resource: Resource, kind: str, version: FhirVersion) -> list[str]:
    model = _model(kind, version)
    from pydantic import ValidationError

    try:
        parsed = model.model_validate(resource)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        return [f"{'.'.join(str(step) for step in item['loc'])}: {item['msg']}" for item in found]
    except (KeyError, ValueError, TypeError):
        # fhir.resources answers an unknown contained resource type with a bare KeyError.
        return ["the resource holds something that this FHIR version does not know"]
    return list(_check_against_metadata(parsed, resource, kind))


_ANY_TYPE = "Resource"
_RESOURCE_IN_REFERENCE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/[^/]+(?:/_history/[^/]+)?$")
_TRUNCATED = "+"
_INTENTS = frozenset(
    {
        "proposal",
        "plan",
        "directive",
        "order",
        "original-order",
        "reflex-order",
        "filler-order",
        "instance-order",
        "option",
    }
)
"""The request intents, for the models whose metadata cut this list short."""


def _check_against_metadata(model: Any, raw: Any, path: str) -> Iterator[str]:
    """Yield what the models know of a resource but do not check: code lists, reference targets,
    numbers and booleans written as text.
    """
    if not isinstance(raw, Mapping):
        return
    kind: Any = type(model)
    elements = _elements_of(kind)
    for element, written in raw.items():
        if element not in elements:
            continue
        name, known = elements[element]
        values = getattr(model, name, None)
        pairs = (
            zip(values, written, strict=False)
            if isinstance(values, list) and isinstance(written, list)
            else ((values, written),)
        )
        for value, item in pairs:
            yield from _check_value(value, item, known, f"{path}.{element}")


@functools.cache
def _elements_of(model: Any) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return for each JSON name of a model its Python name and what the metadata say of it."""
    return {
        field.alias or name: (name, field.json_schema_extra or {})
        for name, field in model.model_fields.items()
    }


def _check_value(value: Any, written: Any, known: Mapping[str, Any], path: str) -> Iterator[str]:
    codes, targets = known.get("enum_values"), known.get("enum_reference_types")
    if codes and isinstance(value, str):
        allowed = _INTENTS if _TRUNCATED in codes else frozenset(codes)
        if value not in allowed:
            yield f"{path}: a code that is not in its list ({', '.join(sorted(allowed))})"
    if isinstance(written, str) and not isinstance(value, str) and _is_number_or_boolean(value):
        yield f"{path}: a number or boolean is written as text"
    if hasattr(type(value), "model_fields"):
        if targets and not _targets_allowed(written, targets):
            yield f"{path}: a reference to a type that is not allowed here ({', '.join(targets)})"
        yield from _check_against_metadata(value, written, path)


def _is_number_or_boolean(value: Any) -> bool:
    return isinstance(value, bool | int | float | Decimal)


def _targets_allowed(written: Any, targets: list[str]) -> bool:
    """Return whether a Reference, or the one in a CodeableReference, names an allowed type; one
    whose type cannot be told is.
    """
    reference = written.get("reference") if isinstance(written, Mapping) else None
    if isinstance(reference, Mapping):
        reference = reference.get("reference")
    found = _RESOURCE_IN_REFERENCE.search(reference) if isinstance(reference, str) else None
    return found is None or _ANY_TYPE in targets or found[1] in targets


_DIV = re.compile(r'<div xmlns="http://www\.w3\.org/1999/xhtml">.*</div>', re.DOTALL)
_QUANTITY_ELEMENTS = frozenset({"value", "comparator", "unit"})


def _check_by_hand(resource: Resource) -> Iterator[str]:
    """Yield the faults that no validator was seen to catch: nothing in an element, a quantity's
    code without its system, a reference to a contained resource that is not there, and a narrative
    that is no XHTML div.
    """
    contained = [
        item.get("id") for item in as_list(resource.get("contained")) if isinstance(item, Mapping)
    ]
    for path, value in _walk(resource, "resource"):
        if value in (None, "", [], {}):
            yield f"{path}: is empty"
        if not isinstance(value, Mapping):
            continue
        if (
            "code" in value
            and "system" not in value
            and _QUANTITY_ELEMENTS & value.keys()
            and not isinstance(value["code"], Mapping)
        ):
            yield f"{path}: a quantity has a code without its system"
        reference = value.get("reference")
        if (
            isinstance(reference, str)
            and reference.startswith("#")
            and len(reference) > 1
            and reference[1:] not in contained
        ):
            yield f"{path}: refers to a contained resource that is not there"
        if "div" in value and not (
            isinstance(value["div"], str) and _DIV.fullmatch(value["div"].strip())
        ):
            yield f"{path}: the narrative is not an XHTML div"


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _walk(item, f"{path}.{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _walk(item, f"{path}[{number}]")
