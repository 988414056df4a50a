"""A newcomer's walk: the commands of the README are followed line by line in a clean clone, and
what it shows must come. `...` in the README stands for anything, also for several lines.

`./run walk` clones what is committed, sets it up from nothing as the README says, by `./run demo`
and once by hand, and says how long each command took.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
READY = "Ready. Ctrl-C ends it.\n"
SECONDS = 900


@dataclass(frozen=True, slots=True)
class Walked:
    """One command, what came of it, whether that is what the README shows, and how long it took."""

    command: str
    shown: str
    came: str
    seconds: float

    @property
    def is_as_shown(self) -> bool:
        return is_as_shown(self.came, self.shown)


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of the console blocks with what is shown under it."""
    for block in re.findall(r"^```console\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE):
        yield from re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, flags=re.MULTILINE)


def commands_by_hand(text: str) -> list[str]:
    """Return the lines of the blocks that show plain shell."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line]


def is_as_shown(came: str, shown: str) -> bool:
    """Say whether what came is what was shown, `...` standing for anything."""
    parts = [re.escape(part) for part in shown.strip().split("...")]
    return re.fullmatch(".*".join(parts), came.strip(), flags=re.DOTALL) is not None


@contextmanager
def demonstration(command: str, clone: Path, environment: dict[str, str]) -> Iterator[str]:
    """Run the demonstration and give what it shows until it is ready."""
    running = subprocess.Popen(
        command,
        shell=True,
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stdout
    lines = []
    for line in running.stdout:
        lines.append(line)
        if line == READY:
            break
    try:
        yield "".join(lines)
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(timeout=30)


def follow(text: str, clone: Path, environment: dict[str, str]) -> Iterator[Walked]:
    """Run the commands of the console blocks in order; the first is the demonstration, which goes
    on while the others run.
    """
    (demo, demo_shown), *others = steps(text)
    started = time.monotonic()
    with demonstration(demo, clone, environment) as came:
        yield Walked(demo, demo_shown, came, time.monotonic() - started)
        for command, shown in others:
            yield run(command, shown, clone, environment)


def run(command: str, shown: str, clone: Path, environment: dict[str, str]) -> Walked:
    """Run one command to its end. Raises: CalledProcessError when it fails."""
    started = time.monotonic()
    done = subprocess.run(
        command,
        shell=True,
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return Walked(command, shown, done.stdout, time.monotonic() - started)


def from_nothing(folder: Path) -> Iterator[Walked]:
    """Follow the README in two clean clones: what it shows, and its installation by hand."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for name in ("shown", "by-hand"):
        clone = ["git", "clone", "--quiet", str(ROOT), str(folder / name)]
        subprocess.run(clone, check=True)
    yield from follow(README, folder / "shown", environment)
    by_hand = folder / "by-hand"
    for command in commands_by_hand(README):
        yield run(command, "...", by_hand, environment)
    yield run(".venv/bin/b12-cds --version", "b12-cds ...", by_hand, environment)


def main() -> int:
    """Walk, and return 1 when something else came than the README shows."""
    argparse.ArgumentParser(prog="./run walk", description=__doc__).parse_args()
    differed = 0
    with tempfile.TemporaryDirectory() as folder:
        for step in from_nothing(Path(folder)):
            said = "as shown" if step.is_as_shown else "NOT as shown"
            print(f"{step.seconds:6.1f} s  {said}  {step.command}", flush=True)
            if not step.is_as_shown:
                differed += 1
                print(step.came)
    return 1 if differed else 0


if __name__ == "__main__":
    sys.exit(main())
