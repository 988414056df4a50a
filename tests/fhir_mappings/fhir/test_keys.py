"""What a CodeableConcept is remembered by tells apart what is written otherwise."""

import copy

from fhir_mappings.fhir import as_key


def coded(**more):
    return {"coding": [{"system": "http://loinc.org", "code": "2132-9", **more}]}


WRITTEN = [
    None,
    "x",
    5,
    [],
    {},
    coded(),
    coded(display="B12"),
    coded(display=None),
    coded(display=5),
    coded(display=["B12"]),
    coded(display={"B12": 1}),
    coded(version="2"),
    coded(code=None),
    coded(code="2132-9 "),
    coded(system=None),
    coded(userSelected=True),
    coded() | {"text": "B12"},
    coded() | {"text": None},
    coded() | {"text": True},
    coded() | {"id": "B12"},
    {"coding": coded()["coding"] * 2},
    {"coding": []},
    {"coding": None},
    {"coding": "x"},
    {"coding": ["x"]},
    {"coding": {"code": "2132-9"}},
    {"coding": [None]},
    {"text": "B12"},
    {"coding": [{"code": "2132-9"}], "id": "B12"},
    {"coding": [{"display": "2132-9"}]},
    {"coding": [{"system": "2132-9"}]},
    coded()["coding"],
    coded()["coding"][0],
]


def test_concepts_have_the_same_key_exactly_where_they_are_written_alike():
    for number, one in enumerate(WRITTEN):
        assert hash(as_key(one)) == hash(as_key(copy.deepcopy(one)))
        assert as_key(one) == as_key(copy.deepcopy(one))
        for other in WRITTEN[number + 1 :]:
            assert as_key(one) != as_key(other), (one, other)
