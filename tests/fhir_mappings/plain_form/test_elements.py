"""Each line of the table says what the models of fhir.resources say, or less."""

import importlib
import re

import pytest

from fhir_mappings.plain_form.elements import ELEMENTS, Element

MODULES = {"MedicationRequest": "medicationrequest", "Dosage": "dosage", "Timing": "timing"}
PRIMITIVES = {
    "boolean": "bool",
    "string": "String()",
    "markdown": "Markdown",
    "code": "Code()",
    "id": "Id()",
    "uri": "Uri",
    "canonical": "Canonical",
    "integer": "Integer(",
    "unsignedInt": "UnsignedInt(",
    "positiveInt": "PositiveInt(",
    "decimal": "Decimal()",
    "date": "Date()",
    "dateTime": "DateTime()",
    "xhtml": "Xhtml",
}
LINES = [
    (kind, name)
    for kind, elements in ELEMENTS.items()
    for name in elements
    if name != "resourceType"  # which is no field of the models
]


def model_of(kind):
    module = next((MODULES[one] for one in MODULES if kind.startswith(one)), kind.lower())
    return getattr(importlib.import_module(f"fhir.resources.R4B.{module}"), kind)


def fields_of(kind):
    return {field.alias or name: field for name, field in model_of(kind).model_fields.items()}


def types_named(field):
    """Return the words of a field's annotation and of what it carries."""
    return f"{field.annotation} {field.metadata}"


@pytest.mark.parametrize(("kind", "name"), LINES)
def test_a_line_says_what_the_model_says(kind, name):
    element, field = ELEMENTS[kind][name], fields_of(kind)[name]
    said, types = field.json_schema_extra, types_named(field)

    assert ("List[" in types) == element.many
    assert element.choice == said.get("one_of_many", "")
    assert not element.choice or element.required == said["one_of_many_required"]
    if element.type == "Reference":
        assert element.targets == frozenset(said.get("enum_reference_types", ()))
    assert element.codes == frozenset(said.get("enum_values", ()))
    if element.type in PRIMITIVES:
        assert PRIMITIVES[element.type] in types
    elif name == "contained":
        assert "ResourceType" in types
    else:
        assert re.search(rf"\b{element.type}Type\b", types)


@pytest.mark.parametrize("kind", ELEMENTS)
def test_what_a_model_requires_the_table_requires(kind):
    fields = fields_of(kind)
    required = {
        name
        for name, field in fields.items()
        if field.is_required() or (field.json_schema_extra or {}).get("element_required")
    }
    chosen = {
        field.json_schema_extra["one_of_many"]
        for field in fields.values()
        if (field.json_schema_extra or {}).get("one_of_many_required")
    }
    listed = ELEMENTS[kind]

    assert {name for name, item in listed.items() if item.required and not item.choice} - {
        "resourceType"
    } == required
    assert {item.choice for item in listed.values() if item.required and item.choice} == chosen


def test_every_type_is_a_primitive_or_in_the_table_and_none_holds_itself():
    def within(kind, above=()):
        assert kind not in above
        for element in ELEMENTS[kind].values():
            assert isinstance(element, Element)
            if element.type not in PRIMITIVES:
                within(element.type, (*above, kind))

    for kind in ELEMENTS:
        within(kind)
