"""Commands for those who run the service."""

from cli.operate.calls import add_calls
from cli.operate.checks import add_checks
from cli.operate.codes import add_codes
from cli.operate.serve import add_serve
from cli.operate.site import add_init_config
from cli.operate.store import add_store

__all__ = ["add_calls", "add_checks", "add_codes", "add_init_config", "add_serve", "add_store"]
