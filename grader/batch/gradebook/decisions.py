"""Writes decisions from the desk: none is lost if two people decide at once, and all can be undone.

Each writer gives the `version` of the student's work that the decision is about: the number of the last entry
about it in the audit log. If there is a newer entry, nothing is written, and
`OutdatedDecision` holds the newer ones.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from grader.batch.gradebook.database import Database
from grader.batch.gradebook.sql_statements import log_event
from grader.batch.gradebook.tables import (
    COUNTS,
    Action,
    AdjustmentRow,
    AuditRow,
    DecisionRow,
    GradeRow,
    StudentRow,
    SubmissionRow,
    WithdrawalRow,
)
from grader.model.decision import REQUEST, Decisions, decisions_of
from grader.model.errors import BackflipError

AGAIN = "again"  # replaces a grade's `graded_by`: an instructor wants it graded again
UNDOABLE = (Action.DECIDED, Action.ADJUSTED, Action.CONFIRMED, Action.WITHDRAWN)


class OutdatedDecision(BackflipError):
    """Another user changed the work since; `entries` are those of the audit log since then."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        super().__init__("changed by another person in the meantime")
        self.entries = entries


@dataclass(frozen=True)
class DecisionContext:
    """One student's work in one assignment, at the `version` that the deciding `author` saw."""

    student: str
    assignment: str
    version: int
    author: str

    @property
    def key(self) -> dict[str, str]:
        """Its columns, which every table has."""
        return {"student_id": self.student, "assignment": self.assignment}


@dataclass(frozen=True)
class Withdrawal:
    """A student with work in an assignment that an instructor withdrew from every report."""

    student_id: str
    name: str
    reason: str
    author: str


def read_decisions(connection: Connection, assignment: str | None) -> dict[tuple[str, str], Decisions]:
    """All decisions in one assignment, or in all, by student and assignment."""
    decisions = defaultdict(list)
    conditions = [] if assignment is None else [DecisionRow.assignment == assignment]
    columns = (DecisionRow.student_id, DecisionRow.assignment, DecisionRow.kind, DecisionRow.key)
    for student, name, kind, key, value in connection.execute(
        select(*columns, DecisionRow.value).where(*conditions)
    ):
        decisions[student, name].append((kind, key, value))
    return {pair: decisions_of(rows) for pair, rows in decisions.items()}


def version_of(database: Database, student: str, assignment: str) -> int:
    """The number of the audit log's last entry about a student's work; 0 if there is none."""
    with database.reading() as connection:
        return _version(connection, student, assignment)


def decide(
    database: Database,
    context: DecisionContext,
    kind: str,
    key: str,
    value: Mapping[str, Any] | None,
    why: str = "",
) -> None:
    """Sets a decision, or removes it with None; `OutdatedDecision` if another user was faster."""
    with _exclusive(database, context) as connection:
        _set(connection, context, kind, key, value, Action.DECIDED, {"why": why} if why else {})


def take_request(
    database: Database, student: str, assignment: str, case: str, text: str, author: str
) -> bool:
    """Queues a student's request for a regrade; False if the same one exists."""
    words = "\0".join((student, assignment, case, text)).encode(errors="surrogatepass")
    key = hashlib.sha256(words).hexdigest()[:32]
    context = DecisionContext(student, assignment, 0, author)
    with database.writing() as connection:
        if _value(connection, context, REQUEST, key) is not None:
            return False
        _set(connection, context, REQUEST, key, {"case": case, "text": text}, Action.REQUESTED, {})
    return True


def grade_again(database: Database, context: DecisionContext, submission: str) -> None:
    """Makes the next batch run every case of a submission again; its grade stays until then."""
    with _exclusive(database, context) as connection:
        connection.execute(
            update(GradeRow).where(GradeRow.submission_id == submission).values(graded_by=AGAIN)
        )
        log_event(connection, Action.REGRADE, context.key, {"submission": submission, "by": context.author})


def check_version(database: Database, context: DecisionContext) -> None:
    """Raises `OutdatedDecision` if another user was faster."""
    with _exclusive(database, context):
        pass


def undo(database: Database, entry: int, author: str) -> str:
    """Undoes one entry of the audit log; returns why that is impossible, or "".

    It is impossible if the entry's value has changed since: undo the later change first.
    """
    with database.writing() as connection:
        row = (
            connection.execute(select(AuditRow.__table__).where(AuditRow.id == entry))
            .mappings()
            .one_or_none()
        )
        if row is None or row["action"] not in UNDOABLE:
            return "this entry cannot be undone"
        return _UNDO[row["action"]](connection, dict(row), author)


def _undo_decided(connection: Connection, row: Mapping[str, Any], author: str) -> str:
    detail = row["detail"]
    context = DecisionContext(row["student_id"], row["assignment"], 0, author)
    if _value(connection, context, detail["kind"], detail["key"]) != detail["after"]:
        return "it was changed later: undo the later change first"
    _set(
        connection,
        context,
        detail["kind"],
        detail["key"],
        detail["before"],
        Action.UNDONE,
        {"entry": row["id"]},
    )
    return ""


