"""Policy: the site's clinical settings (decisions 2.9), which may tighten the guidance and never
loosen an invariant of 2.11.
"""

from __future__ import annotations

import datetime as dt
import difflib
import enum
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property
from typing import Any

from recommender.language import Allergen, Choice, Route, Substance


class NonNeuroRoute(Choice):
    """First treatment of deficiency without neurological involvement and without malabsorption
    (C1).
    """

    ORAL_FIRST = "ORAL_FIRST"
    IM_FIRST = "IM_FIRST"


class OralInEstablishedMalabsorption(Choice):
    """What is said of oral treatment in established malabsorption (C2). It is never offered as
    first choice (I19).
    """

    NEVER = "NEVER"
    OVERRIDE_ONLY = "OVERRIDE_ONLY"
    ALLOWED = "ALLOWED"


class NonNeuroMaintenance(Choice):
    """Maintenance interval where neurological involvement was explicitly never present (C4)."""

    RANGE_2_3 = "RANGE_2_3"
    FIXED_2 = "FIXED_2"
    FIXED_3 = "FIXED_3"


class BariatricMaintenance(Choice):
    """Maintenance and prophylaxis after bariatric surgery (C13). EITHER: both offered, the
    injection first.
    """

    IM_3MO = "IM_3MO"
    ORAL_DAILY = "ORAL_DAILY"
    EITHER = "EITHER"


class SubcutaneousHydroxocobalamin(Choice):
    """What is made of the subcutaneous route, off-label for hydroxocobalamin, when bleeding is a
    risk (C14, PS5).
    """

    ADVISE_ONLY = "ADVISE_ONLY"
    DRAFT = "DRAFT"
    OFF = "OFF"


class AltDailyLoading(Choice):
    """Loading by 5 to 6 daily injections (C22)."""

    ACCEPT = "ACCEPT"
    OFFER = "OFFER"
    REJECT = "REJECT"


class FolateGateOpens(Choice):
    """When vitamin B12 treatment counts as adequate for folic acid (C25)."""

    FIRST_DOSE = "FIRST_DOSE"
    LOADING_COMPLETE = "LOADING_COMPLETE"


class GastrectomyProphylaxis(Choice):
    """Whether prophylaxis is offered after total gastrectomy before any test (C35)."""

    OFFER = "OFFER"
    TEST_ONLY = "TEST_ONLY"


class MonitoringCards(Choice):
    """Where an overdue review is said (decisions 2.7)."""

    PATIENT_VIEW_AND_REFILL = "PATIENT_VIEW_AND_REFILL"
    REFILL_ONLY = "REFILL_ONLY"
    OFF = "OFF"


class ConfirmConsistentOrders(Choice):
    """Whether an order that matches the guidance gets a card (a1, a2)."""

    ALWAYS = "ALWAYS"
    ACTIONABLE_ONLY = "ACTIONABLE_ONLY"
    NEVER = "NEVER"


BUILT_IN_PRODUCTS = frozenset(
    {(Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR), (Substance.CYANOCOBALAMIN, Route.ORAL)}
)
"""What can be had where a site names no formulary of its own."""

ADULT_YEARS = 18
"""Age from which the guidance is for adults; a site may begin later, never earlier (C28, Q90)."""

ProductExcipients = frozenset[tuple[Substance, Route, Allergen]]
"""An excipient that the formulary lists for a product, one entry each (Q63)."""


