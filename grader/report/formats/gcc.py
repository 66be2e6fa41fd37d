"""A grade as compiler messages, `conv.py:12: error: ...`, which every editor can read."""

from grader.model.class_row import ClassReport
from grader.model.text import clean_line
from grader.report.formats import OneGrade, ReportFiles, Request
from grader.report.problems import Problem, headline, problems_of
from grader.report.write_files import results_files

WRITES = "<student>/<assignment>/problems.txt: a line for each problem, as compilers print them"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = False, False, False


def write_one(one: OneGrade) -> str:
    """A line for each problem."""
    return "".join(f"{_line(problem)}\n" for problem in problems_of(one.grade, one.sources, one.reveal))


def _line(problem: Problem) -> str:
    place = f"{problem.file}:{problem.line}:1: " if problem.file else ""
    return f"{place}error: {clean_line(problem.message)} [{headline(problem)}]"


def write(report: ClassReport, request: Request) -> ReportFiles:
    """A file for each student with a score that needs no review."""
    return ReportFiles(results_files(report, lambda grade, _: write_one(OneGrade(grade)), "problems.txt"))
