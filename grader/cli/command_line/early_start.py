"""Starts the processes of a grade before its modules are imported: imports take half of its time."""

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path

HANDOUT = Path("grading", "assignment.yaml")


@contextlib.contextmanager
def started_early(options: argparse.Namespace) -> Iterator[None]:
    """For a grade in a handout, which runs without a sandbox: a worker, and the process that reads.

    They import what they need while this process imports its own.
    """
    if options.command != "grade" or options.assignment is not None or not HANDOUT.is_file():
        yield
        return
    from grader.judge.process.plain_worker import begun_early

    with begun_early():
        from grader.judge.import_rules.read_sources import begin

        begin()
        yield
