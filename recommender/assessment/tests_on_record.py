"""Which tests have a result that nobody need repeat."""

from __future__ import annotations

from recommender.assessment.blood_and_reactions import INR_HIGH_ABOVE, POTASSIUM_LOW_BELOW
from recommender.deficiency import Ground, mma_is_raised, mma_may_be_raised
from recommender.guidance import Policy
from recommender.language import B12_LEVELS, ClinicalScenario, Test, Truth


def tests_on_record(scenario: ClinicalScenario, policy: Policy, ground: Ground) -> frozenset[Test]:
    """Return the tests whose newest result is usable; vitamin B12 or methylmalonic acid of which a
    newer one cannot count and speaks for deficiency is to be taken again, and so is what leaves its
    own question open by its comparator ("potassium > 2.5").
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
    again = B12_LEVELS if ground is Ground.NEWER_MAY_BE_LOW else frozenset()
    if mma_may_be_raised(scenario, policy):
        again |= {Test.MMA}
    return usable - again - _open(scenario, policy)


def _open(scenario: ClinicalScenario, policy: Policy) -> frozenset[Test]:
    """Return the tests whose result does not say on which side of its limit it lies (Q9). An eGFR
    is not among them: where cyanocobalamin rests on it, d2 asks for it.
    """
    answers: dict[Test, Truth] = {
        Test.MMA: mma_is_raised(scenario, policy),
        Test.FULL_BLOOD_COUNT: scenario.haemoglobin.below(policy.severe_hb_g_per_l),
        Test.POTASSIUM: scenario.potassium.below(POTASSIUM_LOW_BELOW),
        Test.INR: scenario.inr.above(INR_HIGH_ABOVE),
    }
    return frozenset(test for test, answer in answers.items() if answer.is_unknown)
