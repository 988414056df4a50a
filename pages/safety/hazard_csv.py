"""docs/generated/hazard-log.csv: the hazard log for a spreadsheet of a safety officer."""

from __future__ import annotations

import csv
import io

from pages.safety.hazards import GENERATED, is_checked_by_machine, read_hazards

PAGE = GENERATED / "hazard-log.csv"

TEXTS = (
    "id",
    "title",
    "step",
    "guide_word",
    "cause",
    "effect",
    "hazard",
    "harm",
    "noticed_by",
    "gap",
    "proposed",
    "why_none",
    "reason",
    "status",
    "score_by_officer",
)
SCORES = ("severity", "likelihood_initial", "likelihood_now", "likelihood_target")


def render() -> str:
    """Return the file; severity, likelihood and risk are suggestions."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(
        [*TEXTS, *SCORES, "risk_initial", "risk_now", "risk_target", "controls", "by_machine"]
    )
    for hazard in read_hazards():
        scores = hazard["suggested"]
        writer.writerow(
            [
                *(hazard.get(name, "") for name in TEXTS),
                *(scores[name] for name in SCORES),
                *scores["risk"],
                "; ".join(hazard["controls"]),
                sum(map(is_checked_by_machine, hazard["controls"])),
            ]
        )
    return file.getvalue()
