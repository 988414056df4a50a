"""Commands about many patients at once, and about made-up ones.

Each is loaded when it is asked for, as a command needs none of the others.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "add_population": "population",
    "add_sandbox": "sandbox",
}

__all__ = ["add_population", "add_sandbox"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
