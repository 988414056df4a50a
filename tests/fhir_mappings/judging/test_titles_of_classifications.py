"""Titles of national classifications that share words with what counts and say another thing
(Q27).
"""

from __future__ import annotations

import pytest

from recommender.language import HintAt
from tests.fhir_mappings.noise import as_resource, map_words


@pytest.mark.parametrize(
    "text",
    [
        "Instabilité du genou",
        "Instabilité chronique de la cheville",
        "Inestabilidad de la rodilla",
        "Instabilità della spalla",
        "Spondilosi lombare senza mielopatia",
        "Spondylose uten myelopati",
        "Diskusprolaps uden myelopati",
        "Cervicalgie sans myélopathie",
        "Electrolyte imbalance",
        "Tab af følelsesmæssig kontakt",
    ],
)
def test_what_is_no_nerve_sign_is_not_asked_about(text: str) -> None:
    assert not map_words(as_resource("problem", text)).hints_at(HintAt.NEUROLOGY)


@pytest.mark.parametrize("text", ["Instabilité à la marche", "Inestabilidad al caminar"])
def test_instability_in_walking_still_is(text: str) -> None:
    assert map_words(as_resource("problem", text)).hints_at(HintAt.NEUROLOGY)


@pytest.mark.parametrize(
    "text",
    [
        "Lactose malabsorption",
        "Malassorbimento di lattosio",
        "Malabsorption af jern",
        "Celiac artery compression syndrome",
        "Traumatismo del tronco celiaco",
    ],
)
def test_malabsorption_of_another_thing_is_no_reason_for_vitamin_b12(text: str) -> None:
    assert not map_words(as_resource("problem", text)).hints_at(HintAt.CAUSE)


@pytest.mark.parametrize(
    "text",
    [
        "Déficit en facteur intrinsèque",
        "Deficiencia de factor intrínseco",
        "Deficiência de fator intrínseco",
        "Deficit di fattore intrinseco",
    ],
)
def test_a_lack_of_intrinsic_factor_is_no_bleeding_disorder(text: str) -> None:
    scenario = map_words(as_resource("problem", text))
    assert scenario.hints_at(HintAt.CAUSE)
    assert not scenario.hints_at(HintAt.BLEEDING_DISORDER)


@pytest.mark.parametrize("text", ["Perniziöse/Folsäuremangelanämie", "Anemi B12/folsyremangel"])
def test_two_names_of_things_that_share_words_leave_nothing_else_open(text: str) -> None:
    scenario = map_words(as_resource("problem", text))
    assert scenario.hints_at(HintAt.DEFICIENCY)
    assert scenario.lebers.is_false


@pytest.mark.parametrize(
    "text",
    [
        "Venstresidig hemikolektomi",
        "Hemicolectomía izquierda",
        "Sleeve lobectomy",
        "Sleeve-resektion af bronkie",
        "Removal of tube from small intestine",
        "Excision of Stomach, Open Approach, Diagnostic",
        "Bypass Ileum to Cutaneous, Open Approach",
    ],
)
def test_an_operation_that_takes_no_part_of_these_is_not_asked_about(text: str) -> None:
    assert not map_words(as_resource("operation", text)).hints
