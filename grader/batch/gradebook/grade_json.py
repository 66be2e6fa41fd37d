"""Converts a grade to rows of the gradebook, and back."""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from fractions import Fraction
from typing import Any

from grader.model.assignment import Visibility
from grader.model.grade import (
    Call,
    CheckResult,
    CriterionGrade,
    Fact,
    FactKind,
    Grade,
    Idea,
    Location,
    Status,
)

# Fields that belong to a rubric or a class, not to the run of a case
WORTH = ("criterion", "case", "visibility", "help", "misconceptions", "idea")
_DEFAULTS = {f.name: f.default for f in fields(CheckResult) if f.default is not MISSING}


def result_to_json(result: CheckResult) -> dict[str, Any]:
    """A run's result before the rubric scores it; fields with their default values are left out."""
    return {name: value for name, value in _entry(result).items() if name not in WORTH}


def result_from_json(data: Mapping[str, Any]) -> CheckResult:
    """The inverse; criterion and case are "" if they were left out."""
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in data.items()}
    values["calls"] = tuple(Call.from_json(call) for call in data.get("calls", ()))
    values |= {"status": Status(data["status"]), "visibility": Visibility(data.get("visibility", "visible"))}
    return CheckResult(**{"criterion": "", "case": ""} | values)


def grade_to_row(grade: Grade, addresses: Mapping[str, str]) -> dict[str, Any]:
    """The columns of a grade; `addresses` names the results in `case_results`, by criterion/case."""
    return {
        "submission": grade.submission,
        "score": str(grade.score),
        "max_score": str(grade.max_score),
        "withheld": str(grade.withheld),
        "not_selected": grade.not_selected,
        "sandbox": grade.sandbox,
        "device": grade.device,
        "versions": dict(grade.versions),
        "notes": list(grade.notes),
        "criteria": [_criterion_to_json(criterion, addresses) for criterion in grade.criteria],
    }


Results = Mapping[str, Mapping[str, Any]]  # by address


def grade_from_row(row: Mapping[str, Any], results: Results | None) -> Grade:
    """The inverse; `results` are those of the submission's files, by address.

    Without them, the grade has only the cases that the grader failed to judge.
    """
    return Grade(
        assignment=row["assignment"],
        submission=row["submission"],
        criteria=tuple(_criterion_from_json(data, results) for data in row["criteria"]),
        sandbox=row["sandbox"],
        device=row["device"],
        withheld=Fraction(row["withheld"]),
        not_selected=row["not_selected"],
        versions=row["versions"],
        notes=tuple(row["notes"]),
    )


def _entry(result: CheckResult) -> dict[str, Any]:
    values = vars(result)  # not asdict, which copies deeply and takes ten times as long
    fields = {n: v for n, v in values.items() if n not in _DEFAULTS or v != _DEFAULTS[n]}
    return fields | {"calls": [asdict(call) for call in result.calls]} if result.calls else fields


def _criterion_to_json(criterion: CriterionGrade, addresses: Mapping[str, str]) -> dict[str, Any]:
    cases = []
    for result in criterion.results:
        entry = _entry(result)
        address = addresses.get(result.name)
        if address is not None:
            entry = {name: value for name, value in entry.items() if name in WORTH} | {"address": address}
            entry |= {"status": result.status, "follow_through": result.follow_through}
            if result.follow_through:  # then other cases decide why it is wrong
                entry |= {"rationale": result.rationale}
        if entry["criterion"] == criterion.id:
            del entry["criterion"]
        cases.append(entry)
    return {
        "id": criterion.id,
        "title": criterion.title,
        "points": str(criterion.points),
        "score": str(criterion.score),
        "status": criterion.status,
        "reason": criterion.reason,
        "ideas": [asdict(idea) for idea in criterion.ideas],
        "facts": [asdict(fact) for fact in criterion.facts],
        "locations": [asdict(location) for location in criterion.locations],
        "cases": cases,
    } | ({"by_hand": True} if criterion.by_hand else {})


def _criterion_from_json(data: Mapping[str, Any], results: Results | None) -> CriterionGrade:
    checks = []
    for entry in data["cases"]:
        if results is None and entry["status"] != Status.INTERNAL_ERROR:
            continue
        own_fields = results[entry["address"]] if results is not None and "address" in entry else {}
        values = {name: value for name, value in entry.items() if name != "address"}
        checks.append(result_from_json({"criterion": data["id"], **own_fields, **values}))
    return CriterionGrade(
        id=data["id"],
        title=data["title"],
        points=Fraction(data["points"]),
        score=Fraction(data["score"]),
        status=Status(data["status"]),
        results=tuple(checks),
        reason=data["reason"],
        by_hand=data.get("by_hand", False),
        ideas=tuple(Idea(**{**idea, "others": tuple(idea["others"])}) for idea in data.get("ideas", ())),
        facts=tuple(
            Fact(FactKind(fact["kind"]), fact["text"], tuple(fact["cases"])) for fact in data.get("facts", ())
        ),
        locations=tuple(Location(**location) for location in data.get("locations", ())),
    )
