"""What of the choices for a step of `b12-cds population` cannot be done, said before it begins."""

from __future__ import annotations

import argparse
from pathlib import Path

from cli.parsing import Refusal, check_file

PAGES = frozenset({".html", ".htm"})


def check_slice(chosen: argparse.Namespace) -> None:
    """Refuse choices for a slice that contradict each other, or an input that is not there."""
    from cds_service.site import is_web_url, shown_url

    if bool(chosen.input) == bool(chosen.from_server):
        raise Refusal("population slice: expected either --input PATH or --from-server BASE.")
    if not chosen.from_server:
        for option in ("group", "token", "ca-file"):
            if getattr(chosen, option.replace("-", "_")):
                raise Refusal(f"--{option}: goes with --from-server, and would change nothing.")
    elif not chosen.group:
        raise Refusal("population slice: --from-server needs --group ID.")
    elif not is_web_url(chosen.from_server):
        raise Refusal(
            f'--from-server: found "{shown_url(chosen.from_server)}", expected an http or https '
            f"URL."
        )
    if chosen.policy:
        check_file(chosen.policy)
    for path in chosen.input:
        if not path.exists():
            raise Refusal(f"{path}: there is no such file or folder.")


def check_run(chosen: argparse.Namespace) -> None:
    """Refuse to run over what is no slice, and to write into the slice."""
    if not (chosen.input / "slice.json").is_file():
        raise Refusal(f"{chosen.input}: holds no slice; expected what population slice wrote.")
    if chosen.input.resolve() == chosen.out.resolve():
        raise Refusal(f"{chosen.out}: holds the slice; expected another folder for the run.")


def check_report(chosen: argparse.Namespace) -> None:
    """Refuse files of a report that would be written over each other, or over the run."""
    if chosen.purpose and chosen.cases is None:
        raise Refusal("--purpose: goes with --cases, and would change nothing here.")
    if chosen.out.suffix.lower() not in PAGES:
        raise Refusal(f"{chosen.out}: expected a page, as report.html; CSV and Parquet come too.")
    written = files_of_report(chosen.out)
    if any(_is_of_run(path.resolve(), chosen.input.resolve()) for path in written):
        raise Refusal(
            f"{chosen.out}: would be written over or among files of the run; expected a "
            f"page elsewhere."
        )
    if chosen.cases is None:
        return
    if chosen.cases.resolve() in {path.resolve() for path in written}:
        raise Refusal(f"{chosen.cases}: is a file of the report; expected another one for --cases.")
    if chosen.input.resolve() in chosen.cases.resolve().parents:
        raise Refusal(f"{chosen.cases}: lies in the run; expected a file elsewhere for --cases.")


def _is_of_run(path: Path, run: Path) -> bool:
    """Return whether a file has the place of one of a run, or lies among its parts or a slice's."""
    among = {run / "decisions", run / "against"} & {*path.parents}
    return path == run / "changes.parquet" or bool(among) or (path.parent / "slice.json").is_file()


def files_of_report(page: Path) -> tuple[Path, ...]:
    """Return the files that a report writes."""
    beside = page.parent / "local-codes.csv"
    return (page, page.with_suffix(".csv"), page.with_suffix(".parquet"), beside)
