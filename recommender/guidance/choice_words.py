"""What each word of a setting means, in words for those who choose it.

Source: conflicts C1 to C35, decisions 2.7 and 2.9.
"""

from __future__ import annotations

from collections.abc import Mapping

from recommender.guidance.policy import (
    AltDailyLoading,
    BariatricMaintenance,
    ConfirmConsistentOrders,
    FolateGateOpens,
    GastrectomyProphylaxis,
    MonitoringCards,
    NonNeuroMaintenance,
    NonNeuroRoute,
    OralInEstablishedMalabsorption,
    Setting,
    SubcutaneousHydroxocobalamin,
)
from recommender.language import Choice

CHOICE_WORDS: Mapping[Choice, str] = {
    NonNeuroRoute.ORAL_FIRST: "tablets first",
    NonNeuroRoute.IM_FIRST: "injections first",
    OralInEstablishedMalabsorption.NEVER: "not accepted",
    OralInEstablishedMalabsorption.OVERRIDE_ONLY: "only where the clinician overrides",
    OralInEstablishedMalabsorption.ALLOWED: "accepted when ordered, not offered first",
    NonNeuroMaintenance.RANGE_2_3: "every 2 to 3 months",
    NonNeuroMaintenance.FIXED_2: "every 2 months",
    NonNeuroMaintenance.FIXED_3: "every 3 months",
    BariatricMaintenance.IM_3MO: "an injection every 3 months",
    BariatricMaintenance.ORAL_DAILY: "daily tablets, where they are suitable",
    BariatricMaintenance.EITHER: "either, the injection first",
    SubcutaneousHydroxocobalamin.ADVISE_ONLY: "named, not drafted",
    SubcutaneousHydroxocobalamin.DRAFT: "drafted where bleeding is a risk",
    SubcutaneousHydroxocobalamin.OFF: "not named",
    AltDailyLoading.ACCEPT: "accepted when ordered",
    AltDailyLoading.OFFER: "offered too",
    AltDailyLoading.REJECT: "not accepted",
    FolateGateOpens.FIRST_DOSE: "after the first documented dose",
    FolateGateOpens.LOADING_COMPLETE: "after loading is complete",
    GastrectomyProphylaxis.OFFER: "offered before any test",
    GastrectomyProphylaxis.TEST_ONLY: "tests only",
    MonitoringCards.PATIENT_VIEW_AND_REFILL: "when the chart is opened or an order refilled",
    MonitoringCards.REFILL_ONLY: "when an order is refilled",
    MonitoringCards.OFF: "nowhere",
    ConfirmConsistentOrders.ALWAYS: "always",
    ConfirmConsistentOrders.ACTIONABLE_ONLY: "only with something to do",
    ConfirmConsistentOrders.NEVER: "never",
}
"""Every member of every closed choice of the policy."""


def words_of_choice(setting: Setting, value: object) -> str:
    """Return the words of one value of a setting; empty for numbers, text, yes and no, which speak
    for themselves.
    """
    return next(
        (
            words
            for choice, words in CHOICE_WORDS.items()
            if type(choice) is setting.choices and choice.value == value
        ),
        "",
    )
