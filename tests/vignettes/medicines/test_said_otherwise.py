"""The same fact said in other places and other words: what is known of it is the same, and what
only points at it is asked about.

Expectations: decisions Q27, Q28 (words that hint), Q39, Q41, Q57, F10, 2.8; cards.md 4 (b1, b6,
b12, b19, b23, c1, c3) and 6 (T7, T8 beside a laboratory order; N1 on a refill).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import (
    LOADING,
    TABLETS,
    cards_of,
    draft_of,
    labels,
    only_card,
    request,
)

Json = dict[str, Any]

PARAESTHESIA = {"coding": [{"system": "http://snomed.info/sct", "code": "91019004"}]}

# --- what the order alone shows, where nothing of the patient could be read (Q57)


def unread(order: str) -> Json:
    asked = request(order)
    asked["prefetch"] = {}
    return asked


def test_tablets_with_nerve_signs_as_their_own_reason_are_never_silent_Q57() -> None:
    asked = unread(TABLETS)
    draft_of(asked)["reasonCode"] = [PARAESTHESIA]
    card = only_card(asked)

    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b1", "warning")  # D unknown
    assert card["summary"].startswith("Paraesthesia (26 Nov): start with hydroxocobalamin")
    assert labels(card) == []  # nothing is created for somebody of unknown age (Q14)


def test_a_child_or_nobody_s_age_is_no_reason_for_adult_injections_Q14() -> None:
    asked = request(TABLETS, born="2012-02-02")
    draft_of(asked)["reasonCode"] = [PARAESTHESIA]
    assert [card["source"]["topic"]["code"] for card in cards_of(asked)] == ["k4"]


@pytest.mark.parametrize(
    "words",
    [
        "gluteus maximus",
        "buttock, upper outer quadrant",
        "R buttock (IM)",
        "Gesäß links",
        "M. glutaeus maximus",
        "fesse droite",
        "glúteo derecho",
        "nádega",
    ],
)
def test_the_buttock_is_read_in_longer_words_and_other_languages_b12(words: str) -> None:
    asked = unread("hydroxocobalamin, 1000 mcg, IM, every 2 months")
    draft_of(asked)["dosageInstruction"][0]["site"] = {"text": words}
    assert only_card(asked)["source"]["topic"]["code"] == "b12"


@pytest.mark.parametrize("words", ["deltoid, not the buttock", "bil deltoid", "left upper arm"])
def test_other_sites_are_no_buttock(words: str) -> None:
    asked = unread("hydroxocobalamin, 1000 mcg, IM, every 2 months")
    draft_of(asked)["dosageInstruction"][0]["site"] = {"text": words}
    assert only_card(asked)["source"]["topic"]["code"] == "k4"


# --- alternate days that end, by the words beside the fields (Q39, Q41)

SIGNS = {
    "conditions": ["pernicious anaemia, since 2026-08-28", "ataxic gait, since 2026-11-06"],
    "results": ["B12 77 pmol/L, on 2026-11-06"],
}
ALTERNATE = "hydroxocobalamin, 1000 mcg, IM, alternate days"
MAINTENANCE = "hydroxocobalamin, 1000 mcg, IM, every 2 months"


@pytest.mark.parametrize("where", ["text", "patientInstruction"])
@pytest.mark.parametrize(
    ("words", "indicator", "said"),
    [
        ("1 mg IM on alternate days for 1 week", "warning", "after 4 doses"),
        ("1 mg IM every other day x 3 doses", "warning", "after 3 doses"),
        ("1 mg i.m. jeden zweiten Tag für 5 Tage", "warning", "after 3 doses"),
        ("1 mg IM on alternate days for 2 weeks", "info", "end on 10 Dec 2026"),
    ],
)
def test_an_end_in_words_ends_alternate_days_too_b19(
    where: str, words: str, indicator: str, said: str
) -> None:
    asked = request(ALTERNATE, MAINTENANCE, **SIGNS)
    draft_of(asked)["dosageInstruction"][0][where] = words
    card = only_card(asked)

    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b19", indicator)
    assert said in card["summary"]


WEEKS = {"unit": "weeks", "system": "http://unitsofmeasure.org", "code": "wk"}


@pytest.mark.parametrize(
    ("ends", "words", "differ"),
    [
        ({"count": 6}, "three times a week for 6 weeks", True),
        ({"boundsDuration": WEEKS | {"value": 2}}, "three times a week for 6 weeks", True),
        ({"boundsDuration": WEEKS | {"value": 6}}, "three times a week for 2 weeks", True),
        ({"boundsDuration": WEEKS | {"value": 6}}, "three times a week x 6", True),
        ({"count": 6}, "three times a week for 2 weeks", False),
        ({"boundsDuration": WEEKS | {"value": 2}}, "3x weekly for 2/52", False),
        ({"boundsDuration": WEEKS | {"value": 2}}, "three times a week x 6", False),
        (
            {"boundsPeriod": {"start": "2026-11-26", "end": "2026-12-10"}},
            "three times a week for 2 weeks",
            False,
        ),
        ({"boundsDuration": WEEKS | {"value": 2}}, "three times a week", False),
        ({}, "three times a week for 2 weeks", False),
    ],
    ids=str,
)
def test_words_that_end_at_another_time_than_the_fields_are_told_Q41(
    ends: Json, words: str, differ: bool
) -> None:
    asked = request(LOADING, MAINTENANCE, conditions=["coeliac disease, since 2020-01-01"], **LOW)
    dosage = draft_of(asked)["dosageInstruction"][0]
    dosage["text"] = words
    three_a_week = {"frequency": 3, "period": 1, "periodUnit": "wk"}
    dosage["timing"] = {"repeat": three_a_week | ends}
    codes = [card["source"]["topic"]["code"] for card in cards_of(asked)]
    assert ("b20" in codes) is differ


@pytest.mark.parametrize(
    "words",
    [
        "1 mg IM on alternate days until no further improvement; review every 14 days",
        "1 mg IM on alternate days",
    ],
)
def test_alternate_days_without_an_end_are_right_b19(words: str) -> None:
    asked = request(ALTERNATE, MAINTENANCE, **SIGNS)
    draft_of(asked)["dosageInstruction"][0]["text"] = words
    assert cards_of(asked) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [({"count": 10}, ""), ({}, "1 mg IM on alternate days for 2 weeks")],
)
def test_of_two_ends_of_alternate_days_the_first_is_told_b19(more: Json, words: str) -> None:
    asked = request("hydroxocobalamin, 1000 mcg, IM, alternate days for 5 days", **SIGNS)
    dosage = draft_of(asked)["dosageInstruction"][0]
    dosage["timing"] = {"repeat": dosage["timing"]["repeat"] | more}
    dosage["text"] = words
    (card,) = cards_of(asked)
    assert "end after 3 doses" in card["summary"] + card["detail"]


# --- folic acid whose words give more than its fields (Q41, 2.8)


@pytest.mark.parametrize(
    ("chart", "code", "indicator"),
    [
        ({"conditions": ["pernicious anaemia, since 2026-08-28"]}, "c1", "critical"),
        ({}, "c3", "warning"),  # nothing known of vitamin B12: low doses are silent
    ],
)
def test_folic_acid_counts_by_the_larger_dose_of_words_and_fields(
    chart: Json, code: str, indicator: str
) -> None:
    asked = request("folic acid tablet 0.4 mg, 0.4 mg, oral, daily", **chart)
    dosage = draft_of(asked)["dosageInstruction"][0]
    dosage["text"] = "take 5 mg once daily"
    card = cards_of(asked)[0]
    assert (card["source"]["topic"]["code"], card["indicator"]) == (code, indicator)

    dosage["text"] = "take 0.4 mg once daily"
    assert code not in {card["source"]["topic"]["code"] for card in cards_of(asked)}


# --- a refill with nerve signs that cannot be read, and what a laboratory order does not hear


def test_a_refill_that_cannot_be_read_is_loud_with_nerve_signs_b23() -> None:
    asked = request("hydroxocobalamin, 'as directed'", **SIGNS)
    asked["hook"] = "medication-refill"
    asked["context"] = {"patientId": "p1", "medications": asked["context"]["draftOrders"]}
    card = only_card(asked)
    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b23", "warning")


STANDING = {"active": ["hydroxocobalamin, 1000 mcg, IM, every 3 months, since 2024-06-09"]}
ENDING = {
    "active": [f"{MAINTENANCE}, since 2025-12-01; valid until 2026-12-10"],
    "given": [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{month}-20" for month in ("07", "09")],
}
ANAEMIA = {"conditions": ["pernicious anaemia, since 2024-03-01"]}
LOW = {"results": ["B12 100 pmol/L, on 2026-11-06"]}


@pytest.mark.parametrize(
    ("chart", "said"),
    [
        (ANAEMIA | STANDING, []),  # T7
        (ANAEMIA | ENDING, []),  # T8
        (LOW | STANDING, [("k1", "warning")]),  # a standing order never lowers an indicator (Q73)
    ],
)
def test_a_laboratory_order_hears_of_a_standing_order_only_if_it_presses(
    chart: Json, said: list[tuple[str, str]]
) -> None:
    asked = request(LOADING, **chart)
    code = {"coding": [{"system": "http://loinc.org", "code": "13964-2"}]}
    test = {"resourceType": "ServiceRequest", "id": "t", "status": "draft", "intent": "order"}
    test |= {"code": code, "subject": {"reference": "Patient/p1"}}
    asked["context"]["draftOrders"]["entry"] = [{"resource": test}]
    asked["context"]["selections"] = ["ServiceRequest/t"]
    found = [(card["source"]["topic"]["code"], card["indicator"]) for card in cards_of(asked)]
    assert found == said


# --- why folic acid is given, in the words of other languages (2.8, I17, F31)

UNTREATED = "pernicious anaemia, since 2026-08-28"
FOLIC = "folic acid tablet 5 mg, 5 mg, oral, daily"


def of_folic_acid(reason: str = "", *problems: str) -> Json:
    asked = request(FOLIC, conditions=[UNTREATED, *problems])
    if reason:
        draft_of(asked)["reasonCode"] = [{"text": reason}]
    return only_card(asked)


def removes(card: Json) -> bool:
    return any(
        action["type"] == "delete"
        for suggestion in card.get("suggestions", ())
        for action in suggestion["actions"]
    )


PROTECTED = [
    "Kinderwunsch",
    "désir de grossesse",
    "deseo de embarazo",
    "desiderio di gravidanza",
    "zwangerschapswens",
    "planerar graviditet",
    "Neuralrohrdefekt, Prophylaxe",
    "Sichelzellkrankheit",
    "drépanocytose",
    "anemia falciforme",
    "sikkelcelziekte",
    "seglcelleanæmi",
    "Thalassämie",
    "hereditäre Sphärozytose",
    "anemia hemolítica",
    "Hämodialyse",
    "Methotrexat",
    "metotrexato",
]


@pytest.mark.parametrize("reason", PROTECTED)
def test_protected_folic_acid_is_kept_whatever_the_language_of_its_reason(reason: str) -> None:
    card = of_folic_acid(reason)
    assert (card["source"]["topic"]["code"], card["indicator"]) == ("c4", "warning")
    assert not removes(card)  # I17


@pytest.mark.parametrize(
    "reason",
    [
        *("", "nicht schwanger", "Schwangerschaft ausgeschlossen", "pregnancy test negative"),
        *("anaemia", "Kein Kinderwunsch", "not currently pregnant", "pas enceinte"),
        *("no haemolysis", "geen zwangerschap", "no hemolitica"),
    ],
)
def test_what_is_denied_or_no_reason_protects_nothing(reason: str) -> None:
    card = of_folic_acid(reason)
    assert (card["source"]["topic"]["code"], card["indicator"]) == ("c1", "critical")


@pytest.mark.parametrize(
    "problem", ["Kinderwunsch", "Trying to conceive", "Sichelzellkrankheit", "Anemia falciforme"]
)
def test_a_problem_in_words_protects_as_its_code_does_Q27(problem: str) -> None:
    card = of_folic_acid("", f"'{problem}', since 2026-09-01")
    assert card["source"]["topic"]["code"] == "c4"


@pytest.mark.parametrize(
    "words", ["1 mg IM au besoin", "1 mg IM si precisa", "1 mg i.m. efter behov"]
)
def test_as_needed_is_read_in_other_languages_b6(words: str) -> None:
    given = [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{month}-20" for month in ("07", "09")]
    asked = request(f"hydroxocobalamin, '{words}'", conditions=[UNTREATED], given=given)
    card = only_card(asked)
    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b6", "warning")


@pytest.mark.parametrize(
    "words", ["Totale Gastrektomie", "Gastrectomie totale", "Gastrectomía total"]
)
def test_a_total_gastrectomy_is_known_by_its_name_P5(words: str) -> None:
    asked = request(LOADING, procedures=[f"'{words}', on 2021-06-05"])
    asked["hook"], asked["context"] = "patient-view", {"patientId": "p1"}
    assert only_card(asked)["summary"].startswith("Total gastrectomy 2021")


@pytest.mark.parametrize("words", ["Total gastrectomy", "Total gastrectomy 2018"])
def test_the_day_of_an_entry_in_the_problem_list_is_no_year_of_an_operation_I33(
    words: str,
) -> None:
    asked = request(LOADING, conditions=[f"'{words}', since 2026-09-27"])
    asked["hook"], asked["context"] = "patient-view", {"patientId": "p1"}
    said = only_card(asked)["summary"]
    assert said.startswith("Total gastrectomy 2026, ")  # an onset is its year
    (entry,) = asked["prefetch"]["conditions"]["entry"]
    entry["resource"]["recordedDate"] = entry["resource"].pop("onsetDateTime")
    assert only_card(asked)["summary"] == said.replace(" 2026, ", ", ")


def test_vitamin_b12_stated_as_taken_by_no_known_route_is_no_second_draft_RN5() -> None:
    """Without route and dosage it may be what is ordered now."""
    results = ["B12 400 pmol/L, on 2026-11-06", "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"]
    asked = request("vitamin B12 tablet 1 mg, 1 tablet, oral, daily", results=results)
    stated = {
        "resourceType": "MedicationStatement",
        "id": "own",
        "status": "active",
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"text": "Vitamin B12 1000 mcg"},
        "effectivePeriod": {"start": "2025-10-22"},
    }
    asked["prefetch"]["statements"] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": stated}],
    }
    said = "Vitamin B12 is still active: does this order replace it?"
    assert said in [card["summary"] for card in cards_of(asked)]


# --- what R5 renders of a dosage (Q41)

RIGHT = {"conditions": [UNTREATED], "results": ["no neurological symptoms, on 2026-11-20"]}


def in_r5(order: str, rendered: str, **chart: Any) -> Json:
    asked = request(order, **chart)
    draft = draft_of(asked)
    draft["medication"] = {"concept": draft.pop("medicationCodeableConcept")}
    draft["renderedDosageInstruction"] = rendered
    return asked


def test_what_r5_renders_of_a_dosage_is_its_text_Q41() -> None:
    card = cards_of(in_r5(LOADING, "Inject 10 mg IM three times a week", **RIGHT))[0]
    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b8", "critical")
    card = cards_of(in_r5(LOADING, "1 mg IM every 3 months", **RIGHT))[0]
    assert card["source"]["topic"]["code"] == "b20"


def test_a_dosage_that_r5_only_renders_is_read() -> None:
    asked = in_r5(MAINTENANCE, "1 mg IM every 3 months", **SIGNS)
    del draft_of(asked)["dosageInstruction"]
    assert only_card(asked)["source"]["topic"]["code"] == "b3"


def test_a_changed_dosage_does_not_keep_what_was_rendered_before() -> None:
    rendered = "1 mg IM every 3 months"
    asked = in_r5("hydroxocobalamin, 1000 mcg, IM, every 3 months", rendered, **SIGNS)
    (suggestion,) = only_card(asked)["suggestions"]
    changed = [one["resource"] for one in suggestion["actions"] if one["type"] == "update"]
    assert changed
    assert all("renderedDosageInstruction" not in one for one in changed)


# --- until when R5 says that a dosage holds (Q39, b19)

WEEK = {"start": "2026-11-26", "end": "2026-12-02"}
ALTERNATE_DAYS = "hydroxocobalamin, 1000 mcg, IM, alternate days"


def test_an_end_outside_the_dosage_is_the_end_of_alternate_days_b19() -> None:
    asked = in_r5(ALTERNATE_DAYS, "", **SIGNS)
    draft_of(asked)["effectiveDosePeriod"] = WEEK
    card = only_card(asked)
    assert "Alternate days end after 4 doses: go on until there is no further" in card["detail"]

    changed = [
        action["resource"]
        for suggestion in card["suggestions"]
        for action in suggestion["actions"]
        if action["type"] == "update"
    ]
    assert changed
    assert [one.get("effectiveDosePeriod") for one in changed] == [{"start": "2026-11-26"}]


def test_an_end_in_the_dosage_itself_is_the_one_that_holds() -> None:
    within = request(f"{ALTERNATE_DAYS} for 2 weeks", **SIGNS)
    beside = in_r5(f"{ALTERNATE_DAYS} for 2 weeks", "", **SIGNS)
    draft_of(beside)["effectiveDosePeriod"] = WEEK
    assert only_card(beside)["summary"] == only_card(within)["summary"]


def test_without_an_end_the_period_of_r5_ends_nothing() -> None:
    asked = in_r5(ALTERNATE_DAYS, "", **SIGNS)
    draft_of(asked)["effectiveDosePeriod"] = {"start": "2026-11-26"}
    assert not any(card["source"]["topic"]["code"] == "b19" for card in cards_of(asked))


# --- an empty answer means that it was checked (Q59, Q92)


@pytest.mark.parametrize("failed", ["conditions", "labs", "medications"])
def test_b12_given_is_a_reason_to_say_what_could_not_be_read_a3(failed: str) -> None:
    doses = [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{month}-20" for month in ("07", "09", "11")]
    asked = request(LOADING, given=doses, **{"not available": [failed]})
    asked["hook"], asked["context"] = "patient-view", {"patientId": "p1"}
    card = only_card(asked)
    assert card["indicator"] == "info"
    assert card["source"]["topic"]["code"] in ("a3", "m1")
    assert "could not be read" in card["summary"] + card["detail"]


def test_without_anything_of_b12_one_list_that_failed_is_no_card_Q92() -> None:
    asked = request(LOADING, **{"not available": ["conditions"]})
    asked["hook"], asked["context"] = "patient-view", {"patientId": "p1"}
    assert cards_of(asked) == []


LOW_WITH_SIGNS = {
    "conditions": ["paraesthesia, since 2026-11-10"],
    "results": ["B12 95 pmol/L, on 2026-11-06"],
}
FOLIC_ACID = "folic acid tablet 5 mg, 5 mg, oral, daily"
LITTLE_FOLIC_ACID = "folic acid tablet 0.4 mg, 0.4 mg, oral, daily"
BORDERLINE = {"results": ["B12 200 pmol/L, on 2026-11-06"]}
AGE_NOT_READ = ["B12 not checked: the age could not be read"]


def said_without(patient: str, *orders: str, **chart: Any) -> list[str]:
    """Return the summaries where the Patient is "missing", "null" or "of no age"."""
    asked = request(*orders, **chart)
    if patient == "of no age":
        del asked["prefetch"]["patient"]["birthDate"]
    else:
        asked["prefetch"].pop("patient")
    if patient == "null":
        asked["prefetch"]["patient"] = None
    return [card["summary"] for card in cards_of(asked)]


@pytest.mark.parametrize("patient", ["missing", "null"])
def test_a_patient_who_was_not_read_is_not_one_under_age_R176(patient: str) -> None:
    assert said_without(patient, **LOW_WITH_SIGNS) == AGE_NOT_READ
    assert said_without(patient, FOLIC_ACID, **BORDERLINE) == AGE_NOT_READ
    (both,) = said_without(patient, **LOW_WITH_SIGNS, **{"not available": ["procedures", "labs"]})
    assert both == "B12 not checked: the age and laboratory results could not be read"


@pytest.mark.parametrize("patient", ["missing", "null"])
def test_nothing_of_b12_or_a_dose_that_is_right_makes_no_card_of_an_age_not_read(
    patient: str,
) -> None:
    assert said_without(patient) == []
    assert said_without(patient, LITTLE_FOLIC_ACID, **BORDERLINE) == []


def test_an_age_that_is_not_recorded_stays_without_advice_G1() -> None:
    assert said_without("of no age", **LOW_WITH_SIGNS) == []
    assert said_without("of no age", FOLIC_ACID, **BORDERLINE) == []
