"""Modes over HTTP and in the record: live, silent and shares, per client, hook and card; a critical
card is withheld under an approval only.
"""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import re
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from cds_service.app import create_app
from cds_service.database import CARDS, DECISIONS, MODES, open_engine
from cds_service.site import Client, Settings, check_config, demonstration
from cds_service.site.modes import Approval
from cds_service.web.deployment import build_deployment
from cli.main import main
from governance.decisions.modes import arm_of, list_modes, mode_in_words, mode_of
from governance.figures import load_modes, withheld_too_long
from recommender.guidance import Policy
from tests.cds_service.conftest import AS_OF, running
from tests.cds_service.records.records import rows

CALL = "/cds-services/b12-order-select"
SILENT = {"default": "silent"}
A_DAY_BEFORE = AS_OF - dt.timedelta(days=1)
APPROVAL = Approval("modes.critical", "A. Officer", AS_OF, "silent start", AS_OF)


def site(tmp_path: Path, **changes: Any) -> Settings:
    return replace(demonstration(), store_url=f"sqlite:///{tmp_path}/b12.db", **changes)


def call(settings: Settings, request: dict[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the ids of the cards that were shown, and the rows of all that were decided."""
    with running(settings) as client:
        answer = client.post(CALL, json=request)
        assert answer.status_code == 200
        shown = [card["source"]["topic"]["code"] for card in answer.json["cards"]]
    return shown, rows(settings.store_url, CARDS)


@pytest.fixture
def info_request(order_select: dict[str, Any]) -> dict[str, Any]:
    """A request that is answered with an info or warning card: no neurological signs."""
    request = copy.deepcopy(order_select)
    conditions = request["prefetch"]["conditions"]["entry"]
    request["prefetch"]["conditions"]["entry"] = conditions[:1]  # pernicious anaemia, no signs
    return request


def test_without_modes_a_card_is_shown_and_recorded_as_live(
    tmp_path: Path, order_select: dict[str, Any]
) -> None:
    shown, kept = call(site(tmp_path), order_select)

    assert shown
    assert [(row["card"], row["mode"], row["shown"]) for row in kept] == [
        (card, "live", True) for card in shown
    ]


@pytest.mark.parametrize(
    "modes",
    [SILENT, {"default": 0}, {"default": 0.0}, {"order-select": "silent"}, {"b1": "silent"}],
    ids=str,
)
def test_a_critical_card_is_shown_in_silence_without_an_approval(
    tmp_path: Path, order_select: dict[str, Any], modes: dict[str, str | float]
) -> None:
    shown, kept = call(site(tmp_path, modes=modes), order_select)

    assert set(shown) >= {row["card"] for row in kept if row["indicator"] == "critical"} != set()
    [row] = [row for row in kept if row["indicator"] == "critical"]
    assert (row["mode"], row["mode_set_by"]) == ("live", "modes.critical: no approval holds")


def test_an_approved_silence_withholds_a_critical_card_and_the_record_says_why(
    tmp_path: Path, order_select: dict[str, Any]
) -> None:
    shown, kept = call(site(tmp_path, modes=SILENT, approvals=(APPROVAL,)), order_select)

    assert shown == []
    assert kept
    assert {(row["mode"], row["shown"], row["mode_set_by"]) for row in kept} == {
        ("silent", False, "modes.default")
    }


@pytest.mark.parametrize(
    ("date", "expires", "withheld"),
    [
        (AS_OF, AS_OF, True),
        (AS_OF - dt.timedelta(days=9), AS_OF - dt.timedelta(days=1), False),
        (AS_OF + dt.timedelta(days=1), AS_OF + dt.timedelta(days=9), False),
    ],
)
def test_an_approval_holds_from_its_date_until_it_expires(
    tmp_path: Path,
    order_select: dict[str, Any],
    date: dt.date,
    expires: dt.date,
    withheld: bool,
) -> None:
    approval = msgspec.structs.replace(APPROVAL, date=date, expires=expires)
    shown, _ = call(site(tmp_path, modes=SILENT, approvals=(approval,)), order_select)

    assert (shown == []) is withheld


@pytest.mark.parametrize(("expires", "said"), [(AS_OF, 1), (A_DAY_BEFORE, 0)])
def test_who_approved_it_and_until_when_is_an_alarm(
    tmp_path: Path, order_select: dict[str, Any], expires: dt.date, said: int
) -> None:
    approval = msgspec.structs.replace(APPROVAL, date=A_DAY_BEFORE, expires=expires)
    settings = site(tmp_path, approvals=(approval,))
    call(settings, order_select)
    with running(settings) as client:
        told = client.get("/governance", headers={"Accept": "application/json"}).json

    words = [one["words"] for one in told["alarms"] if one["about"] == "critical"]
    assert len(words) == said
    assert all(f"approved by {approval.name}, until {AS_OF}" in one for one in words)


def test_an_approval_of_something_else_withholds_nothing(
    tmp_path: Path, order_select: dict[str, Any]
) -> None:
    approval = msgspec.structs.replace(APPROVAL, what="b12LowPmolL")
    shown, _ = call(site(tmp_path, modes=SILENT, approvals=(approval,)), order_select)

    assert shown


def test_a_card_that_is_not_critical_is_withheld_by_its_own_line_or_its_hook(
    tmp_path: Path, info_request: dict[str, Any]
) -> None:
    shown, _ = call(site(tmp_path), info_request)
    (tmp_path / "hook").mkdir()
    by_hook, kept = call(site(tmp_path / "hook", modes={"order-select": "silent"}), info_request)
    (tmp_path / "card").mkdir()
    own = dict.fromkeys(shown[:1], "silent")
    by_card, _ = call(site(tmp_path / "card", modes=own), info_request)

    assert shown
    assert {row["indicator"] for row in kept} <= {"info", "warning"}
    assert by_hook == []
    assert by_card == shown[1:]


class TestWhichLineHolds:
    SITE: Settings = replace(
        demonstration(), modes={"default": "silent", "order-sign": "live", "b2": 0.5}
    )
    EHR = Client("EHR", modes={"order-select": "live"})

    @pytest.mark.parametrize(
        ("card", "hook", "client", "kind", "set_by"),
        [
            ("b2", "order-sign", Client("A"), "share", "modes.b2"),
            ("b1", "order-sign", Client("A"), "live", "modes.order-sign"),
            ("b1", "order-select", Client("A"), "silent", "modes.default"),
            ("b2", "order-select", EHR, "live", "clients.EHR.modes.order-select"),
            ("b2", "order-sign", EHR, "live", ""),
        ],
    )
    def test_the_card_then_the_hook_then_the_default_and_a_clients_own_table_first(
        self, card: str, hook: str, client: Client, kind: str, set_by: str
    ) -> None:
        mode = mode_of(card, hook, client, self.SITE)

        assert (mode.kind, mode.set_by) == (kind, set_by)

    def test_the_page_can_list_every_mode_that_is_set(self) -> None:
        assert list_modes(replace(self.SITE, clients=(self.EHR,))) == {
            ("", "default"): "silent",
            ("", "order-sign"): "live",
            ("", "b2"): "share 0.5",
            ("EHR", "order-select"): "live",
        }

    @pytest.mark.parametrize(
        ("card", "client", "hook", "words"),
        [
            ("b2", "", "", "share 0.5"),
            ("b1", "", "", "mixed"),
            ("b1", "", "order-sign", "live"),
            ("b1", "", "order-select", "silent"),
        ],
    )
    def test_the_page_says_the_mode_of_a_card_where_the_site_lists_no_client(
        self, card: str, client: str, hook: str, words: str
    ) -> None:
        assert self.SITE.clients == ()
        assert mode_in_words(card, client, hook, self.SITE) == words

    @pytest.mark.parametrize(
        ("client", "hook", "words"),
        [("", "", "mixed"), ("EHR", "", "live"), ("Ward", "order-select", "silent")],
    )
    def test_and_at_each_client(self, client: str, hook: str, words: str) -> None:
        settings = replace(self.SITE, clients=(self.EHR, Client("Ward")))

        assert mode_in_words("b1", client, hook, settings) == words


class TestShares:
    def test_half_of_the_patients_are_in_one_arm(self) -> None:
        arms = [arm_of(hashlib.sha256(str(number).encode()).hexdigest()) for number in range(4000)]

        assert all(0 <= arm < 1 for arm in arms)
        assert 1850 < sum(arm < 0.5 for arm in arms) < 2150

    def test_the_arm_is_the_patients_and_stays(
        self, tmp_path: Path, info_request: dict[str, Any]
    ) -> None:
        settings = site(tmp_path, modes={"default": 0.5}, approvals=(APPROVAL,), patient_key="k")
        answers = {tuple(call(settings, info_request)[0]) for _ in range(3)}
        kept = rows(settings.store_url, CARDS)

        assert len(answers) == 1
        assert {row["mode"] for row in kept} == {"share"}
        assert len({row["shown"] for row in kept}) == 1

    @pytest.mark.parametrize(("share", "shown"), [(0.0, False), (1.0, True)])
    def test_a_share_of_nobody_and_of_everybody(
        self, tmp_path: Path, info_request: dict[str, Any], share: float, shown: bool
    ) -> None:
        settings = site(tmp_path, modes={"default": share}, approvals=(APPROVAL,))

        assert bool(call(settings, info_request)[0]) is shown


def test_the_record_says_which_mode_was_set_since_when(
    tmp_path: Path, order_select: dict[str, Any]
) -> None:
    before, after = site(tmp_path, modes=SILENT), site(tmp_path, modes={"b2": "silent"})
    for settings in (before, before, after):
        call(settings, order_select)

    changes = [(row["what"], row["mode"]) for row in rows(before.store_url, MODES)]
    assert changes == [("default", "silent"), ("default", "live"), ("b2", "silent")]


def noted(tmp_path: Path, days: int, **settings: Any) -> Settings:
    """Return a site whose modes are in the record since so many days."""
    one = site(tmp_path, **settings)
    deployment = build_deployment(one)
    deployment.store.prepare()
    deployment.close()
    since = dt.datetime.combine(AS_OF - dt.timedelta(days=days), dt.time(12))
    engine = open_engine(one.store_url)
    with engine.begin() as connection:
        connection.execute(sa.update(MODES).values(since=since))
    engine.dispose()
    return one


class TestModesThatWithholdForLong:
    """A silent start that is forgotten is said (H95)."""

    @pytest.mark.parametrize(("days", "said"), [(89, 0), (90, 0), (91, 1)])
    def test_one_beyond_the_limit_is_an_alarm(self, tmp_path: Path, days: int, said: int) -> None:
        settings = noted(tmp_path, days, modes={"b2": "silent"})

        found = withheld_too_long(load_modes(settings.store_url), settings, AS_OF)

        assert len(found) == said
        assert all("modes.b2 is silent since" in alarm.words for alarm in found)

    @pytest.mark.parametrize(
        ("mode", "said"), [("live", 0), (1, 0), (1.0, 0), (0.5, 1), (0, 1), ("silent", 1)]
    )
    def test_only_what_withholds_from_somebody_counts(
        self, tmp_path: Path, mode: str | float, said: int
    ) -> None:
        settings = noted(tmp_path, 400, modes={"default": mode})

        assert len(withheld_too_long(load_modes(settings.store_url), settings, AS_OF)) == said

    def test_the_table_of_the_site_counts_where_a_client_goes_by_it(self, tmp_path: Path) -> None:
        own = Client("EHR", modes={"default": "live"})
        one = noted(tmp_path, 400, modes=SILENT, clients=(own,))
        modes = load_modes(one.store_url)

        assert withheld_too_long(modes, one, AS_OF) == []
        both = replace(one, clients=(own, Client("Ward")))
        assert len(withheld_too_long(modes, both, AS_OF)) == 1

    def test_page_metric_and_check_say_it(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings = noted(tmp_path, 91, modes={"b2": "silent"})
        client = create_app(settings, today=lambda: AS_OF).test_client()

        told = client.get("/governance", headers={"Accept": "application/json"}).json
        assert [(one["kind"], one["about"]) for one in told["alarms"]] == [("withheld", "the site")]
        assert {one["what"]: one.get("withheldDays") for one in told["modes"]} == {
            "b2": 91,
            "default": None,
        }
        assert "more than 90" in client.get("/governance", headers={"Accept": "text/html"}).text
        metrics = client.get("/metrics").text
        assert 'b12_cds_withheld_days{client="",what="b2"} 91.0' in metrics
        assert 'b12_cds_alarms{kind="withheld"} 1.0' in metrics
        path = tmp_path / "site.toml"
        text = f'[store]\nurl = "{settings.store_url}"\n[modes]\nb2 = "silent"\n'
        for limit, status in ((10, 1), (100_000, 0)):
            path.write_text(f"{text}[limits]\nwithheld_days = {limit}\n")
            assert main(["check-config", str(path)]) == status
        assert "modes.b2 is silent since" in capsys.readouterr().out

    def test_check_says_that_the_record_cannot_be_read(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "site.toml"
        path.write_text(f'[store]\nurl = "sqlite:///{tmp_path}/none.db"\n[modes]\nb2 = "silent"\n')

        assert main(["check-config", str(path)]) == 0
        assert "Since when cards are withheld is not known" in capsys.readouterr().err


class TestSiteFile:
    def check(self, tmp_path: Path, text: str) -> list[str]:
        path = tmp_path / "site.toml"
        path.write_text(text)
        return check_config(path)

    def test_modes_and_approvals_are_read(self, tmp_path: Path) -> None:
        text = """
[modes]
default = "silent"
"order-select" = "live"
b2 = 0.5
[[approvals]]
what = "modes.critical"
name = "A. Officer"
date = 2026-06-01
reason = "silent start"
expires = 2099-08-31
"""
        assert tomllib.loads(text)
        assert self.check(tmp_path, text) == []

    @pytest.mark.parametrize(
        ("day", "right"),
        [
            ("2099-08-31", True),
            ('"2099-08-31"', True),
            ('"2099-02-30"', False),
            ('"31 August 2099"', False),
            ("2099-08-31T00:00:00Z", False),
        ],
    )
    def test_a_day_may_stand_in_quotes(self, tmp_path: Path, day: str, right: bool) -> None:
        text = '[[approvals]]\nwhat = "modes.critical"\nname = "A"\nreason = "a start"\n'
        found = self.check(tmp_path, f'{text}date = "2026-06-01"\nexpires = {day}\n')

        assert any("expected a date" in line for line in found) is not right
        assert bool(found) is not right

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ('[modes]\nb99 = "live"', "is neither"),
            ('[modes]\nb2 = "loud"', "found 'loud'"),
            ("[modes]\nb2 = 1.5", "found 1.5"),
            ("[modes]\nb2 = true", "found true,"),
            (
                "[policy]\nneuroExtended = false",
                "policy.neuroExtended: found false, looser than true;",
            ),
            ('[[approvals]]\nwhat = "modes.critical"\nname = "A"', "expires: is missing"),
            ("[store]\nkeep_requests_days = 7", "keep_requests_key_file: is missing"),
        ],
    )
    def test_what_is_wrong_is_said(self, tmp_path: Path, text: str, problem: str) -> None:
        assert any(problem in line for line in self.check(tmp_path, text))

    def test_production_refuses_an_open_governance_page(self, tmp_path: Path) -> None:
        text = 'profile = "production"\n[service]\ngovernance = true\n'
        assert any("service.governance" in line for line in self.check(tmp_path, text))


def test_the_decision_record_names_no_one_and_holds_what_governance_needs(
    tmp_path: Path, order_select: dict[str, Any]
) -> None:
    settings = site(tmp_path)
    request = copy.deepcopy(order_select)
    request["context"] |= {"userId": "PractitionerRole/role-1", "encounterId": "enc-1"}
    request["prefetch"]["role"] = {
        "resourceType": "PractitionerRole",
        "id": "role-1",
        "code": [{"coding": [{"system": "http://example.org/roles", "code": "nurse"}]}],
        "location": [{"reference": "Location/ward-7"}],
    }
    with running(settings) as client:
        answer = client.post(CALL, json=request)
    [row] = rows(settings.store_url, DECISIONS)

    assert row["id"] == answer.headers["X-Request-Id"]
    assert (row["user_kind"], row["user_role"], row["place"]) == (
        "PractitionerRole",
        "nurse",
        row["place"],
    )
    assert re.fullmatch("#[0-9a-f]{12}", row["place"])
    assert (row["as_of"], row["rule"]) == ("2026-06-01", "N1")
    assert (row["facts"]["deceased"], row["facts"]["symptoms"]) == ("no", "unknown")
    assert row["facts"]["egfr"].startswith("#")
    assert len(row["input_digest"]) == len(row["answer_digest"]) == len(row["user"]) == 64
    for name in ("program_version", "knowledge_version", "policy_version", "terminology_version"):
        assert row[name]
    assert not [value for value in ("enc-1", "role-1", "ward-7") if value in repr(row)]


@pytest.mark.parametrize(("expires", "approved"), [(AS_OF, True), (A_DAY_BEFORE, False)])
def test_the_answer_and_the_record_say_that_a_looser_setting_is_at_its_default_again(
    tmp_path: Path, order_select: dict[str, Any], expires: dt.date, approved: bool
) -> None:
    policy = replace(Policy(), cyano_min_egfr=Decimal(50))
    approval = Approval("cyanoMinEgfr", "A. Officer", A_DAY_BEFORE, "agreed", expires)
    settings = site(tmp_path, policy=policy, approvals=(approval,))
    with running(settings) as client:
        [card, *_] = client.post(CALL, json=order_select).json["cards"]
    with running(settings) as client:  # what the first wrote is in the store now
        page = client.get("/governance", headers={"Accept": "application/json"}).json

    expected = (policy if approved else Policy()).version
    assert card["extension"]["org.b12-cds"]["policyVersion"] == expected
    [row] = rows(settings.store_url, DECISIONS)
    assert row["policy_version"] == expected
    [alarm] = [one for one in page["alarms"] if one["kind"] == "approval"]
    assert ("default is in force" in alarm["words"]) is not approved


@pytest.mark.parametrize(("patient", "known"), [("pat1", True), ("somebody-else", False)])
def test_the_place_is_not_that_of_another_patients_encounter_R38(
    tmp_path: Path, order_select: dict[str, Any], patient: str, known: bool
) -> None:
    settings = site(tmp_path)
    request = copy.deepcopy(order_select)
    request["context"] |= {"encounterId": "enc-1"}
    request["prefetch"]["encounter"] = {
        "resourceType": "Encounter",
        "id": "enc-1",
        "subject": {"reference": f"Patient/{patient}"},
        "location": [{"location": {"reference": "Location/ward-7"}}],
    }
    with running(settings) as client:
        client.post(CALL, json=request)
    [row] = rows(settings.store_url, DECISIONS)
    assert bool(row["place"]) is known
