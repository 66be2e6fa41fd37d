"""The gradebook: students, what they handed in, and every grade, in a database. All SQL is here.

How to read it: `grades()` gives each student's standing (`ClassRow`: roster data, the submission that counts
and when it was handed in, its grade, a person's adjustments, what went wrong); `students()`,
`submissions()` and `audit_log()` give the rest. The tables are described in `grader.batch.tables`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from itertools import islice
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects import postgresql, sqlite

from grader.batch.database import Database
from grader.batch.document import grade_from_row, grade_to_row, result_from_json, result_to_json
from grader.batch.tables import (
    COUNTS,
    AdjustmentRow,
    AuditRow,
    CaseRow,
    FaultRow,
    GradeRow,
    RunRow,
    StudentRow,
    SubmissionRow,
    Table,
)
from grader.model.errors import UserError
from grader.model.grade import CheckResult, Grade
from grader.model.student import Adjustment, Student, Submission
from grader.report.class_row import ClassRow

T = TypeVar("T")
CHUNK = 200  # rows that are read or written at once


@dataclass(frozen=True)
class Graded:
    """A grade with what it stands on.

    `graded_by` is a digest of all that it was graded with; `addresses` names its cases' results, by
    criterion/case; `fresh` are those that were not known before, by address; `seconds` is the CPU time that
    they took, 0 where nothing ran.
    """

    grade: Grade
    graded_by: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    fresh: Mapping[str, CheckResult] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Known:
    """A grade of which only the key was read."""

    graded_by: str
    score: Fraction
    counts: bool


class Gradebook:
    """An open gradebook; a context manager that closes it.

    `url` is SQLAlchemy's. A gradebook that is not there yet is made, unless `create` is False.
    Raises UserError, in one line, for what cannot be opened or is no gradebook of this version.
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

    # what a batch does

    def alone(self, assignment: str, on_wait: Callable[[], None]) -> AbstractContextManager[None]:
        """Lets one batch at a time grade an assignment; a second calls `on_wait` and waits."""
        return self._database.alone(assignment, on_wait)

    @contextmanager
    def run(self, assignment: str, graded_by: str) -> Iterator[None]:
        """Notes when a run began and, where it gets so far, when it ended; what it writes names it."""
        with self._database.writing() as db:
            row = insert(RunRow).values(assignment=assignment, graded_by=graded_by, started_at=_now())
            self._run_id = db.scalar(row.returning(RunRow.id))
        try:
            yield
            with self._database.writing() as db:
                db.execute(update(RunRow).where(RunRow.id == self._run_id).values(ended_at=_now()))
        finally:
            self._run_id = None

    def hand_in(
        self, students: Iterable[Student], submissions: Iterable[Submission], *, by_roster: bool = False
    ) -> None:
        """Adds students, `by_roster` with what is new about those who are known, and what they handed in."""
        with self._database.writing() as db:
            for some in _chunks(students, CHUNK):
                rows = [asdict(student) for student in some]
                for row in rows:
                    row.pop("group")  # the table has no column for it
                new = _insert(db, StudentRow).values(rows)
                known = {n: new.excluded[n] for n in ("name", "email", "section", "extension")}
                newer = new.on_conflict_do_update(index_elements=["id"], set_=known)
                db.execute(newer if by_roster else new.on_conflict_do_nothing())
            for handed_in in _chunks(submissions, CHUNK):
                rows = [{"id": submission.id, **asdict(submission)} for submission in handed_in]
                new = _insert(db, SubmissionRow).values(rows)
                known = {n: new.excluded[n] for n in ("submitted_at", "late")}
                db.execute(new.on_conflict_do_update(index_elements=["id"], set_=known))

    def known(self, assignment: str) -> dict[str, Known]:
        """Every grade of an assignment, by its submission's id; its key alone is read."""
        columns = (GradeRow.submission_id, GradeRow.graded_by, GradeRow.score, GradeRow.counts)
        with self._database.reading() as db:
            found = db.execute(select(*columns).where(GradeRow.assignment == assignment))
            return {id: Known(by, Fraction(score), counts) for id, by, score, counts in found}

    def results(self, files: str) -> dict[str, CheckResult]:
        """What is known of the cases that ran on these files, by address."""
        with self._database.reading() as db:
            found = db.execute(select(CaseRow.address, CaseRow.result).where(CaseRow.files == files))
            return {address: result_from_json(data) for address, data in found}

    def record(self, submission: Submission, graded: Graded, among: Sequence[str] = ()) -> None:
        """Writes a grade, wholly or not at all, in place of an earlier one of the same submission.

        It counts, unless one of the student's submissions `among` (their ids, in the order of handing in)
        counts already and is better, or is as good and later.
        """
        grade, key = graded.grade, _of(submission)
        with self._database.writing() as db:
            self._store(db, submission.files, graded.fresh)
            rival = db.execute(
                select(GradeRow.submission_id, GradeRow.score).filter_by(**key).where(COUNTS)
            ).one_or_none()
            counts = rival is None or not _is_better(
                rival.submission_id, rival.score, submission, grade, among
            )
            if counts:
                db.execute(update(GradeRow).filter_by(**key).where(COUNTS).values(counts=False))
            before = db.scalar(select(GradeRow.score).filter_by(submission_id=submission.id))
            db.execute(delete(GradeRow).filter_by(submission_id=submission.id))
            row = {"submission_id": submission.id, "counts": counts, "graded_by": graded.graded_by, **key}
            db.execute(insert(_table(GradeRow)), row | grade_to_row(grade, graded.addresses))
            db.execute(delete(FaultRow).filter_by(submission_id=submission.id))
            detail = {"submission": submission.id, "score": str(grade.score), "before": before}
            ran = {"ran": len(graded.fresh), "seconds": round(graded.seconds, 3)}
            self._log(db, "graded", key, detail | ran)

    def record_fault(self, submission: Submission, reason: str) -> None:
        """Notes that grading failed; an earlier grade stays, and shows that a person must look."""
        with self._database.writing() as db:
            db.execute(delete(FaultRow).filter_by(submission_id=submission.id))
            db.execute(insert(FaultRow).values(submission_id=submission.id, reason=reason))
            self._log(db, "failed", _of(submission), {"submission": submission.id, "reason": reason})

    def settle(self, wanted: Mapping[str, str], faulty: Iterable[str]) -> None:
        """Lets grades that are there already count: `wanted` are pairs of a submission and what counts now.

        That is where another policy chooses another submission. `faulty` are submissions whose failure no
        longer matters.
        """
        with self._database.writing() as db:
            for id in faulty:
                db.execute(delete(FaultRow).filter_by(submission_id=id))
            for id, instead in wanted.items():
                row = db.execute(
                    select(GradeRow.student_id, GradeRow.assignment).filter_by(submission_id=id)
                ).one()
                key = {"student_id": row.student_id, "assignment": row.assignment}
                db.execute(update(GradeRow).filter_by(**key).where(COUNTS).values(counts=False))
                db.execute(update(GradeRow).filter_by(submission_id=id).values(counts=True))
                self._log(db, "counts", key, {"submission": id, "instead_of": instead})

    def faults(self, assignment: str) -> dict[str, str]:
        """Whose grading failed: the student's id, by the submission's."""
        found = select(FaultRow.submission_id, SubmissionRow.student_id).join(SubmissionRow)
        with self._database.reading() as db:
            return {
                id: whose for id, whose in db.execute(found.where(SubmissionRow.assignment == assignment))
            }

    # what a person does

    def adjust(self, *adjustments: Adjustment) -> None:
        """Sets what a person adds to scores, all of it or nothing; 0 points take an earlier adjustment back.

        Raises UserError where the gradebook knows no such student.
        """
        with self._database.writing() as db:
            for adjustment in adjustments:
                self._adjust(db, adjustment)

    # what reports read

    def grades(self) -> list[ClassRow]:
        """Everyone's current standing, sorted by student and assignment.

        Everyone: whoever has a grade that counts, a submission whose grading failed, or an adjustment.
        """
        with self._database.reading() as db:
            students = {row["id"]: Student(**row) for row in _rows(db, StudentRow)}
            adjusted = defaultdict(list)
            for row in _rows(db, AdjustmentRow):
                value = Adjustment(**{**row, "points": Fraction(row["points"])})
                adjusted[row["student_id"], row["assignment"]].append(value)
            faults = {
                (row.student_id, row.assignment): row.reason
                for row in db.execute(
                    select(SubmissionRow.student_id, SubmissionRow.assignment, FaultRow.reason)
                    .join(FaultRow)
                    .order_by(SubmissionRow.submitted_at, SubmissionRow.attempt)
                )
            }
            graded = {(s.student_id, s.assignment): (s, grade) for s, grade in _counting(db)}
        return [
            ClassRow(
                student_id=key[0],
                assignment=key[1],
                grade=graded[key][1] if key in graded else None,
                fault=faults.get(key, ""),
                student=students[key[0]],
                submission=graded[key][0] if key in graded else None,
                adjustments=tuple(sorted(adjusted.get(key, ()), key=lambda a: a.criterion)),
            )
            for key in sorted(graded.keys() | faults.keys() | adjusted.keys())
        ]

    def students(self) -> list[Student]:
        """Everyone on the roster, and whoever handed something in, sorted by id."""
        with self._database.reading() as db:
            return sorted((Student(**row) for row in _rows(db, StudentRow)), key=lambda s: s.id)

    def submissions(self, assignment: str) -> list[Submission]:
        """Everything handed in to an assignment, sorted by student and attempt."""
        with self._database.reading() as db:
            rows = [r for r in _rows(db, SubmissionRow) if r["assignment"] == assignment]
        found = [Submission(**{n: v for n, v in row.items() if n != "id"}) for row in rows]
        return sorted(found, key=lambda s: (s.student_id, s.submitted_at, s.attempt))

    def seconds(self) -> dict[str, float]:
        """The most CPU time that a submission took in a run, by its id."""
        with self._database.reading() as db:
            details = db.scalars(select(AuditRow.detail).where(AuditRow.action == "graded")).all()
        most: dict[str, float] = defaultdict(float)
        for detail in details:
            most[detail["submission"]] = max(most[detail["submission"]], detail.get("seconds", 0.0))
        return {id: seconds for id, seconds in most.items() if seconds}

    def audit_log(self) -> list[dict[str, Any]]:
        """What happened, in order: columns as in `grader.batch.tables.AuditRow`."""
        with self._database.reading() as db:
            return sorted(_rows(db, AuditRow), key=lambda row: row["id"])

    def _adjust(self, db: Connection, adjustment: Adjustment) -> None:
        values = asdict(adjustment) | {"points": str(adjustment.points)}
        key = {n: values[n] for n in ("student_id", "assignment", "criterion")}
        if db.scalar(select(StudentRow.id).filter_by(id=adjustment.student_id)) is None:
            raise UserError(
                f"found no student {adjustment.student_id!r}; expected one who is on the roster or "
                "handed something in",
                self._database.name,
            )
        before = db.scalar(select(AdjustmentRow.points).filter_by(**key))
        db.execute(delete(AdjustmentRow).filter_by(**key))
        if adjustment.points:
            db.execute(insert(AdjustmentRow).values(values))
        said = {n: values[n] for n in ("criterion", "points", "reason", "author")}
        self._log(db, "adjusted", key, said | {"before": before})

    def _store(self, db: Connection, files: str, fresh: Mapping[str, CheckResult]) -> None:
        rows = [
            {"files": files, "address": address, "status": result.status, "result": result_to_json(result)}
            for address, result in fresh.items()
        ]
        if rows:
            db.execute(_insert(db, CaseRow).on_conflict_do_nothing(), rows)

    def _log(self, db: Connection, action: str, key: Mapping[str, str], detail: Mapping[str, Any]) -> None:
        about = {n: key[n] for n in ("student_id", "assignment")}
        row = {"at": _now(), "run_id": self._run_id, "action": action, "detail": detail, **about}
        db.execute(insert(_table(AuditRow)), row)


