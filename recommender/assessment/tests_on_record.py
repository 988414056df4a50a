"""Which tests have a result that nobody need repeat."""

from __future__ import annotations

from recommender.deficiency import Ground, mma_may_be_raised
from recommender.guidance import Policy
from recommender.language import ClinicalScenario, Test

_B12 = frozenset({Test.SERUM_B12, Test.HOLOTRANSCOBALAMIN})


def tests_on_record(scenario: ClinicalScenario, policy: Policy, ground: Ground) -> frozenset[Test]:
    """Return the tests whose newest result is usable; vitamin B12 or methylmalonic acid of which a
    newer one cannot count and speaks for deficiency is to be taken again.
    """
    results = {
        Test.SERUM_B12: scenario.total_b12,
        Test.HOLOTRANSCOBALAMIN: scenario.holotranscobalamin,
        Test.MMA: scenario.mma,
        Test.HOMOCYSTEINE: scenario.homocysteine,
        Test.FULL_BLOOD_COUNT: scenario.haemoglobin,
        Test.FOLATE: scenario.folate,
        Test.EGFR: scenario.egfr,
        Test.POTASSIUM: scenario.potassium,
        Test.INR: scenario.inr,
    }
    usable = frozenset(test for test, result in results.items() if result.is_newest_usable)
    again = _B12 if ground is Ground.NEWER_MAY_BE_LOW else frozenset()
    return usable - again - ({Test.MMA} if mma_may_be_raised(scenario, policy) else set())
