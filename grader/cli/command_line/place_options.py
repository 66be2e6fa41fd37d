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


def collect(commands: Any) -> None:
    """Where a class's repositories are, and when the server got what students pushed."""
    parser = commands.add_parser(
        "collect",
        help="fetch the repositories of a class, for grader batch",
        epilog="Git runs without hooks, filters and file system monitors, and nothing is checked out. A "
        "commit's date is its author's to choose, so only the server's push times count: without --times "
        "every submission needs review.",
    )
    parser.add_argument(
        "source", type=Path, metavar="FILE_OR_DIR", help="addresses, one a line; or a folder of clones"
    )
    parser.add_argument("--assignment", required=True, metavar="NAME")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    parser.add_argument(
        "--times",
        type=Path,
        metavar="FILE_OR_DIR",
        help="the pushes as the server's API gives them, as JSON: GitHub's activity or events, or GitLab's "
        "events; a folder holds REPO.json for each repository",
    )
    parser.add_argument(
        "--prefix",
        metavar="TEXT",
        help="what a repository's name has before the login; default: what all names begin with, to a dash",
    )
    parser.add_argument(
        "--any-time",
        action="store_true",
        help="there is no deadline: a push without a time needs no review",
    )
    parser.set_defaults(module="places.collect")
