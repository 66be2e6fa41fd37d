"""A grade as SARIF 2.1.0, which editors and code scanning read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

import hashlib
import json
from typing import Any

import grader
from grader.model.class_row import ClassReport
from grader.model.grade import Grade
from grader.report.formats import OneGrade, ReportFiles, Request
from grader.report.problems import Problem, headline, problems_of
from grader.report.write_files import results_files

WRITES = "<student>/<assignment>/grade.sarif: each problem with its file and line"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = False, False, False
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def write_one(one: OneGrade) -> str:
    """One run, a rule for each criterion, a result for each problem; nothing of a hidden case."""
    driver = {"name": "Backflip", "version": grader.__version__, "rules": _rules(one.grade)}
    results = [_result(problem) for problem in problems_of(one.grade, one.sources, one.reveal)]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"version": "2.1.0", "$schema": SCHEMA, "runs": [run]}, indent=2) + "\n"


def _rules(grade: Grade) -> list[dict[str, Any]]:
    return [{"id": c.id, "shortDescription": {"text": c.title or c.id}} for c in grade.criteria]


def _result(problem: Problem) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": problem.criterion,
        "level": "error",
        "message": {"text": f"{headline(problem)}: {problem.message}"},
        "partialFingerprints": {"backflip/problem/1": fingerprint(problem)},
    }
    if problem.file:
        region = {"startLine": problem.line}
        place = {"artifactLocation": {"uri": problem.file}, "region": region}
        result["locations"] = [{"physicalLocation": place}]
    return result


def fingerprint(problem: Problem) -> str:
    """A hash that stays the same if the problem's line moves."""
    text = "\0".join([problem.criterion, problem.file, problem.message, *problem.cases])
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def write(report: ClassReport, request: Request) -> ReportFiles:
    """A file for each student with a score that needs no review; no line if only a function is known."""
    return ReportFiles(results_files(report, lambda grade, _: write_one(OneGrade(grade)), "grade.sarif"))
