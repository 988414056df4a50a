"""A phase written as a draft and read back is the same dose line, in every FHIR version that is
written.
"""

import copy
import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_mappings.draft_orders import read_drafts
from fhir_mappings.drafts import draft_changes, medication_request, service_request
from fhir_mappings.drafts.draft_context import DraftContext
from fhir_mappings.drafts.outgoing import check_outgoing
from fhir_mappings.fhir.record import Placed
from fhir_mappings.fhir.versions import FhirVersion, detect_version
from fhir_mappings.terminology.loading import load_value_sets
from recommender.guidance.regimens import CATALOGUE
from recommender.language.course import FollowUp, Order, OrderState, Test
from recommender.language.doses import (
    DoseLine,
    PeriodUnit,
    Phase,
    PhaseKind,
    Route,
    Substance,
    Timing,
    contradictions,
)

AS_OF = dt.date(2026, 11, 21)
VALUE_SETS = load_value_sets()
WRITTEN = [version for version in FhirVersion if version.can_be_written]
TECHNIQUE = ("Use a 25 to 27 gauge needle.", "Press on the site for 5 to 10 minutes.")


def context_in(version: FhirVersion) -> DraftContext:
    return DraftContext(
        version,
        "p1",
        AS_OF,
        VALUE_SETS,
        encounter_id="e1",
        user_id="Practitioner/u1",
        group_id="7c2b7f0e-6c43-4f0d-9a55-3d4f6a5d7c11",
        reason_reference="Condition/c1",
        rule="N1",
        statements=("S7", "S65"),
        review_days=14,
    )


def read_back(resource: dict, selections: list[str] | None = None) -> Order:
    sent = copy.deepcopy(resource) | {"id": "new-1"}
    drafts = read_drafts(
        [Placed("context.draftOrders.entry[0]", sent)], selections, "p1", VALUE_SETS
    )
    assert len(drafts.orders) == 1
    return drafts.orders[0]


@pytest.mark.parametrize("version", WRITTEN)
@pytest.mark.parametrize("phase", CATALOGUE, ids=lambda phase: phase.id)
def test_each_regimen_is_valid_and_reads_back_the_same(phase, version):
    resource = medication_request.draft(phase, context_in(version), TECHNIQUE)
    order = read_back(resource)

    assert check_outgoing(resource, version) == []
    assert order.lines == (phase.line,)
    assert order.not_computable == ""
    assert order.state is OrderState.DRAFT
    assert order.technique_noted
    assert order.authored == AS_OF


@pytest.mark.parametrize("version", WRITTEN)
@pytest.mark.parametrize("phase", CATALOGUE, ids=lambda phase: phase.id)
def test_the_words_of_our_own_draft_say_what_its_structure_says_Q41(phase, version):
    order = read_back(medication_request.draft(phase, context_in(version), TECHNIQUE))

    assert order.written is not None
    assert contradictions(order.lines[0], order.written) == ()
    assert (order.implausible, order.from_words, order.planned) == ("", False, False)


@pytest.mark.parametrize("version", WRITTEN)
@pytest.mark.parametrize("phase", CATALOGUE, ids=lambda phase: phase.id)
def test_the_words_of_our_own_draft_can_be_read_without_its_structure_Q43(phase, version):
    resource = medication_request.draft(phase, context_in(version), TECHNIQUE)
    for line in resource["dosageInstruction"]:
        for name in ("timing", "doseAndRate", "doseQuantity", "route"):
            line.pop(name, None)
    order = read_back(resource)

    if "first dose" not in order.words:
        assert order.from_words
        assert order.lines[0].dose == phase.line.dose
        assert order.lines[0].timing.shortest_interval == phase.line.timing.shortest_interval


@pytest.mark.parametrize("version", WRITTEN)
@pytest.mark.parametrize("phase", CATALOGUE, ids=lambda phase: phase.id)
def test_a_start_day_reads_back_and_changes_nothing_else(phase, version):
    resource = medication_request.draft(phase, context_in(version), starts=dt.date(2027, 1, 15))
    order = read_back(resource)

    assert check_outgoing(resource, version) == []
    assert order.starts == dt.date(2027, 1, 15)
    assert order.lines == (phase.line,)


@pytest.mark.parametrize("version", WRITTEN)
def test_a_written_draft_is_recognised_as_its_version_or_as_one_that_it_fits_R158(version):
    resource = medication_request.draft(CATALOGUE[0], context_in(version))

    found = detect_version([Placed("draft", resource)])

    assert found is (FhirVersion.R4 if version is FhirVersion.R4B else version)


@pytest.mark.parametrize("version", WRITTEN)
@pytest.mark.parametrize("test", Test)
def test_each_follow_up_is_valid_and_reads_back_the_same(test, version):
    resource = service_request.draft(
        FollowUp(test, months=3, days=1, why="review", citations=("S35",)), context_in(version)
    )

    assert check_outgoing(resource, version) == []
    assert service_request.read_test(resource, VALUE_SETS) is test
    assert service_request.read_due(resource) == dt.date(2027, 2, 22)


def test_nothing_is_written_in_DSTU2_R159():
    context = context_in(FhirVersion.DSTU2)

    assert medication_request.draft(CATALOGUE[0], context) is None
    assert (
        draft_changes.rewrite({"resourceType": "MedicationOrder", "id": "1"}, CATALOGUE[0], context)
        is None
    )
    assert service_request.draft(FollowUp(Test.MMA), context) is None


WHOLE = st.integers(1, 60)
TIMINGS = st.builds(
    Timing,
    frequency=st.integers(1, 6),
    period=st.builds(Decimal, st.integers(1, 12)),
    unit=st.sampled_from(PeriodUnit),
    count=st.one_of(st.none(), WHOLE),
    duration=st.one_of(
        st.none(), st.tuples(st.builds(Decimal, WHOLE), st.sampled_from(PeriodUnit))
    ),
).flatmap(
    lambda timing: st.one_of(
        st.just(timing),
        st.builds(lambda more: replace(timing, period_max=timing.period + more), st.integers(1, 6)),
    )
)
PRODUCTS = st.sampled_from(
    [(Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR), (Substance.CYANOCOBALAMIN, Route.ORAL)]
)
DOSES = st.builds(Decimal, st.integers(1, 5_000_000))


@settings(max_examples=150, deadline=None)
@given(PRODUCTS, DOSES, TIMINGS, st.booleans(), st.sampled_from(WRITTEN))
def test_any_dose_line_survives_being_written_and_read(product, dose, timing, as_needed, version):
    line = DoseLine(*product, dose, timing, as_needed)
    phase = Phase("ANY", PhaseKind.MAINTENANCE, line, "for life", True, ("S2",))

    resource = medication_request.draft(phase, context_in(version))

    assert check_outgoing(resource, version) == []
    assert read_back(resource).lines == (line,)
