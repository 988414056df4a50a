"""What holds for the whole suite: which tests are slow, and what a run did not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evidence import INVARIANT, files_that_check, not_run, skipped

ROOT = Path(__file__).parent

SLOW = (
    "cds_service/records",
    "cds_service/test_server.py",
    "faults",
    "fhir_server",
    "fuzz",
    "hl7_validator",
    "recommender/review/test_fixed_point.py",
    "recommender/review/test_review_metamorphic.py",
    "recommender/treatment/test_every_record.py",
    "recommender/treatment/test_every_scenario.py",
    "ucum",
    "validators",
    "workbench",
)
"""Left out by `./run test --quick`: browsers, databases, servers, engines of others, long
products.
"""

HOW_TO_GET = {
    "chromium": "a browser: apt-get install chromium",
    "node": "Node.js: apt-get install nodejs npm",
    "npm": "the engines of the validators: apt-get install nodejs npm, then ./run test",
    "postgresql": "a database: apt-get install postgresql",
    "java": "Java: apt-get install default-jre-headless maven",
    "maven": "Maven: apt-get install maven",
    "pyspark": "Apache Spark: pip install 'b12-cds[spark]' and Java",
}
"""What a skipped test lacked, by a word of its reason, and how to get it."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: left out by ./run test --quick")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        place = item.path.relative_to(ROOT).as_posix()
        if place.startswith(SLOW):
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
    """Say how to get what was skipped."""
    reasons = {str(report.longrepr).lower() for report in terminalreporter.stats.get("skipped", ())}
    lacking = [how for word, how in HOW_TO_GET.items() if any(word in reason for reason in reasons)]
    if lacking:
        terminalreporter.section("skipped for want of")
        for how in dict.fromkeys(lacking):
            terminalreporter.line(how)
