"""PrairieLearn's results.json: https://prairielearn.readthedocs.io/en/latest/externalGrading/"""

import json
from typing import Any

from grader.model.class_row import ClassReport, review_line, to_review
from grader.model.grade import CriterionGrade, Grade, Status
from grader.model.late_policy import FinalScore
from grader.model.text import as_number, clean_line
from grader.report.feedback_content import feedback_on, remark
from grader.report.formats import OneGrade, ReportFiles, Request
from grader.report.terminal.show_grade import to_text
from grader.report.write_files import results_files

WRITES = "<student>/<assignment>/results.json, as PrairieLearn reads it"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = False, False, False

MAX_BYTES = 1_000_000  # PrairieLearn reads no more than 1 MB
LIMITS = (100_000, 10_000, 1_000, 100)  # characters of a text, tried until the whole fits


def results_json(grade: Grade, final: FinalScore | None = None) -> str:
    """The same grade gives the same bytes, never more than PrairieLearn reads; no value of a hidden case."""
    return next(
        text
        for limit in LIMITS
        if len(text := _results(grade, final, limit)) <= MAX_BYTES or limit == LIMITS[-1]
    )


def _results(grade: Grade, final: FinalScore | None, limit: int) -> str:
    refusals = [r.rationale for c in grade.criteria for r in c.results if r.status is Status.REFUSED]
    if refusals and len(refusals) == sum(len(c.results) for c in grade.criteria):
        return _dumps({"gradable": False, "format_errors": [clean_line(refusals[0])]})
    score = grade.score if final is None else final.score
    share = min(max(float(score / grade.max_score), 0.0), 1.0) if grade.max_score else 0.0
    sections = {s.criterion.id: s for s in feedback_on(grade).sections}
    tests = []
    for criterion in grade.criteria:
        section = sections.get(criterion.id)
        lines = []
        for block in section.blocks if section is not None else ():
            lines += [
                f"{block.heading}: {block.status}",
                *(f"  {label}: {text}" for label, text in block.facts),
            ]
        tests.append(_test(criterion, "\n".join(lines)[:limit]))
    return _dumps({"gradable": True, "score": share, "output": to_text(grade, final)[:limit], "tests": tests})


def _test(criterion: CriterionGrade, output: str) -> dict[str, Any]:
    return {
        "name": clean_line(criterion.id),
        "description": clean_line(criterion.title),
        "points": as_number(criterion.score),
        "max_points": as_number(criterion.points),
        "message": remark(criterion),
        "output": output,
    }


def _dumps(results: dict[str, Any]) -> str:
    return json.dumps(results, indent=2) + "\n"  # ASCII: as many bytes as characters


def write(report: ClassReport, request: Request) -> ReportFiles:
    """A file for each student with a score that needs no review."""
    return ReportFiles(results_files(report, results_json), tuple(map(review_line, to_review(report.rows))))


def write_one(one: OneGrade) -> str:
    """results.json."""
    return results_json(one.grade)
