"""First lines about doses and units, kidneys, eyes, reactions and bleeding."""

from __future__ import annotations

from decimal import Decimal

from recommender.cards import Indicator
from recommender.case import Case, Issue, most_folic_acid, names_no_route
from recommender.first_lines.common import Form, order_of, rhythm_due
from recommender.guidance import ADULT_YEARS, INJECTION_DOSE
from recommender.language import (
    DoseLine,
    DosePart,
    NotCounted,
    Order,
    describe_interval,
    describe_length,
    differences,
    is_injected,
    read_line,
    short_dose,
)
from recommender.wording import (
    Words,
    capital,
    name_of,
    no_kidney_result,
    plain,
    quote,
    say_alarm,
    say_often,
)

MILLIGRAMS_FROM = Decimal(100)
"""Times the usual dose from which a slip of unit is asked about (Q44)."""


def b8(case: Case, issue: Issue, _: Words) -> str:
    order = order_of(case, issue)
    line = order.cobalamin if order else None
    if order is None or line is None or order.antidote or line.dose is None:
        return _by_the_product(order)
    written = order.written.dose if order.written else None
    if written is not None and written > line.dose:
        times = plain(Decimal(f"{written / INJECTION_DOSE:.2g}"))
        return (
            f"The text says {short_dose(written)}, {times} times the usual 1 mg, the fields "
            f"{short_dose(line.dose)}: check the dose"
        )
    ratio = line.dose / INJECTION_DOSE
    if ratio >= MILLIGRAMS_FROM:
        return (
            f"Dose ordered is {short_dose(line.dose)}: milligrams for micrograms? The usual dose "
            f"is 1 mg"
        )
    if ratio <= 1:
        return _by_the_product(order)
    times = plain(Decimal(f"{ratio:.2g}"))
    return (
        f"Dose ordered is {short_dose(line.dose)}, {times} times the usual 1 mg: check dose and "
        f"product"
    )


def _by_the_product(order: Order | None) -> str:
    """Say what is wrong with the product itself, where its dose does not show it."""
    if order is None:
        return ""
    if order.antidote:
        return "This is the 5 g cyanide antidote, not B12 replacement: check the product"
    wrong = order.product_error
    return f"{capital(wrong)}: check dose and product" if wrong else ""


def b14(case: Case, issue: Issue, _: Words) -> str:
    order = order_of(case, issue)
    said = f": {quote(order.words)}" if order is not None and order.words else ""
    which = " of one order" if len(case.drafts) > 1 else ""
    if order is not None and order.doubt:
        return f"Order not checked: {order.doubt}"
    if order is not None and order.misfit:
        return f"Product and route do not fit ({order.misfit}): the order was not checked"
    if order is not None and names_no_route(order):
        return f"Route{which} is not stated: hydroxocobalamin goes into muscle"
    line = order.cobalamin if order else None
    if line is not None and line.route is None and line.dose is not None and line.timing:
        return f"Route{which} could not be read, so it was not checked{said}"
    return f"Dose or frequency{which} could not be read, so it was not checked{said}"


def b20(case: Case, issue: Issue, _: Words) -> str:
    order = order_of(case, issue)
    line = order.cobalamin if order else None
    if order is None or line is None or (order.written is None and not order.words):
        return ""
    written = order.written
    other = differences(line, written) if written is not None else ()
    fields = _as_dosed(line, other)
    text = quote(order.words, 30)
    if written is not None and not order.words:
        text = f"'{_as_dosed(written, other)}'"
    return f"Two doses in one order: '{fields}' in the fields, {text} in the text. Which one?"


def _as_dosed(line: DoseLine, other: tuple[DosePart, ...]) -> str:
    """Say dose and rhythm; route and number of doses only where these differ."""
    route = line.route.value if DosePart.ROUTE in other and line.route else ""
    words = " ".join(part for part in (short_dose(line.dose), route, say_often(line)) if part)
    if DosePart.NUMBER not in other or line.timing is None:
        return words
    if line.timing.count is not None:
        return f"{words}, {line.timing.count} doses"
    return f"{words} for {describe_length(line.timing)}" if line.timing.duration else words


def b21(case: Case, issue: Issue, _: Words) -> str:
    order = order_of(case, issue)
    line = order.cobalamin if order else None
    if line is None or line.timing is None:
        return ""
    if issue.indicator is not Indicator.CRITICAL and is_injected(line):
        bound = read_line(line).bound_days
        how_long = f"for {plain(bound)} days" if bound is not None else "without an end"
        if case.rule == "G1":  # the loading course is one of adults (Q14)
            return f"Daily injections {how_long}: check for how long they are meant"
        return f"Daily injections {how_long}: the loading course is 6 in 2 weeks"
    text = order.written.timing if order and order.written and not order.from_words else None
    if text is not None and text.shortest_interval < line.timing.shortest_interval:
        said = f"The text says {describe_interval(text)}, the fields {say_often(line)}"
        return f"{said}: check the frequency"
    usual = rhythm_due(case, line.route)
    then = f" ({usual} is usual)" if usual else ""
    return f"Ordered {say_often(line)}: check the frequency{then}"


def b24(case: Case, issue: Issue, _: Words) -> str:
    order = order_of(case, issue)
    line = most_folic_acid(order) if order else None
    if line is None or line.dose is None:
        return ""
    daily = line.dose * line.timing.doses_per_day if line.timing else line.dose
    dose = short_dose(daily) if daily == line.dose else f"{short_dose(daily)} a day"
    fields = order.folate.dose if order and order.folate else None
    if fields and fields != line.dose:
        dose = f"{dose} in the text, {short_dose(fields)} in the fields"
    return f"Folic acid dose is {dose}: micrograms or milligrams?"


