"""What holds for the whole suite: which tests are slow, and what a run did not do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.evidence import INVARIANT, files_that_check, not_run, skipped
from tests.quick import in_words, is_left_out, left_out
from tests.whole import WHOLE

ROOT = Path(__file__).parent

settings.register_profile(
    "b12-cds",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=not WHOLE,
)
settings.load_profile("b12-cds")
"""A slow machine fails no property, and a run gives what the run before gave; `./run prove` looks
for new examples.
"""

HOW_TO_GET = {
    "chromium": "a browser: apt-get install chromium",
    "node": "Node.js: apt-get install nodejs npm",
    "npm": "the engines of the validators: apt-get install nodejs npm, then ./run test",
    "postgresql": "a database: apt-get install postgresql",
    "java": "Java: apt-get install default-jre-headless maven",
    "maven": "Maven: apt-get install maven",
    "nginx": "a proxy: apt-get install nginx-light",
    "pyspark": "Apache Spark: pip install '.[spark]' and Java",
}
"""What a skipped test lacked, by a word of its reason, and how to get it."""


ENOUGH_SECONDS = 60.0


@pytest.fixture(autouse=True)
def _calls_may_cost_more(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a call more than its second of the processor: the first one of a process makes ready
    what all others use, which takes longer where the machine has much else to do. `tests/cost`
    holds the second (R182).
    """
    admission = sys.modules.get("cds_service.web.admission")
    if admission and ROOT / "cost" not in request.path.parents:
        monkeypatch.setattr(admission, "PROCESSOR_SECONDS", ENOUGH_SECONDS)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: left out by ./run test --quick")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave what a quick run does not run unread too: to import it takes most of its time."""
    place = collection_path.relative_to(ROOT).as_posix()
    return True if _is_quick(config) and is_left_out(place) else None


def _is_quick(config: pytest.Config) -> bool:
    return bool(config.option.markexpr == "not slow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    tests = [
        (item.path.relative_to(ROOT).as_posix(), getattr(item, "originalname", item.name))
        for item in items
    ]
    for item, slow in zip(items, left_out(tests), strict=True):
        if slow:
            item.add_marker("slow")


def _is_whole_run(config: pytest.Config) -> bool:
    """Say whether every test was asked for: no place, word or mark was chosen."""
    chosen = (config.option.keyword, config.option.markexpr, getattr(config.option, "lf", False))
    return not any(chosen) and config.args == config.getini("testpaths")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a whole run in which evidence of a hazard neither passed nor was skipped for want of
    something that this machine lacks; what was skipped is named.
    """
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    at_work = hasattr(session.config, "workerinput")
    if at_work or exitstatus or reporter is None or not _is_whole_run(session.config):
        return
    missing = not_run(report.nodeid for report in reporter.stats.get("passed", ()))
    lacking = set(skipped(report.nodeid for report in reporter.stats.get("skipped", ())))
    if missing:
        reporter.section("evidence of hazards that did not run")
        for name in missing:
            reporter.line(f"{name} (skipped here)" if excused(name, lacking) else name)
    if not all(excused(name, lacking) for name in missing):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def excused(name: str, lacking: set[str]) -> bool:
    """Say whether a test, or the whole file of it, was skipped; of an invariant, all its files."""
    if name.startswith(INVARIANT):
        return files_that_check(name.removeprefix(INVARIANT)) <= lacking
    return bool(lacking & {name, name.partition("::")[0]})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what a quick run left out, and how to get what was skipped."""
    if _is_quick(terminalreporter.config):
        terminalreporter.section("left out of this quick run")
        for line in in_words():
            terminalreporter.line(line)
    reasons = {str(report.longrepr).lower() for report in terminalreporter.stats.get("skipped", ())}
    lacking = [how for word, how in HOW_TO_GET.items() if any(word in reason for reason in reasons)]
    if lacking:
        terminalreporter.section("skipped for want of")
        for how in dict.fromkeys(lacking):
            terminalreporter.line(how)