@dataclass(frozen=True)
class Policy:
    """The clinical settings of one site; the defaults are those of decisions section 1.

    `cyano_im_protocol` is the text of the site's signed protocol for cyanocobalamin injections,
    empty for none (C27). `available_products` and `product_excipients` come from the formulary, not
    from the settings: what can be had, and what else a product holds that people react to (Q63).
    A product for which no excipient is listed is not known to be free of any.
    """

    non_neuro_route: NonNeuroRoute = NonNeuroRoute.ORAL_FIRST
    oral_in_established_malabsorption: OralInEstablishedMalabsorption = (
        OralInEstablishedMalabsorption.OVERRIDE_ONLY
    )
    non_neuro_maintenance: NonNeuroMaintenance = NonNeuroMaintenance.RANGE_2_3
    min_maintenance_days: int = 7
    glossitis_counts_as_neuro: bool = True
    neuro_extended: bool = True
    b12_low_pmol_l: Decimal = Decimal(133)
    b12_high_pmol_l: Decimal = Decimal(258)
    b12_low_pg_ml: Decimal = Decimal(180)
    b12_high_pg_ml: Decimal = Decimal(350)
    mma_nmol_l: Decimal = Decimal(271)
    mma_min_egfr: Decimal = Decimal(60)
    crohns_any_extent_prophylaxis: bool = False
    crohns_extent_cm: Decimal = Decimal(30)
    ileal_maintenance_months: int = 1
    bariatric_maintenance: BariatricMaintenance = BariatricMaintenance.EITHER
    sc_hydroxocobalamin: SubcutaneousHydroxocobalamin = SubcutaneousHydroxocobalamin.ADVISE_ONLY
    cyano_min_egfr: Decimal = Decimal(60)
    draft_methylcobalamin: bool = False
    lifelong_for_dietary: bool = True
    stable_checks: int = 2
    alt_daily_loading: AltDailyLoading = AltDailyLoading.ACCEPT
    neuro_review_days: int = 14
    folate_gate_opens: FolateGateOpens = FolateGateOpens.FIRST_DOSE
    oral_dose_mcg: int = 1000
    cyano_im_protocol: str = ""
    min_age_years: int = ADULT_YEARS
    dietary_low_dose_accepted: bool = False
    severe_hb_g_per_l: Decimal = Decimal(80)
    confirm_consistent_orders: ConfirmConsistentOrders = ConfirmConsistentOrders.ACTIONABLE_ONLY
    lowering_drug_cards: bool = False
    standing_order_months: int = 15
    prefetch_max_age_hours: int = 24
    old_encounter_diagnosis_months: int = 12
    neuro_min_loading_days: int = 14
    alt_loading_accepted: bool = True
    gastrectomy_prophylaxis: GastrectomyProphylaxis = GastrectomyProphylaxis.OFFER
    trace_b12_mcg_per_day: Decimal = Decimal(25)
    renewal_window_days: int = 31
    max_oral_per_day: int = 6
    kidney_ask_age: int = 50
    monitoring_cards: MonitoringCards = MonitoringCards.PATIENT_VIEW_AND_REFILL
    monitoring_grace_days: int = 30
    refill_cards: bool = True
    sources_differ: bool = True
    info_silence_days: int = 90
    prescription_months: int = 12
    neuro_repeats: int = 5
    draft_dispense: bool = True
    draft_substitution: bool = True
    draft_site: bool = True
    draft_start: bool = True
    available_products: frozenset[tuple[Substance, Route]] = BUILT_IN_PRODUCTS
    product_excipients: ProductExcipients = frozenset()

    def __post_init__(self) -> None:
        problems = _problems_of(self)
        if problems:
            raise PolicyError(problems)

    @classmethod
    def from_settings(
        cls,
        settings: Mapping[str, object],
        available_products: frozenset[tuple[Substance, Route]] = BUILT_IN_PRODUCTS,
        product_excipients: ProductExcipients = frozenset(),
    ) -> Policy:
        """Return the policy of a site's `[policy]` table, keys as in decisions 2.9.

        Raises: PolicyError with every problem at once.
        """
        values, problems = _read(settings)
        products = {
            "available_products": available_products,
            "product_excipients": product_excipients,
        }
        readable = _unchecked(cls, values | products)
        problems = problems + _problems_of(readable)
        if problems:
            raise PolicyError(problems)
        return readable

    def __hash__(self) -> int:
        return hash(self.version)  # of eighty settings, worked out once

    @cached_property
    def version(self) -> str:
        """A short digest of the settings in force, the same for the same settings."""
        text = json.dumps(policy_as_dict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class PolicyError(ValueError):
    """A policy that cannot be used; `problems` says every reason, one sentence each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as the site file knows it: its key, the field it fills, and the values that
    loosen nothing.

    `choices` are the allowed values, `bounds` the inclusive limits of a number; `text` is free
    text. `source` is the conflict of decisions section 1 that the setting resolves.
    """

    key: str
    field: str
    source: str
    meaning: str
    choices: type[enum.Enum] | tuple[object, ...] | None = None
    bounds: tuple[int, int] | None = None
    whole: bool = False
    text: bool = False

    @property
    def expected(self) -> str:
        """The allowed values in words."""
        if self.bounds is not None:
            return (
                f"{'a whole number' if self.whole else 'a number'} from {self.bounds[0]} to "
                f"{self.bounds[1]}"
            )
        return (
            "name and version, date (2026-01-31) and approver of the protocol, with commas "
            "between, or NONE"
            if self.text
            else " or ".join(_shown(choice) for choice in self.allowed)
        )

    @property
    def allowed(self) -> tuple[object, ...]:
        """The allowed values of a choice as the site file writes them."""
        if isinstance(self.choices, tuple):
            return self.choices
        return tuple(member.value for member in self.choices) if self.choices is not None else ()


YES_OR_NO = (True, False)

TRACE_BOUNDS = (10, 100)
"""Micrograms of vitamin B12 a day in a combination product: the limits between which a site may set
up to what it is a trace. What holds more than the upper one is a trace nowhere (Q49, Q75).
"""

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "nonNeuroRoute",
        "non_neuro_route",
        "C1",
        "first treatment without neurological involvement",
        NonNeuroRoute,
    ),
    Setting(
        "oralInEstablishedMalabsorption",
        "oral_in_established_malabsorption",
        "C2",
        "oral treatment in established malabsorption",
        OralInEstablishedMalabsorption,
    ),
    Setting(
        "nonNeuroMaintenance",
        "non_neuro_maintenance",
        "C4",
        "maintenance interval, never neurological",
        NonNeuroMaintenance,
    ),
    Setting(
        "minMaintenanceDays",
        "min_maintenance_days",
        "C5",
        "shortest maintenance interval in days",
        bounds=(7, 28),
        whole=True,
    ),
    Setting(
        "glossitisCountsAsNeuro",
        "glossitis_counts_as_neuro",
        "C6",
        "glossitis alone calls for neurological treatment",
        YES_OR_NO,
    ),
    Setting(
        "neuroExtended",
        "neuro_extended",
        "C29",
        "optic neuropathy, ataxia and myelopathy count as neurological",
        YES_OR_NO,
    ),
    Setting(
        "b12LowPmolL",
        "b12_low_pmol_l",
        "C7",
        "total B12 below this is deficient, pmol/L",
        bounds=(100, 200),
    ),
    Setting(
        "b12HighPmolL",
        "b12_high_pmol_l",
        "C7",
        "total B12 above this is not low, pmol/L",
        bounds=(200, 400),
    ),
    Setting(
        "b12LowPgMl",
        "b12_low_pg_ml",
        "C7",
        "total B12 below this is deficient, pg/mL",
        bounds=(135, 272),
    ),
    Setting(
        "b12HighPgMl",
        "b12_high_pg_ml",
        "C7",
        "total B12 above this is not low, pg/mL",
        bounds=(270, 543),
    ),
    Setting(
        "mmaNmolL",
        "mma_nmol_l",
        "C9",
        "methylmalonic acid above this is raised, nmol/L",
        bounds=(200, 400),
    ),
    Setting(
        "mmaMinEgfr",
        "mma_min_egfr",
        "C9",
        "eGFR from which raised methylmalonic acid confirms deficiency",
        bounds=(45, 90),
    ),
    Setting(
        "crohnsAnyExtentProphylaxis",
        "crohns_any_extent_prophylaxis",
        "C10",
        "prophylaxis for any extent of ileal Crohn's disease",
        YES_OR_NO,
    ),
    Setting(
        "crohnsExtentCm",
        "crohns_extent_cm",
        "C11",
        "extent of ileal Crohn's disease that calls for prophylaxis, cm",
        bounds=(30, 60),
    ),
    Setting(
        "ilealMaintenanceMonths",
        "ileal_maintenance_months",
        "C12",
        "maintenance interval in ileal disease, months",
        (1, 2, 3),
    ),
    Setting(
        "bariatricMaintenance",
        "bariatric_maintenance",
        "C13",
        "maintenance after bariatric surgery",
        BariatricMaintenance,
    ),
    Setting(
        "scHydroxocobalamin",
        "sc_hydroxocobalamin",
        "C14",
        "subcutaneous hydroxocobalamin",
        SubcutaneousHydroxocobalamin,
    ),
    Setting(
        "cyanoMinEgfr",
        "cyano_min_egfr",
        "C15",
        "eGFR below which kidney function counts as impaired",
        bounds=(45, 60),
    ),
    Setting(
        "draftMethylcobalamin",
        "draft_methylcobalamin",
        "C17",
        "methylcobalamin is never drafted: no source gives a dose",
        (False,),
    ),
    Setting(
        "lifelongForDietary",
        "lifelong_for_dietary",
        "C18",
        "a resolved dietary cause still counts as lifelong",
        YES_OR_NO,
    ),
    Setting(
        "stableChecks",
        "stable_checks",
        "C21",
        "consecutive normal checks before yearly monitoring",
        bounds=(2, 4),
        whole=True,
    ),
    Setting(
        "altDailyLoading",
        "alt_daily_loading",
        "C22",
        "loading by 5 to 6 daily injections",
        AltDailyLoading,
    ),
    Setting(
        "neuroReviewDays",
        "neuro_review_days",
        "C24",
        "days between reviews while on alternate days",
        bounds=(7, 28),
        whole=True,
    ),
    Setting(
        "folateGateOpens",
        "folate_gate_opens",
        "C25",
        "when folic acid may follow vitamin B12",
        FolateGateOpens,
    ),
    Setting(
        "oralDoseMcg", "oral_dose_mcg", "C26", "oral dose drafted, micrograms a day", (1000, 2000)
    ),
    Setting(
        "cyanoImProtocol",
        "cyano_im_protocol",
        "C27",
        "the site's signed protocol for cyanocobalamin injections",
        text=True,
    ),
    Setting(
        "minAgeYears",
        "min_age_years",
        "C28",
        "youngest age the guidance is applied to",
        bounds=(ADULT_YEARS, 25),
        whole=True,
    ),
    Setting(
        "dietaryLowDoseAccepted",
        "dietary_low_dose_accepted",
        "S52",
        "oral doses under 1000 micrograms accepted in dietary deficiency",
        YES_OR_NO,
    ),
    Setting(
        "severeHbGperL",
        "severe_hb_g_per_l",
        "K9",
        "haemoglobin below this is severe anaemia, g/L",
        bounds=(70, 100),
    ),
    Setting(
        "confirmConsistentOrders",
        "confirm_consistent_orders",
        "a1",
        "cards for orders that match the guidance",
        ConfirmConsistentOrders,
    ),
    Setting(
        "loweringDrugCards",
        "lowering_drug_cards",
        "g1",
        "cards for long-term medicines that lower vitamin B12",
        YES_OR_NO,
    ),
    Setting(
        "standingOrderMonths",
        "standing_order_months",
        "C39",
        "months after which an active order without a dose is a standing order",
        bounds=(12, 24),
        whole=True,
    ),
    Setting(
        "prefetchMaxAgeHours",
        "prefetch_max_age_hours",
        "Q61",
        'hours after which a list that says when it was put together no longer says "none"',
        bounds=(1, 168),
        whole=True,
    ),
    Setting(
        "oldEncounterDiagnosisMonths",
        "old_encounter_diagnosis_months",
        "F10",
        "months after which an encounter diagnosis without clinical status only asks",
        bounds=(12, 60),
        whole=True,
    ),
    Setting(
        "neuroMinLoadingDays",
        "neuro_min_loading_days",
        "C33",
        "shortest bound of an alternate-day course, days",
        bounds=(14, 56),
        whole=True,
    ),
    Setting(
        "altLoadingAccepted",
        "alt_loading_accepted",
        "C38",
        "whether daily, then weekly, then monthly loading is accepted",
        YES_OR_NO,
    ),
    Setting(
        "gastrectomyProphylaxis",
        "gastrectomy_prophylaxis",
        "C35",
        "prophylaxis after total gastrectomy",
        GastrectomyProphylaxis,
    ),
    Setting(
        "traceB12McgPerDay",
        "trace_b12_mcg_per_day",
        "Q75",
        "vitamin B12 of a combination product that counts as a trace, micrograms a day",
        bounds=TRACE_BOUNDS,
    ),
    Setting(
        "renewalWindowDays",
        "renewal_window_days",
        "Q38",
        "days before the end of an order from which a new one is its renewal",
        bounds=(7, 62),
        whole=True,
    ),
    Setting(
        "maxOralPerDay",
        "max_oral_per_day",
        "Q42",
        "oral doses a day above which the frequency is asked about",
        bounds=(4, 12),
        whole=True,
    ),
    Setting(
        "kidneyAskAge",
        "kidney_ask_age",
        "Q51",
        "age from which a missing kidney result is a warning",
        bounds=(18, 60),
        whole=True,
    ),
    Setting(
        "monitoringCards",
        "monitoring_cards",
        "K19",
        "where an overdue review is said",
        MonitoringCards,
    ),
    Setting(
        "monitoringGraceDays",
        "monitoring_grace_days",
        "K19",
        "days after which a review is overdue",
        bounds=(14, 90),
        whole=True,
    ),
    Setting("refillCards", "refill_cards", "Q47", "cards when an order is refilled", YES_OR_NO),
    Setting(
        "sourcesDiffer",
        "sources_differ",
        "K18",
        "the line that says where the sources differ",
        YES_OR_NO,
    ),
    Setting(
        "infoSilenceDays",
        "info_silence_days",
        "Q45",
        "days for which an overridden card of information stays silent",
        bounds=(0, 180),
        whole=True,
    ),
    Setting(
        "prescriptionMonths",
        "prescription_months",
        "Q48",
        "months for which a drafted order may be dispensed",
        bounds=(3, 12),
        whole=True,
    ),
    Setting(
        "neuroRepeats",
        "neuro_repeats",
        "Q48",
        "repeats of a drafted alternate-day order; not the end of treatment",
        bounds=(5, 11),
        whole=True,
    ),
    Setting(
        "draftDispense",
        "draft_dispense",
        "Q48",
        "supply, repeats and validity in drafted orders",
        YES_OR_NO,
    ),
    Setting(
        "draftSubstitution",
        "draft_substitution",
        "Q48",
        "substitution by brand in drafted orders",
        YES_OR_NO,
    ),
    Setting("draftSite", "draft_site", "Q48", "injection site in drafted orders", YES_OR_NO),
    Setting(
        "draftStart", "draft_start", "Q48", "start of drafted maintenance, where fixed", YES_OR_NO
    ),
)
"""Every setting of decisions 2.9 with what it may be; the defaults are those of `Policy`."""

