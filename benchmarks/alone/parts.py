"""Where a call goes, part by part, in instructions of the interpreter: as free of noise as the
count of calls, and finer.

`python -m benchmarks.alone.parts` prints for an order of ours, at each size of the record, how many
there are and the share of each part. What is written in C (parsing, hashing, searching by pattern)
is not counted.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from types import CodeType, FrameType
from typing import Any

from flask import Flask

from benchmarks.alone.calls import WARM_UPS, an_app, answer
from benchmarks.scenarios.scenarios import Scenario, list_scenarios

PARTS = {
    "mapping the record": "map_in_steps",
    "of it the results": "read_observations",
    "of it what words and codes of entries mean": "judge_lists",
    "review of the course": "review",
    "cards with their drafts": "write_cards",
    "the recommendation": "recommend",
    "reading the selected orders": "_read_orders",
    "the decision record, metrics, the log line": "record_call",
    "reading prefetch into the record": "_read_prefetch",
    "facts in words": "describe_facts",
    "which facts would change the advice": "read_context",
}
"""The function that does each part, by its name."""


class _Tracer:
    """Counts instructions of each function with those of what it calls."""

    def __init__(self) -> None:
        self.total = 0
        self.within: Counter[str] = Counter()
        self._open: list[int] = []
        self._inside: Counter[CodeType] = Counter()

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "call":
            self._open.append(self.total)
            self._inside[frame.f_code] += 1
        elif event == "opcode":
            self.total += 1
        elif event == "return":
            begun = self._open.pop()
            self._inside[frame.f_code] -= 1
            if not self._inside[frame.f_code]:
                self.within[frame.f_code.co_name] += self.total - begun
        return self


def count_parts(app: Flask, scenario: Scenario) -> tuple[int, dict[str, float]]:
    """Return the instructions of one call, and the share of each part in percent."""
    body = scenario.bodies[0]
    for _ in range(WARM_UPS):
        answer(app, scenario.path, body)
    tracer = _Tracer()
    sys.settrace(tracer)
    try:
        answer(app, scenario.path, body)
    finally:
        sys.settrace(None)
    return tracer.total, {
        words: 100 * tracer.within[name] / tracer.total for words, name in PARTS.items()
    }


def main() -> None:
    """Print the table."""
    with an_app() as app:
        orders = [one for one in list_scenarios() if one.name == "order"]
        counted = [count_parts(app, one) for one in orders]
    print(f"{'':46}" + "".join(f"{one.resources:>10}" for one in orders))
    print(f"{'instructions':46}" + "".join(f"{total:>10,}" for total, _ in counted))
    for words in PARTS:
        print(f"{words:46}" + "".join(f"{shares[words]:>9.0f}%" for _, shares in counted))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # nothing waits to be written that anybody needs
