"""How commands read their arguments and files."""

from cli.parsing.answers import cards_of, is_web_page
from cli.parsing.arguments import (
    CommandParser,
    Refusal,
    day,
    days,
    free_text,
    port_number,
    positive_number,
    take_authorities,
    take_site_file,
    take_token,
)
from cli.parsing.files import (
    authorities_of,
    check_file,
    owner_only,
    read_file,
    read_input,
    settings_of,
)
from cli.parsing.progress import counted
from cli.parsing.terminal import VisibleOutput, print_coloured, print_json, say_problem
from cli.parsing.wrong_input import NEEDS_PATIENT, OF_A_PATIENT, next_step, what_text_is

__all__ = [
    "NEEDS_PATIENT",
    "OF_A_PATIENT",
    "CommandParser",
    "Refusal",
    "VisibleOutput",
    "authorities_of",
    "cards_of",
    "check_file",
    "counted",
    "day",
    "days",
    "free_text",
    "is_web_page",
    "next_step",
    "owner_only",
    "port_number",
    "positive_number",
    "print_coloured",
    "print_json",
    "read_file",
    "read_input",
    "say_problem",
    "settings_of",
    "take_authorities",
    "take_site_file",
    "take_token",
    "what_text_is",
]