_BY_KEY = {setting.key: setting for setting in SETTINGS}

_TWINS = (
    ("b12LowPmolL", "b12_low_pmol_l", "b12LowPgMl", "b12_low_pg_ml"),
    ("b12HighPmolL", "b12_high_pmol_l", "b12HighPgMl", "b12_high_pg_ml"),
)
_PMOL_PER_PG = Decimal(1000) / Decimal("1355.4")
_TWIN_TOLERANCE = Decimal("0.02")


def policy_as_dict(policy: Policy) -> dict[str, str | int | float | bool]:
    """Return the settings in force by their names in the site file, for display and for the
    version.
    """
    return {setting.key: _as_written(getattr(policy, setting.field)) for setting in SETTINGS}


def _as_written(value: Any) -> str | int | float | bool:
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if value == "":
        return "NONE"
    return value  # type: ignore[no-any-return]


def _read(settings: Mapping[str, object]) -> tuple[dict[str, object], tuple[str, ...]]:
    values: dict[str, object] = {}
    problems: list[str] = []
    for key, found in settings.items():
        setting = _BY_KEY.get(key)
        if setting is None:
            near = difflib.get_close_matches(key, _BY_KEY, n=1, cutoff=0.0)
            problems.append(f"{key}: no such setting; the nearest name is {near[0]}")
            continue
        value = _value_of(setting, found)
        if value is None:
            problems.append(f"{key}: found {_found(setting, found)}, expected {setting.expected}")
        else:
            values[setting.field] = value
    return values, tuple(problems)


