"""Adds the options of the commands that students use in a handout."""

import argparse
from typing import Any


def _add_case(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", nargs="?", default="", metavar="CASE", help="the case, as EXERCISE/CASE")


def try_case(commands: Any) -> None:
    """Adds the case to try, and code to run."""
    parser = commands.add_parser(
        "try", help="in a handout: start Python with a case's inputs and your functions"
    )
    _add_case(parser)
    parser.add_argument("-c", dest="code", metavar="CODE", help="run this code instead of starting a prompt")
    parser.set_defaults(module="handout.try_case")


def debug(commands: Any) -> None:
    """Adds the case to debug."""
    parser = commands.add_parser(
        "debug", help="in a handout: start the debugger where a case calls your function"
    )
    _add_case(parser)
    parser.set_defaults(module="handout.debug")


def watch(commands: Any) -> None:
    """Nothing to choose."""
    parser = commands.add_parser("watch", help="in a handout: grade again whenever you save a file")
    parser.set_defaults(module="handout.watch")


def hint(commands: Any) -> None:
    """Adds the exercise of the hint."""
    parser = commands.add_parser("hint", help="in a handout: show the next hint for an exercise")
    parser.add_argument(
        "exercise",
        nargs="?",
        default="",
        metavar="EXERCISE",
        help="an exercise or a criterion; * stands for any text; default: list how many hints each one has",
    )
    parser.set_defaults(module="handout.hint")


def submit(commands: Any) -> None:
    """Nothing to choose."""
    parser = commands.add_parser(
        "submit", help="in a handout: check the files that you submit, and pack them"
    )
    parser.set_defaults(module="handout.submit")