def d1(case: Case, _: Issue, words: Words) -> str:
    use = "avoid cyanocobalamin, use hydroxocobalamin"
    s = case.scenario
    if s.egfr.below(case.policy.cyano_min_egfr).is_true:
        return f"{say_alarm(words, 'eGFR', s.egfr)}: {use}"
    named = "Dialysis" if s.dialysis.is_true else "Kidney disease"
    evidence = (s.dialysis if s.dialysis.is_true else s.kidney_disease).evidence
    return f"{words.on(f'{named} recorded', evidence[0].date if evidence else None)}: {use}"


def d2(case: Case, _: Issue, words: Words) -> str:
    use = "check eGFR, or use hydroxocobalamin"
    egfr = case.scenario.egfr
    if egfr.by_issue:
        return f"{words.result('eGFR', egfr)}, sampling date not recorded: {use}"
    if egfr.below(case.policy.cyano_min_egfr).is_unknown and egfr.is_known:
        return f"{words.result('eGFR', egfr)} leaves kidney function open: {use}"
    if case.good_egfr_doubted:
        return f"{words.result('eGFR', egfr)}; {no_kidney_result(words)}: {use}"
    if egfr.is_known:
        known = f"{words.result('eGFR', egfr)}, whether kidney disease is recorded is not known"
        return f"{known}: ask, or use hydroxocobalamin"
    return f"{capital(no_kidney_result(words))}: {use}"


def d3(_: Case, __: Issue, ___: Words) -> str:
    return "Leber's optic neuropathy recorded: cyanocobalamin may cost sight; use hydroxocobalamin"


def d4(case: Case, issue: Issue, _: Words) -> str:
    substance = _reacted_to(case, issue)
    if issue.is_critical:
        return f"Severe reaction to {substance} recorded: no dose before allergy advice"
    stated = [
        allergy.severe
        for allergy in case.scenario.allergies
        if name_of(allergy.allergen) == substance
    ]
    past = [name_of(one) for one in case.assessment.past_reactions]
    if substance in past:
        return f"Past severe reaction to {substance}, marked inactive: confirm it was cleared"
    if any(severe.is_false for severe in stated):
        return f"Mild reaction to {substance} recorded: clarify before giving"
    return f"Allergy to {substance} recorded, severity not stated: clarify before giving"


def _reacted_to(case: Case, issue: Issue) -> str:
    """The allergen that is what is ordered, else vitamin B12."""
    order = order_of(case, issue)
    substance = name_of(order.cobalamin.substance) if order and order.cobalamin else ""
    named = [name_of(allergy.allergen) for allergy in case.scenario.allergies]
    if substance in named:
        return substance
    return next((name for name in named if name == "vitamin B12"), named[0] if named else "B12")


def with_platelets(then: str) -> Form:
    return lambda case, _, words: (
        f"{capital(say_alarm(words, 'platelets', case.scenario.platelets))}: {then}"
    )


def with_very_few_platelets(otherwise: str) -> Form:
    """With nerve signs the first line must not tell anybody to wait (I12)."""
    then = "give B12 today; ring haematology now about needle, transfusion or route"

    def form(case: Case, _: Issue, words: Words) -> str:
        platelets = say_alarm(words, "platelets", case.scenario.platelets)
        if case.assessment.neurological.is_true:
            return f"{words.finding}, {platelets}: {then}"
        return f"{capital(platelets)}: {otherwise}"

    return form


def h4(case: Case, _: Issue, words: Words) -> str:
    inr = say_alarm(words, "INR", case.scenario.inr)
    if case.assessment.neurological.is_true:
        return (
            f"{words.finding}, {inr}: do not delay B12; same-day advice on fine needle or under "
            f"the skin"
        )
    return f"{inr}: defer the IM injection or choose another route"


def h5(case: Case, _: Issue, __: Words) -> str:
    s = case.scenario
    if s.anticoagulant is not None:
        named = capital(s.anticoagulant.value)
    elif s.bleeding_disorder.is_true:
        named = "Bleeding disorder"
    else:
        return ""
    return f"{named}: fine needle, firm pressure after the injection"


def k2(case: Case, _: Issue, words: Words) -> str:
    s, a = case.scenario, case.assessment
    if a.low_potassium.is_true:  # it leads where the haemoglobin is low too: it is corrected first
        return (
            f"{say_alarm(words, 'Potassium', s.potassium)}: correct it, recheck within 48 hours of "
            f"starting B12"
        )
    if not a.severe_anaemia.is_true:
        return ""
    return (
        f"{say_alarm(words, 'Haemoglobin', s.haemoglobin)}: check potassium now and within 48 "
        f"hours of starting B12"
    )


def k3(case: Case, _: Issue, __: Words) -> str:
    if case.assessment.neurological.may_be_true:
        return "Hydroxocobalamin is not available here: source it or ask a specialist today"
    return "Hydroxocobalamin is not available here: choose with pharmacy"


def k4(case: Case, _: Issue, __: Words) -> str:
    age = case.scenario.age
    if case.assessment.adult.is_false and age.quantity is not None:
        aged = f"Aged {plain(age.quantity.value)}"
        if age.quantity.value >= ADULT_YEARS:  # the site waits longer (C28)
            first = case.policy.min_age_years
            return f"{aged}: this site applies the adult B12 guidance from the age of {first}"
        return f"{aged}: adult B12 guidance does not apply; ask paediatrics"
    if age.is_known:
        return "Age is not known for certain: adult B12 guidance is not applied"
    if age.because is NotCounted.IMPLAUSIBLE:
        return "The birth date on record cannot be right: adult B12 guidance is not applied"
    if age.because is NotCounted.NOT_READABLE:
        return "The birth date on record could not be read: adult B12 guidance is not applied"
    return "Age not recorded: adult B12 guidance is not applied"