NO_PROTOCOL = frozenset(
    {
        *["", "no", "none", "nil", "na", "n/a", "not applicable", "false", "off", "null", "never"],
        *["tbc", "tba", "tbd", "to be confirmed", "to be agreed", "to be decided", "pending"],
        *["todo", "to do", "draft", "in preparation", "unknown", "not yet", "-", "?"],
    }
)
"""Words that say that there is no protocol (Q62)."""

_REFERENCE = re.compile(r"(.*[^\W\d_].*?)[,;]\s*(\d{4}-\d\d-\d\d)[,;]\s*(.*[^\W\d_].*)")


def _protocol(text: str) -> str | None:
    """Return the reference to a signed protocol; empty for a word that says that there is none, and
    `None` for a text that does not name protocol, date and approver.

    Source: Q62.
    """
    whole = text.strip()
    if whole.strip(" .!").casefold() in NO_PROTOCOL:
        return ""
    found = _REFERENCE.fullmatch(whole)
    if not found or {found[1].strip().casefold(), found[3].strip(" .").casefold()} & NO_PROTOCOL:
        return None
    try:
        dt.date.fromisoformat(found[2])
    except ValueError:
        return None
    return whole


def _value_of(setting: Setting, found: object) -> object | None:
    """Return the value as the field holds it, or `None` when it is not of the kind the setting
    takes.
    """
    if setting.text:
        return _protocol(found) if isinstance(found, str) else None
    if setting.bounds is not None:
        return _number(found, setting.whole)
    if isinstance(setting.choices, tuple):
        return next(
            (
                choice
                for choice in setting.choices
                if choice == found and type(choice) is type(found)
            ),
            None,
        )
    return next((member for member in setting.choices or () if member.value == found), None)


