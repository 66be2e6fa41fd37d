"""A grade as the points of Classroom 50's result.json: https://github.com/foundation50/classroom50/wiki

`autograder.py` adds who submitted, when and where, from the environment of the runner.
"""

import json
from typing import Any

from grader.model.class_row import ClassReport
from grader.model.grade import CriterionGrade, Status
from grader.model.text import as_number, clean_line
from grader.report.formats import OneGrade, ReportFiles, Request
from grader.report.write_files import results_files

WRITES = "<student>/<assignment>/points.json: integer scores, as Classroom 50 reads them"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = False, False, False


def write_one(one: OneGrade) -> str:
    """A test for each criterion that cases judge, in whole points, and their sums; never more than earned.

    Points offered are rounded up and points earned are rounded down, so that only full points look full.
    The exact numbers are next to them, as `earned` and `points`.
    """
    tests = [_test(criterion) for criterion in one.grade.criteria if criterion.results]
    sums = {key: sum(test[key] for test in tests) for key in ("score", "max-score")}
    return json.dumps({**sums, "tests": tests}, indent=2) + "\n"


def _test(criterion: CriterionGrade) -> dict[str, Any]:
    offered = -(-criterion.points // 1)
    is_full = criterion.score == criterion.points
    return {
        "test-name": f"{clean_line(criterion.id)}: {clean_line(criterion.title)}",
        "passed": criterion.status is Status.OK,
        "score": offered if is_full else criterion.score // 1,
        "max-score": offered,
        "earned": as_number(criterion.score),
        "points": as_number(criterion.points),
    }


def write(report: ClassReport, request: Request) -> ReportFiles:
    """A file for each student with a score that needs no review."""
    return ReportFiles(results_files(report, lambda grade, _: write_one(OneGrade(grade)), "points.json"))
