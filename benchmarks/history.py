"""Results over the commits: each run that is kept is a dated file, and all of them are one picture.

`python -m benchmarks.history` draws the picture anew.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "results"
PICTURE = ROOT / "docs" / "pictures" / "speed.svg"

LINES = {
    "b 20": ("B12 order, 20 resources", "#1f5fa8", ""),
    "b 200": ("B12 order, 200 resources", "#1f5fa8", "6 4"),
    "c 20": ("unrelated order, 20", "#b3541e", ""),
    "c 200": ("unrelated order, 200", "#b3541e", "6 4"),
}
"""What is drawn: name, colour and dashes of each row."""

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 860, 420, 56, 40, 250, 70
INNER = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM


def save(results: dict[str, Any]) -> Path:
    """Keep the results of a run with its day and commit, and draw the picture."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    now = dt.datetime.now(dt.UTC)
    commit = _git("rev-parse", "--short=10", "HEAD")
    path = RESULTS / f"speed-{now:%Y-%m-%dT%H%M}-{commit}.json"
    told = {"at": now.isoformat(timespec="minutes"), "commit": commit, **results}
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    draw()
    return path


def _git(*arguments: str) -> str:
    found = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


def draw() -> None:
    """Draw the ratios of every kept result, the oldest first."""
    kept = [json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("speed-*.json"))]
    PICTURE.write_text(_picture(kept), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a ratio of a run lies in the picture: so many runs across, the highest ratio on top."""

    runs: int
    highest: float

    def place(self, number: int, ratio: float) -> tuple[float, float]:
        """Return the point of a ratio of the run with this number."""
        along = number / max(1, self.runs - 1)
        return LEFT + along * INNER[0], TOP + INNER[1] * (1 - ratio / self.highest)


def _picture(kept: list[dict[str, Any]]) -> str:
    highest = max((value for one in kept for value in one["ratios"].values()), default=1.0)
    shown = [one["ratios"].get(name, 0.0) for one in kept for name in LINES]
    scale = Scale(len(kept), max(shown, default=highest) * 1.1 or 1.0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="13" role="img">',
        "<title>Processor time of a call as a ratio to a bare endpoint, over the commits</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22">Processor time as a ratio to bare Flask and orjson</text>',
        *_steps(scale),
        *(_run(scale, number, one) for number, one in enumerate(kept)),
    ]
    for row, (name, look) in enumerate(LINES.items()):
        points = [
            scale.place(number, one["ratios"][name])
            for number, one in enumerate(kept)
            if name in one["ratios"]
        ]
        parts += _line(points, row, *look)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _steps(scale: Scale) -> Iterator[str]:
    """Yield the lines across, each with its ratio."""
    highest = int(scale.highest)
    for step in range(0, highest + 1, max(1, highest // 6)):
        y = scale.place(0, step)[1]
        yield (
            f'<path d="M{LEFT} {y:.1f}h{INNER[0]}" stroke="#dddddd"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{step}</text>'
        )


def _run(scale: Scale, number: int, one: dict[str, Any]) -> str:
    """Return commit and day of a run, below its place."""
    x = scale.place(number, 0)[0]
    day = one["at"][5:16].replace("T", " ")
    return (
        f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle" font-size="11">'
        f"{one['commit'][:7]}</text>"
        f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 36}" text-anchor="middle" font-size="11">'
        f"{day}</text>"
    )


def _line(
    points: list[tuple[float, float]], row: int, name: str, colour: str, dashes: str
) -> list[str]:
    if not points:
        return []
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    x, y = WIDTH - RIGHT + 16, TOP + 24 * row + 8
    dots = "".join(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3"/>' for px, py in points)
    return [
        f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>',
        f'<g fill="{colour}">{dots}</g>',
        f'<path d="M{x} {y}h28" stroke="{colour}" stroke-width="2"{dashed}/>',
        f'<text x="{x + 36}" y="{y + 4}" fill="{colour}">{name}</text>',
    ]


if __name__ == "__main__":
    draw()
