"""A grade as annotations of GitHub Actions, which appear next to the lines of a commit.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from grader.model.class_row import ClassReport
from grader.report.formats import OneGrade, ReportFiles, Request
from grader.report.problems import Problem, headline, problems_of
from grader.report.write_files import results_files

WRITES = "<student>/<assignment>/annotations.txt: annotations that GitHub Actions prints"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = False, False, False


def write_one(one: OneGrade) -> str:
    """A line for each problem; text from a submission cannot begin a workflow command."""
    problems = problems_of(one.grade, one.sources, one.reveal)
    return "".join(f"{_command(problem)}\n" for problem in problems)


def _command(problem: Problem) -> str:
    place = {"file": problem.file, "line": str(problem.line)} if problem.file else {}
    values = {**place, "title": headline(problem)}
    properties = ",".join(f"{name}={_property(value)}" for name, value in values.items())
    return f"::error {properties}::{_data(problem.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def write(report: ClassReport, request: Request) -> ReportFiles:
    """A file for each student with a score that needs no review."""
    return ReportFiles(results_files(report, lambda grade, _: write_one(OneGrade(grade)), "annotations.txt"))
