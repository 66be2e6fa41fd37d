"""Adds the options of the commands that publish to a place and collect from it."""

from pathlib import Path
from typing import Any

from grader.cli.command_line.shared_options import modules_of


def publish(commands: Any) -> None:
    """Where an assignment goes, and in which folder its files are written."""
    targets = modules_of("publish.targets")
    parser = commands.add_parser(
        "publish",
        help="write an assignment for the place where your course lives",
        epilog="The folders for github, gitlab and classroom50 hold visible cases and no answer. Those for "
        "gradescope and prairielearn hold the answers; docker's holds neither.",
    )
    parser.add_argument("target", metavar="TARGET", help=", ".join(targets))
    parser.add_argument("name", metavar="NAME", help="an assignment of the course")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where files are written")
    parser.set_defaults(module="places.publish")
