"""What `./run test --quick` runs: everything but the places that are left out whole, and one case
in ten of each test in the places that are sampled.

A place is the beginning of a path under `tests`: a folder, a file, or files of one beginning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

LEFT_OUT: dict[str, tuple[str, ...]] = {
    "browsers, servers, databases, engines of others": (
        "benchmarks",
        "cds_service/callers/test_authentication_http.py",
        "cds_service/records",
        "cds_service/test_server.py",
        "cds_service/wire/test_slow_clients.py",
        "cli/operate/test_demonstration.py",
        "cli/operate/test_store.py",
        "faults",
        "fhir_server",
        "fuzz",
        "hapi_server",
        "hl7_validator",
        "ucum",
        "validators",
        "workbench",
    ),
    "runs over many patients, and versions against each other": (
        "cli/answers/test_diff_over_slice.py",
        "cli/patients/test_population.py",
        "governance/decisions/test_released_beside.py",
        "governance/figures/test_page.py",
        "governance/figures/test_versions.py",
        "governance/knowledge/test_difference.py",
        "population/runs",
        "population/sources/test_bulk_export.py",
        "synthetic/test_stories.py",
    ),
    "every combination, to its end": (
        "every_case/test_remembering.py",
        "fhir_mappings/plain_form/test_plain_form.py",
        "governance/knowledge/test_rule_attributes.py",
        "recommender/review/test_fixed_point.py",
        "recommender/review/test_review_metamorphic.py",
        "recommender/treatment/test_every_record.py",
        "recommender/treatment/test_every_scenario.py",
    ),
}
"""Left out whole, by what they have in common."""

SAMPLED = (
    "cds_service/cards/test_hostile_texts.py",
    "cds_service/cards/test_national_profiles.py",
    "cds_service/cards/test_one_action_each.py",
    "cds_service/decision/test_fixed_point.py",
    "cds_service/pages/test_hostile_pages.py",
    "cds_service/web/test_openapi.py",
    "cli/operate/test_codes.py",
    "cli/parsing/test_hostile_",
    "cost",
    "fhir_mappings/drafts/test_checked_templates.py",
    "fhir_mappings/test_generated.py",
    "synthetic/test_client_story.py",
    "vignettes",
)
"""Many cases go the same way here, each through the whole program: one in ten is taken."""

ONE_IN = 10


WHOLE = tuple(place for places in LEFT_OUT.values() for place in places)


def is_left_out(place: str) -> bool:
    """Return whether a quick run reads nothing of this path under `tests`."""
    return place.startswith(WHOLE)


def left_out(tests: Iterable[tuple[str, str]]) -> list[bool]:
    """Return for each test whether a quick run leaves it out.

    Args: tests: the place of the file and the name of the function of each, in their order.
    """
    before: Counter[tuple[str, str]] = Counter()
    chosen = []
    for place, function in tests:
        case = before[place, function]
        before[place, function] += 1
        sampled = place.startswith(SAMPLED) and case % ONE_IN > 0
        chosen.append(sampled or is_left_out(place))
    return chosen


def in_words() -> list[str]:
    """Return what a quick run leaves out and how to run it, a line each."""
    whole = [f"{what}: {', '.join(places)}" for what, places in LEFT_OUT.items()]
    return [
        *whole,
        f"nine cases in ten: {', '.join(SAMPLED)}",
        "All of it: ./run test. One place: .venv/bin/pytest tests/PLACE",
    ]
