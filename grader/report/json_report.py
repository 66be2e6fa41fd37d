"""One submission's grade as JSON, for other programs; the schema is versioned by its first field."""

import json
from typing import Any

from grader.model.assignment import Visibility
from grader.model.grade import CheckResult, CriterionGrade, Grade, as_number

SCHEMA = "backflip/grade/1"


def to_json(grade: Grade, reveal: bool = False) -> str:
    """The same grade gives the same bytes: rubric's order, no clock, no path; ASCII, one newline at the end.

    Hidden cases show their id, status, visibility, misconceptions and follow-through; the rest only where
    `reveal` says so.
    """
    report = {
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
        "criteria": [_criterion(criterion, reveal) for criterion in grade.criteria],
    }
    return json.dumps(report, indent=2) + "\n"


def _criterion(criterion: CriterionGrade, reveal: bool) -> dict[str, Any]:
    return {
        "id": criterion.id,
        "title": criterion.title,
        "score": as_number(criterion.score),
        "points": as_number(criterion.points),
        "status": criterion.status,
        "reason": criterion.reason,
        "cases": [_case(result, reveal) for result in criterion.results],
    }


def _case(result: CheckResult, reveal: bool) -> dict[str, Any]:
    case: dict[str, Any] = {
        "id": result.case,
        "status": result.status,
        "visibility": result.visibility,
        "misconceptions": list(result.misconceptions),
        "follow_through": result.follow_through,
    }
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
    return case
