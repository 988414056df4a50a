"""A record with other values in some fields."""

import dataclasses
import pickle
from functools import cached_property

import pytest

from recommender.assessment import Assessment
from recommender.language import ClinicalScenario, Order, OrderState, changed
from recommender.treatment_so_far import Treatment


def test_the_copy_differs_in_the_fields_named_alone():
    order = Order("MedicationRequest/1", OrderState.DRAFT, lines=(), product="x")
    copied = changed(order, product="y")
    assert copied == dataclasses.replace(order, product="y")
    assert hash(copied) == hash(dataclasses.replace(order, product="y"))
    assert order.product == "x"


def test_a_field_that_is_none_of_the_record_is_refused():
    order = Order("MedicationRequest/1", OrderState.DRAFT, lines=(), product="x")
    with pytest.raises(TypeError):
        changed(order, no_such_field=1)


def test_a_record_that_keeps_what_it_worked_out_is_refused():
    @dataclasses.dataclass(frozen=True)
    class Kept:
        one: int

        @cached_property
        def two(self):
            return 2 * self.one

    kept = Kept(1)
    assert kept.two == 2
    with pytest.raises(TypeError):
        changed(kept, one=2)


@pytest.mark.parametrize("kind", [Assessment, Treatment])
def test_records_that_are_compared_whole_differ_by_any_field(kind):
    names = [field.name for field in dataclasses.fields(kind)]
    one, other = kind(*names), kind(*names)
    assert one == other
    assert hash(one) == hash(other)
    assert one != tuple(names)
    for name in names:
        different = changed(one, **{name: "another"})
        assert different != one
        assert hash(different) != hash(one)


@pytest.mark.parametrize("kind", [Assessment, ClinicalScenario, Order, Treatment])
def test_the_records_it_is_used_for_check_nothing_when_they_are_made(kind):
    assert dataclasses.is_dataclass(kind)
    assert not hasattr(kind, "__slots__")
    assert not hasattr(kind, "__post_init__")


def test_members_of_a_closed_enumeration_are_plain_attributes_and_stay_themselves():
    assert vars(OrderState)["DRAFT"] is OrderState.DRAFT is OrderState(OrderState.DRAFT.value)
    assert pickle.loads(pickle.dumps(OrderState.DRAFT)) is OrderState.DRAFT
    with pytest.raises(AttributeError):
        OrderState.DRAFT = OrderState.ACTIVE
