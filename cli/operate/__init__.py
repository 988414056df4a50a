"""Commands for those who run the service.

Each is loaded when it is asked for, as a command needs none of the others.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "add_calls": "calls",
    "add_checks": "checks",
    "add_codes": "codes",
    "add_init_config": "site",
    "add_serve": "serve",
    "add_store": "store",
}

__all__ = ["add_calls", "add_checks", "add_codes", "add_init_config", "add_serve", "add_store"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
