"""One submission's grade as JSON, for other programs; the schema is versioned by its first field."""

import json
from dataclasses import asdict
from typing import Any

from grader.model.assignment import Visibility
from grader.model.class_row import ClassReport, ClassRow
from grader.model.grade import CheckResult, CriterionGrade, Grade, Idea, Status, Variable
from grader.model.late_policy import FinalScore
from grader.model.text import as_number
from grader.report.formats import OneGrade, ReportFiles, Request

WRITES = "grades.json: every grade with its cases"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = False, False, False

SCHEMA = "backflip/grade/1"
CLASS_SCHEMA = "backflip/class/2"


def to_json(grade: Grade, reveal: bool = False) -> str:
    """The same grade gives the same bytes: rubric's order, no clock, no path; ASCII, one newline at the end.

    Hidden cases show their id, status, visibility, misconceptions and follow-through, and the rest only with
    `reveal`.
    """
    return json.dumps(_grade(grade, reveal), indent=2) + "\n"


def class_json(report: ClassReport) -> str:
    """Every student's standing, sorted by student and assignment, without details of hidden cases."""
    return json.dumps({"schema": CLASS_SCHEMA, "rows": [_row(row) for row in report.rows]}, indent=2) + "\n"


def _row(row: ClassRow) -> dict[str, Any]:
    student, submission = row.standing.student, row.submission
    return {
        "student": {
            "id": student.id,
            "name": student.name,
            "email": student.email,
            "section": student.section,
        },
        "assignment": row.assignment,
        "score": None if row.score is None else as_number(row.score),
        "submitted_at": None if submission is None else submission.submitted_at or None,
        "needs_review": row.review_reason,
        "submitted_nothing": row.is_absent,
        "policies": _final(row.final),
        "grade": None if row.grade is None else _grade(row.grade, reveal=False),
    }


def _final(final: FinalScore) -> dict[str, Any]:
    steps = [{"policy": s.policy, "says": s.says, "score": as_number(s.score)} for s in final.steps]
    return {"earned": as_number(final.earned), "late_days": final.late_days, "steps": steps}


def _grade(grade: Grade, reveal: bool) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "assignment": grade.assignment,
        "submission": grade.submission,
        "score": as_number(grade.score),
        "max_score": as_number(grade.max_score),
        "withheld": as_number(grade.withheld),
        "not_selected": grade.not_selected,
        "sandbox": grade.sandbox,
        "device": grade.device,
        "versions": dict(sorted(grade.versions.items())),
        "notes": list(grade.notes),
        "criteria": [_criterion(criterion, reveal) for criterion in grade.criteria],
    }


def _criterion(criterion: CriterionGrade, reveal: bool) -> dict[str, Any]:
    return {
        "id": criterion.id,
        "title": criterion.title,
        "score": as_number(criterion.score),
        "points": as_number(criterion.points),
        "status": criterion.status,
        "reason": criterion.reason,
        "ideas": [_idea(idea) for idea in criterion.ideas],
        "facts": [asdict(fact) for fact in criterion.facts],
        "locations": [asdict(location) for location in criterion.locations],
        "cases": [_case(result, reveal) for result in criterion.results],
    }


def _idea(idea: Idea) -> dict[str, Any]:
    """An idea with its strength in a word: "sure" or "likely"."""
    values = asdict(idea)
    return values | {"claim": "sure" if values.pop("is_sure") else "likely"}


def _case(result: CheckResult, reveal: bool) -> dict[str, Any]:
    case: dict[str, Any] = {
        "id": result.case,
        "status": result.status,
        "visibility": result.visibility,
        "misconceptions": list(result.misconceptions),
        "follow_through": result.follow_through,
    }
    if result.code:
        case["code"] = result.code
    if reveal or result.visibility is Visibility.VISIBLE:
        case |= {
            "inputs": result.inputs,
            "index": None if result.index is None else list(result.index),
            "expected": result.expected,
            "actual": result.actual,
            "rationale": result.rationale,
            "idea": result.idea,
            "help": result.help,
            "output": result.output,
        }
        if result.calls and result.calls[-1].variables and result.status is not Status.OK:
            case["variables"] = [_variable(variable) for variable in result.calls[-1].variables]
    return case


def _variable(variable: Variable) -> dict[str, Any]:
    """A variable on the line that raised: an array's shape and dtype, or a value."""
    if variable.shape is None:
        return {"name": variable.name, "value": variable.value}
    return {"name": variable.name, "shape": list(variable.shape), "dtype": variable.dtype}


def write(report: ClassReport, request: Request) -> ReportFiles:
    """Every grade with its cases."""
    return ReportFiles({"grades.json": class_json(report).encode()})


def write_one(one: OneGrade) -> str:
    """The grade with its cases."""
    return to_json(one.grade, one.reveal)
