"""What stands on the button of a suggestion: condition in capitals first, then drug, dose, route
and frequency, at most 80 characters (cards.md 7, row 5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from recommender.language import (
    AddFollowUps,
    AddRegimen,
    AddTechnique,
    ChangeOrder,
    ChangeSite,
    ChangeStart,
    Claim,
    Claims,
    Edit,
    FollowUp,
    NameReplaced,
    Phase,
    PhaseKind,
    Regimen,
    RemoveOrder,
    Route,
    Test,
    label,
    lower_first,
    say_claims,
)
from recommender.wording import TEST_NAMES, capital, join, say_full_date

LONGEST = 80
"""Characters of a label; what does not fit stands in the description of its actions."""

HOLD_FOLIC_ACID = "Hold folic acid"
"""What leads the label of a suggestion that takes folic acid out."""

STATED: dict[Claims, tuple[str, str]] = {
    (Claim.SIGNS_PRESENT,): ("NEURO signs", ""),
    (Claim.SIGNS_ABSENT,): ("NO neuro signs", ""),
    (Claim.SIGNS_ABSENT, Claim.NOTHING_ELSE): ("NO symptoms", ""),
    (Claim.SIGNS_ABSENT, Claim.OTHERS_BACK): ("NO neuro signs", "other symptoms back"),
    (Claim.SIGNS_ABSENT, Claim.NO_KIDNEYS_NEEDED): ("NO neuro signs", "no eGFR needed"),
    (Claim.SIGNS_ABSENT, Claim.KIDNEYS_FIRST): ("NO neuro signs", "eGFR first, then tablets"),
    (Claim.KIDNEYS_FIRST,): ("eGFR first", "then tablets"),
    (Claim.NO_KIDNEYS_NEEDED,): ("NO eGFR needed", ""),
    (Claim.MILD_RETURN,): ("MILD", "not progressing"),
    (Claim.PROGRESSIVE,): ("PROGRESSIVE or objective signs", ""),
    (Claim.OLD_UNCHANGED,): ("OLD signs", "unchanged"),
    (Claim.STILL_IMPROVING,): ("STILL improving", ""),
    (Claim.NO_FURTHER,): ("NO further improvement", ""),
    (Claim.GLOSSITIS,): ("GLOSSITIS", ""),
}
"""What a prescriber states by taking a suggestion, as a label says it: the whole of it in two
parts, of which the second goes where a label would be too long.
"""


def say_stated(claims: Claims, *, briefly: bool = False) -> str:
    """Return the statement as a label says it; empty for none. What it says of nerve signs is never
    cut off (I1).
    """
    if not claims:
        return ""
    if claims[-1] is not Claim.NOT_GIVEN:
        first, rest = STATED.get(claims) or (capital(say_claims(claims)), "")
        return f"{first}, {rest}" if rest and not briefly else first
    untreated = claims[:-1]
    if not untreated:
        return "NOT given any more"
    if untreated[1:] == (Claim.NO_KIDNEYS_NEEDED,):
        untreated = untreated[:1]
    said = say_stated(untreated)
    return said if briefly else f"NOT given, {said}"


ABBREVIATED = {
    Test.MMA: "MMA",
    Test.HOMOCYSTEINE: "Hcy",
    Test.FULL_BLOOD_COUNT: "FBC",
    Test.SYMPTOM_REVIEW: "review",
    Test.INTRINSIC_FACTOR_ANTIBODY: "IF antibody",
}
"""Names of tests where the usual ones would make a label too long."""


def label_of(
    edits: tuple[Edit, ...], claims: Claims = (), lead: str = "", *, kept: bool = False
) -> str:
    """Return what accepting the edits does: drug, dose, route and frequency of each phase, and what
    goes.

    Args:
        claims: what is stated by taking it.
        lead: a sentence before it ("Hold folic acid").
        kept: what is drafted stays, and what is added follows it.
    """
    words = ""
    phases = tuple(_drafted_phases(edits))
    if kept and phases:
        then = lower_first(label(Regimen(phases)).removesuffix(" for life"))
        words = _led("", say_stated(claims), f"as ordered, then {then}")
        words = words if len(words) <= LONGEST else words.replace("1 mg IM", "IM")
        if len(words) <= LONGEST:
            return words
    for words in _forms(edits, claims, lead):
        if len(words) <= LONGEST:
            return words
    return words[: LONGEST - 1] + "…"


def label_of_parts(edits: tuple[Edit, ...]) -> Iterator[tuple[Phase, str]]:
    """Yield each drafted phase with a label of its own, for clients that take one action each."""
    for edit in edits:
        if isinstance(edit, AddRegimen):
            for phase in edit.regimen.phases:
                alone = AddRegimen(Regimen((phase,)))
                yield phase, label_of((alone,), edit.claims)
        if isinstance(edit, ChangeOrder):
            yield edit.phase, label_of((edit,), edit.claims)


def does(edit: ChangeOrder) -> str:
    """Say what a change does to an order: it completes one that lost its dose."""
    return "Complete the order as" if edit.completes else "Change the order to"


def claim_of(edits: tuple[Edit, ...]) -> str:
    """Return what the edits state, as a label says it; empty for nothing."""
    return say_stated(claims_of(edits))


_CARRY_CLAIMS = AddRegimen | ChangeOrder | NameReplaced


def claims_of(edits: tuple[Edit, ...]) -> Claims:
    """Return what is stated by taking the edits."""
    stated = (edit.claims for edit in edits if isinstance(edit, _CARRY_CLAIMS))
    return next((claims for claims in stated if claims), ())


def _forms(edits: tuple[Edit, ...], claims: Claims, lead: str) -> Iterator[str]:
    """Yield the label from its fullest form to its shortest."""
    phases = tuple(_drafted_phases(edits))
    claim = say_stated(claims)
    if not phases:
        for names in (TEST_NAMES, TEST_NAMES | ABBREVIATED):
            yield _led(lead, claim, _additions(edits, names))
        yield _led(lead, claim, _additions(edits, {}))
        yield _led(lead, claim, _briefly(edits))
        yield _led("", claim, _briefly(edits))
        return
    whole = label(Regimen(phases))
    verb = "" if claim else _verb(edits)
    yield _led(lead, claim, f"{verb} {lower_first(whole)}" if verb else whole)
    yield _led(lead, claim, whole)
    yield _led(lead, claim, whole.removesuffix(" for life"))
    first = label(Regimen(phases[:1])).removesuffix(" for life")
    if [phase.line.route for phase in phases[1:]] == [Route.ORAL]:  # said too, as it is done
        yield _led(lead, claim, f"{first}, then daily tablets")
    for said in (claim, say_stated(claims, briefly=True)):
        yield _led(lead, said, first)
    if lead != HOLD_FOLIC_ACID:  # what is removed is always said
        yield _led("", claim, first)


def _verb(edits: tuple[Edit, ...]) -> str:
    changes = [edit for edit in edits if isinstance(edit, ChangeOrder)]
    if changes:
        return "Complete as" if all(edit.completes for edit in changes) else "Change to"
    return "Replace by" if any(isinstance(edit, RemoveOrder) for edit in edits) else ""


def _led(lead: str, claim: str, words: str) -> str:
    said = f"{claim}: {lower_first(words)}" if claim else words
    return f"{lead}. {capital(said)}" if lead else said


def _drafted_phases(edits: tuple[Edit, ...]) -> Iterator[Phase]:
    """Yield the drafted phases, loading first."""
    changed = [edit.phase for edit in edits if isinstance(edit, ChangeOrder)]
    added = [
        phase for edit in edits if isinstance(edit, AddRegimen) for phase in edit.regimen.phases
    ]
    yield from sorted((*changed, *added), key=lambda phase: phase.kind is not PhaseKind.LOADING)


def _additions(edits: tuple[Edit, ...], names: dict[Test, str]) -> str:
    words = _removed(edits)
    which = "The other" if words else "This"
    if any(isinstance(edit, AddTechnique) for edit in edits):
        words.append("Write technique into the order")
    named = [edit for edit in edits if isinstance(edit, NameReplaced)]
    words += [_named(edit, which) for edit in named]
    if any(isinstance(edit, ChangeSite) for edit in edits):
        words.append("Inject into the deltoid")
    for edit in edits:
        if isinstance(edit, AddFollowUps):
            tests = describe_tests(edit.follow_ups, names) if names else _number(edit.follow_ups)
            words.append(f"Order {tests}")
        if isinstance(edit, ChangeStart):
            words.append(f"Start on {say_full_date(edit.starts)}")
    first, *rest = words or ["Leave as it is"]
    return "; ".join(dict.fromkeys((first, *(lower_first(word) for word in rest))))


def _removed(edits: tuple[Edit, ...]) -> list[str]:
    """Say how many orders go, and of one whether another stays and is changed."""
    removed = {edit.key for edit in edits if isinstance(edit, RemoveOrder)}
    kept = any(isinstance(edit, NameReplaced) for edit in edits)
    one = "Remove one order" if kept else "Remove this order"
    return [one if len(removed) == 1 else "Remove these orders"] if removed else []


def _named(edit: NameReplaced, which: str = "This") -> str:
    """Say which order the draft goes on from; the day is said in full, as there may be several."""
    does = f"{which} {'replaces' if edit.changes else 'renews'}"
    if edit.written is None:
        return f"{does} the active order"
    return f"{does} the order of {say_full_date(edit.written)}"


_BRIEF = {
    RemoveOrder: "remove order",
    AddTechnique: "add technique",
    NameReplaced: "name old order",
    ChangeSite: "deltoid",
}
"""What an edit does in two or three words, where a label would be too long: nothing is left out of
it, as what is cut off would be done unseen.
"""


def _briefly(edits: tuple[Edit, ...]) -> str:
    words = [said for kind, said in _BRIEF.items() if any(isinstance(edit, kind) for edit in edits)]
    words += [f"start {edit.starts}" for edit in edits if isinstance(edit, ChangeStart)]
    tests = tuple(
        item for edit in edits if isinstance(edit, AddFollowUps) for item in edit.follow_ups
    )
    return capital("; ".join([*dict.fromkeys(words), *([_number(tests)] if tests else [])]))


def _number(follow_ups: tuple[FollowUp, ...]) -> str:
    number = len({item.test for item in follow_ups})
    return f"{number} test{'' if number == 1 else 's'}"


def label_of_tests(
    follow_ups: Iterable[FollowUp], before: str = "Order", after: str = "", claims: Claims = ()
) -> str:
    """Return the label of a suggestion that orders tests alone: "Order B12 before folic acid"."""
    follow_ups = tuple(follow_ups)
    claim = say_stated(claims)
    forms = [
        _led("", claim, f"{before} {describe_tests(follow_ups, names)}{after}")
        for names in (TEST_NAMES, TEST_NAMES | ABBREVIATED)
    ]
    return next((words for words in forms if len(words) <= LONGEST), forms[-1])


def describe_tests(follow_ups: Iterable[FollowUp], names: dict[Test, str] = TEST_NAMES) -> str:
    """Say which tests, each with when it is due unless now: "blood count, potassium; potassium in
    48 hours".
    """
    by_time: dict[tuple[int, int], list[str]] = {}
    for item in follow_ups:
        by_time.setdefault((item.months, item.days), []).append(names[item.test])
    in_months: dict[str, list[str]] = {}
    words = []
    for (months, days), tests in by_time.items():
        named = ", ".join(dict.fromkeys(tests))
        if months:
            in_months.setdefault(named, []).append(str(months))
        else:
            words.append(f"{named}{f' in {days * 24} hours' if days else ''}")
    words += [
        f"{named} in {join(months)} month{'' if months == ['1'] else 's'}"
        for named, months in in_months.items()
    ]
    return "; ".join(words)
