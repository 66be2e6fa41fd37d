"""A grade as the points of Classroom 50's result.json: https://github.com/foundation50/classroom50/wiki

Who submitted, when and where is the runner's to say: it is in its environment, and `autograder.py` adds it.
"""

import json
from typing import Any

from grader.model.class_row import ClassReport
from grader.model.grade import CriterionGrade, Status, as_number
from grader.model.text import clean_line
from grader.report.formats import OneGrade, Request
from grader.report.tables.sheet import Written
from grader.report.write_files import results_files

WRITES = "<student>/<assignment>/points.json: integer scores, as Classroom 50 reads them"
FILLS_IN, ONE_ASSIGNMENT = False, False


def write_one(one: OneGrade) -> str:
    """A test for each criterion that cases judge, in whole points, and their sums; never more than earned.

    What a criterion offers is rounded up and what it earned is rounded down, so that full points are full
    and nothing else is. The exact numbers stand beside them, as `earned` and `points`.
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


def write(report: ClassReport, request: Request) -> Written:
    """Of each student whose score needs no review."""
    return Written(results_files(report, lambda grade, _: write_one(OneGrade(grade)), "points.json"))
