"""Commands about many patients at once, and about made-up ones."""

from cli.patients.population import add_population
from cli.patients.sandbox import add_sandbox

__all__ = ["add_population", "add_sandbox"]
