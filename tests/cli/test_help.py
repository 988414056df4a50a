"""The help of every command: each argument is explained, each default said."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module

import pytest

from cli import main as program
from cli.parsing import CommandParser, Refusal


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield the parser and each of its commands, theirs included."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from commands(command)


@pytest.fixture(scope="module")
def parsers() -> list[argparse.ArgumentParser]:
    made: list[CommandParser] = []
    parser = CommandParser(prog="b12-cds")
    made.append(parser)
    each = parser.add_subparsers(dest="command")
    for module, name in program.GROUPS.values():
        getattr(import_module(module), name)(each)
    return list(commands(parser))


def test_every_argument_of_every_command_is_explained(
    parsers: list[argparse.ArgumentParser],
) -> None:
    assert len(parsers) > 25
    for parser in parsers:
        for action in parser._actions:
            if not isinstance(action, argparse._SubParsersAction):
                assert action.help, f"{parser.prog} {action.dest}"


def test_every_option_that_takes_a_value_says_what_holds_without_it(
    parsers: list[argparse.ArgumentParser],
) -> None:
    for parser in parsers:
        shown = " ".join(parser.format_help().split())
        for action in parser._actions:
            if action.option_strings and action.nargs != 0 and not action.required:
                after = shown.split(f" {action.option_strings[-1]} ")[-1]
                assert "(default: " in after, f"{parser.prog} {action.option_strings[-1]}"
        assert "Exit status: 0 fine" in shown, parser.prog


@pytest.mark.parametrize("blank", ["", " "])
def test_a_blank_value_is_never_an_option_left_out_or_the_folder_one_stands_in(
    parsers: list[argparse.ArgumentParser], blank: str
) -> None:
    for parser in parsers:
        for action in parser._actions:
            if action.option_strings and action.nargs != 0 and action.dest != "purpose":
                option = action.option_strings[-1]
                with pytest.raises(Refusal, match=f"argument {option}: (found|invalid)"):
                    parser.parse_args([option, blank])


@pytest.mark.parametrize("token", ["sec ret", "secret\r", "secret\n", "sécret"])
def test_what_no_token_holds_is_said_and_not_repeated(
    parsers: list[argparse.ArgumentParser], token: str
) -> None:
    takes = [one for one in parsers if "--token" in one._option_string_actions]
    assert len(takes) == 4
    for parser in takes:
        with pytest.raises(Refusal, match="--token: found a blank, a line break") as refused:
            parser.parse_args(["--token", token])
        assert token not in str(refused.value)
