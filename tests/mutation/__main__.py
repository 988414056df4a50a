"""Mutation testing of the recommender, or of another package: one small fault at a time is put into
the code, and some test must fail.

`python -m tests.mutation` tries every fault in every module; with paths of modules those of these;
`--survivors` only those that survived before, `--resume` only those not tried before; `--proofs`
also runs the long proofs; `--package fhir_mappings` tries that package with its
own tests. The outcome of every fault is kept in `build/mutation.jsonl`, of another package in
`build/mutation-NAME.jsonl`; `--report` writes the tables of it. The faults are tried in an order
that is shuffled, and always the same, so that a run that is cut short is a sample of them all.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

from tests.mutation.equivalents import reason_of
from tests.mutation.mutants import Mutant, find_mutants
from tests.mutation.trial import Outcome, try_all

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "build" / "mutation.jsonl"
RECOMMENDER = "recommender"


def main(arguments: list[str]) -> int:
    """Try the faults that the arguments name and say what survived."""
    options = _parse(arguments)
    named = [ROOT / name for name in options.files]
    paths = named or sorted((ROOT / options.package).rglob("*.py"))
    mutants = [mutant for path in paths for mutant in find_mutants(path)]
    if not options.report:
        _try(mutants, options)
    return report(mutants, read_results(options.package))


def results_of(package: str) -> Path:
    """Return where the outcomes of a package are kept."""
    name = package.replace("/", "-")
    return RESULTS if package == RECOMMENDER else RESULTS.with_stem(f"mutation-{name}")


def _try(mutants: list[Mutant], options: argparse.Namespace) -> None:
    known = read_results(options.package)
    if options.survivors:
        mutants = [mutant for mutant in mutants if known.get(mutant.id) is Outcome.SURVIVED]
    elif options.resume:
        mutants = [mutant for mutant in mutants if mutant.id not in known]
    mutants = random.Random(1).sample(mutants, len(mutants))
    RESULTS.parent.mkdir(exist_ok=True)
    folders = (options.package, *options.tests)
    tried = try_all(mutants, options.jobs, options.part, folders, proofs=options.proofs)
    with results_of(options.package).open("a", encoding="utf-8") as results:
        for number, (mutant, outcome) in enumerate(tried, start=1):
            results.write(json.dumps([mutant.id, outcome.value]) + "\n")
            results.flush()
            if outcome is not Outcome.KILLED:
                print(
                    f"{number}/{len(mutants)} {outcome.value}: {mutant.line}: {mutant.id}",
                    file=sys.stderr,
                    flush=True,
                )


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument(
        "files", nargs="*", help="modules, as recommender/checks/folate.py; all without any"
    )
    parser.add_argument(
        "--part",
        choices=("all", "functions", "import"),
        default="all",
        help="faults in functions, or in what runs at import",
    )
    parser.add_argument(
        "--package",
        default=RECOMMENDER,
        help="a package or one of its rooms: fhir_mappings/history",
    )
    parser.add_argument(
        "--tests",
        nargs="+",
        default=(),
        metavar="FOLDER",
        help="further folders of tests to run: fhir_mappings/medicines",
    )
    parser.add_argument("--jobs", type=int, default=2, help="how many faults are tried at once")
    parser.add_argument("--proofs", action="store_true", help="run the long proofs as well")
    parser.add_argument(
        "--survivors", action="store_true", help="only the faults that survived before"
    )
    parser.add_argument(
        "--resume", action="store_true", help="only the faults that were not tried before"
    )
    parser.add_argument("--report", action="store_true", help="try nothing, report what is known")
    return parser.parse_args(arguments)


def read_results(package: str) -> dict[str, Outcome]:
    """Return the newest outcome of each fault by its id."""
    kept = results_of(package)
    if not kept.exists():
        return {}
    lines = kept.read_text(encoding="utf-8").splitlines()
    return {id_: Outcome(outcome) for id_, outcome in map(json.loads, lines)}


def report(mutants: list[Mutant], outcomes: dict[str, Outcome]) -> int:
    """Print the score of each module and what survived; exit status 1 when anything did that is not
    known to be equivalent.
    """
    print(
        "| module | faults | killed | survived | equivalent | killed of the others "
        "|\n|---|---|---|---|---|---|"
    )
    tried = [mutant for mutant in mutants if mutant.id in outcomes]
    survived = [mutant for mutant in tried if outcomes[mutant.id] is Outcome.SURVIVED]
    for path in dict.fromkeys(mutant.path for mutant in tried):
        print(_row(path.name, [mutant for mutant in tried if mutant.path == path], survived))
    for name, wording in (("**words**", True), ("**rules**", False)):
        print(_row(name, [mutant for mutant in tried if mutant.wording is wording], survived))
    print(_row("**all**", tried, survived))
    unexplained = [mutant for mutant in survived if not reason_of(mutant)]
    for mutant in unexplained:
        print(f"{mutant.line}: {mutant.id}")
    return 1 if unexplained else 0


def _row(name: str, mutants: list[Mutant], survived: list[Mutant]) -> str:
    alive = [mutant for mutant in survived if mutant in mutants]
    equivalent = sum(bool(reason_of(mutant)) for mutant in alive)
    killed, others = len(mutants) - len(alive), len(mutants) - equivalent
    return (
        f"| {name} | {len(mutants)} | {killed} | {len(alive) - equivalent} | {equivalent} | "
        f"{100 * killed / max(others, 1):.1f} % |"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
