"""Who may import whom, and what must not stand where: the table of docs/architecture.md, read from
the source.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = (
    "recommender",
    "fhir_mappings",
    "cds_service",
    "governance",
    "population",
    "synthetic",
    "cli",
)

ALLOWED = {
    "recommender": {"recommender"},
    "fhir_mappings": {"recommender", "fhir_mappings", "fhir", "fhir_core", "pydantic"},
}
"""What a package may import beside the standard library; cds_service may import everything but the
tests.
"""

FORBIDDEN_STANDARD = {
    "recommender": {
        "logging",
        "os",
        "pathlib",
        "io",
        "time",
        "random",
        "secrets",
        "socket",
        "urllib",
        "http",
        "subprocess",
        "tempfile",
    },
    "fhir_mappings": {"logging", "time", "random", "secrets", "socket", "http", "subprocess"},
}
"""Clock, files, network, chance and logs stay at the edge; the mapping reads its own value sets."""

CLOCK = re.compile(
    r"\b(?:date\.today|datetime\.now|datetime\.today|datetime\.utcnow|time\.time|monotonic|perf_counter)\b"
)
FHIR_WORDS = re.compile(
    r"\b(?:FHIR|MedicationRequest|Observation|CodeableConcept|prefetch|resourceType|SNOMED|LOINC|RxNorm|Flask|http)\b",
    re.IGNORECASE,
)
CODE_LIKE = re.compile(r"[\"'](?:\d{6,18}|\d{3,5}-\d)[\"']")


def modules(package: str) -> list[Path]:
    return sorted(
        path for path in (ROOT / package).rglob("*.py") if "__pycache__" not in path.parts
    )


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""


def code_without_docstrings(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body
            if (
                body
                and isinstance(body[0], ast.Expr)
                and isinstance(body[0].value, ast.Constant)
                and isinstance(body[0].value.value, str)
            ):
                node.body = body[1:] or [ast.Pass()]
    return ast.unparse(tree)


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_each_package_imports_only_what_the_table_allows(package: str) -> None:
    for path in modules(package):
        for name in imports_of(path):
            top = name.split(".")[0]
            assert top in ALLOWED[package] or top in sys.stdlib_module_names, (
                f"{path.relative_to(ROOT)} imports {name}"
            )
            assert top not in FORBIDDEN_STANDARD[package], (
                f"{path.relative_to(ROOT)} imports {name}"
            )


ROOMS = (
    "recommender.language",
    "recommender.guidance",
    "recommender.cards",
    "recommender.treatment_so_far",
    "recommender.deficiency",
    "recommender.assessment",
    "recommender.wording",
    "recommender.monitoring",
    "recommender.precautions",
    "recommender.treatment",
    "recommender.case",
    "recommender.safety",
    "recommender.folic_acid",
    "recommender.checks",
    "recommender.courses",
    "recommender.first_lines",
    "recommender.remedies",
    "recommender.review",
    "recommender",
    "fhir_mappings.fhir",
    "fhir_mappings.text",
    "fhir_mappings.terminology",
    "fhir_mappings.judging",
    "fhir_mappings.intake",
    "fhir_mappings.dosing",
    "fhir_mappings.products",
    "fhir_mappings.values",
    "fhir_mappings.laboratory",
    "fhir_mappings.medicines",
    "fhir_mappings.formulary",
    "fhir_mappings.history",
    "fhir_mappings.said",
    "fhir_mappings.answers",
    "fhir_mappings.plain_form",
    "fhir_mappings.drafts",
    "fhir_mappings.scenario",
    "fhir_mappings",
    "cds_service.telemetry",
    "cds_service.protocol",
    "cds_service.wire",
    "cds_service.database",
    "cds_service.records",
    "cds_service.feedback",
    "cds_service.site",
    "cds_service.cards",
    "cds_service.retrieval",
    "cds_service.decision",
    "governance.decisions",
    "governance.figures",
    "governance.knowledge",
    "governance",
    "cds_service.callers",
    "cds_service.web",
    "cds_service.pages",
    "cds_service.workbench",
    "cds_service.demonstration",
    "cds_service",
    "population.sources",
    "population.slices",
    "population.runs",
    "population.report",
    "population",
    "synthetic",
    "cli.parsing",
    "cli.patients",
    "cli.answers",
    "cli.operate",
    "cli",
)

MOST_FILES = 9

FLOORS = frozenset(
    {"recommender", "fhir_mappings", "governance", "cds_service", "population", "synthetic", "cli"}
)
"""Top floors, whose modules are doors themselves: importing the package imports nothing."""


def room_of(module: str) -> str:
    """Return the innermost room that a module stands in."""
    return max((room for room in ROOMS if f"{module}.".startswith(f"{room}.")), key=len)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("package", OURS)
def test_rooms_import_downward_only_and_by_the_door(package: str) -> None:
    """Another room's names come from its `__init__`, or from the module itself on a top floor."""
    for path in modules(package):
        if "migrations" in path.parts:
            continue
        own = room_of(module_of(path))
        for name in imports_of(path):
            if name.split(".")[0] in OURS and (other := room_of(name)) != own:
                assert ROOMS.index(other) < ROOMS.index(own), f"{path} imports {name}, above it"
                assert name == other or other in FLOORS, f"{path} imports {name}, not by the door"


