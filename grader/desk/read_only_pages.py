"""The pages that only read: the course, a class, the audit log, an intake, the kill matrix."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from grader.batch.gradebook.decisions import UNDOABLE, withdrawals_of
from grader.batch.gradebook.submission_files import inventory_of
from grader.batch.gradebook.tables import Action
from grader.desk.answer_groups import misconceptions_of
from grader.desk.desk import Desk, Page, framed_page
from grader.desk.templating import late_text, status_of
from grader.model.class_input.identity import spellings
from grader.model.class_input.inventory import Doubt
from grader.model.class_row import ClassRow
from grader.model.late_policy import Policies
from grader.report.terminal.doubt_kinds import KINDS, OTHER, Kind, group_by_kind, kind_of

SHOWN_ENTRIES = 500  # of the audit log or an intake, per page
SHOWN_STUDENTS = 6  # who need review for the same reason, on the first page
COLUMNS = ("name", "score", "late", "status", "submissions")


@dataclass(frozen=True)
class ClassLine:
    """One student in the table of a class."""

    row: ClassRow
    late: str
    status: tuple[str, str]
    misconceptions: tuple[str, ...]
    submissions: int

    @property
    def words(self) -> str:
        """The text that a search looks through."""
        student = self.row.standing.student
        texts = (
            student.name,
            spellings(student.name),
            student.id,
            student.section,
            *self.misconceptions,
            self.status[0],
        )
        return " ".join((*texts, self.row.review_reason)).casefold()


def course_page(desk: Desk, request: Request) -> Response:
    """The assignments with their progress and what needs review."""
    views = [(name, desk.views.of(name)) for name in desk.views.names()]
    to_review = [(name, *group) for name, view in views for group in _by_kind(view.to_review)]
    aside = [(name, *group) for name, view in views for group in group_by_kind(view.aside)]
    requests = (one for _, view in views for row in view.rows for one in row.decisions.requests)
    open_requests = sum(not one.answer for one in requests)
    return desk.page(
        request,
        "course.html.j2",
        views=views,
        to_review=to_review,
        aside=aside,
        open_requests=open_requests,
        most=SHOWN_STUDENTS,
    )


def class_page(desk: Desk, request: Request) -> Response:
    """The students of a class by name; sorted and filtered as the address says."""
    view = desk.class_of(request)
    policies = desk.course.policies
    lines = [_line(row, policies, len(view.submissions.get(row.student_id, ()))) for row in view.rows]
    words = request.query_params.get("q", "").casefold().split()
    show = request.query_params.get("show", "")
    matches = [one for one in lines if all(word in one.words for word in words) and _is_shown(one, show)]
    sort = request.query_params.get("sort", "name")
    matches = _sorted(matches, sort)
    criteria = {c.id: c for one in lines if one.row.grade is not None for c in one.row.grade.criteria}
    doubts = [Doubt(row.standing.student.label, row.review_reason) for row in view.to_review]
    withdrawn = withdrawals_of(desk.gradebook.database, view.facts.name)
    return desk.page(
        request,
        "class.html.j2",
        view=view,
        lines=matches,
        all=len(lines),
        sort=sort,
        show=show,
        criteria=list(criteria.values()),
        doubts=group_by_kind(doubts),
        withdrawn=withdrawn,
        has_inventory=inventory_of(desk.gradebook.database, view.facts.name) is not None,
    )


def audit_page(desk: Desk, request: Request) -> Response:
    """The audit log, latest first; users' actions can be undone."""
    entries = list(reversed(desk.gradebook.audit_log()))
    search_words = request.query_params.get("q", "").casefold().split()
    names = {student.id: student for student in desk.gradebook.students()}
    people = {id: f"{student.name} {id}".casefold() for id, student in names.items()}
    matches = [e for e in entries if all(word in _words(e, people) for word in search_words)]
    undone = {e["detail"].get("entry") for e in entries if e["action"] == Action.UNDONE}
    return desk.page(
        request,
        "audit.html.j2",
        entries=matches[:SHOWN_ENTRIES],
        count=len(matches),
        students=names,
        undoable=UNDOABLE,
        undone=undone,
    )


def intake_page(desk: Desk, request: Request) -> Response:
    """The result for every entry of the class's input, and every doubt."""
    view = desk.class_of(request)
    inventory = inventory_of(desk.gradebook.database, view.facts.name)
    role = request.query_params.get("role", "")
    entries = [e for e in inventory.entries if role in ("", e.role)] if inventory is not None else []
    names = {row.student_id: row.standing.student for row in view.rows}
    in_doubt = [row for row in view.rows if row.doubt]
    return desk.page(
        request,
        "intake.html.j2",
        view=view,
        inventory=inventory,
        entries=entries[:SHOWN_ENTRIES],
        count=len(entries),
        role=role,
        students=names,
        in_doubt=in_doubt,
        kind_of=kind_of,
        is_missing=is_missing,
    )


def matrix_page(desk: Desk, request: Request) -> Response:
    """The kill matrix that `grader verify` wrote last."""
    view = desk.class_of(request)
    return desk.page(request, "matrix.html.j2", view=view, is_there=bool(view.facts.kill_matrix()))


def matrix_frame(desk: Desk, request: Request) -> Response:
    """The kill matrix itself, unchanged, for the frame."""
    return framed_page(desk.class_of(request).facts.kill_matrix())


def is_missing(row: ClassRow) -> bool:
    """True if the only doubt is a missing file, so that a zero may be accepted."""
    return "the file is missing" in kind_of(row.doubt).headline if row.doubt else False


def _by_kind(rows: Sequence[ClassRow]) -> list[tuple[Kind, list[ClassRow]]]:
    """The rows by the kind of their doubt, in the order of the kinds."""
    rows_by_kind: dict[Kind, list[ClassRow]] = defaultdict(list)
    for row in rows:
        rows_by_kind[kind_of(row.review_reason)].append(row)
    return sorted(rows_by_kind.items(), key=lambda item: [*KINDS, OTHER].index(item[0]))


def _line(row: ClassRow, policies: Policies, submissions: int) -> ClassLine:
    return ClassLine(row, late_text(policies, row), status_of(row), misconceptions_of(row), submissions)


def _is_shown(one: ClassLine, show: str) -> bool:
    return {
        "review": bool(one.row.review_reason),
        "late": bool(one.late),
        "absent": one.row.is_absent,
        "requests": any(not request.answer for request in one.row.decisions.requests),
    }.get(show, True)


def _sorted(lines: Sequence[ClassLine], sort: str) -> list[ClassLine]:
    """The lines sorted by the requested column; equal lines stay in order of name."""
    column = sort.removeprefix("-")
    keys = {
        "score": lambda one: (one.row.score is None, -(one.row.score or 0)),
        "late": lambda one: (not one.late, one.late),
        "status": lambda one: one.status[1] != "review",
        "submissions": lambda one: -one.submissions,
    }
    ordered = sorted(lines, key=keys[column]) if column in keys else list(lines)
    return list(reversed(ordered)) if sort.startswith("-") else ordered


def _words(entry: dict[str, object], people: dict[str, str]) -> str:
    who = people.get(str(entry["student_id"]), str(entry["student_id"]))
    return f"{who} {entry['action']} {entry['assignment']} {entry['detail']}".casefold()


PAGES: dict[str, Page] = {
    "/": course_page,
    "/audit": audit_page,
    "/a/{assignment}": class_page,
    "/a/{assignment}/intake": intake_page,
    "/a/{assignment}/matrix": matrix_page,
    "/a/{assignment}/matrix/page": matrix_frame,
}
