"""The options of the commands that prove an assignment."""

from typing import Any

from grader.cli.command_line.shared_options import add_jobs, add_names, add_out, whole_number


def verify(commands: Any) -> None:
    """`grader verify`."""
    parser = commands.add_parser("verify", help="prove each rubric: every wrong version must lose points")
    parser.set_defaults(module="proofs.verify")
    add_names(parser)
    add_out(parser, "build/verify")
    add_jobs(parser)
    parser.add_argument(
        "--seeds",
        type=whole_number(1),
        default=200,
        metavar="N",
        help="how many seeds to try for each tolerance; default: %(default)s",
    )
    parser.add_argument(
        "--variants",
        type=whole_number(0),
        default=0,
        metavar="N",
        help="instead, prove that the numbers of N students are equally hard",
    )


def redteam(commands: Any) -> None:
    """`grader redteam`."""
    parser = commands.add_parser(
        "redteam", help="check that no attack or cheat gains more than it may; this takes minutes"
    )
    parser.set_defaults(module="proofs.redteam")
    add_names(parser)
    add_out(parser, "build/redteam")
    add_jobs(parser)
    parser.add_argument(
        "--sample",
        type=whole_number(1),
        default=1,
        metavar="N",
        help="grade every Nth attack of the corpus; default: all",
    )
