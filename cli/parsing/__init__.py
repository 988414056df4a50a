"""How commands read their arguments and files."""

from cli.parsing.arguments import CommandParser, Refusal, day, days, port_number, positive_number
from cli.parsing.files import check_file, read_file, read_input, settings_of

__all__ = [
    "CommandParser",
    "Refusal",
    "check_file",
    "day",
    "days",
    "port_number",
    "positive_number",
    "read_file",
    "read_input",
    "settings_of",
]
