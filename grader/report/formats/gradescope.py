"""Gradescope's results.json: https://gradescope-autograders.readthedocs.io/en/latest/specs/"""

import json
from collections.abc import Iterator
from typing import Any

from grader.model.assignment import Visibility
from grader.model.class_row import ClassReport, review_line, to_review
from grader.model.grade import CriterionGrade, Grade, Status
from grader.model.late_policy import FinalScore
from grader.model.text import as_number, clean_line
from grader.report.feedback_content import Section, block, feedback_on, remark
from grader.report.formats import OneGrade, ReportFiles, Request
from grader.report.terminal.show_grade import to_text
from grader.report.write_files import results_files

WRITES = "<student>/<assignment>/results.json, as Gradescope reads it"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = False, False, False

LATER = (Visibility.AFTER_DUE_DATE, Visibility.AFTER_PUBLISHED)  # Gradescope itself knows when that is


def results_json(grade: Grade, final: FinalScore | None = None) -> str:
    """The same grade gives the same bytes.

    A criterion is a visible test, without values of hidden cases: a hidden test would hide the total, too.
    Details of cases that become visible later are in tests without points.
    """
    sections = {section.criterion.id: section for section in feedback_on(grade).sections}
    tests = []
    for number, criterion in enumerate(grade.criteria, 1):
        tests.append(_test(criterion, sections.get(criterion.id), str(number)))
        tests.extend(_later(criterion, str(number)))
    results = {
        "score": as_number(grade.score if final is None else final.score),
        "output": to_text(grade, final),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": Visibility.VISIBLE,
        "stdout_visibility": Visibility.HIDDEN,
        "tests": tests,
        "extra_data": {"sandbox": grade.sandbox, "device": grade.device, "versions": dict(grade.versions)},
    }
    return json.dumps(results, indent=2) + "\n"


def _test(criterion: CriterionGrade, section: Section | None, number: str) -> dict[str, Any]:
    lines = [remark(criterion)]
    for block_shown in section.blocks if section is not None else ():
        lines += [f"{block_shown.heading}: {block_shown.status}", *_facts(block_shown.facts)]
    if section is not None and section.more:
        lines.append(f"and {len(section.more)} more: {', '.join(section.more)}")
    return {
        "name": f"{clean_line(criterion.id)}: {clean_line(criterion.title)}",
        "number": number,
        "score": as_number(criterion.score),
        "max_score": as_number(criterion.points),
        "status": "passed" if criterion.status is Status.OK else "failed",
        "output": "\n".join(filter(None, lines)),
        "visibility": Visibility.VISIBLE,
    }


def _later(criterion: CriterionGrade, number: str) -> Iterator[dict[str, Any]]:
    for order, visibility in enumerate(LATER, 1):
        results = [result for result in criterion.results if result.visibility is visibility]
        if not results:
            continue
        block_shown = [block(result, clean_line(result.case), reveal=True) for result in results]
        passed = all(result.status is Status.OK for result in results)
        yield {
            "name": f"{clean_line(criterion.id)}: what its later cases are about",
            "number": f"{number}.{order}",
            "status": "passed" if passed else "failed",
            "output": "\n".join(
                line for one in block_shown for line in (f"{one.heading}: {one.status}", *_facts(one.facts))
            ),
            "visibility": visibility,
        }


def _facts(facts: tuple[tuple[str, str], ...]) -> list[str]:
    return [f"  {label:<9} {text}".replace("\n", "\n" + 12 * " ") for label, text in facts]


def write(report: ClassReport, request: Request) -> ReportFiles:
    """A file for each student with a score that needs no review."""
    return ReportFiles(results_files(report, results_json), tuple(map(review_line, to_review(report.rows))))


def write_one(one: OneGrade) -> str:
    """results.json."""
    return results_json(one.grade)
