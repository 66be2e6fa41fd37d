"""A grade as GitLab's code-quality report: https://docs.gitlab.com/ci/testing/code_quality/"""

import json
from typing import Any

from grader.model.class_row import ClassReport
from grader.report.formats import OneGrade, ReportFiles, Request
from grader.report.formats.sarif import fingerprint
from grader.report.problems import Problem, headline, problems_of
from grader.report.write_files import results_files

WRITES = "<student>/<assignment>/gl-code-quality-report.json, as GitLab reads it"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = False, False, False


def write_one(one: OneGrade) -> str:
    """An entry for each problem. GitLab requires a file: if none is known, it is the assignment's name."""
    problems = problems_of(one.grade, one.sources, one.reveal)
    return json.dumps([_entry(problem, one.grade.assignment) for problem in problems], indent=2) + "\n"


def _entry(problem: Problem, otherwise: str) -> dict[str, Any]:
    return {
        "description": f"{headline(problem)}: {problem.message}",
        "check_name": problem.criterion,
        "fingerprint": fingerprint(problem),
        "severity": "major",
        "location": {"path": problem.file or otherwise, "lines": {"begin": max(problem.line, 1)}},
    }


def write(report: ClassReport, request: Request) -> ReportFiles:
    """A file for each student with a score that needs no review."""
    name = "gl-code-quality-report.json"
    return ReportFiles(results_files(report, lambda grade, _: write_one(OneGrade(grade)), name))
