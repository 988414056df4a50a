"""Whether an order is in plain form: every element of it stands in the table, in a usual form.

The models of fhir.resources take 16 MB of a worker and a tenth of its start, and nearly every order
is plain. So `True` means what they would say too, and `False` only that they have to be asked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from fhir_mappings.plain_form.elements import ELEMENTS, Element

_ORDERS = frozenset({"MedicationRequest", "ServiceRequest"})
_ANY_RESOURCE = "Resource"
_LARGEST_INTEGER = 2**31 - 1


def is_plain(resource: Mapping[str, Any]) -> bool:
    """Return whether a MedicationRequest or ServiceRequest without its id is certainly valid R4 for
    the models and for the code lists and reference targets that they know.
    """
    kind = resource.get("resourceType")
    return isinstance(kind, str) and kind in _ORDERS and _is_type(resource, kind)


def _is_type(value: Any, kind: str) -> bool:
    """Return whether a value is of a complex type, whole: what is required is there, one leg of a
    choice at most, and each element is as the table says.
    """
    if type(value) is not dict or not value:
        return False
    elements, legs = ELEMENTS[kind], []
    for name, item in value.items():
        element = elements.get(name)
        if element is None or not _is_element(item, element):
            return False
        if element.choice:
            legs.append(element.choice)
    return len(legs) == len(set(legs)) and all(
        name in value or name in legs for name in _REQUIRED[kind]
    )


_REQUIRED: Mapping[str, frozenset[str]] = {
    kind: frozenset(item.choice or name for name, item in elements.items() if item.required)
    for kind, elements in ELEMENTS.items()
}
"""The elements and choices that must be there."""


def _is_element(value: Any, element: Element) -> bool:
    if not element.many:
        return _is_value(value, element)
    return type(value) is list and bool(value) and all(_is_value(item, element) for item in value)


def _is_value(value: Any, element: Element) -> bool:
    is_primitive = _PRIMITIVES.get(element.type)
    if is_primitive is not None:
        return is_primitive(value) and (not element.codes or value in element.codes)
    return _is_type(value, element.type) and (
        not element.targets or _refers_to(value, element.targets)
    )


_REFERENCE = re.compile(r"(?:https?://\S+/)?([A-Z][A-Za-z]+)/[A-Za-z0-9._~-]+")
_WITHOUT_TYPE = re.compile(r"(?:#|urn:uuid:)[A-Za-z0-9.-]+")


def _refers_to(reference: Mapping[str, Any], targets: frozenset[str]) -> bool:
    """Return whether a reference names one of these types, something contained, or what has an
    address without a type; one without an address names none.
    """
    address = reference.get("reference")
    if address is None or _ANY_RESOURCE in targets:
        return True
    found = _REFERENCE.fullmatch(address)
    return found[1] in targets if found else _WITHOUT_TYPE.fullmatch(address) is not None


# --- primitive types, each in its usual form alone


def _is_text(value: Any) -> bool:
    """Return whether a value is text that is not blank and can be written as UTF-8."""
    if type(value) is not str or not value.strip():
        return False
    try:
        return value.isascii() or bool(value.encode())
    except UnicodeEncodeError:
        return False


def _is_boolean(value: Any) -> bool:
    return type(value) is bool


_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,14})?")


def _is_decimal(value: Any) -> bool:
    return type(value) in (int, float, Decimal) and _NUMBER.fullmatch(str(value)) is not None


def _integer(least: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and least <= value <= _LARGEST_INTEGER


def _written(pattern: str) -> Callable[[Any], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: type(value) is str and compiled.fullmatch(value) is not None


_is_written_day = _written(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]")
_is_written_time = _written(
    r"(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}(?:\.[0-9]{1,6})?(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])"
)


def _is_day(value: Any) -> bool:
    if not _is_written_day(value):
        return False
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_moment(value: Any) -> bool:
    """Return whether a value is a whole day, or one with a time and its zone."""
    if type(value) is not str:
        return False
    day, separator, time = value.partition("T")
    return _is_day(day) and (not separator or _is_written_time(time))


_is_address = _written(r"[!-~]+")

_PRIMITIVES: Mapping[str, Callable[[Any], bool]] = {
    "string": _is_text,
    "markdown": _is_text,
    "xhtml": _is_text,
    "code": _written(r"[!-~]+(?: [!-~]+)*"),
    "id": _written(r"[A-Za-z0-9.-]{1,64}"),
    "uri": _is_address,
    "canonical": _is_address,
    "boolean": _is_boolean,
    "integer": _integer(-_LARGEST_INTEGER),
    "unsignedInt": _integer(0),
    "positiveInt": _integer(1),
    "decimal": _is_decimal,
    "date": _is_day,
    "dateTime": _is_moment,
}
