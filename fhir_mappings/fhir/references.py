"""Where references point, and whom a resource is about (R38)."""

from __future__ import annotations

from collections.abc import Mapping

from fhir_mappings.fhir.reading import Json, as_dict, as_list, as_text


def reference_of(value: Json) -> str:
    """Return the target of a Reference (or of a bare string) as `Type/id` where it can be told,
    else as it stands; empty for none.

    An absolute URL is cut to its last two segments and a version (`/_history/3`) is cut off;
    `urn:uuid:...` and `#contained` stay whole.
    """
    text = as_text(value.get("reference")) if isinstance(value, dict) else as_text(value)
    if not text or text.startswith(("#", "urn:")):
        return text
    segments = text.split("/_history/", 1)[0].rstrip("/").split("/")
    return "/".join(segments[-2:])


def contained_in(holder: Mapping[str, Json], target: str) -> dict[str, Json]:
    """Return the resource inside another to which a reference (`#id`) leads; empty for none. The
    id is found with the sign before it too, as a number, and padded.
    """
    if not target.startswith("#"):
        return {}
    identity = target[1:].strip()
    inside = (as_dict(item) for item in as_list(holder.get("contained")))
    return next((item for item in inside if _id_inside(item) == identity), {}) if identity else {}


def _id_inside(resource: Mapping[str, Json]) -> str:
    identity = resource.get("id")
    return str(identity).strip().removeprefix("#") if isinstance(identity, str | int) else ""


def reference_id(value: Json) -> str:
    """Return the id in a Reference: the last segment of its target (the uuid of a `urn:uuid:`);
    empty when there is none.
    """
    return reference_of(value).rsplit("/", 1)[-1].rsplit(":", 1)[-1].lstrip("#")


SUBJECT_ELEMENTS = ("subject", "patient", "individual", "for")
"""Where resources name the person they are about, in any FHIR version."""

OTHER_SUBJECTS = frozenset(
    {
        *("Group", "Device", "Location", "Organization", "Practitioner", "RelatedPerson", "Person"),
        *("Medication", "Substance", "Procedure", "Specimen"),
        *("BiologicallyDerivedProduct", "NutritionProduct"),
    }
)
"""What a resource may be about in FHIR beside a Patient: the id of one may be that of a Patient."""


def subject_id(resource: dict[str, Json]) -> str:
    """Return the id of the person a resource is about; empty when it names none. A Patient is about
    itself; what is about a group, a device or anything else that is no Patient gives `Type/id`
    (R38).
    """
    if resource.get("resourceType") == "Patient":
        return as_text(resource.get("id"))
    for element in SUBJECT_ELEMENTS:
        reference = resource.get(element)
        if reference is not None:
            named = as_dict(reference)
            target = reference_of(named or reference)
            kind = target.rpartition("/")[0] or as_text(named.get("type"))
            if kind in OTHER_SUBJECTS:
                return f"{kind}/{target.rpartition('/')[2]}"
            return reference_id(named or reference)
    return ""


def is_about_another(resource: dict[str, Json], patient_id: str) -> bool:
    """Return whether a resource names somebody other than this patient as its subject (R38); one
    that names nobody does not.
    """
    about = subject_id(resource)
    return bool(about) and bool(patient_id) and about != patient_id
