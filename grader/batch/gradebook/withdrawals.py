"""Withdraws work from reports: one student's in an assignment, or everything that one run added.

Nothing is deleted. A mark is written in `withdrawals` or in `runs`, and can be removed again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from grader.batch.gradebook.tables import (
    COUNTS,
    Action,
    AdjustmentRow,
    ArrivalRow,
    AuditRow,
    GradeRow,
    RunRow,
    StudentRow,
    SubmissionRow,
    WithdrawalRow,
)
from grader.model.did_you_mean import did_you_mean
from grader.model.errors import UserError
from grader.model.student import Submission

Pair = tuple[str, str]  # a student and an assignment
CHUNK = 500  # ids in one statement


@dataclass(frozen=True)
class BatchRun:
    """One run of `grader batch`, with the number of submissions that it was the first to add."""

    number: int
    assignment: str
    started_at: datetime
    submissions: int
    withdrawn: bool
    ended: bool


@dataclass(frozen=True)
class Change:
    """A student's submission that counts now, and the one that counted before; "" for none."""

    student_id: str
    assignment: str
    submission: str
    before: str


@dataclass(frozen=True)
class WithdrawnWork:
    """Withdrawn work: students with assignments, submissions by id, students with nothing left."""

    pairs: frozenset[Pair] = frozenset()
    submissions: frozenset[str] = frozenset()
    students: frozenset[str] = frozenset()


def read_withdrawn(connection: Connection) -> WithdrawnWork:
    """Everything that is withdrawn now."""
    pairs = frozenset(
        (s, a) for s, a in connection.execute(select(WithdrawalRow.student_id, WithdrawalRow.assignment))
    )
    withdrawn_runs = select(RunRow.id).where(RunRow.withdrawn)
    if not pairs and connection.scalar(withdrawn_runs.limit(1)) is None:
        return WithdrawnWork()
    arrivals = select(ArrivalRow.submission_id).where(ArrivalRow.run_id.in_(withdrawn_runs))
    submissions = frozenset(connection.scalars(arrivals))
    on_roster = set(connection.scalars(select(StudentRow.id).where(StudentRow.on_roster)))
    columns = (SubmissionRow.id, SubmissionRow.student_id, SubmissionRow.assignment)
    withdrawn: set[str] = set()
    for id, student, assignment in connection.execute(select(*columns)):
        is_withdrawn = id in submissions or (student, assignment) in pairs
        (withdrawn if is_withdrawn else on_roster).add(student)
    on_roster |= set(connection.scalars(select(AdjustmentRow.student_id))) - withdrawn
    return WithdrawnWork(pairs, submissions, frozenset(connection.scalars(select(StudentRow.id))) - on_roster)


def list_runs(connection: Connection) -> list[BatchRun]:
    """Every run, in order."""
    counts = select(ArrivalRow.run_id, func.count()).group_by(ArrivalRow.run_id)
    counts_by_run = {run: count for run, count in connection.execute(counts)}
    columns = (RunRow.id, RunRow.assignment, RunRow.started_at, RunRow.withdrawn, RunRow.ended_at)
    return [
        BatchRun(id, assignment, _utc(at), counts_by_run.get(id, 0), withdrawn, ended is not None)
        for id, assignment, at, withdrawn, ended in connection.execute(select(*columns).order_by(RunRow.id))
    ]


def mark_run(connection: Connection, number: int, withdrawn: bool, name: str) -> list[Change]:
    """Withdraws a run, or takes that back; returns the students for whom another submission counts.

    The grade that counted before the run counts again. UserError if there is nothing to change.
    """
    columns = (RunRow.assignment, RunRow.withdrawn, RunRow.roster)
    row = connection.execute(select(*columns).filter_by(id=number)).one()
    if row.withdrawn == withdrawn:
        raise UserError(f"run {number} is {'already withdrawn' if withdrawn else 'not withdrawn'}", name)
    connection.execute(update(RunRow).where(RunRow.id == number).values(withdrawn=withdrawn))
    if row.roster is not None:
        _restore_roster(connection)
    affected = select(SubmissionRow.student_id).join(ArrivalRow).where(ArrivalRow.run_id == number).distinct()
    return list(_let_count(connection, row.assignment, set(connection.scalars(affected))))


def mark_student(
    connection: Connection, student: str, assignment: str | None, reason: str, author: str, name: str
) -> list[str]:
    """Withdraws a student's work in an assignment, or in all; returns the assignments. UserError for none."""
    in_reports = _assignments_of(connection, student) - set(_withdrawn_assignments(connection, student))
    assignments = sorted(in_reports if assignment is None else in_reports & {assignment})
    if not assignments:
        students = connection.scalars(select(StudentRow.id))
        near = did_you_mean(assignment or "", in_reports) or did_you_mean(student, students)
        raise UserError(
            f"the reports have no submission of student {student!r}{_in_assignment(assignment)}{near}", name
        )
    for each in assignments:
        key = {"student_id": student, "assignment": each}
        connection.execute(WithdrawalRow.__table__.insert().values(**key, reason=reason, author=author))
    return assignments