def _number(found: object, whole: bool) -> object | None:
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal):
        return None
    exact = Decimal(str(found))
    if not exact.is_finite() or (whole and exact != exact.to_integral_value()):
        return None
    return int(exact) if whole else exact


def _unchecked(kind: type[Policy], values: dict[str, object]) -> Policy:
    """Build the policy without its own check, so that all problems can be said together."""
    policy = object.__new__(kind)
    defaults = {field.name: field.default for field in fields(kind)}
    for name, value in (defaults | values).items():
        object.__setattr__(policy, name, value)
    return policy


def _problems_of(policy: Policy) -> tuple[str, ...]:
    """Say every value that lies outside what loosens nothing."""
    return (*_outside(policy), *_twins_that_disagree(policy), *_limits_that_cross(policy))


def _outside(policy: Policy) -> list[str]:
    problems = []
    for setting in SETTINGS:
        value = getattr(policy, setting.field)
        if setting.bounds is not None and not setting.bounds[0] <= value <= setting.bounds[1]:
            problems.append(f"{setting.key}: found {_shown(value)}, expected {setting.expected}")
        if isinstance(setting.choices, tuple) and value not in setting.choices:
            problems.append(f"{setting.key}: found {_shown(value)}, expected {setting.expected}")
    return problems


def _limits_that_cross(policy: Policy) -> list[str]:
    """The lower limit lies below the upper one, in either unit (Q90)."""
    low, high = _TWINS
    problems = []
    for unit in (0, 2):
        lower, upper = getattr(policy, low[unit + 1]), getattr(policy, high[unit + 1])
        if lower >= upper:
            problems.append(
                f"{low[unit]} and {high[unit]}: found {_shown(lower)} and {_shown(upper)}, "
                f"expected the first below the second"
            )
    return problems


def _twins_that_disagree(policy: Policy) -> list[str]:
    """The limits in pmol/L and pg/mL are one interval in two units: one cannot move without the
    other (C7, I9).
    """
    problems = []
    for molar_key, molar_field, mass_key, mass_field in _TWINS:
        molar, mass = getattr(policy, molar_field), getattr(policy, mass_field)
        if abs(mass * _PMOL_PER_PG - molar) > molar * _TWIN_TOLERANCE:
            problems.append(
                f"{molar_key} and {mass_key}: found {_shown(molar)} pmol/L and {_shown(mass)} "
                f"pg/mL, "
                f"expected the same limit in both units ({_shown(molar)} pmol/L is about "
                f"{round(molar / _PMOL_PER_PG)} pg/mL)"
            )
    return problems


def _found(setting: Setting, value: object) -> str:
    """Show a value; a text in quotation marks where another kind is expected, as "false" is not
    false.
    """
    takes_text = setting.text or isinstance(setting.choices, type)
    return f'"{value}"' if isinstance(value, str) and not takes_text else _shown(value)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if isinstance(value, str) else repr(value)