def exports_of(room: str) -> set[str]:
    door = ROOT / room.replace(".", "/") / "__init__.py"
    for node in ast.parse(door.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def names_taken_by_others() -> dict[str, set[str]]:
    """Return by room which of its names the code outside it imports by its door."""
    taken: dict[str, set[str]] = {room: set() for room in ROOMS}
    for path in (path for package in LIMITED for path in modules(package)):
        own = room_of(module_of(path)) if path.relative_to(ROOT).parts[0] in OURS else ""
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in taken and node.module != own:
                taken[node.module] |= {alias.name for alias in node.names}
    return taken


def test_every_name_that_a_room_offers_is_used_outside_it() -> None:
    """The command line takes its groups of commands by their names."""
    taken = names_taken_by_others()
    unused = {
        room: sorted(names)
        for room in ROOMS
        if not room.startswith("cli.") and (names := exports_of(room) - taken[room])
    }
    assert unused == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_holds_at_most_nine_files(room: str) -> None:
    folder = ROOT / room.replace(".", "/")
    files = [path for path in folder.glob("*.py") if path.stem != "__init__"]
    assert len(files) <= MOST_FILES, f"{room} holds {len(files)} files"


def test_every_folder_of_code_is_a_room() -> None:
    folders = {
        module_of(path).rpartition(".")[0] if path.stem != "__init__" else module_of(path)
        for package in OURS
        for path in modules(package)
        if "migrations" not in path.parts
    }
    assert folders == set(ROOMS)


def test_folders_of_pages_tests_and_benchmarks_hold_at_most_nine_files() -> None:
    """Of tests those count that hold tests: what they share stands beside them."""
    counted: Counter[str] = Counter()
    for top in ("pages", "tests", "benchmarks", "supply_chain"):
        for path in modules(top):
            if "node_modules" in path.parts or path.stem == "__init__":
                continue
            if top != "tests" or path.stem.startswith("test_"):
                counted[str(path.parent.relative_to(ROOT))] += 1

    assert {folder: n for folder, n in counted.items() if n > MOST_FILES} == {}


@pytest.mark.parametrize("package", OURS)
def test_no_package_imports_the_tests(package: str) -> None:
    for path in modules(package):
        assert not [
            name
            for name in imports_of(path)
            if name.split(".")[0] in ("tests", "pytest", "hypothesis", "benchmarks")
        ], path


@pytest.mark.parametrize("package", ["recommender", "fhir_mappings"])
def test_the_clock_stays_at_the_edge(package: str) -> None:
    for path in modules(package):
        assert not CLOCK.search(code_without_docstrings(path)), path


def test_the_recommender_speaks_no_fhir() -> None:
    for path in modules("recommender"):
        found = FHIR_WORDS.search(code_without_docstrings(path))
        assert not found, f"{path.relative_to(ROOT)} says {found and found.group()}"


@pytest.mark.parametrize("package", ["recommender", "cds_service"])
def test_clinical_codes_stand_in_the_mapping_only(package: str) -> None:
    for path in modules(package):
        found = CODE_LIKE.search(code_without_docstrings(path))
        assert not found, f"{path.relative_to(ROOT)} holds the code {found and found.group()}"


def test_the_calendar_is_read_where_a_call_or_command_begins() -> None:
    readers = {
        path.name
        for path in modules("cds_service")
        if re.search(r"\.date\(\)|date\.today", code_without_docstrings(path))
    }

    # settings.py turns a moment into the date of the site's time zone, and reads no clock
    assert readers <= {"deployment.py", "check_server.py", "settings.py"}


@pytest.mark.parametrize(
    "lock",
    sorted([*ROOT.glob("*.lock"), *ROOT.glob("tests/*/package-lock.json")]),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_lock_names_no_place_to_download_from(lock: Path) -> None:
    assert not re.search(r"https?://\S+\.(?:tgz|whl|tar\.gz)", lock.read_text(encoding="utf-8"))


def test_nothing_names_the_machine_it_was_made_on() -> None:
    home = re.compile(r"(?<![\w.])/(?:home|root|Users)/[\w.]")
    suffixes = {
        ".py",
        ".md",
        ".toml",
        ".lock",
        ".json",
        ".yaml",
        ".yml",
        ".sh",
        ".js",
        ".html",
        ".css",
        ".csv",
        "",
    }
    skipped = {
        ".venv",
        ".git",
        "node_modules",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
    }
    for path in sorted(ROOT.rglob("*")):
        if (
            path.is_file()
            and path.suffix in suffixes
            and not skipped & set(path.parts)
            and path != Path(__file__)
        ):
            found = home.search(path.read_text(encoding="utf-8", errors="ignore"))
            assert not found, f"{path.relative_to(ROOT)} names {found and found.group()}"


LONGEST_FILE, LONGEST_FUNCTION, MOST_PARAMETERS = 300, 30, 6
LIMITED = (*OURS, "pages", "benchmarks", "supply_chain")
TABLES = {
    "fhir_mappings/dosing/interval_vocabulary.py",
    "recommender/cards/cards.py",
    "recommender/guidance/policy.py",
    "recommender/guidance/statements.py",
    "recommender/precautions/modifiers.py",
    "recommender/review/spoken.py",
    "recommender/treatment/conditions.py",
    "recommender/treatment/table.py",
    "synthetic/stories.py",
    "pages/product/mapping.py",
}
"""Files that are tables: they may be as long as what they list."""


def sizes() -> Iterator[tuple[str, int, int, str]]:
    """Yield what is limited: its kind, its size, the limit, and its name. Docstrings are free."""
    for path in (path for package in LIMITED for path in modules(package)):
        if "migrations" in path.parts:
            continue
        name, source = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        if name not in TABLES:
            yield "file", len(source.splitlines()), LONGEST_FILE, name
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                whose = f"{name}::{node.name}"
                yield "function", lines_of(node), LONGEST_FUNCTION, whose
                yield "parameters", parameters_of(node), MOST_PARAMETERS, whose


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    doc = node.body[0] if ast.get_docstring(node) else None
    free = (doc.end_lineno or 0) - doc.lineno + 1 if doc else 0
    return (node.end_lineno or 0) - node.lineno + 1 - free


def parameters_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = node.args
    named = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len(named) - (named[:1] in (["self"], ["cls"]))


def test_files_and_functions_are_short_and_take_few_parameters() -> None:
    too_large = [
        f"{kind} {name}: {size}, at most {limit}"
        for kind, size, limit, name in sizes()
        if size > limit
    ]
    assert too_large == []


LENGTHS_OF_MONTHS_AND_YEARS = {
    31: {"language/doses.py", "guidance/policy.py"},
    365: {"language/doses.py", "guidance/look_back.py", "wording/short.py"},
    366: {"language/doses.py"},
    "30.44": {"language/doses.py"},
}
"""The homes of the days of a month and a year; policy.py has a setting of 31 days (Q38), short.py
the days for which a date is said without its year.
"""


def test_the_days_of_a_month_and_a_year_have_one_home() -> None:
    found: dict[object, set[str]] = {number: set() for number in LENGTHS_OF_MONTHS_AND_YEARS}
    for path in modules("recommender"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in found:
                found[node.value].add(path.relative_to(ROOT / "recommender").as_posix())
    assert found == LENGTHS_OF_MONTHS_AND_YEARS