def unmark_student(connection: Connection, student: str, assignment: str | None, name: str) -> list[str]:
    """Takes a withdrawal back; returns the assignments. UserError if nothing was withdrawn."""
    assignments = [each for each in _withdrawn_assignments(connection, student) if assignment in (None, each)]
    if not assignments:
        raise UserError(
            f"no submission of student {student!r}{_in_assignment(assignment)} is withdrawn", name
        )
    deletion = delete(WithdrawalRow).where(WithdrawalRow.student_id == student)
    connection.execute(deletion.where(WithdrawalRow.assignment.in_(assignments)))
    return assignments


def bring_back(connection: Connection, run: int | None, submissions: Sequence[Submission]) -> set[Pair]:
    """Returns a new run's work to the reports; returns the students and assignments that were withdrawn."""
    pairs = {s.id: (s.student_id, s.assignment) for s in submissions}
    marks = select(WithdrawalRow.student_id, WithdrawalRow.assignment)
    rows = connection.execute(
        marks.where(WithdrawalRow.student_id.in_({student for student, _ in pairs.values()}))
    )
    again = {(student, assignment) for student, assignment in rows} & set(pairs.values())
    for student, assignment in again:
        condition = WithdrawalRow.student_id == student
        connection.execute(delete(WithdrawalRow).where(condition, WithdrawalRow.assignment == assignment))
    arrivals = select(ArrivalRow.submission_id).join(RunRow).where(RunRow.withdrawn)
    for id in connection.scalars(arrivals.where(ArrivalRow.submission_id.in_(pairs))).all():
        condition = ArrivalRow.submission_id == id
        statement = update(ArrivalRow).where(condition).values(run_id=run)
        connection.execute(delete(ArrivalRow).where(condition) if run is None else statement)
        again.add(pairs[id])
    return again


def _let_count(connection: Connection, assignment: str, students: set[str]) -> Iterator[Change]:
    """Makes the last submission count that did before and is not withdrawn; yields the changes."""
    last = _last_that_counted(connection, assignment, students, read_withdrawn(connection).submissions)
    query = select(GradeRow.student_id, GradeRow.submission_id).where(
        GradeRow.assignment == assignment, COUNTS
    )
    now = {student: id for student, id in connection.execute(query) if student in students}
    for student in sorted(students):
        counting, before = last.get(student, ""), now.get(student, "")
        if counting == before:
            continue
        for id, counts in ((before, False), (counting, True)):
            connection.execute(update(GradeRow).where(GradeRow.submission_id == id).values(counts=counts))
        yield Change(student, assignment, counting, before)


def _last_that_counted(
    connection: Connection, assignment: str, students: set[str], withdrawn: frozenset[str]
) -> dict[str, str]:
    """By student, from the audit log; before it recorded this, each grade counted when it was made."""
    last: dict[str, str] = {}
    is_choice = AuditRow.action.in_((Action.GRADED, Action.COUNTS))
    entries = select(AuditRow.student_id, AuditRow.detail).where(AuditRow.assignment == assignment, is_choice)
    for student, detail in connection.execute(entries.order_by(AuditRow.id)):
        if student in students and detail.get("counts", True) and detail["submission"] not in withdrawn:
            last[student] = detail["submission"]
    return last


def _restore_roster(connection: Connection) -> None:
    """Marks the students on the newest roster that is not withdrawn."""
    newest = select(RunRow.roster).where(RunRow.roster.is_not(None), ~RunRow.withdrawn)
    roster = connection.scalar(newest.order_by(RunRow.id.desc()).limit(1)) or []
    connection.execute(update(StudentRow).values(on_roster=False))
    for start in range(0, len(roster), CHUNK):
        chunk = roster[start : start + CHUNK]
        connection.execute(update(StudentRow).where(StudentRow.id.in_(chunk)).values(on_roster=True))


def rostered_assignments(connection: Connection) -> set[str]:
    """The assignments that were graded with a roster."""
    return set(
        connection.scalars(select(RunRow.assignment).where(RunRow.roster.is_not(None), ~RunRow.withdrawn))
    )


def _assignments_of(connection: Connection, student: str) -> set[str]:
    tables: Iterable[Any] = (SubmissionRow, AdjustmentRow)
    names = {
        a
        for table in tables
        for a in connection.scalars(select(table.assignment).filter_by(student_id=student))
    }
    is_on_roster = connection.scalar(select(StudentRow.on_roster).where(StudentRow.id == student))
    return names | (rostered_assignments(connection) if is_on_roster else set())


def _withdrawn_assignments(connection: Connection, student: str) -> list[str]:
    withdrawn = select(WithdrawalRow.assignment).where(WithdrawalRow.student_id == student)
    return list(connection.scalars(withdrawn.order_by(WithdrawalRow.assignment)))


def _in_assignment(assignment: str | None) -> str:
    return "" if assignment is None else f" in {assignment}"


def _utc(time: datetime) -> datetime:
    """The time in UTC: SQLite keeps no offset, and all times are written in UTC."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
