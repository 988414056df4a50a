"""A decision whose cards are not written is the same decision."""

import datetime as dt

from cds_service.decision import decide, read_orders
from cds_service.protocol import build_prefetch, parse_hook_request
from cds_service.retrieval import assemble_from_prefetch
from cds_service.site import DEMONSTRATION_CLIENT, Basis, load_settings
from fhir_mappings.terminology import load_value_sets
from synthetic import sandbox_patients

AS_OF = dt.date(2026, 6, 1)


def test_each_finding_has_the_card_that_is_written_of_it():
    value_sets = load_value_sets()
    basis = Basis(load_settings(None), value_sets, DEMONSTRATION_CLIENT, AS_OF)
    templates = build_prefetch(value_sets)
    written = 0
    for patient in sandbox_patients(AS_OF):
        for hook in ("patient-view", "order-select") if patient.drafts else ("patient-view",):
            request = parse_hook_request(patient.request(hook), hook)
            orders = read_orders(request, basis)
            record = assemble_from_prefetch(request, templates)
            whole = decide(request, record, orders, basis)
            bare = decide(request, record, orders, basis, written=False)
            assert bare.cards == ()
            assert bare.findings == whole.findings
            assert [(found.card.id, found.indicator.value) for found in bare.findings] == [
                (card["source"]["topic"]["code"], card["indicator"]) for card in whole.cards
            ]
            written += len(whole.cards)
    assert written > 50
