"""Adds the options of the commands that publish to a place and collect from it."""

from functools import partial
from pathlib import Path
from typing import Any

from grader.cli.command_line.shared_options import add_out, files_written_by


def publish(commands: Any) -> None:
    """Adds the platform of an assignment, and the folder for its files."""
    parser = commands.add_parser(
        "publish",
        help="write an assignment for the place where your course lives",
        listing=("targets", partial(files_written_by, "publish.targets")),
        epilog="The folders for github, gitlab and classroom50 contain the visible cases and no solution. "
        "The folders for gradescope and prairielearn contain the answers. The folder for docker contains "
        "neither.",
    )
    parser.add_argument("target", metavar="TARGET", help="one of the targets listed below")
    parser.add_argument("name", metavar="NAME", help="an assignment of the course")
    add_out(parser)
    parser.set_defaults(module="platforms.publish")


def collect(commands: Any) -> None:
    """Adds the place of a class's repositories, and the times at which the server received pushes."""
    parser = commands.add_parser(
        "collect",
        help="fetch the repositories of a class, for `grader batch`",
        epilog="Git runs without hooks, filters and file system monitors, and checks nothing out. An author "
        "can choose the date of a commit, so only the server's push times count. Without --times, every "
        "submission needs review.",
    )
    parser.add_argument(
        "source",
        type=Path,
        metavar="FILE_OR_DIR",
        help="a file with one address on each line, or a folder of clones",
    )
    parser.add_argument("--assignment", required=True, metavar="NAME", help="an assignment of the course")
    add_out(parser, note="; it must not contain files")
    parser.add_argument(
        "--times",
        type=Path,
        metavar="FILE_OR_DIR",
        help="the pushes as JSON from the server's API: GitHub's activity or events, or GitLab's events; a "
        "folder contains REPO.json for each repository",
    )
    parser.add_argument(
        "--prefix",
        metavar="TEXT",
        help="the part of a repository's name before the login; default: the common beginning of all names, "
        "up to a dash",
    )
    parser.add_argument(
        "--any-time",
        action="store_true",
        help="accept pushes without a time, because there is no deadline",
    )
    parser.set_defaults(module="platforms.collect")
