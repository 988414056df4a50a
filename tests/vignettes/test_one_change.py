"""One fact more, or one that could not be read: the answer changes as the documents say and no
further, and every setting that changes a draft changes what is said of it.

Expectations: cards.md 4 ({b12} without a result), 4.1 (P4, P5, T2, T5b, T8, "by diagnosis"), 6 (P3
beside N3), 7 (rules 1 and 4); decisions 2.4 (K6: M6, P-rows, T8), 2.6 (K2 to K6, K13, K14), C12,
C13, C24, C28, C35, I2, I12, I29, Q6, Q28, Q58, Q71, Q76.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.every_case.cases import with_policy
from tests.vignettes.chart import write_request
from tests.vignettes.test_stops_and_doubtful_orders import cards_of, labels, only_card, request

Json = dict[str, Any]

ANAEMIA = "pernicious anaemia, since 2022-11-15"
VEGAN = "vegan diet, since 2020-01-01"
LEBERS = "Leber's optic atrophy, since 1990-01-01"
OLD_SIGN = "paraesthesia, since 2019-03-01"
SIGNS = "paraesthesia, since 2026-10-20"
NO_SIGNS = "no neurological symptoms, on 2026-11-20"
LOW = "B12 96 pmol/L, on 2026-11-06"
NOT_LOW = "B12 420 pmol/L, on 2026-11-06"
KIDNEYS = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
FEWER = "eGFR 20 mL/min/{1.73_m2}, on 2026-11-20"
MANY = "platelets 240 10*9/L, on 2026-11-20"
SLEEVE = "sleeve gastrectomy, on 2023-11-01"
MONTHLY = "cyanocobalamin injection, 1000 mcg, IM, every month, since 2025-12-01"
MONTHLY_DOSES = [
    f"cyanocobalamin injection, 1000 mcg, IM, on 2026-{month}-05"
    for month in ("07", "08", "09", "10", "11")
]
TABLETS = {
    "active": ["vitamin B12 tablet 1 mg, 1 tablet, oral, daily, since 2026-04-01"],
    "supplied": ["vitamin B12 tablet 1 mg, on 2026-10-07, for 90 days"],
}


def opened(**chart: Any) -> Json:
    return write_request({"chart": {"born": "1960-02-02", "sex": "female"} | chart})


def marked(card: Json) -> list[str]:
    return [one["label"] for one in card.get("suggestions", ()) if one.get("isRecommended")]


# --- on a product that this person must not have, whatever else is due


@pytest.mark.parametrize(
    ("added", "why"),
    [
        ({"conditions": [ANAEMIA, LEBERS]}, "Leber's optic neuropathy, on"),
        ({"results": [NO_SIGNS, FEWER]}, "eGFR 20 (20 Nov) on"),
        ({"allergies": ["severe: cyanocobalamin"]}, "Reaction recorded, on"),
    ],
)
def test_cyanocobalamin_that_harms_is_not_renewed_I2(added: Json, why: str) -> None:
    ending = f"{MONTHLY}; valid until 2026-12-05"
    chart = {"conditions": [ANAEMIA], "results": [NO_SIGNS, KIDNEYS], "given": MONTHLY_DOSES}
    card = only_card(opened(**chart | {"active": [ending]} | added))

    assert card["indicator"] == "warning"
    change = "cyanocobalamin every month: change to hydroxocobalamin"
    assert card["summary"] == f"{why} {change}"
    assert "renew" not in card["summary"]
    assert marked(card) == ["Hydroxocobalamin 1 mg IM every 2-3 months for life"]


@pytest.mark.parametrize(
    ("chart", "said"),
    [
        ({"conditions": [ANAEMIA, LEBERS], "results": [NO_SIGNS, KIDNEYS]}, "on tablets: change"),
        (
            {"conditions": [VEGAN, LEBERS], "results": [NO_SIGNS, KIDNEYS, LOW]},
            "on tablets: change",
        ),
        (
            {"conditions": [VEGAN, "fatigue, since 2026-10-01"], "results": [NO_SIGNS, FEWER]},
            "eGFR 20 (20 Nov) on tablets: change",
        ),
    ],
)
def test_tablets_that_harm_are_changed_before_they_are_argued_with_T5(
    chart: Json, said: str
) -> None:
    card = only_card(opened(**chart | TABLETS))

    assert card["indicator"] == "warning"
    assert f"{said} to hydroxocobalamin" in card["summary"]


def test_symptoms_that_return_are_answered_by_another_product_T2() -> None:
    chart = {"conditions": [ANAEMIA, LEBERS, "fatigue, since 2026-10-20"], "given": MONTHLY_DOSES}
    card = only_card(opened(**chart, results=[NO_SIGNS, KIDNEYS], active=[MONTHLY]))

    assert card["indicator"] == "warning"
    assert card["summary"].endswith("every month: inject hydroxocobalamin every 3 weeks")


@pytest.mark.parametrize(
    ("sign", "said"),
    [(NO_SIGNS, "give hydroxocobalamin now"), (None, "give hydroxocobalamin now")],
)
def test_a_lapse_is_not_resumed_with_what_harms_T4(sign: str | None, said: str) -> None:
    results = [KIDNEYS, *([sign] if sign else [])]
    given = {"active": [MONTHLY], "given": MONTHLY_DOSES[:1]}
    card = only_card(opened(conditions=[ANAEMIA, LEBERS], results=results, **given))

    assert said in card["summary"]


@pytest.mark.parametrize("allergy", ["severe: hydroxocobalamin", "mild: hydroxocobalamin"])
@pytest.mark.parametrize("harm", [LEBERS, FEWER], ids=["Leber's", "eGFR 20"])
@pytest.mark.parametrize(
    "chart",
    [
        {"active": [f"{MONTHLY}; valid until 2026-12-05"], "given": MONTHLY_DOSES},
        {"active": [MONTHLY], "given": MONTHLY_DOSES[:1]},
        {"active": [MONTHLY], "given": MONTHLY_DOSES, "more": "fatigue, since 2026-10-20"},
        {"active": [MONTHLY], "given": MONTHLY_DOSES, "more": SIGNS},
        TABLETS,
        {"active": [MONTHLY]},
        {"active": [MONTHLY], "given": MONTHLY_DOSES[:1], "more": SIGNS},
        {"supplied": ["vitamin B12 tablet 1 mg, on 2026-07-29, for 30 days"]},
    ],
    ids=["T8", "T4", "T2", "T1", "tablets", "T7", "T4a", "lapsed tablets"],
)
def test_no_product_is_named_to_somebody_who_reacts_to_it_I16(
    chart: Json, harm: str, allergy: str
) -> None:
    chart = dict(chart)
    more = [chart.pop("more")] if "more" in chart else []
    signs = [] if SIGNS in more else [NO_SIGNS]
    cards = cards_of(
        opened(
            conditions=[ANAEMIA, *more, *([LEBERS] if harm == LEBERS else [])],
            results=[*signs, KIDNEYS if harm == LEBERS else FEWER],
            allergies=[allergy],
            **chart,
        )
    )

    said = [card["summary"] for card in cards]
    assert any("reaction to hydroxocobalamin" in one for one in said), said
    for words in ("hydroxocobalamin now", "change to hydroxocobalamin", "inject hydroxocobalamin"):
        assert not any(words in one for one in said), said


HARMS = [
    ({"conditions": [LEBERS]}, "Leber's optic neuropathy, on"),
    ({"results": [FEWER]}, "eGFR 20 (20 Nov) on"),
    ({"allergies": ["severe: cyanocobalamin"]}, "Reaction recorded, on"),
]


@pytest.mark.parametrize(("harm", "why"), HARMS, ids=["Leber's", "eGFR 20", "reaction"])
def test_what_may_be_under_way_and_would_harm_says_so_T7_I2(harm: Json, why: str) -> None:
    results = [NO_SIGNS, *harm.get("results", [KIDNEYS])]
    conditions = [ANAEMIA, *harm.get("conditions", [])]
    chart = {"conditions": conditions, "results": results, "active": [MONTHLY]}
    card = only_card(opened(**chart, allergies=harm.get("allergies", [])))
    asked = "cyanocobalamin ordered 1 Dec, no dose on record: if given, change to hydroxocobalamin"
    assert card["summary"] == f"{why} {asked}"
    assert card["indicator"] == "info"  # cards 4.1: T7 warns only by a recent result (Q73)


@pytest.mark.parametrize(("harm", "why"), HARMS, ids=["Leber's", "eGFR 20", "reaction"])
def test_tablets_that_lapsed_and_would_harm_say_so_T4_I2(harm: Json, why: str) -> None:
    chart = {
        "conditions": [ANAEMIA, *harm.get("conditions", [])],
        "results": [NO_SIGNS, *harm.get("results", [KIDNEYS])],
        "supplied": ["vitamin B12 tablet 1 mg, on 2026-07-29, for 30 days"],
    }
    card = only_card(opened(**chart, allergies=harm.get("allergies", [])))
    supplied = "tablets last supplied 29 Jul for 30 days"
    assert card["summary"] == f"{why} {supplied}: if still taken, change to hydroxocobalamin"
    assert card["indicator"] == "warning"


@pytest.mark.parametrize(("harm", "_why"), HARMS, ids=["Leber's", "eGFR 20", "reaction"])
def test_alternate_days_after_what_harms_name_the_product_T4a_T3b_I2(harm: Json, _why: str) -> None:
    signs = "paraesthesia, since 2026-09-20"
    chart = {
        "conditions": [ANAEMIA, signs, *harm.get("conditions", [])],
        "results": harm.get("results", [KIDNEYS]),
        "allergies": harm.get("allergies", []),
    }
    lapsed = only_card(opened(**chart, active=[MONTHLY], given=MONTHLY_DOSES[:1]))
    assert lapsed["summary"].endswith(": hydroxocobalamin injections on alternate days again")

    ordered = "cyanocobalamin injection, 1000 mcg, IM, alternate days, since 2026-11-01"
    given = [
        f"cyanocobalamin injection, 1000 mcg, IM, on 2026-11-{day:02}" for day in range(1, 14, 2)
    ]
    ended = opened(**chart, active=[ordered], given=given)
    order = ended["prefetch"]["medications"]["entry"][0]["resource"]
    timing = order["dosageInstruction"][0]["timing"]
    timing["repeat"] = timing["repeat"] | {"count": 7}
    summary = only_card(ended)["summary"]
    assert summary.endswith("still improving? Go on, with hydroxocobalamin; if not, every 2 months")


@pytest.mark.parametrize("problem", [LOW, "fatigue, since 2026-10-20"])
def test_failing_tablets_in_malabsorption_are_a_warning_on_the_opened_chart_Q71(
    problem: str,
) -> None:
    ill = problem.startswith("fatigue")
    conditions = [ANAEMIA, *([problem] if ill else [])]
    results = [NO_SIGNS, KIDNEYS, *([] if ill else [problem])]

    card = only_card(opened(conditions=conditions, results=results, **TABLETS))
    assert card["indicator"] == "warning"
    diet = [VEGAN, *([problem] if ill else [])]
    card = only_card(opened(conditions=diet, results=results, **TABLETS))
    assert card["indicator"] == "info"


# --- tablets are named only where they may be taken (I2)


@pytest.mark.parametrize(
    "known",
    [
        {"results": [NOT_LOW, NO_SIGNS]},
        {"results": [NOT_LOW, NO_SIGNS, FEWER]},
        {"results": [NOT_LOW, NO_SIGNS, KIDNEYS], "conditions": [LEBERS]},
        {"results": [NOT_LOW, NO_SIGNS, KIDNEYS], "conditions": ["'qzxv', since 2026-11-01"]},
        {"results": [NOT_LOW, NO_SIGNS, KIDNEYS], "allergies": ["severe: cyanocobalamin"]},
    ],
)
def test_tablets_that_are_not_offered_are_not_named_after_bariatric_surgery_P4(known: Json) -> None:
    card = only_card(opened(procedures=[SLEEVE], **known))

    assert card["summary"] == "Bariatric surgery 2023, no B12 ordered: injection every 3 months"
    assert labels(card)[0] == "Hydroxocobalamin 1 mg IM every 3 months for life"


def test_why_tablets_are_not_offered_is_said_P4() -> None:
    unread = ["'qzxv', since 2026-11-01"]
    results = [NOT_LOW, NO_SIGNS, KIDNEYS]
    card = only_card(opened(procedures=[SLEEVE], conditions=unread, results=results))
    assert "Leber's disease is not ruled out: no tablets" in card["detail"]
    card = only_card(opened(procedures=[SLEEVE], results=results[:2]))
    assert "No kidney result in 12 months" in card["detail"]


AVOIDS = "oral treatment avoids the injection"


@pytest.mark.parametrize(
    "chart",
    [
        {"conditions": [VEGAN], "results": [LOW, NO_SIGNS, KIDNEYS], "allergies": ["severe"]},
        {"conditions": [VEGAN], "results": [LOW, NO_SIGNS]},
        {"conditions": [VEGAN], "results": [LOW, KIDNEYS]},
        {
            "conditions": ["coeliac disease, since 2015-01-01"],
            "results": [LOW, NO_SIGNS, KIDNEYS],
        },
    ],
)
def test_tablets_are_no_way_round_an_injection_where_m6_does_not_hold_K6(chart: Json) -> None:
    allergies = [f"{one}: cyanocobalamin" for one in chart.get("allergies", ())]
    thinned = {"active": ["apixaban, 5 mg, oral, twice a day, since 2026-01-01"]}
    card = only_card(opened(**chart | thinned | {"allergies": allergies}))

    assert "Anticoagulant: fine needle" in card["detail"]
    assert AVOIDS not in card["detail"]


def test_tablets_are_a_way_round_an_injection_in_pregnancy_K6() -> None:
    chart = {
        "born": "1994-05-01",
        "conditions": ["pregnant, since 2026-08-22", VEGAN],
        "results": ["B12 90 pmol/L, on 2026-11-10", NO_SIGNS, KIDNEYS],
        "active": ["apixaban, 5 mg, oral, twice a day, since 2026-01-01"],
    }
    assert AVOIDS in only_card(opened(**chart))["detail"]


# --- what a card says to wait for is not marked; with nerve signs nothing waits (I12)


@pytest.mark.parametrize(
    ("result", "is_marked"),
    [
        ("INR 4.2 {INR}, on 2026-11-25", False),
        ("platelets 15 10*9/L, on 2026-11-25", False),
        ("platelets 5 10*9/L, on 2026-11-25", False),
        ("platelets 40 10*9/L, on 2026-11-25", True),
        (MANY, True),
    ],
)
def test_an_injection_that_is_deferred_is_not_marked_K5(result: str, is_marked: bool) -> None:
    without = only_card(opened(conditions=[ANAEMIA], results=[LOW, NO_SIGNS, KIDNEYS, result]))
    assert labels(without) == ["Hydroxocobalamin 1 mg IM x6 in 2 weeks, then every 2-3 months"]
    assert bool(marked(without)) is is_marked

    with_signs = only_card(opened(conditions=[ANAEMIA, SIGNS], results=[LOW, KIDNEYS, result]))
    assert marked(with_signs) == ["Hydroxocobalamin 1 mg IM alternate days, then every 2 months"]


def test_a_high_inr_takes_no_word_from_a_bleeding_disorder_K6() -> None:
    chart = {"conditions": [ANAEMIA, "haemophilia, since 1990-01-01"]}
    results = [LOW, NO_SIGNS, KIDNEYS, MANY, "INR 4.2 {INR}, on 2026-11-25"]
    detail = only_card(opened(**chart, results=results))["detail"]

    assert "INR is above range" in detail
    assert "involve the haemophilia centre" in detail
    order = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
    after = "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months"
    card = only_card(request(order, after, **chart, results=results))
    assert {"h4", "h5"} <= {
        card["extension"]["org.b12-cds"]["card"],
        *card["extension"]["org.b12-cds"]["alsoFound"],
    }


# --- a flag makes no answer quieter (Q60)

FLAGGED = "B12 96 pmol/L; flagged low, unit missing, on 2026-11-20"


@pytest.mark.parametrize(
    ("chart", "results"),
    [
        ({"conditions": [VEGAN]}, [LOW, NO_SIGNS, KIDNEYS]),
        ({"conditions": [VEGAN]}, [LOW, KIDNEYS]),
        ({"conditions": [SIGNS]}, [LOW, KIDNEYS]),
        ({"procedures": [SLEEVE]}, [LOW, NO_SIGNS, KIDNEYS]),
        ({"conditions": [VEGAN]} | TABLETS, [LOW, NO_SIGNS, KIDNEYS]),
        (
            {"active": ["hydroxocobalamin, 1000 mcg, IM, every 2 months, since 2025-01-20"]},
            [LOW, KIDNEYS],
        ),
    ],
)
def test_a_result_flagged_low_takes_nothing_from_the_low_one_before_Q60(
    chart: Json, results: list[str]
) -> None:
    before = only_card(opened(**chart, results=results))
    after = only_card(opened(**chart, results=[*results, FLAGGED]))
    said = ("summary", "indicator", "detail")
    assert [before[one] for one in said] == [after[one] for one in said]
    assert labels(before) == labels(after)


@pytest.mark.parametrize("earlier", [NOT_LOW, "B12 96 pmol/L, on 2025-10-06"])
def test_no_other_result_decides_behind_one_that_cannot_be_used_Q35(earlier: str) -> None:
    card = only_card(opened(results=[earlier, NO_SIGNS, KIDNEYS, FLAGGED]))
    assert card["indicator"] == "info"
    assert card["summary"].startswith("B12 96 (20 Nov), flagged low")


# --- the deciding fact leads


@pytest.mark.parametrize(
    "cause",
    [
        {"conditions": [VEGAN]},
        {"active": ["metformin, 500 mg, oral, twice a day, since 2020-01-01"]},
        {"procedures": [SLEEVE]},
        {"procedures": ["total gastrectomy, on 2023-11-01"]},
    ],
)
def test_the_diagnosis_shows_deficiency_and_not_its_cause(cause: Json) -> None:
    diagnosis = ["vitamin B12 deficiency, since 2026-09-01"]
    chart = cause | {"conditions": diagnosis + cause.get("conditions", [])}
    summary = only_card(opened(**chart, results=[NO_SIGNS, KIDNEYS]))["summary"]

    assert summary == ("B12 deficiency recorded (1 Sep): no B12 treatment on record, start it")


@pytest.mark.parametrize(
    ("results", "lead"),
    [
        ([NOT_LOW], "Paraesthesia (20 Oct) with nitrous oxide; B12 420 pmol/L (6 Nov) may mislead"),
        ([], "Paraesthesia (20 Oct) with nitrous oxide"),
    ],
)
def test_with_nitrous_oxide_the_signs_lead_before_folic_acid_too_K14(
    results: list[str], lead: str
) -> None:
    chart = {"conditions": ["nitrous oxide poisoning, since 2026-09-01", SIGNS]}
    found = [*results, KIDNEYS]
    assert only_card(opened(**chart, results=found))["summary"].startswith(f"{lead}: start")
    folic = request("folic acid tablet 5 mg, 5 mg, oral, daily", **chart, results=found)
    assert only_card(folic)["summary"] == f"{lead}, not treated: start B12 before folic acid"


def test_metformin_is_named_to_those_who_take_it_K13() -> None:
    results = [LOW, NO_SIGNS, KIDNEYS]
    for drug, named in (("omeprazole, 20 mg", False), ("metformin, 500 mg", True)):
        taken = [f"{drug}, oral, daily, since 2020-01-01"]
        detail = only_card(opened(active=taken, results=results))["detail"]
        assert ("metformin" in detail) is named


@pytest.mark.parametrize(
    ("severity", "said"),
    [("severe", "that for allergy advice"), ("not stated", "that until the reaction is clear")],
)
def test_folic_acid_does_not_hurry_a_dose_that_waits_for_allergy_advice_I16(
    severity: str, said: str
) -> None:
    asked = request(
        "folic acid tablet 5 mg, 5 mg, oral, daily",
        "hydroxocobalamin, 1000 mcg, IM, every 2 months",
        conditions=[ANAEMIA],
        results=[LOW, NO_SIGNS, KIDNEYS],
        allergies=[f"{severity}: hydroxocobalamin"],
    )
    cards = {card["extension"]["org.b12-cds"]["card"]: card for card in cards_of(asked)}

    waits = f"Folic acid waits for the first B12 dose, and {said}"
    assert cards["c2"]["summary"] == waits
    assert not any("tart folic acid" in label for label in labels(cards["c2"]))


@pytest.mark.parametrize(
    ("severity", "until"),
    [("severe", "for allergy advice"), ("mild", "until the reaction is clear")],
)
@pytest.mark.parametrize(
    ("active", "given", "dose"),
    [
        ("hydroxocobalamin, 1000 mcg, IM, alternate days, since 2026-11-20", [], "the first"),
        ("hydroxocobalamin, 1000 mcg, IM, every 2 months, since 2025-01-20", [], "a"),
    ],
)
def test_nor_a_dose_that_is_ordered_already_I16(
    active: str, given: list[str], dose: str, severity: str, until: str
) -> None:
    asked = request(
        "folic acid tablet 5 mg, 5 mg, oral, daily",
        conditions=[ANAEMIA],
        results=[LOW, NO_SIGNS, KIDNEYS],
        active=[active],
        given=given,
        allergies=[f"{severity}: hydroxocobalamin"],
    )
    cards = {card["extension"]["org.b12-cds"]["card"]: card for card in cards_of(asked)}

    assert cards["c2"]["summary"] == f"Folic acid waits for {dose} B12 dose, and that {until}"
    assert "reaction to hydroxocobalamin" in cards["c2"]["detail"]
    assert not any("tart folic acid" in label for label in labels(cards["c2"]))


@pytest.mark.parametrize(
    ("allergy", "waits"),
    [
        ("severe: cyanocobalamin", True),
        ("severe: hydroxocobalamin", True),
        ("mild: cyanocobalamin", False),
    ],
)
def test_words_and_start_of_folic_acid_agree_where_one_of_two_drafts_is_reacted_to_I16(
    allergy: str, waits: bool
) -> None:
    asked = request(
        "folic acid tablet 5 mg, 5 mg, oral, daily",
        "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks",
        "cyanocobalamin injection, 1000 mcg, IM, every month",
        conditions=[ANAEMIA],
        results=[LOW, NO_SIGNS, KIDNEYS],
        allergies=[allergy],
    )
    cards = {card["extension"]["org.b12-cds"]["card"]: card for card in cards_of(asked)}

    assert ("allergy advice" in cards["c2"]["summary"]) is waits
    started = any("tart folic acid" in label for label in labels(cards["c2"]))
    assert started is not waits


def test_a_label_says_nothing_twice() -> None:
    lapsed = {
        "active": ["vitamin B12 tablet 1 mg, 1 tablet, oral, daily, since 2025-04-01"],
        "supplied": ["vitamin B12 tablet 1 mg, on 2026-05-07, for 90 days"],
    }
    asked = request(
        "vitamin B12 tablet 1 mg, 1 tablet, oral, daily",
        "hydroxocobalamin, 1000 mcg, IM, every 2 months",
        conditions=[VEGAN],
        results=[NO_SIGNS, KIDNEYS],
        **lapsed,
    )
    assert labels(only_card(asked)) == ["This renews the order of 1 Apr 2025; start on 26 Nov 2026"]


# --- an old sign takes no question away (P3 beside N3)


@pytest.mark.parametrize(
    ("disease", "said"),
    [
        (
            {"procedures": ["ileal resection, on 2022-10-02"]},
            "Ileal resection 2022, length not recorded: B12 yearly (last 6 Nov); "
            "how much was removed?",
        ),
        (
            {"conditions": ["Crohn's disease of ileum, since 2020-10-02"]},
            "Ileal Crohn's, extent not recorded: B12 yearly (last 6 Nov); "
            "sources differ on injections",
        ),
    ],
)
def test_an_old_sign_takes_no_question_away_P3(disease: Json, said: str) -> None:
    before = only_card(opened(**disease, results=[NOT_LOW, NO_SIGNS, KIDNEYS]))
    conditions = [OLD_SIGN, *disease.get("conditions", ())]
    after = only_card(opened(**disease | {"conditions": conditions}, results=[NOT_LOW, KIDNEYS]))

    assert before["summary"] == after["summary"] == said
    assert before["indicator"] == after["indicator"] == "info"


# --- doses that could not be read are said where none is said to be on record (Q58)


def test_doses_that_could_not_be_read_are_said_Q58() -> None:
    every = "hydroxocobalamin, 1000 mcg, IM, every 2 months, since 2025-12-01"
    chart = {"conditions": [ANAEMIA], "results": [NO_SIGNS, KIDNEYS], "active": [every]}
    card = only_card(opened(**chart, **{"not available": ["administrations"]}))

    assert "no dose on record" in card["summary"]
    assert card["detail"].startswith("Could not be read: doses given.")
    untreated = {"conditions": [ANAEMIA], "results": [LOW, NO_SIGNS, KIDNEYS, MANY]}
    card = only_card(opened(**untreated, **{"not available": ["administrations"]}))
    assert "doses given" not in card["detail"]  # the phase is as the orders say (Q6)


# --- what a setting changes in the draft it changes in the words


@pytest.mark.parametrize(("months", "said"), [(2, "every 2 months"), (3, "every 3 months")])
def test_the_interval_in_ileal_disease_is_said_as_it_is_drafted_C12(months: int, said: str) -> None:
    settings = with_policy({"ilealMaintenanceMonths": months})
    resected = {
        "procedures": ["ileal resection, on 2022-10-02"],
        "results": ["ileal resection length 25 cm, on 2022-10-02", NOT_LOW, NO_SIGNS, KIDNEYS],
    }
    (card,) = cards_of(opened(**resected), settings)
    assert card["summary"].endswith(f"injections {said} for life are advised")
    assert labels(card) == [f"Hydroxocobalamin 1 mg IM {said} for life"]
    assert "month" not in card["detail"].replace(said, "")

    seldom = "hydroxocobalamin, 1000 mcg, IM, every 6 months"
    (card,) = cards_of(request(seldom, **resected), settings)
    assert card["summary"] == f"25 cm of ileum resected: hydroxocobalamin {said} for life"


def test_any_extent_of_crohns_disease_is_not_called_extensive_C10() -> None:
    settings = with_policy({"crohnsAnyExtentProphylaxis": True})
    chart = {
        "conditions": ["Crohn's disease of ileum, since 2020-10-02"],
        "results": [NOT_LOW, NO_SIGNS, KIDNEYS],
    }
    (card,) = cards_of(opened(**chart), settings)
    assert card["detail"].startswith("Ileal Crohn's disease: hydroxocobalamin every month as")
    order = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
    (card,) = cards_of(request(order, **chart), settings)
    assert card["summary"] == "Ileal Crohn's: hydroxocobalamin every month"


def test_glossitis_that_does_not_count_is_no_sign_of_another_cause_C6() -> None:
    settings = with_policy({"glossitisCountsAsNeuro": False})
    chart = {"conditions": ["glossitis, since 2026-10-20"], "results": [LOW, KIDNEYS]}
    (card,) = cards_of(opened(**chart), settings)
    assert "Nerve signs: not recorded" in card["detail"]
    assert "another cause" not in card["detail"]


def test_tests_alone_after_total_gastrectomy_are_offered_C35() -> None:
    settings = with_policy({"gastrectomyProphylaxis": "TEST_ONLY"})
    chart = {"procedures": ["total gastrectomy, on 2023-11-01"], "results": [NO_SIGNS, KIDNEYS]}
    (card,) = cards_of(opened(**chart), settings)

    assert card["indicator"] == "info"
    assert labels(card) == ["Order B12, blood count"]


def test_an_injection_after_bariatric_surgery_is_right_where_the_site_drafts_tablets_C13() -> None:
    settings = with_policy({"bariatricMaintenance": "ORAL_DAILY"})
    order = "hydroxocobalamin, 1000 mcg, IM, every 3 months"
    asked = request(order, procedures=[SLEEVE], results=[NOT_LOW, NO_SIGNS, KIDNEYS])
    assert cards_of(asked, settings) == []


def test_an_adult_is_not_sent_to_paediatrics_C28() -> None:
    settings = with_policy({"minAgeYears": 25})
    order = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
    chart = {"conditions": [VEGAN], "results": [LOW, NO_SIGNS, KIDNEYS]}
    (card,) = cards_of(request(order, **chart, born="2006-05-01"), settings)
    assert card["summary"] == "Aged 20: this site applies the adult B12 guidance from the age of 25"
    (card,) = cards_of(request(order, **chart, born="2010-05-01"), settings)
    assert card["summary"] == "Aged 16: adult B12 guidance does not apply; ask paediatrics"


def test_reviews_are_asked_for_as_often_as_the_site_sets_C24() -> None:
    settings = with_policy({"neuroReviewDays": 7})
    given = [f"hydroxocobalamin, 1000 mcg, IM, on 2026-11-{day}" for day in (10, 12, 14, 16)]
    chart = {"conditions": [ANAEMIA, SIGNS], "results": [LOW, KIDNEYS], "given": given}
    order = "hydroxocobalamin, 1000 mcg, IM, alternate days, since 2026-11-10"
    (card,) = cards_of(opened(**chart, active=[order]), settings)
    assert card["summary"].endswith("still improving? Review every 7 days")


# --- potassium: said where it is ordered, and nowhere else (K9)


def test_low_potassium_is_said_where_a_lapsed_treatment_is_resumed_K9() -> None:
    chart = {"conditions": [ANAEMIA], "active": [MONTHLY], "given": MONTHLY_DOSES[:1]}
    results = [NO_SIGNS, KIDNEYS, "potassium 3.0 mmol/L, on 2026-11-25"]
    card = only_card(opened(**chart, results=results))
    assert "Low potassium: correct potassium" in card["detail"]
    assert "Potassium 3 mmol/L (25 Nov)" in card["detail"]


@pytest.mark.parametrize(("given", "said"), [((), True), (("25",), False)])
def test_low_potassium_is_said_while_no_dose_of_ordered_loading_is_on_record_K9_Q55(
    given: tuple[str, ...], said: bool
) -> None:
    loading = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
    card = only_card(
        request(
            loading,
            conditions=[ANAEMIA],
            results=[LOW, NO_SIGNS, KIDNEYS, "potassium 3.0 mmol/L, on 2026-11-25"],
            active=[f"{loading}, since 2026-11-24"],
            given=[f"hydroxocobalamin, 1000 mcg, IM, on 2026-11-{day}" for day in given],
        )
    )
    assert ("Potassium 3 mmol/L (25 Nov): correct it" in card["detail"]) is said


def test_low_potassium_is_not_said_where_nothing_is_given() -> None:
    borderline = ["B12 180 pmol/L, on 2026-11-06", NO_SIGNS, KIDNEYS]
    low = "potassium 3.0 mmol/L, on 2026-11-25"
    before = only_card(opened(results=borderline))
    assert only_card(opened(results=[*borderline, low]))["detail"] == before["detail"]


# --- what belongs to something else is not taken for it


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("not stated", "Allergy to hydroxocobalamin recorded, severity not stated"),
        ("mild", "Mild reaction to hydroxocobalamin recorded"),
    ],
)
@pytest.mark.parametrize("other", ["not stated", "mild"])
def test_how_bad_a_reaction_was_is_said_of_its_own_substance_d4(
    own: str, said: str, other: str
) -> None:
    asked = request(
        "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks",
        "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months",
        allergies=[f"{own}: hydroxocobalamin", f"{other}: cyanocobalamin"],
        conditions=["pernicious anaemia, since 2022-11-15"],
        results=["B12 96 pmol/L, on 2026-11-02", "no neurological symptoms, on 2026-11-20"],
    )
    assert cards_of(asked)[0]["summary"] == f"{said}: clarify before giving"


@pytest.mark.parametrize(("since", "asks"), [("2026-11-14", False), ("2026-11-12", True)])
@pytest.mark.parametrize("before", [[], ["no neurological symptoms, on 2026-08-20"]])
def test_a_review_from_before_the_alternate_days_is_none_of_them_V8(
    since: str, asks: bool, before: list[str]
) -> None:
    """A review is due 14 days after the start, the 12th, or after the last review since then."""
    asked = opened(
        conditions=["paraesthesia, since 2026-08-25", "pernicious anaemia, since 2022-11-15"],
        results=["B12 96 pmol/L, on 2026-09-02", *before],
        active=[f"hydroxocobalamin, 1000 mcg, IM, alternate days, since {since}"],
        given=[f"hydroxocobalamin, 1000 mcg, IM, on {since}"],
    )
    said = [card["summary"] for card in cards_of(asked)]
    assert any(one.startswith("Alternate-day B12 since") for one in said) is asks


@pytest.mark.parametrize(
    ("conditions", "asked"),
    [
        ([], True),
        (["vegan diet, since 2020-01-01"], False),
        (["fatigue, since 2026-10-01"], False),
        (["paraesthesia, since 2026-11-01"], False),
        (["vitamin B12 deficiency, since 2026-11-03"], False),
    ],
)
def test_pregnancy_is_asked_about_only_where_a_low_level_stands_alone_K10_Q84(
    conditions: list[str], asked: bool
) -> None:
    results = ["B12 110 pmol/L, on 2026-11-02", "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"]
    if "paraesthesia" not in "".join(conditions):
        results.append("no neurological symptoms, on 2026-11-20")
    found = cards_of(request(born="1992-02-02", conditions=conditions, results=results))
    said = "Pregnancy status is not recorded"
    assert any(said in card["detail"] for card in found) is asked


@pytest.mark.parametrize("born", ["1950-02-02", "1990-02-02"])
def test_words_that_may_mean_the_kidneys_make_their_question_no_quieter_I30(born: str) -> None:
    tablet = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"

    def asked(*results: str, **more: Any) -> Json:
        chart = {"born": born, "results": [LOW, NO_SIGNS, *results]} | more
        return next(
            card
            for card in cards_of(request(tablet, **chart))
            if card["source"]["topic"]["code"] == "d2"
        )

    doubted = {"conditions": ["'? chronic kidney disease stage 4', since 2024-01-01"]}
    assert asked(**doubted)["indicator"] == "warning"
    assert asked(KIDNEYS, **doubted)["indicator"] == "info"
    assert asked()["indicator"] == ("info" if born > "1980" else "warning")


@pytest.mark.parametrize("words", ["", "500 mcg IM every 2 months", "500 mcg intramuscular"])
def test_a_dose_put_right_keeps_the_interval_ordered_whatever_the_words_beside_it(
    words: str,
) -> None:
    order = "hydroxocobalamin, 500 mcg, IM, every 2 months"
    given = ["hydroxocobalamin, 1000 mcg, IM, on 2026-11-01"]
    going_on = ["hydroxocobalamin, 1000 mcg, IM, every 2 months, since 2025-01-01"]
    asked = request(order, conditions=[ANAEMIA], results=[NO_SIGNS], given=given, active=going_on)
    (line,) = asked["context"]["draftOrders"]["entry"][0]["resource"]["dosageInstruction"]
    if words:
        line["text"] = words

    (label, *_) = (one for card in cards_of(asked) for one in labels(card))
    assert label == "Change to hydroxocobalamin 1 mg IM every 2 months for life"


# --- treatment that may be under way (T7): a level taken since is looked at first

ORAL_IN_JANUARY = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily, since 2026-01-01"


def _issued_once(asked: Json) -> Json:
    """Return the request with its order as a prescription that was issued, and no more (Q30)."""
    (entry,) = asked["prefetch"]["medications"]["entry"]
    entry["resource"]["status"] = "completed"
    return asked


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("B12 420 pmol/L, on 2026-11-01", "- B12 since then 420 pmol/L (1 Nov)"),
        ("B12 140 pmol/L, on 2026-03-01", "- B12 since then 140 pmol/L (1 Mar)"),
    ],
)
def test_a_level_taken_since_is_shown_where_it_is_asked_whether_treatment_goes_on_T7(
    since: str, said: str
) -> None:
    low = "B12 80 pmol/L, on 2025-12-20"
    before, card = (
        only_card(_issued_once(opened(results=[low, *newer, KIDNEYS], active=[ORAL_IN_JANUARY])))
        for newer in ([], [since])
    )
    assert card["summary"] == before["summary"]
    assert "is it still given?" in card["summary"]
    assert said in card["detail"]
    assert "since then" not in before["detail"]
