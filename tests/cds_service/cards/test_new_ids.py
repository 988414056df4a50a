"""Ids of cards and suggestions."""

import uuid

from cds_service.cards.new_ids import new_uuid


def test_an_id_is_a_random_uuid_as_rfc_9562_writes_it():
    made = [new_uuid() for _ in range(1000)]
    assert all(str(uuid.UUID(one)) == one for one in made)
    assert {uuid.UUID(one).version for one in made} == {4}
    assert {uuid.UUID(one).variant for one in made} == {uuid.RFC_4122}


def test_no_two_ids_are_the_same():
    assert len({new_uuid() for _ in range(10_000)}) == 10_000
