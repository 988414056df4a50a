"""Tries faults: forks a process per fault and runs the tests that reach it, the quickest first,
until one fails.

A fault within a function goes into a process that has already collected the tests; only those that
run its statement are run. A fault in code that runs at import, or in a function that made others
then, goes into a process that has not yet imported the package.
"""

from __future__ import annotations

import enum
import gc
import mmap
import os
import pickle
import resource
import sys
import time
import types
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import yaml
from _pytest.tmpdir import tmppath_result_key

from tests.mutation.mutants import Mutant

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
PROOFS = (
    "test_generated.py",
    "test_drafts_fuzz.py",
    "test_review_metamorphic.py",
    "test_every_record.py",
    "test_every_scenario.py",
    "test_fixed_point.py",
)
"""Tests that take long; they are run last, and only when asked for."""

SECONDS = 120
"""After so much time of the processor a fault counts as noticed: it keeps a test from ending."""

OPTIONS = (
    "-q",
    "-x",
    "--tb=no",
    "--assert=plain",
    "--import-mode=importlib",
    "-p",
    "no:cacheprovider",
)

os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
setattr(yaml, "SafeLoader", getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: B010
"""The tests are collected thousands of times: without plugins that they do not need, and with the
quicker reader of the cases.
"""

NOTICED, UNNOTICED = 10, 11
"""Exit status of a process in which some test failed, and of one in which none did."""

Lines = set[tuple[str, int]]
Functions = dict[tuple[str, str], list[types.FunctionType]]


class Outcome(enum.Enum):
    """What became of a fault."""

    KILLED = "killed"
    SURVIVED = "survived"
    TIMEOUT = "timeout"
    NOT_TRIED = "not tried"


def try_all(
    mutants: Sequence[Mutant],
    jobs: int,
    part: str = "all",
    packages: Sequence[str] = ("recommender",),
    *,
    proofs: bool = False,
) -> Iterator[tuple[Mutant, Outcome]]:
    """Yield each fault with what became of it.

    Args:
        part: "functions" or "import" to try only those that lie in functions, or only those in code
            that runs at import.
        packages: where the faults are, and whose tests are run; the tests of further folders.
    """
    package = packages[0]
    assert package not in sys.modules, (
        "faults in code that runs at import need a process that has not imported it"
    )
    listed = sorted({path for one in packages for path in (TESTS / one).rglob("test_*.py")})
    files = [path for path in listed if path.name not in PROOFS]
    files += [path for name in PROOFS for path in listed if path.name == name] if proofs else []
    receive, send = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(receive)
        trial = _Trial(mutants, jobs, send, part, package)
        _quietly(lambda: _try_in_functions(trial, files))
    os.close(send)
    with os.fdopen(receive, "rb") as stream:
        at_import = pickle.load(stream)
        while message := _read(stream):
            yield mutants[message[0]], message[1]
    os.waitpid(pid, 0)
    if part != "functions":
        outcomes = _fork_each(at_import, jobs, lambda index: _import_and_run(mutants[index], files))
        yield from ((mutants[index], outcome) for index, outcome in outcomes)


def _read(stream: BinaryIO) -> tuple[int, Outcome] | None:
    try:
        index, outcome = pickle.load(stream)
    except EOFError:
        return None
    return index, outcome


def _quietly(run: Callable[[], int]) -> None:
    """Run in this forked process without a word, and end it with what comes out."""
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    status = 1
    try:
        status = run()
    finally:
        os._exit(status)


def _fork_each(
    indices: Sequence[int], jobs: int, run: Callable[[int], int]
) -> Iterator[tuple[int, Outcome]]:
    """Run each index in a process of its own, several at once."""
    waiting, running = list(reversed(indices)), dict[int, int]()
    gc.collect()
    gc.freeze()
    while waiting or running:
        while waiting and len(running) < jobs:
            index = waiting.pop()
            pid = os.fork()
            if not pid:
                resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
                _quietly(lambda index=index: run(index))  # type: ignore[misc]
            running[pid] = index
        pid, status = os.wait()
        if pid in running:
            yield running.pop(pid), _outcome(status)


def _outcome(status: int) -> Outcome:
    """Return what the end of a process says; a process that could not try its fault is a mistake of
    this program.
    """
    if os.WIFSIGNALED(status):
        return Outcome.TIMEOUT
    known = {NOTICED: Outcome.KILLED, UNNOTICED: Outcome.SURVIVED}
    return known.get(os.WEXITSTATUS(status), Outcome.NOT_TRIED)


# --- code that runs at import
# -----------------------------------------------------------------------------------------------


def _import_and_run(mutant: Mutant, files: Sequence[Path]) -> int:
    """Let the module be imported with the fault, and run the tests file by file until one fails."""
    code, usual = mutant.compile_module(), SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str) -> object:
        return code if Path(loader.path) == mutant.path else usual(loader, name)

    SourceFileLoader.get_code = get_code  # type: ignore[assignment,method-assign]
    return next(
        (NOTICED for path in files if pytest.main([str(path), *OPTIONS]) != pytest.ExitCode.OK),
        UNNOTICED,
    )


