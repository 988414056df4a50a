"""The first line and the labels fit what the record says: nobody is asked what stands there, and
nothing is said twice or otherwise in the same card.

Expectations: cards.md 4 (b2, b5, b6, b16, b18, k2), 4.1 (trace supplement), 7; decisions 2.3, 2.4
(M2, M3, B1), K9, C9, Q15, Q22, Q74.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.chart import write_request
from tests.vignettes.test_stops_and_doubtful_orders import cards_of, labels, only_card, request

Json = dict[str, Any]

ANAEMIA = "pernicious anaemia, since 2026-11-01"
COELIAC = "coeliac disease, since 2020-01-01"
SLEEVE = {"procedures": ["sleeve gastrectomy, on 2023-11-01"]}
SIGNS = "paraesthesia, since 2026-11-10"
NO_SIGNS = "no neurological symptoms, on 2026-11-20"
LOW = "B12 96 pmol/L, on 2026-11-02"
BORDERLINE = "B12 200 pmol/L, on 2026-11-02"
KIDNEYS = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
FEWER = "eGFR 45 mL/min/{1.73_m2}, on 2026-11-06"
TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
LOADING = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
THEN = "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months"


# --- what is recorded of nerve signs is not asked for again (4.1, trace supplement)


@pytest.mark.parametrize(
    ("chart", "summary"),
    [
        (
            {"conditions": [SIGNS]},
            "Paraesthesia (10 Nov): a multivitamin does not treat this; start injections on "
            "alternate days",
        ),
        ({"results": [NO_SIGNS]}, "does not treat this; start B12"),
        ({}, "does not treat this; ask about nerve signs, start B12"),
    ],
)
def test_a_multivitamin_asks_only_what_is_not_known_Q49(chart: Json, summary: str) -> None:
    results = [LOW, KIDNEYS, *chart.get("results", ())]
    asked = request("multivitamin, 1 tablet, oral, daily", **chart | {"results": results})
    assert only_card(asked)["summary"].endswith(summary)


# --- low potassium is corrected before anything else


@pytest.mark.parametrize(
    ("found", "leads", "said"),
    [
        (["haemoglobin 5.5 g/dL"], "Haemoglobin 55 g/L", "Severe anaemia is recorded"),
        (["potassium 2.9 mmol/L"], "Potassium 2.9 mmol/L", "Low potassium is recorded"),
        (
            ["haemoglobin 5.5 g/dL", "potassium 2.9 mmol/L"],
            "Potassium 2.9 mmol/L",
            "Severe anaemia and low potassium are recorded",
        ),
    ],
)
def test_low_potassium_leads_K9(found: list[str], leads: str, said: str) -> None:
    results = [LOW, NO_SIGNS, KIDNEYS, *(f"{one}, on 2026-11-20" for one in found)]
    card = only_card(request(LOADING, THEN, conditions=[ANAEMIA], results=results))
    assert card["summary"].startswith(f"{leads} (20 Nov)")
    assert card["detail"].startswith(f"{said}: ")


# --- a level that methylmalonic acid cannot decide


def test_the_detail_names_the_test_that_is_asked_for_and_why_C9() -> None:
    raised = "MMA 380 nmol/L, on 2026-11-02"
    results = [BORDERLINE, raised, FEWER, NO_SIGNS]
    card = only_card(request(LOADING, THEN, results=results))
    assert card["summary"].endswith("measure active B12 before deciding")
    assert "but active B12 says whether there is deficiency" in card["detail"]
    assert "- eGFR 45 (6 Nov)" in card["detail"]


def test_without_it_methylmalonic_acid_decides_B1() -> None:
    card = only_card(request(LOADING, THEN, results=[BORDERLINE, KIDNEYS, NO_SIGNS]))
    assert "but methylmalonic acid says whether there is deficiency" in card["detail"]
    assert "eGFR" not in card["detail"]


# --- tablets where injections are preferred, and tablets are not wrong


@pytest.mark.parametrize("chart", [{"conditions": [COELIAC]}, SLEEVE])
def test_what_is_preferred_without_signs_is_offered_while_they_are_open_Q22(chart: Json) -> None:
    (card,) = cards_of(request(TABLETS, **chart | {"results": [LOW, KIDNEYS]}))
    assert card["source"]["topic"]["code"] == "b2"
    assert card["summary"].endswith("with signs, injections come before tablets")
    assert "loading injections are preferred and tablets not wrong" in card["detail"]
    signs, without, *_ = labels(card)
    assert signs.startswith("NEURO signs: ")
    assert without.startswith("NO neuro signs: hydroxocobalamin 1 mg IM x6 in 2 weeks, then every")


def test_tablets_that_a_choice_creates_or_keeps_stand_on_its_label_M3() -> None:
    chart: Json = SLEEVE | {"results": [LOW, KIDNEYS]}
    leg = "NO neuro signs: hydroxocobalamin 1 mg IM x6 in 2 weeks"
    opened = write_request({"chart": {"born": "1960-02-02", "sex": "female"} | chart})
    assert f"{leg}, then daily tablets" in labels(only_card(opened))
    (card,) = cards_of(request(TABLETS, **chart))
    assert labels(card)[-1] == f"{leg}, tablets as ordered"


def test_where_tablets_are_first_the_question_is_as_before_M6() -> None:
    vegan = "vegan diet, since 2020-01-01"
    (card,) = cards_of(request(TABLETS, conditions=[vegan], results=[LOW, KIDNEYS]))
    assert "without them, oral treatment is suitable" in card["detail"]
    assert len(labels(card)) == 1


@pytest.mark.parametrize("cause", ["partial gastrectomy", "coeliac disease"])
def test_after_part_of_the_stomach_injections_are_preferred_too_Q74(cause: str) -> None:
    chart: Json = {"conditions": [COELIAC]}
    if cause == "partial gastrectomy":
        chart = {"procedures": ["'Partial gastrectomy', on 2019-01-01"]}
    card = only_card(request(TABLETS, **chart | {"results": [LOW, KIDNEYS, NO_SIGNS]}))
    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b10", "info")


# --- what is not checked by the guidance does not lead by what follows it


def test_methylcobalamin_leads_and_not_what_is_missing_after_it_b16() -> None:
    asked = request(LOADING, conditions=[SIGNS], results=[LOW, KIDNEYS])
    (entry,) = asked["context"]["draftOrders"]["entry"]
    entry["resource"]["medicationCodeableConcept"] = {"text": "Mecobalamin 500 mcg injection"}
    (card,) = cards_of(asked)
    assert card["source"]["topic"]["code"] == "b16"
    assert "no dose of methylcobalamin" in card["summary"]
    assert labels(card) == [
        "Replace by hydroxocobalamin 1 mg IM alternate days, then every 2 months"
    ]


def test_the_longest_interval_of_a_choice_says_what_makes_it_shorter_Q15() -> None:
    every_3 = "hydroxocobalamin, 1000 mcg, IM, every 3 months"
    chart = {
        "conditions": ["pernicious anaemia, since 2022-11-15"],
        "active": [f"{every_3}, since 2026-02-15"],
        "given": ["hydroxocobalamin, 1000 mcg, IM, on 2026-10-10"],
    }
    card = only_card(request(every_3.replace("3 months", "6 months"), **chart))
    assert card["summary"].endswith("here at most 3 months apart (2 if ever nerve signs)")


def test_nitrous_oxide_is_said_once() -> None:
    chart = {"conditions": ["nitrous oxide poisoning, since 2026-11-01", SIGNS]}
    card = only_card(request("hydroxocobalamin, 1000 mcg, IM, alternate days", **chart))
    facts = [line for line in card["detail"].split("\n") if line.startswith("- Nitrous oxide")]
    assert facts == ["- Nitrous oxide (1 Nov)"]


# --- mother and child, also beside an order that is right (K10, K11)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("pregnant, since 2026-09-20", "ask haematology, urgently with anaemia"),
        ("planning pregnancy, since 2026-09-20", ""),
    ],
)
def test_a_right_order_in_pregnancy_says_when_it_is_urgent_K10(who: str, said: str) -> None:
    results = ["B12 80 pmol/L, on 2026-11-02", "haemoglobin 8.9 g/dL, on 2026-11-20", NO_SIGNS]
    chart: Json = {"born": "1996-02-02", "conditions": [ANAEMIA, who], "results": results}
    found = cards_of(request(LOADING, THEN, **chart))
    assert (said in str(found)) if said else "urgently" not in str(found)


def test_a_right_order_while_breastfeeding_speaks_of_the_infant_K11() -> None:
    vegan = "vegan diet, since 2020-01-01"
    asked = request(
        TABLETS,
        born="1996-02-02",
        conditions=[vegan, "'Breastfeeding', since 2026-10-20"],
        results=[LOW, KIDNEYS, NO_SIGNS],
    )
    card = only_card(asked)
    assert card["source"]["topic"]["code"] == "a1"
    assert "watch an exclusively breastfed infant for deficiency" in card["detail"]


# --- nerve signs of earlier: they shorten the interval


def test_signs_of_earlier_are_told_where_none_are_recorded_now() -> None:
    past = "paraesthesia, since 2019-01-10, resolved 2019-06-10"
    card = only_card(request(TABLETS, conditions=[past], results=[LOW, KIDNEYS]))
    assert "- Nerve signs: not recorded\n- Earlier paraesthesia (Jan 2019)" in card["detail"]
    without = only_card(request(TABLETS, results=[LOW, KIDNEYS]))
    assert "Earlier" not in without["detail"]


# --- a condition by its words is quoted where it leaves a level open, and no fact (Q28, I33)

NOT_LOW = "B12 420 pmol/L, on 2026-11-02"
QUOTED = "In the record, not read: 'Liver metastases'"


@pytest.mark.parametrize(
    "drafted", [(), (LOADING, THEN), ("folic acid tablet 5 mg, 5 mg, oral, daily",)]
)
def test_what_may_raise_the_level_is_quoted_Q28_Q79(drafted: tuple[str, ...]) -> None:
    chart = {"conditions": ["'Liver metastases', since 2026-09-01"], "results": [NOT_LOW, NO_SIGNS]}
    card = only_card(request(*drafted, **chart))

    assert "(a condition that may raise it)" in card["summary"]
    assert QUOTED in card["detail"]


def test_it_is_not_quoted_where_the_level_is_low_whatever_raises_it_Q60() -> None:
    chart = {"conditions": ["'Liver metastases', since 2026-09-01"], "results": [LOW, NO_SIGNS]}
    assert "metastases" not in str(only_card(request(**chart)))


# --- a length of ileum that stands in words alone (C34, Q34), and the last level (4.1, P3, P6)


@pytest.mark.parametrize(
    ("chart", "decides"),
    [
        (
            {"procedures": ["'Right hemicolectomy with 22 cm ileum', on 2023-11-01"]},
            "More than 20 cm of ileum resected calls for injections every month for life.",
        ),
        (
            {"procedures": ["'Ileal resection: stricture 25 cm from valve', on 2023-11-01"]},
            "More than 20 cm of ileum resected calls for injections every month for life.",
        ),
        (
            {"conditions": ["'Crohn disease, 40 cm of ileum', since 2019-01-01"]},
            "Ileal Crohn's disease of 30 cm or more calls for injections every month for life.",
        ),
    ],
)
def test_what_the_size_decides_is_a_whole_sentence_C34(chart: Json, decides: str) -> None:
    card = only_card(request(results=[NOT_LOW, NO_SIGNS], **chart))

    assert card["summary"].startswith("Record says '")
    assert decides in card["detail"].splitlines()


@pytest.mark.parametrize(
    ("chart", "summary"),
    [
        (
            {"procedures": ["'Subtotal gastrectomy', on 2022-11-01"]},
            "Gastric surgery 2022: which operation? B12 once a year (last Sep 2025)",
        ),
        (
            {"conditions": ["Crohn's disease of ileum, since 2015-10-02"]},
            "Ileal Crohn's, extent not recorded: B12 yearly (last Sep 2025); sources differ on "
            "injections",
        ),
    ],
)
def test_the_last_level_is_named_though_it_is_over_a_year_old(chart: Json, summary: str) -> None:
    old = "B12 420 pmol/L, on 2025-09-10"
    assert only_card(request(results=[old, NO_SIGNS], **chart))["summary"] == summary


@pytest.mark.parametrize(
    "denied",
    ["No ileal resection, 25 cm of ileum inspected", "No right hemicolectomy (22 cm ileum)"],
)
def test_a_length_beside_an_operation_that_is_denied_is_not_asked_about_Q34(denied: str) -> None:
    chart = {"procedures": [f"'{denied}', on 2023-11-01"], "results": [NOT_LOW, NO_SIGNS]}
    assert cards_of(request(**chart)) == []
