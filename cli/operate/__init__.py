"""Commands for those who run the service."""

from cli.operate.checks import add_checks
from cli.operate.serve import add_serve

__all__ = ["add_checks", "add_serve"]
