"""The gradebook: students, their submissions, and every grade, in a database.

To read it: `grades()` gives each student's standing (`ClassRow`: roster data, the submission that counts and
its time, its grade, adjustments, and any failure); `students()`, `submissions()` and `audit_log()` give the
rest. `tables.py` describes the tables.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Self

from sqlalchemy import Connection, delete, insert, select, update

from grader.batch.gradebook.adjustment_rows import write_adjustment
from grader.batch.gradebook.case_results import read_case_results, write_case_results
from grader.batch.gradebook.database import Database
from grader.batch.gradebook.faults import faulty_submissions, mark_waiting
from grader.batch.gradebook.grade_json import grade_to_row
from grader.batch.gradebook.known_times import read_times_again, update_times
from grader.batch.gradebook.sql_statements import CHUNK, chunks, log_event, read_rows, table_of, upsert
from grader.batch.gradebook.standings import (
    STUDENT_FIELDS,
    ReadGrades,
    read_standings,
    student_of,
    submission_of,
)
from grader.batch.gradebook.tables import (
    COUNTS,
    Action,
    ArrivalRow,
    AuditRow,
    FaultRow,
    GradeRow,
    RunRow,
    StudentRow,
    SubmissionRow,
)
from grader.batch.gradebook.withdrawals import (
    BatchRun,
    Change,
    bring_back,
    list_runs,
    mark_run,
    mark_student,
    read_withdrawn,
    unmark_student,
)
from grader.model.class_row import ClassRow
from grader.model.errors import UserError
from grader.model.grade import CheckResult, Grade
from grader.model.student import Adjustment, Student, Submission


@dataclass(frozen=True)
class GradeEntry:
    """A grade with the results that it depends on.

    `graded_by` is a digest of everything that it was graded with; `addresses` names the results of its cases,
    by criterion/case; `fresh` are the new results, by address; `seconds` is the CPU time that they took, 0 if
    nothing ran.
    """

    grade: Grade
    graded_by: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    fresh: Mapping[str, CheckResult] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class GradeKey:
    """The part of a grade that a batch needs: the digest it was graded by, its score, whether it counts."""

    graded_by: str
    score: Fraction
    counts: bool


class Gradebook:
    """An open gradebook; a context manager that closes it.

    `url` is SQLAlchemy's. A gradebook that does not exist is created, unless `create` is False.
    Raises UserError, in one line, if it cannot be opened or is not a gradebook of this version.
    """

    def __init__(self, url: str, create: bool = True) -> None:
        self._database = Database(url, create)
        self._run_id: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes every connection."""
        self._database.close()

    @property
    def database(self) -> Database:
        """The database of the gradebook, for `decisions` and `evidence`."""
        return self._database

    # for batches

    def exclusive(self, assignment: str, on_wait: Callable[[], None]) -> AbstractContextManager[None]:
        """Lets one batch at a time grade an assignment; a second calls `on_wait` and waits."""
        return self._database.exclusive(assignment, on_wait)

    @contextmanager
    def run(self, assignment: str, graded_by: str, rule: str | None = None) -> Iterator[None]:
        """Records when a run began and, if it gets that far, ended; the run's entries name it."""
        with self._database.writing() as connection:
            values = {"assignment": assignment, "graded_by": graded_by, "rule": rule, "started_at": _now()}
            row = insert(RunRow).values(**values, withdrawn=False)
            self._run_id = connection.scalar(row.returning(RunRow.id))
        try:
            yield
            with self._database.writing() as connection:
                connection.execute(update(RunRow).where(RunRow.id == self._run_id).values(ended_at=_now()))
        finally:
            self._run_id = None

    def hand_in(
        self,
        students: Iterable[Student],
        submissions: Collection[Submission],
        *,
        by_roster: bool = False,
        has_times: bool = False,
    ) -> tuple[str, ...]:
        """Adds students and their submissions; with `by_roster` the students are those of the roster.

        A roster replaces the known data of its students, and a student it does not name is no longer on it.
        With `has_times` a file gave the times (see `known_times`).
        Withdrawn work that is submitted again is in reports again; returns its students' ids.
        """
        again: set[tuple[str, str]] = set()
        with self._database.writing() as connection:
            self._add_students(connection, students, by_roster)
            times, changes = update_times(connection, self._run_id, submissions, has_times)
            for chunk in chunks(submissions, CHUNK):
                rows = ({"id": s.id, **asdict(s), **asdict(times[s.id]), "confirmed": ""} for s in chunk)
                new = upsert(connection, SubmissionRow).values(list(rows))
                columns = {name: new.excluded[name] for name in ("submitted_at", "late", "doubt")}
                connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=columns))
                if self._run_id is not None:
                    mark_waiting(connection, self._run_id, (s.id for s in chunk))
                    arrived = [{"submission_id": s.id, "run_id": self._run_id} for s in chunk]
                    connection.execute(upsert(connection, ArrivalRow).on_conflict_do_nothing(), arrived)
                again |= bring_back(connection, self._run_id, chunk)
            for one in changes:
                self._log(connection, Action.TIMED, asdict(one), one.detail)
            for student, assignment in sorted(again):
                key = {"student_id": student, "assignment": assignment}
                self._log(connection, Action.RESTORED, key, {"reason": "a batch brought it again"})
        return tuple(sorted({student for student, _ in again}))

    def grade_keys(self, assignment: str) -> dict[str, GradeKey]:
        """Every grade of an assignment by its submission's id; reads only its key."""
        columns = (GradeRow.submission_id, GradeRow.graded_by, GradeRow.score, GradeRow.counts)
        with self._database.reading() as connection:
            rows = connection.execute(select(*columns).where(GradeRow.assignment == assignment))
            return {id: GradeKey(graded_by, Fraction(score), counts) for id, graded_by, score, counts in rows}

    def results(self, files: str) -> dict[str, CheckResult]:
        """The known results of cases that ran on these files, by address."""
        with self._database.reading() as connection:
            return read_case_results(connection, files)

    def record(self, submission: Submission, entry: GradeEntry, rivals: Sequence[str] = ()) -> None:
        """Writes a grade atomically, in place of an earlier one of the same submission.

        It counts unless one of `rivals` (ids of the student's submissions, oldest first) already counts and
        is better, or equal and later.
        """
        grade, key = entry.grade, _key_of(submission)
        with self._database.writing() as connection:
            write_case_results(connection, submission.files, entry.fresh)
            query = select(GradeRow.submission_id, GradeRow.score).filter_by(**key).where(COUNTS)
            rival = connection.execute(query).one_or_none()
            counts = rival is None or not _is_better(*rival, submission, grade, rivals)
            if counts:
                connection.execute(update(GradeRow).filter_by(**key).where(COUNTS).values(counts=False))
            before = connection.scalar(select(GradeRow.score).filter_by(submission_id=submission.id))
            connection.execute(delete(GradeRow).filter_by(submission_id=submission.id))
            row = {"submission_id": submission.id, "counts": counts, "graded_by": entry.graded_by, **key}
            connection.execute(insert(table_of(GradeRow)), row | grade_to_row(grade, entry.addresses))
            connection.execute(delete(FaultRow).filter_by(submission_id=submission.id))
            detail = {"submission": submission.id, "score": str(grade.score), "before": before}
            numbers = {"ran": len(entry.fresh), "seconds": round(entry.seconds, 3)}
            self._log(connection, Action.GRADED, key, detail | {"counts": counts} | numbers)

    def record_fault(self, submission: Submission, reason: str) -> None:
        """Records that grading failed; an earlier grade stays, and shows that it needs review."""
        with self._database.writing() as connection:
            connection.execute(delete(FaultRow).filter_by(submission_id=submission.id))
            connection.execute(insert(FaultRow).values(submission_id=submission.id, reason=reason))
            detail = {"submission": submission.id, "reason": reason}
            self._log(connection, Action.FAILED, _key_of(submission), detail)

    def set_counting(self, previous_by_submission: Mapping[str, str], faulty: Iterable[str]) -> None:
        """Makes existing grades count. Each submission that shall count is mapped to the one that counts now.

        This is for `--counts` choosing another submission. `faulty` are submissions with failures that no
        longer matter.
        """
        with self._database.writing() as connection:
            for id in faulty:
                connection.execute(delete(FaultRow).filter_by(submission_id=id))
            columns = (GradeRow.student_id, GradeRow.assignment)
            for id, instead in previous_by_submission.items():
                row = connection.execute(select(*columns).filter_by(submission_id=id)).one()
                key = {"student_id": row.student_id, "assignment": row.assignment}
                connection.execute(update(GradeRow).filter_by(**key).where(COUNTS).values(counts=False))
                connection.execute(update(GradeRow).filter_by(submission_id=id).values(counts=True))
                self._log(connection, Action.COUNTS, key, {"submission": id, "instead_of": instead})

    def faults(self, assignment: str) -> dict[str, str]:
        """The student's id by that of each submission without a grade of the last run, if not withdrawn."""
        with self._database.reading() as connection:
            return faulty_submissions(connection, assignment, read_withdrawn(connection))

    # for instructors

    def confirm(self, submission_ids: Iterable[str], by: str) -> None:
        """Accepts the doubt about each of these submissions; its grade counts until there is another doubt.

        Accepts all or none; a submission that is not in doubt is unchanged. UserError for an unknown id.
        """
        with self._database.writing() as connection:
            for id in submission_ids:
                row = next(read_rows(connection, SubmissionRow, SubmissionRow.id == id), None)
                if row is None:
                    why = f"found no submission {id!r}; expected the id of one"
                    raise UserError(why, self._database.name)
                if row["doubt"] != row["confirmed"]:
                    connection.execute(update(SubmissionRow).filter_by(id=id).values(confirmed=row["doubt"]))
                    detail = {"submission": id, "doubt": row["doubt"], "by": by}
                    self._log(connection, Action.CONFIRMED, row, detail)

    def adjust(self, *adjustments: Adjustment) -> None:
        """Sets manual adjustments of scores, all or none; 0 points revoke an earlier adjustment.

        An adjustment for a submission is bound to the one that counts now. Raises UserError if the gradebook
        has no such student, or no such submission of theirs.
        """
        with self._database.writing() as connection:
            for adjustment in adjustments:
                key = {"student_id": adjustment.student_id, "assignment": adjustment.assignment}
                detail = write_adjustment(connection, adjustment, self._database.name)
                self._log(connection, Action.ADJUSTED, key, detail)

    def forget_run(
        self,
        number: int,
        reason: str,
        author: str,
        undo: bool = False,
        on_wait: Callable[[], None] = lambda: None,
    ) -> list[Change]:
        """Withdraws from every report all that a run was the first to add, or takes that back.

        Returns the students for whom another submission counts now. A batch on the same assignment ends
        first.
        """
        runs = {run.number: run.assignment for run in self.runs()}
        assignment = runs.get(number)
        if assignment is None:
            numbers = f", expected one from {min(runs)} to {max(runs)}" if runs else ""
            why = f"found no run {number}{numbers}; `grader forget --list` shows every run"
            raise UserError(why, self._database.name)
        facts = {"run": number, "reason": reason, "author": author}
        action = Action.RESTORED if undo else Action.WITHDRAWN
        with self.exclusive(assignment, on_wait), self._database.writing() as connection:
            changes = mark_run(connection, number, not undo, self._database.name)
            self._log(connection, action, {"student_id": "", "assignment": assignment}, facts)
            for change in changes:
                detail = facts | {"submission": change.submission, "instead_of": change.before}
                self._log(connection, action, asdict(change), detail)
            for one in read_times_again(connection, number):
                self._log(connection, Action.TIMED, asdict(one), facts | one.detail)
        return changes

    def forget_student(
        self, student: str, assignment: str | None, reason: str, author: str, undo: bool = False
    ) -> list[str]:
        """Withdraws a student's work in an assignment, or in all, from every report, or takes that back.

        Returns the assignments.
        """
        detail, gradebook = {"reason": reason, "author": author}, self._database.name
        with self._database.writing() as connection:
            if undo:
                changed = unmark_student(connection, student, assignment, gradebook)
            else:
                changed = mark_student(connection, student, assignment, reason, author, gradebook)
            for name in changed:
                key = {"student_id": student, "assignment": name}
                self._log(connection, Action.RESTORED if undo else Action.WITHDRAWN, key, detail)
        return changed

    # for reports

    def runs(self) -> list[BatchRun]:
        """Every run of `grader batch`, in order."""
        with self._database.reading() as connection:
            return list_runs(connection)

    def grades(self) -> list[ClassRow]:
        """Each student's current standing, sorted by student and assignment.

        Each row has a grade that counts, a failure to grade, or an adjustment; or it says that a student on
        the roster submitted nothing. Withdrawn work has no row.
        """
        with self._database.reading() as connection:
            rows = list(read_standings(connection, None, in_full=True))
        return sorted(rows, key=lambda row: (row.student_id, row.assignment))

    def standings(
        self, assignment: str, in_full: bool = False, before: ReadGrades | None = None
    ) -> Iterator[ClassRow]:
        """Yields each student's standing in one assignment, one at a time as a class is large, in no order.

        Unless `in_full`, they hold only the cases that the grader failed to judge. A reader that comes again
        keeps a `ReadGrades` of the assignment and gives it as `before`.
        """
        with self._database.reading() as connection:
            yield from read_standings(connection, assignment, in_full, before)

    def students(self) -> list[Student]:
        """The students on the roster or with submissions that are not withdrawn, sorted by id."""
        with self._database.reading() as connection:
            withdrawn = read_withdrawn(connection).students
            students = (student_of(row) for row in read_rows(connection, StudentRow))
            return sorted((s for s in students if s.id not in withdrawn), key=lambda s: s.id)

    def submissions(self, assignment: str) -> list[Submission]:
        """The submissions to an assignment that are not withdrawn, sorted by student, time and sequence."""
        with self._database.reading() as connection:
            withdrawn = read_withdrawn(connection)
            rows = read_rows(connection, SubmissionRow, SubmissionRow.assignment == assignment)
            submissions = list(map(submission_of, rows))
        current = (s for s in submissions if s.id not in withdrawn.submissions)
        current = (s for s in current if (s.student_id, s.assignment) not in withdrawn.pairs)
        return sorted(current, key=lambda s: (s.student_id, s.submitted_at, s.sequence))

    def seconds(self) -> dict[str, float]:
        """The most CPU time that a submission took in a run, by its id."""
        with self._database.reading() as connection:
            query = select(AuditRow.detail).where(AuditRow.action == Action.GRADED)
            details = connection.scalars(query).all()
        most: dict[str, float] = defaultdict(float)
        for detail in details:
            most[detail["submission"]] = max(most[detail["submission"]], detail.get("seconds", 0.0))
        return {id: seconds for id, seconds in most.items() if seconds}

    def audit_log(self) -> list[dict[str, Any]]:
        """All events in order, with the columns of `grader.batch.gradebook.tables.AuditRow`."""
        with self._database.reading() as connection:
            return sorted(read_rows(connection, AuditRow), key=lambda row: row["id"])

    def _add_students(self, connection: Connection, students: Iterable[Student], by_roster: bool) -> None:
        names: list[str] = []
        if by_roster:
            connection.execute(update(StudentRow).values(on_roster=False))
        for chunk in chunks(students, CHUNK):
            new = upsert(connection, StudentRow).values([asdict(s) | {"on_roster": by_roster} for s in chunk])
            columns = {n: new.excluded[n] for n in (*STUDENT_FIELDS, "on_roster") if n != "id"}
            newer = new.on_conflict_do_update(index_elements=["id"], set_=columns)
            connection.execute(newer if by_roster else new.on_conflict_do_nothing())
            names += [student.id for student in chunk]
        if by_roster and self._run_id is not None:
            connection.execute(update(RunRow).where(RunRow.id == self._run_id).values(roster=names))

    def _log(
        self, connection: Connection, action: Action, key: Mapping[str, str], detail: Mapping[str, Any]
    ) -> None:
        log_event(connection, action, key, detail, self._run_id)


def _is_better(rival: str, score: str, submission: Submission, grade: Grade, rivals: Sequence[str]) -> bool:
    """True if the submission that counts now keeps counting."""
    if rival == submission.id or rival not in rivals:
        return False
    return (Fraction(score), rivals.index(rival)) > (grade.score, rivals.index(submission.id))


def _key_of(submission: Submission) -> dict[str, str]:
    return {"student_id": submission.student_id, "assignment": submission.assignment}


def _now() -> datetime:
    return datetime.now(UTC)
