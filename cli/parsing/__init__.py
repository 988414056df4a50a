"""How commands read their arguments and files."""

from cli.parsing.arguments import CommandParser, Refusal, day, days, port_number, positive_number
from cli.parsing.files import check_file, owner_only, read_file, read_input, settings_of
from cli.parsing.progress import counted
from cli.parsing.terminal import VisibleOutput, print_coloured, print_json, say_problem

__all__ = [
    "CommandParser",
    "Refusal",
    "VisibleOutput",
    "check_file",
    "counted",
    "day",
    "days",
    "owner_only",
    "port_number",
    "positive_number",
    "print_coloured",
    "print_json",
    "read_file",
    "read_input",
    "say_problem",
    "settings_of",
]
