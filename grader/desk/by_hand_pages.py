"""The pages for grading by hand, one student after the other, and the requests for a regrade."""

import hashlib
from collections.abc import Sequence
from fractions import Fraction

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from grader.batch.gradebook.decisions import version_of
from grader.desk.answer_groups import CaseView, case_view
from grader.desk.class_view import ClassView
from grader.desk.desk import Desk, Page
from grader.desk.source_view import source_files
from grader.desk.student_page import reusable_comments
from grader.model.assignment import Criterion
from grader.model.class_row import ClassRow
from grader.model.decision import ManualPoints


def hand_page(desk: Desk, request: Request) -> Response:
    """The first student without points for a criterion, or the one at the position `?at=`."""
    view = desk.class_of(request)
    criterion = view.facts.criterion(request.path_params["criterion"])
    if criterion is None:
        raise HTTPException(404, "No such criterion is graded by hand.")
    rows = _in_order(desk, view, criterion)
    open_ones = [n for n, row in enumerate(rows) if _current_points(row, criterion) is None]
    places = {str(number): number - 1 for number in range(1, len(rows) + 1)}
    place = places.get(request.query_params.get("at", ""))
    if place is None and open_ones:
        place = open_ones[0]
    row = None if place is None or not rows else rows[place]
    files = desk.views.files_of([row] if row is not None else [])
    return desk.page(
        request,
        "hand.html.j2",
        view=view,
        criterion=criterion,
        row=row,
        place=0 if place is None else place + 1,
        count=len(rows),
        done=len(rows) - len(open_ones),
        given=None if row is None else _current_points(row, criterion),
        version=0 if row is None else version_of(desk.gradebook.database, row.student_id, row.assignment),
        sources=source_files(
            files.get(row.student_id, ()),
            None,
            (c for c in row.decisions.comments if c.files == row.files),
            view.facts.handout(),
        )
        if row is not None
        else [],
        kept_comments=reusable_comments(view),
    )


def requests_page(desk: Desk, request: Request) -> Response:
    """The requests for a regrade: first those without an answer, each with the case that it is about."""
    entries: list[tuple[ClassView, ClassRow, object, CaseView | None, int]] = []
    for name in desk.views.names():
        view = desk.views.of(name)
        for row in view.rows:
            for one in row.decisions.requests:
                version = version_of(desk.gradebook.database, row.student_id, row.assignment)
                entries.append((view, row, one, case_view([row], one.case), version))
    entries.sort(key=lambda item: bool(getattr(item[2], "answer", "")))
    return desk.page(request, "requests.html.j2", requests=entries)


def _in_order(desk: Desk, view: ClassView, criterion: Criterion) -> Sequence[ClassRow]:
    """The students with work, by name; for an anonymous criterion, in an order that reveals nothing."""
    rows = [row for row in view.rows if row.grade is not None and row.submission is not None]
    if not criterion.anonymous:
        return rows
    return sorted(rows, key=lambda row: hashlib.sha256(f"{desk.token} {row.student_id}".encode()).digest())


def _current_points(row: ClassRow, criterion: Criterion) -> ManualPoints | None:
    """The points that an instructor gave for the files and by the rubric that count now."""
    mine = (one for one in row.decisions.manual if one.criterion == criterion.id)
    offered = Fraction(criterion.points)
    return next((one for one in mine if one.files == row.files and one.is_for(offered)), None)


PAGES: dict[str, Page] = {
    "/requests": requests_page,
    "/a/{assignment}/hand/{criterion}": hand_page,
}
