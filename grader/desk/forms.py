"""Handles the desk's forms: each writes one decision, and none overwrites another user's."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from fractions import Fraction
from functools import partial
from urllib.parse import quote
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from grader.batch.gradebook.decisions import (
    DecisionContext,
    OutdatedDecision,
    check_version,
    decide,
    grade_again,
    take_request,
    undo,
    version_of,
)
from grader.batch.regrade_requests import ClassFeedback, cases_by_assignment
from grader.desk.class_view import key_of
from grader.desk.desk import AUTHOR, Desk, author_of
from grader.desk.guard import is_own_form
from grader.desk.student_page import HintLadder
from grader.model.class_input.times import moment_of
from grader.model.class_row import ClassRow
from grader.model.decision import COMMENT, HINT, MANUAL, REQUEST, TIME
from grader.model.student import ON_TIME, Adjustment, AppliesTo
from grader.model.text import clean_line, exact_text, lines_of, plural
from grader.report.pages.side_by_side import MOST_LINES

Values = Mapping[str, str]
FormHandler = Callable[[Desk, Request, Values], Response]

POINTS = re.compile(r"[+-]?\d{1,6}(\.\d{1,6}|/[1-9]\d{0,5})?", re.ASCII)
MOST_CHARACTERS = 4000  # of a comment, a reason, an answer
AS_RECORDED = "known"  # the choice of the time that the gradebook has
NOT_KEPT = ("form_token", "version")


def form_endpoint(desk: Desk, handler: FormHandler) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that reads a form, and shows what changed if another user was faster."""

    async def endpoint(request: Request) -> Response:
        async with request.form(max_fields=40, max_files=0) as form:
            # PostgreSQL cannot store null bytes, and no user types any
            values = {name: value.replace("\0", "") for name, value in form.items() if isinstance(value, str)}
        if not is_own_form(desk.token, values.get("form_token", "")):
            raise HTTPException(403, "This form does not belong to this desk. Go back and reload the page.")
        return await run_in_threadpool(_handle, desk, handler, request, values)

    return endpoint


def _handle(desk: Desk, handler: FormHandler, request: Request, values: Values) -> Response:
    try:
        # one form at a time over all desks on this gradebook, so that checks still hold when it is written
        with desk.gradebook.database.exclusive("desk", on_wait=lambda: None):
            return handler(desk, request, values)
    except OutdatedDecision as conflict:
        row = desk.row_of(request, view := desk.class_of(request))
        return desk.page(
            request,
            "conflict.html.j2",
            409,
            view=view,
            row=row,
            entries=conflict.entries,
            values={name: value for name, value in values.items() if name not in NOT_KEPT},
            version=version_of(desk.gradebook.database, row.student_id, row.assignment),
        )


