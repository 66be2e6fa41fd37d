"""The page of one student in one assignment: source next to feedback, history, and decisions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from grader.batch.gradebook.decisions import version_of, waiting_for_regrade
from grader.batch.gradebook.submission_files import kept_files
from grader.desk.class_view import ClassView, key_of
from grader.desk.desk import Desk, Page, framed_page
from grader.desk.read_only_pages import is_missing
from grader.desk.source_view import changes, source_files
from grader.desk.templating import who
from grader.model.assignment import Criterion, PaidHint
from grader.model.class_row import ClassRow
from grader.model.decision import Decisions, GivenHint
from grader.model.request_code import with_codes
from grader.report.pages.grade_page import to_html
from grader.report.terminal.doubt_kinds import kind_of


@dataclass(frozen=True)
class HintLadder:
    """The hints of a criterion that cost points, and those that a student got."""

    criterion: Criterion
    decisions: Decisions

    @property
    def given_hints(self) -> Sequence[GivenHint]:
        """The hints that the student got, in order."""
        mine = [hint for hint in self.decisions.hints if hint.criterion == self.criterion.id]
        return sorted(mine, key=lambda hint: hint.number)

    @property
    def next(self) -> int:
        """The number of the first hint that the student did not get; 0 after the last."""
        numbers = {hint.number for hint in self.given_hints}
        remaining = (n for n in range(1, len(self.criterion.paid_hints) + 1) if n not in numbers)
        return next(remaining, 0)

    @property
    def next_hint(self) -> PaidHint | None:
        """The hint of that number."""
        return self.criterion.paid_hints[self.next - 1] if self.next else None


HISTORY = 50  # entries of the audit log that are shown


def student_page(desk: Desk, request: Request) -> Response:
    """The page; `?before=ID` names the submission that the last one is compared with."""
    view = desk.class_of(request)
    row = desk.row_of(request, view)
    return desk.page(request, "student.html.j2", **about(desk, request, view, row))


def about(desk: Desk, request: Request, view: ClassView, row: ClassRow) -> dict[str, Any]:
    """The content of a student's page."""
    database = desk.gradebook.database
    version = version_of(database, row.student_id, row.assignment)
    earlier = [one for one in view.submissions.get(row.student_id, ()) if one.id != _counting(row)]
    stored = kept_files(database, [row.files, *(one.files for one in earlier)])
    files = stored.get(row.files, ())
    before_id = request.query_params.get("before", earlier[-1].id if earlier else "")
    before = next((one for one in earlier if one.id == before_id), None)
    log = [
        entry
        for entry in desk.gradebook.audit_log()
        if entry["student_id"] == row.student_id and entry["assignment"] == row.assignment
    ]
    back, on = view.neighbors(key_of(row.student_id))
    return {
        "view": view,
        "row": row,
        "student": row.standing.student,
        "version": version,
        "earlier": earlier,
        "before": before,
        "changes": changes(stored.get(before.files, ()), files) if before is not None else [],
        "has_files": bool(files),
        "sources": source_files(
            files,
            row.grade,
            (c for c in row.decisions.comments if c.files == row.files),
            view.facts.handout(),
        ),
        "outputs": _outputs(row),
        "log": list(reversed(log))[:HISTORY],
        "previous": back,
        "next": on,
        "remedy": kind_of(row.review_reason).remedy if row.review_reason else "",
        "is_missing": is_missing(row),
        "waits": _counting(row) in waiting_for_regrade(database, row.assignment),
        "kept_comments": reusable_comments(view),
        "ladders": [HintLadder(criterion, row.decisions) for criterion in view.facts.with_hints],
    }


def feedback_frame(desk: Desk, request: Request) -> Response:
    """The student's feedback, with the codes for requests, and hidden cases shown to the instructor."""
    row = desk.row_of(request, desk.class_of(request))
    if row.grade is None:
        raise HTTPException(404, "There is no grade.")
    if desk.course.code_key:
        (row,) = with_codes([row], desk.course.code_key)
    assert row.grade is not None
    grade = replace(row.grade, submission=who(row.standing.student))
    return framed_page(to_html(grade, reveal=True))


def reusable_comments(view: ClassView) -> list[tuple[str, str]]:
    """Every comment of this assignment with its points, each once, the most common first."""
    counts: dict[tuple[str, str], int] = {}
    for row in view.rows:
        for one in row.decisions.comments:
            key = (one.text, str(one.points) if one.points else "")
            counts[key] = counts.get(key, 0) + 1
    return sorted(counts, key=lambda key: (-counts[key], key))


def _counting(row: ClassRow) -> str:
    return "" if row.submission is None else row.submission.id


def _outputs(row: ClassRow) -> list[tuple[str, str]]:
    """The output that the submission printed, by case; the same text appears once."""
    outputs: dict[str, str] = {}
    for criterion in row.grade.criteria if row.grade is not None else ():
        for result in criterion.results:
            if result.output.strip():
                outputs.setdefault(result.output, f"{criterion.id}/{result.case}")
    return [(case, output) for output, case in outputs.items()]


PAGES: dict[str, Page] = {
    "/a/{assignment}/s/{student}": student_page,
    "/a/{assignment}/s/{student}/feedback": feedback_frame,
}