def _is_better(rival: str, score: str, submission: Submission, grade: Grade, among: Sequence[str]) -> bool:
    """Whether what counts now goes on counting."""
    if rival == submission.id or rival not in among:
        return False
    return (Fraction(score), among.index(rival)) > (grade.score, among.index(submission.id))


def _counting(db: Connection) -> Iterator[tuple[Submission, Grade]]:
    """The grades that count, with their submissions; only some at a time are read as rows."""
    ids = db.scalars(select(GradeRow.submission_id).where(GradeRow.counts)).all()
    for some in _chunks(ids, CHUNK):
        handed_in = {
            row["id"]: Submission(**{n: v for n, v in row.items() if n != "id"})
            for row in _rows(db, SubmissionRow, SubmissionRow.id.in_(some))
        }
        results: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        for row in _rows(db, CaseRow, CaseRow.files.in_({s.files for s in handed_in.values()})):
            results[row["files"]][row["address"]] = row["result"]
        for row in _rows(db, GradeRow, GradeRow.submission_id.in_(some)):
            submission = handed_in[row["submission_id"]]
            yield submission, grade_from_row(row, results[submission.files])


def _rows(db: Connection, table: type[Table], *where: Any) -> Iterator[dict[str, Any]]:
    for row in db.execute(select(table.__table__).where(*where)).mappings():
        yield dict(row)


def _insert(db: Connection, table: type[Table]) -> Any:
    """An insert that may say what to do about a row that is there already."""
    return (sqlite if db.dialect.name == "sqlite" else postgresql).insert(_table(table))


def _table(table: type[Table]) -> SqlTable:
    """The table itself: rows of the ORM cost twice the time."""
    assert isinstance(table.__table__, SqlTable)
    return table.__table__


def _chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(values)
    while some := list(islice(remaining, size)):
        yield some


def _of(submission: Submission) -> dict[str, str]:
    return {"student_id": submission.student_id, "assignment": submission.assignment}


def _now() -> datetime:
    return datetime.now(UTC)