def name_author(desk: Desk, request: Request, values: Values) -> Response:
    """Stores the name of this browser's user."""
    back = values.get("back", "/")
    answer = RedirectResponse(back if re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", back) else "/", 303)
    name = quote(_text(values, "author", "your name"), safe="")
    answer.set_cookie(AUTHOR, name, httponly=True, samesite="strict", path="/")
    return answer


def comment(desk: Desk, request: Request, values: Values) -> Response:
    """A comment on a line, or on a whole file."""
    row, context = _row_and_context(desk, request, values)
    line = values.get("line", "0").strip() or "0"
    if not (line.isascii() and line.isdigit() and len(line) < 7):
        raise HTTPException(422, f"Found line {clean_line(line)!r}, expected its number.")
    points = _points(values.get("points", "") or "0", row)
    name = _text(values, "file", "the file")
    _check_place(desk, row, name, int(line))
    value = {
        "files": row.files,
        "file": name,
        "line": int(line),
        "text": _text(values, "text", "the comment"),
        "points": str(points),
        "author": context.author,
    }
    decide(desk.gradebook.database, context, COMMENT, uuid4().hex, value)
    return _back(request, f"#f1-{line}" if line != "0" else "")


def _check_place(desk: Desk, row: ClassRow, name: str, line: int) -> None:
    """Refuses a comment on a line that the submission does not have: no page would show it."""
    files = {file.name: file for file in desk.views.files_of([row]).get(row.student_id, ())}
    if files and name not in files:
        raise HTTPException(422, f"Found file {clean_line(name)!r}, expected {' or '.join(files)}.")
    if files and line > (count := min(len(lines_of(files[name].text)), MOST_LINES)):
        message = f"Found line {line}; the page shows {plural(count, 'line')} of {clean_line(name)}."
        raise HTTPException(422, message)


def remove_comment(desk: Desk, request: Request, values: Values) -> Response:
    """Removes a comment; the audit log keeps it."""
    row, context = _row_and_context(desk, request, values)
    if values.get("id") not in {one.id for one in row.decisions.comments}:
        raise HTTPException(404, "This comment no longer exists.")
    decide(desk.gradebook.database, context, COMMENT, values["id"], None)
    return _back(request)


def give_points(desk: Desk, request: Request, values: Values) -> Response:
    """Gives points for a manual criterion: those of a level, or others."""
    row, context = _row_and_context(desk, request, values)
    facts = desk.class_of(request).facts
    criterion = facts.criterion(values.get("criterion", ""))
    if criterion is None or row.grade is None:
        raise HTTPException(404, "This criterion is not graded by hand.")
    words = [values.get("text", "").strip()[:MOST_CHARACTERS]]
    text = values.get("points", "").strip()
    if text:
        points = _points(text, row)
    else:
        level = values.get("level", "")
        numbers = {str(number): level for number, level in enumerate(criterion.levels, 1)}
        if level not in numbers:
            raise HTTPException(422, "Choose a level, or write the points.")
        points = numbers[level].points
        words.insert(0, numbers[level].text)
    if not 0 <= points <= criterion.points:
        message = f"Found {exact_text(points)} points, expected from 0 to {criterion.points}."
        raise HTTPException(422, message)
    value = {
        "points": str(points),
        "offered": str(criterion.points),
        "text": ". ".join(filter(None, words)),
        "files": row.files,
        "author": context.author,
    }
    decide(desk.gradebook.database, context, MANUAL, criterion.id, value)
    if values.get("next"):
        return RedirectResponse(f"/a/{quote(row.assignment, safe='')}/hand/{criterion.id}", 303)
    return _back(request, "#decide")


def give_hint(desk: Desk, request: Request, values: Values) -> Response:
    """Gives the next hint of a criterion, with its cost; it applies to every submission of the student."""
    row, context = _row_and_context(desk, request, values)
    with_hints = desk.class_of(request).facts.with_hints
    criterion = next((one for one in with_hints if one.id == values.get("criterion")), None)
    ladder = None if criterion is None else HintLadder(criterion, row.decisions)
    hint = None if ladder is None else ladder.next_hint
    if ladder is None or hint is None:
        raise HTTPException(404, "There is no further hint for this criterion.")
    value = {
        "criterion": ladder.criterion.id,
        "number": ladder.next,
        "text": hint.text,
        "points": str(-hint.cost),
        "author": context.author,
    }
    decide(desk.gradebook.database, context, HINT, f"{ladder.criterion.id}/{ladder.next}", value)
    return _back(request, "#hints")


def adjust(desk: Desk, request: Request, values: Values) -> Response:
    """Adds or deducts points by hand, with the reason; 0 undoes an earlier adjustment."""
    row, context = _row_and_context(desk, request, values)
    criterion = values.get("criterion", "")
    if criterion and criterion not in {c.id for c in (row.grade.criteria if row.grade else ())}:
        raise HTTPException(422, "This grade has no such criterion.")
    check_version(desk.gradebook.database, context)
    is_for_student = values.get("applies_to") == AppliesTo.STUDENT
    desk.gradebook.adjust(
        Adjustment(
            student_id=row.student_id,
            assignment=row.assignment,
            criterion=criterion,
            points=_points(values.get("points", ""), row),
            reason=_line(values, "reason", "the reason"),
            author=context.author,
            applies_to=AppliesTo.STUDENT if is_for_student else AppliesTo.SUBMISSION,
            submission=None if is_for_student else "" if row.submission is None else row.submission.id,
        )
    )
    return _back(request, "#decide")


def confirm(desk: Desk, request: Request, values: Values) -> Response:
    """Accepts the doubt that the page showed, but not one that arose since."""
    row = desk.row_of(request, desk.class_of(request))
    if row.submission is None or not row.doubt:
        raise HTTPException(409, "This submission is no longer in doubt.")
    if row.doubt != values.get("doubt", ""):
        raise HTTPException(409, f"The doubt has changed: {row.doubt}")
    desk.gradebook.confirm([row.submission.id], author_of(request))
    if values.get("back") == "intake":
        return RedirectResponse(f"/a/{quote(row.assignment, safe='')}/intake", 303)
    return _back(request)


def set_time(desk: Desk, request: Request, values: Values) -> Response:
    """Sets when a submission counts as submitted: on time, at a given time, or as recorded."""
    row, context = _row_and_context(desk, request, values)
    if row.submission is None:
        raise HTTPException(422, "There is no submission that could be late.")
    choice = values.get("what", "")
    if choice == AS_RECORDED:
        decide(desk.gradebook.database, context, TIME, row.submission.id, None)
        return _back(request, "#decide")
    time = ON_TIME if choice == ON_TIME else moment_of(values.get("time", ""), desk.course.policies.timezone)
    if not time:
        message = "Found no time, expected one with its offset from UTC, such as 2026-10-01T23:59:00+02:00."
        raise HTTPException(422, message)
    value = {"time": time, "reason": _line(values, "reason", "the reason"), "author": context.author}
    decide(desk.gradebook.database, context, TIME, row.submission.id, value)
    return _back(request, "#decide")


def withdraw(desk: Desk, request: Request, values: Values) -> Response:
    """Takes a student's work in this assignment out of every report, until this is undone."""
    row, context = _row_and_context(desk, request, values)
    check_version(desk.gradebook.database, context)
    reason = _line(values, "reason", "the reason")
    desk.gradebook.forget_student(row.student_id, row.assignment, reason, context.author)
    return RedirectResponse(f"/a/{quote(row.assignment, safe='')}", 303)


def regrade(desk: Desk, request: Request, values: Values) -> Response:
    """Lets the next batch grade a submission again."""
    row, context = _row_and_context(desk, request, values)
    if row.submission is None or row.grade is None:
        raise HTTPException(
            422, "There is no grade to renew: the next `grader batch` grades this submission anyway."
        )
    grade_again(desk.gradebook.database, context, row.submission.id)
    return _back(request, "#decide")


def answer(desk: Desk, request: Request, values: Values) -> Response:
    """Answers a request; the next feedback includes the answer."""
    row, context = _row_and_context(desk, request, values)
    question = next((one for one in row.decisions.requests if one.id == values.get("id")), None)
    if question is None:
        raise HTTPException(404, "This request no longer exists.")
    value = {
        "case": question.case,
        "text": question.text,
        "answer": _text(values, "answer", "the answer"),
        "author": context.author,
    }
    decide(desk.gradebook.database, context, REQUEST, question.id, value)
    return RedirectResponse("/requests", 303) if values.get("back") else _back(request, "#requests")


def ask(desk: Desk, request: Request, values: Values) -> Response:
    """Enters a student's request as written: who, `criterion/case · CODE`, and why."""
    feedback = ClassFeedback(
        desk.gradebook.students(), desk.views.names(), desk.course.code_key, partial(_cases_of, desk)
    )
    names = (_line(values, "student", "the student"), _line(values, "about", "the case"))
    one = feedback.request(*names, _text(values, "text", "the question"))
    take_request(desk.gradebook.database, one.student, one.assignment, one.case, one.text, author_of(request))
    return RedirectResponse("/requests", 303)


def _cases_of(desk: Desk, student: str) -> Mapping[str, Collection[str]]:
    views = (desk.views.of(name) for name in desk.views.names())
    rows = (view.by_key.get(key_of(student)) for view in views)
    return cases_by_assignment(row for row in rows if row is not None)


def take_back(desk: Desk, request: Request, values: Values) -> Response:
    """Undoes one entry of the audit log."""
    entry = values.get("entry", "")
    if not (entry.isascii() and entry.isdigit() and len(entry) < 10):
        raise HTTPException(422, "Expected the number of an entry.")
    if why := undo(desk.gradebook.database, int(entry), author_of(request)):
        raise HTTPException(409, f"Cannot undo entry {entry}: {why}.")
    return RedirectResponse("/audit", 303)


def _row_and_context(desk: Desk, request: Request, values: Values) -> tuple[ClassRow, DecisionContext]:
    """The student that a form is about, and the version that the user saw."""
    row = desk.row_of(request, desk.class_of(request))
    version = values.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise HTTPException(422, "This form has no version number. Reload the page.")
    return row, DecisionContext(row.student_id, row.assignment, int(version), author_of(request))


def _back(request: Request, place: str = "") -> Response:
    """Redirects to the student's page."""
    assignment = quote(request.path_params["assignment"], safe="")
    return RedirectResponse(f"/a/{assignment}/s/{request.path_params['student']}{place}", 303)


def _points(text: str, row: ClassRow) -> Fraction:
    if not POINTS.fullmatch(text.strip()):
        raise HTTPException(422, f"Found {clean_line(text)!r} points, expected a number: 2, -0.5 or 1/3.")
    points, most = Fraction(text.strip()), row.standing.max_score
    if most and abs(points) > most:
        raise HTTPException(422, f"Found {text.strip()} points; {row.assignment} offers {exact_text(most)}.")
    return points


def _text(values: Values, name: str, label: str) -> str:
    text = values.get(name, "").strip()
    if not text:
        raise HTTPException(422, f"Say {label}: the field is empty.")
    if len(text) > MOST_CHARACTERS:
        raise HTTPException(
            422, f"Found {len(text)} characters in {label}, expected at most {MOST_CHARACTERS}."
        )
    return text


def _line(values: Values, name: str, label: str) -> str:
    return " ".join(_text(values, name, label).split())


ONE = "/a/{assignment}/s/{student}"
FORMS: dict[str, FormHandler] = {
    "/author": name_author,
    "/undo": take_back,
    "/requests": ask,
    f"{ONE}/comment": comment,
    f"{ONE}/comment/remove": remove_comment,
    f"{ONE}/points": give_points,
    f"{ONE}/hint": give_hint,
    f"{ONE}/adjust": adjust,
    f"{ONE}/confirm": confirm,
    f"{ONE}/time": set_time,
    f"{ONE}/withdraw": withdraw,
    f"{ONE}/again": regrade,
    f"{ONE}/answer": answer,
}
