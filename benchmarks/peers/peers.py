"""Others beside the service: `./run bench peers [--folder DIR] [--calls N]`.

Each is installed in a folder outside the project and answers the same bodies, one process each, in
turn with ours. What each does for an answer is not the same, and is said in its row. One that
cannot be installed here (no network, no Java, no npm) is left out, and that is said too. Linux
only.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scenarios.scenarios import list_scenarios
from benchmarks.served.load import Load, Running, drive, running, serving, write_call
from benchmarks.served.servers import PATH

HERE = Path(__file__).parent
HEALTHCHAIN = "healthchain==0.16.1"
CONNECTIONS = 4
ROUNDS = 3
INSTALL_SECONDS = 600


class NotHere(Exception):
    """A peer cannot be installed on this machine."""


@dataclass(frozen=True, slots=True)
class Peer:
    """What is measured: its name, what it does for an answer, where it takes calls, and its command
    in a folder, without the port; one of our own servers has its kind instead. `share` is the part
    of the calls that it is sent: less for one that takes long.
    """

    name: str
    does: str
    path: str = PATH
    kind: str = ""
    install: Callable[[Path], Sequence[str]] | None = None
    share: float = 1.0


def install_healthchain(folder: Path) -> Sequence[str]:
    """Install HealthChain in an environment of its own and return its command."""
    home = folder / "healthchain"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=False)
    ours = Path(sys.base_prefix) / "bin" / "python3"  # an environment of ./run has no pip
    _call([str(ours), "-m", "pip", "--python", str(python), "install", "-q", HEALTHCHAIN])
    return [str(python), str(HERE / "healthchain_app.py"), "{port}"]


def install_cql(folder: Path) -> Sequence[str]:
    """Install the CQL engine, have our CQL translated for it, and return its command."""
    home = folder / "cql"
    shutil.copytree(HERE / "cql", home, dirs_exist_ok=True)
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    _call(install, home)
    copy = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"]
    _call(copy, home)
    elm = _call(["java", "-cp", "lib/*", "Translate.java", "B12.cql"], home)
    (home / "B12.json").write_text(elm, encoding="utf-8")
    command = 'cd "$0" && exec node server.cjs {port} B12.json'
    return ["sh", "-c", command, str(home)]


def _call(command: Sequence[str], folder: Path | None = None) -> str:
    """Run a command and return what it wrote.

    Raises: NotHere where it is missing or fails.
    """
    try:
        ran = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NotHere(f"{command[0]}: {type(error).__name__}") from error
    return ran.stdout


PEERS = (
    Peer("bare Flask and orjson", "parses the body, answers a constant", kind="bare"),
    Peer(
        "b12-cds",
        "reads the record, decides, writes cards and the decision record",
        kind="service",
    ),
    Peer("typed parsing alone", "bare Flask; fhir.resources R4B for each resource", kind="typed"),
    Peer(
        "HealthChain 0.16.1",
        "FastAPI; prefetch into R5 models (R4 lists that are not R5 stay as they came); no rule",
        path="/cds/cds-services/b12-order-select",
        install=install_healthchain,
    ),
    Peer(
        "CQL: cql-execution 3.3.2",
        "Node; nine definitions of benchmarks/peers/cql/B12.cql; a card of one line",
        install=install_cql,
        share=0.2,
    ),
)


def main(arguments: Sequence[str]) -> None:
    """Install, measure, print."""
    parser = argparse.ArgumentParser(prog="./run bench peers")
    folder = Path(tempfile.gettempdir()) / "b12-cds-peers"
    parser.add_argument("--folder", type=Path, default=folder, help="where peers are installed")
    parser.add_argument("--calls", type=int, default=100, help="calls a round")
    chosen = parser.parse_args(arguments)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        servers = start_all(stack, chosen.folder)
        measured = {size: measure(servers, size, chosen.calls) for size in (20, 200)}
    for size, loads in measured.items():
        print_table(size, loads)


def start_all(stack: ExitStack, folder: Path) -> dict[Peer, Running]:
    """Start each peer that can be had; say which cannot, and why."""
    data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="b12-cds-peers-")))
    servers = {}
    for peer in PEERS:
        try:
            command = peer.install(folder) if peer.install else None
        except NotHere as why:
            print(f"{peer.name}: left out ({why})")
            continue
        log = data / f"{len(servers)}.log"
        servers[peer] = stack.enter_context(
            running(command, log, peer.path) if command else serving(peer.kind, data)
        )
    return servers


def measure(servers: Mapping[Peer, Running], size: int, number: int) -> dict[Peer, list[Load]]:
    """Return the rounds of each peer with a record of so many resources, one uncounted before."""
    (body,) = next(
        one.bodies for one in list_scenarios() if (one.name, one.resources) == ("order", size)
    )
    loads: dict[Peer, list[Load]] = {peer: [] for peer in servers}
    for turn in range(ROUNDS + 1):
        for peer, server in servers.items():
            calls = max(CONNECTIONS, round(number * peer.share))
            load = drive(server, [write_call(peer.path, body)] * calls, CONNECTIONS)
            if turn:
                loads[peer].append(load)
    return loads


def print_table(size: int, loads: Mapping[Peer, list[Load]]) -> None:
    """Print processor time a call, and as a ratio to the bare endpoint of the same round."""
    bare = next(each for peer, each in loads.items() if peer.kind == "bare")
    print(f"\n{f'{size} resources':28}{'CPU ms':>8}{'ratio':>8}  for an answer it")
    for peer, each in loads.items():
        cpu = statistics.median(load.cpu_ms for load in each)
        ratio = statistics.median(
            load.cpu_ms / floor.cpu_ms for load, floor in zip(each, bare, strict=True)
        )
        print(f"{peer.name:28}{cpu:>8.2f}{ratio:>8.1f}  {peer.does}")