def _undo_adjusted(connection: Connection, row: Mapping[str, Any], author: str) -> str:
    detail, criterion = row["detail"], row["detail"]["criterion"]
    key = {"student_id": row["student_id"], "assignment": row["assignment"], "criterion": criterion}
    current = connection.execute(select(AdjustmentRow.__table__).filter_by(**key)).mappings().one_or_none()
    after = {name: detail[name] for name in ("points", "reason", "author", "applies_to", "submission")}
    is_set = current is not None and all(current[name] == value for name, value in after.items())
    if not (is_set or (current is None and detail["points"] == "0")):
        return "it was changed later: undo the later change first"
    connection.execute(delete(AdjustmentRow).filter_by(**key))
    if previous := detail.get("previous"):
        connection.execute(insert(AdjustmentRow).values(previous))
    log_event(connection, Action.UNDONE, row, {"entry": row["id"], "kind": "adjustment", "by": author})
    return ""


def _undo_confirmed(connection: Connection, row: Mapping[str, Any], author: str) -> str:
    condition = SubmissionRow.id == row["detail"]["submission"]
    if connection.scalar(select(SubmissionRow.confirmed).where(condition)) != row["detail"]["doubt"]:
        return "this submission now has another doubt"
    connection.execute(update(SubmissionRow).where(condition).values(confirmed=""))
    log_event(connection, Action.UNDONE, row, {"entry": row["id"], "kind": "confirmation", "by": author})
    return ""


def _undo_withdrawn(connection: Connection, row: Mapping[str, Any], author: str) -> str:
    if not row["student_id"]:
        return "this withdrew a whole run: use `grader forget --run N --undo`"
    conditions = [
        WithdrawalRow.student_id == row["student_id"],
        WithdrawalRow.assignment == row["assignment"],
    ]
    if not connection.execute(delete(WithdrawalRow).where(*conditions)).rowcount:
        return "it is already back in the reports"
    log_event(connection, Action.UNDONE, row, {"entry": row["id"], "kind": "withdrawal", "by": author})
    return ""


_UNDO = {
    Action.DECIDED: _undo_decided,
    Action.ADJUSTED: _undo_adjusted,
    Action.CONFIRMED: _undo_confirmed,
    Action.WITHDRAWN: _undo_withdrawn,
}


@contextmanager
def _exclusive(database: Database, context: DecisionContext) -> Iterator[Connection]:
    """A transaction that alone accesses a student's decisions; `OutdatedDecision` if one is newer."""
    with database.writing() as connection:
        # SQLite has one writer at a time; PostgreSQL holds the student's row until the end
        connection.execute(select(StudentRow.id).where(StudentRow.id == context.student).with_for_update())
        if _version(connection, context.student, context.assignment) != context.version:
            entries = select(AuditRow.__table__).filter_by(**context.key).where(AuditRow.id > context.version)
            raise OutdatedDecision(
                [dict(row) for row in connection.execute(entries.order_by(AuditRow.id)).mappings()]
            )
        yield connection


def _version(connection: Connection, student: str, assignment: str) -> int:
    newest = select(func.max(AuditRow.id)).filter_by(student_id=student, assignment=assignment)
    return connection.scalar(newest) or 0


def _value(connection: Connection, context: DecisionContext, kind: str, key: str) -> Any:
    return connection.scalar(select(DecisionRow.value).filter_by(**context.key, kind=kind, key=key))


def _set(
    connection: Connection,
    context: DecisionContext,
    kind: str,
    key: str,
    value: Mapping[str, Any] | None,
    action: Action,
    more: Mapping[str, Any],
) -> None:
    before = _value(connection, context, kind, key)
    connection.execute(delete(DecisionRow).filter_by(**context.key, kind=kind, key=key))
    if value is not None:
        connection.execute(insert(DecisionRow).values(**context.key, kind=kind, key=key, value=dict(value)))
    after = None if value is None else dict(value)
    detail = {"kind": kind, "key": key, "before": before, "after": after, "by": context.author}
    log_event(connection, action, context.key, detail | dict(more))


def waiting_for_regrade(database: Database, assignment: str) -> set[str]:
    """The submissions that count and are to be graded again."""
    counting = select(GradeRow.submission_id).where(GradeRow.assignment == assignment, COUNTS)
    with database.reading() as connection:
        return set(connection.scalars(counting.where(GradeRow.graded_by == AGAIN)))


def withdrawals_of(database: Database, assignment: str) -> list[Withdrawal]:
    """The students with withdrawn work in an assignment, sorted by name."""
    columns = (StudentRow.id, StudentRow.name, WithdrawalRow.reason, WithdrawalRow.author)
    withdrawn = select(*columns).join(WithdrawalRow, WithdrawalRow.student_id == StudentRow.id)
    with database.reading() as connection:
        rows = connection.execute(withdrawn.where(WithdrawalRow.assignment == assignment)).all()
    return sorted((Withdrawal(*row) for row in rows), key=lambda one: one.name or one.student_id)
