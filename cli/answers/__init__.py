"""Commands about answers: why, what became of them, what would differ.

Each is loaded when it is asked for, as a command needs none of the others.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "add_diff": "diff",
    "add_explain": "explain",
    "add_feedback": "feedback",
    "add_manifest": "manifest",
    "add_replay": "replay",
}

__all__ = ["add_diff", "add_explain", "add_feedback", "add_manifest", "add_replay"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
