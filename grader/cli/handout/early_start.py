"""`grader grade` in a handout: starts its processes first, because importing its modules takes half of its
time.
"""

import argparse
from pathlib import Path

HANDOUT = Path("grading", "assignment.yaml")


def run(options: argparse.Namespace) -> int:
    """Grades the submission with `grader.cli.grade`.

    A handout has no sandbox. So its worker, and the process that reads submissions, import what they need
    while this process imports its own.
    """
    if options.assignment is not None or not HANDOUT.is_file():
        from grader.cli import grade

        return grade.run(options)
    from grader.judge.process.plain_worker import early_worker

    with early_worker() as early:
        from grader.judge.import_rules.read_sources import begin

        begin()
        from grader.cli import grade

        return grade.run(options, early)