# --- code in functions
# --------------------------------------------------------------------------------------------------


def _try_in_functions(trial: _Trial, files: Sequence[Path]) -> int:
    """Send which faults lie in code that runs at import, then the outcome of every other one."""
    sys.settrace(trial.trace)
    return int(pytest.main([*map(str, files), *OPTIONS], plugins=[trial]))


class _Trial:
    """A plugin of pytest that tries the faults in the place of the usual run."""

    def __init__(
        self, mutants: Sequence[Mutant], jobs: int, send: int, part: str, package: str
    ) -> None:
        self.mutants, self.jobs, self.send, self.part = mutants, jobs, send, part
        self.package = str(ROOT / package)
        self.seen: Lines = set()

    def trace(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        """Note every line of the package that is run."""
        name = frame.f_code.co_filename
        if not name.startswith(self.package):
            return None
        seen = self.seen

        def note(frame: types.FrameType, event: str, argument: Any) -> Any:
            if event == "line":
                seen.add((name, frame.f_lineno))
            return note

        return note

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        sys.settrace(None)
        functions = _functions(self.package)
        makers = {
            (file, name.split(".<locals>.")[0]) for file, name in functions if ".<locals>." in name
        }
        inside = [
            index
            for index, mutant in enumerate(self.mutants)
            if _place(mutant) in functions
            and _place(mutant) not in makers
            and not _reached(mutant, self.seen)
        ]
        with os.fdopen(self.send, "wb") as stream:
            pickle.dump(sorted(set(range(len(self.mutants))) - set(inside)), stream)
            stream.flush()
            if self.part != "import":
                self._try_each(session.items, inside, functions, stream)
        return True

    def _try_each(
        self,
        items: Sequence[pytest.Item],
        inside: Sequence[int],
        functions: Functions,
        stream: BinaryIO,
    ) -> None:
        covered = self._cover(items)
        noticed = mmap.mmap(-1, len(items))

        def run(index: int) -> int:
            mutant = self.mutants[index]
            numbers = [number for number, (_, lines) in covered if _reached(mutant, lines)]
            _put_into(mutant, functions[_place(mutant)])
            for number in sorted(numbers, key=lambda number: -noticed[number]):
                if not _passes(items[number]):
                    noticed[number] = min(
                        noticed[number] + 1, 255
                    )  # what noticed one fault is asked first about the next
                    return NOTICED
            return UNNOTICED

        for message in _fork_each(inside, self.jobs, run):
            pickle.dump(message, stream)
            stream.flush()

    def _cover(self, items: Sequence[pytest.Item]) -> list[tuple[int, tuple[float, Lines]]]:
        """Return for each test how long it takes and the lines that it runs, the quickest first.

        They are run in another process, so that nothing that a test leaves behind is there when the
        faults are tried.
        """
        receive, send = os.pipe()
        if not os.fork():
            _quietly(lambda: self._run_traced(items, send))
        os.close(send)
        with os.fdopen(receive, "rb") as stream:
            covered: list[tuple[float, Lines]] = pickle.load(stream)
        os.wait()
        return sorted(enumerate(covered), key=lambda entry: entry[1][0])

    def _run_traced(self, items: Sequence[pytest.Item], send: int) -> int:
        covered: list[tuple[float, Lines]] = []
        for item in items:
            self.seen = set()
            sys.settrace(self.trace)
            started = time.perf_counter()
            if not _passes(item):  # a test that the tracing slows too much notices nothing
                self.seen = set()
            covered.append((time.perf_counter() - started, self.seen))
            sys.settrace(None)
        with os.fdopen(send, "wb") as stream:
            pickle.dump(covered, stream)
        return 0


def _passes(item: pytest.Item) -> bool:
    """Return whether a test passes; of how it fails no report is made, which takes longer than the
    test.
    """
    state = item.session._setupstate
    item.stash[tmppath_result_key] = {}  # a folder of a test asks how the test went
    try:
        state.setup(item)
        item.runtest()
    except BaseException:  # noqa: BLE001 a failed pytest.raises is no Exception
        return False
    finally:
        state.teardown_exact(None)
    return True


def _place(mutant: Mutant) -> tuple[str, str]:
    return str(mutant.path), mutant.function


def _reached(mutant: Mutant, lines: Lines) -> bool:
    path = str(mutant.path)
    return any((path, line) in lines for line in mutant.lines)


def _functions(package: str) -> Functions:
    """Return every function of the package by file and qualified name."""
    found: Functions = {}
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__code__.co_filename.startswith(package):
            found.setdefault((thing.__code__.co_filename, thing.__code__.co_qualname), []).append(
                thing
            )
    return found


def _put_into(mutant: Mutant, functions: Sequence[types.FunctionType]) -> None:
    """Give the functions the code with the fault."""
    code = mutant.compile_function()
    for function in functions:
        function.__code__ = code
