"""The gradebook: every student's current grade in a database. All SQL is here.

    students ─┬─ submissions ── grades ── criterion_grades ── case_results
              └─ faults           (one current grade per student and assignment)

Scores are exact fractions as text ("67/2"). What a submission may have written is kept as JSON text,
which holds every character that Python's strings do, where a database's own text type may not.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Self

from sqlalchemy import (
    JSON,
    URL,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    UniqueConstraint,
    create_engine,
    delete,
    event,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload

from grader.model.assignment import Visibility
from grader.model.errors import UserError
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.report.class_row import ClassRow

SCHEMA_VERSION = 1
LOCK_SECONDS = 30


class Table(DeclarativeBase):
    """Root of the tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {dict[str, Any]: JSON}


class SchemaVersion(Table):
    """One row: the version that the tables below have."""

    __tablename__ = "schema_version"
    version: Mapped[int] = mapped_column(primary_key=True)


class StudentRow(Table):
    """Someone who handed something in."""

    __tablename__ = "students"
    id: Mapped[str] = mapped_column(primary_key=True)


class SubmissionRow(Table):
    """One set of files that a student handed in, by its digest."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("student_id", "assignment", "digest"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"))
    assignment: Mapped[str]
    digest: Mapped[str]


class FaultRow(Table):
    """The last attempt to grade failed through no fault of the student's."""

    __tablename__ = "faults"
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), primary_key=True)
    assignment: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    reason: Mapped[str] = mapped_column(JSON)


class GradeRow(Table):
    """A student's current grade in an assignment."""

    __tablename__ = "grades"
    __table_args__ = (UniqueConstraint("student_id", "assignment"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"))
    assignment: Mapped[str]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    submission: Mapped[str]
    score: Mapped[str]
    max_score: Mapped[str]
    withheld: Mapped[str]
    not_selected: Mapped[int]
    sandbox: Mapped[str]
    device: Mapped[str]
    versions: Mapped[dict[str, Any]]
    criteria: Mapped[list["CriterionRow"]] = relationship(order_by="CriterionRow.position")


class CriterionRow(Table):
    """What one criterion of a grade earned."""

    __tablename__ = "criterion_grades"
    grade_id: Mapped[int] = mapped_column(ForeignKey("grades.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    criterion: Mapped[str]
    title: Mapped[str]
    points: Mapped[str]
    score: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str] = mapped_column(JSON)
    results: Mapped[list["CaseRow"]] = relationship(order_by="CaseRow.position")


class CaseRow(Table):
    """How one case ended; `feedback` holds the rest of its CheckResult."""

    __tablename__ = "case_results"
    __table_args__ = (
        ForeignKeyConstraint(
            ["grade_id", "criterion_position"],
            ["criterion_grades.grade_id", "criterion_grades.position"],
            ondelete="CASCADE",
        ),
    )
    grade_id: Mapped[int] = mapped_column(primary_key=True)
    criterion_position: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    criterion: Mapped[str]
    case: Mapped[str]
    status: Mapped[str]
    visibility: Mapped[str]
    feedback: Mapped[dict[str, Any]]


class Gradebook:
    """An open gradebook; a context manager that closes it.

    `url` is SQLAlchemy's. A gradebook that is not there yet is made, unless `create` is False.
    Raises UserError, in one line, for what cannot be opened or is no gradebook of this version.
    """

    def __init__(self, url: str, create: bool = True) -> None:
        with _said_in_one_line(url):
            parsed = make_url(url)
            self._url = parsed.render_as_string(hide_password=True)
            _prepare_file(parsed, create)
            self._engine = create_engine(parsed, **_options(parsed))
        if parsed.get_backend_name() == "sqlite":
            _set_up_sqlite(self._engine)
        try:
            with _said_in_one_line(self._url):
                self._check_schema()
                if parsed.get_backend_name() == "sqlite":  # only once the file is known to be ours
                    _set_wal(self._engine)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes every connection."""
        self._engine.dispose()

    def record(self, student_id: str, digest: str, grade: Grade) -> None:
        """Writes the grade of the files with that digest, wholly, in place of the student's earlier one."""
        with self._transaction() as session:
            # The first statement writes, so that SQLite takes the lock before it reads anything
            session.execute(delete(GradeRow).filter_by(student_id=student_id, assignment=grade.assignment))
            session.execute(delete(FaultRow).filter_by(student_id=student_id, assignment=grade.assignment))
            session.merge(StudentRow(id=student_id))
            submission = session.scalar(
                select(SubmissionRow).filter_by(
                    student_id=student_id, assignment=grade.assignment, digest=digest
                )
            ) or SubmissionRow(student_id=student_id, assignment=grade.assignment, digest=digest)
            session.add(submission)
            session.flush()
            session.add(_grade_row(student_id, submission.id, grade))

    def record_fault(self, student_id: str, digest: str, assignment: str, reason: str) -> None:
        """Notes that grading failed; an earlier grade stays, and shows that a person must look."""
        with self._transaction() as session:
            session.execute(delete(FaultRow).filter_by(student_id=student_id, assignment=assignment))
            session.merge(StudentRow(id=student_id))
            session.flush()
            session.add(FaultRow(student_id=student_id, assignment=assignment, digest=digest, reason=reason))

    def grades(self) -> list[ClassRow]:
        """Everyone's current standing, sorted by student and assignment."""
        with self._transaction() as session:
            whole = selectinload(GradeRow.criteria).selectinload(CriterionRow.results)
            graded = {
                (row.student_id, row.assignment): _grade(row)
                for row in session.scalars(select(GradeRow).options(whole))
            }
            faults = {
                (row.student_id, row.assignment): row.reason for row in session.scalars(select(FaultRow))
            }
        return [
            ClassRow(*key, graded.get(key), faults.get(key, ""))
            for key in sorted(graded.keys() | faults.keys())
        ]

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with _said_in_one_line(self._url), Session(self._engine) as session, session.begin():
            yield session

    def _check_schema(self) -> None:
        with self._engine.begin() as connection:
            tables = inspect(connection).get_table_names()
            if not tables:
                Table.metadata.create_all(connection)
                connection.execute(insert(SchemaVersion).values(version=SCHEMA_VERSION))
                return
            if SchemaVersion.__tablename__ not in tables:
                raise UserError("a database that is no gradebook; name another --gradebook", self._url)
            version = connection.scalar(select(SchemaVersion.version))
        if version != SCHEMA_VERSION:
            raise UserError(
                f"a gradebook of schema {version}; this grader reads schema {SCHEMA_VERSION}: "
                "use the grader that wrote it, or name another --gradebook",
                self._url,
            )


@contextmanager
def _said_in_one_line(url: str) -> Iterator[None]:
    """What a database complains of, as one UserError."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, ImportError, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        said = (str(cause).splitlines() or [type(cause).__name__])[0]
        raise UserError(f"cannot use this gradebook: {said}", url) from error


def _prepare_file(url: URL, create: bool) -> None:
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return
    path = Path(str(url.database))
    if not create and not path.exists():
        raise UserError("no such gradebook; `grader batch` makes one", path)
    path.parent.mkdir(parents=True, exist_ok=True)


def _options(url: URL) -> dict[str, Any]:
    return {"connect_args": {"timeout": LOCK_SECONDS}} if url.get_backend_name() == "sqlite" else {}


def _set_wal(engine: Engine) -> None:
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _set_up_sqlite(engine: Engine) -> None:
    """Foreign keys, and transactions that begin where SQLAlchemy says so, reads included."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")


def _grade_row(student_id: str, submission_id: int, grade: Grade) -> GradeRow:
    return GradeRow(
        student_id=student_id,
        assignment=grade.assignment,
        submission_id=submission_id,
        submission=grade.submission,
        score=str(grade.score),
        max_score=str(grade.max_score),
        withheld=str(grade.withheld),
        not_selected=grade.not_selected,
        sandbox=grade.sandbox,
        device=grade.device,
        versions=dict(grade.versions),
        criteria=[_criterion_row(*numbered) for numbered in enumerate(grade.criteria)],
    )


def _criterion_row(position: int, criterion: CriterionGrade) -> CriterionRow:
    return CriterionRow(
        position=position,
        criterion=criterion.id,
        title=criterion.title,
        points=str(criterion.points),
        score=str(criterion.score),
        status=criterion.status.value,
        reason=criterion.reason,
        results=[_case_row(*numbered) for numbered in enumerate(criterion.results)],
    )


def _case_row(position: int, result: CheckResult) -> CaseRow:
    feedback = asdict(result)
    columns = {name: str(feedback.pop(name)) for name in ("criterion", "case", "status", "visibility")}
    return CaseRow(position=position, feedback=feedback, **columns)


def _grade(row: GradeRow) -> Grade:
    return Grade(
        assignment=row.assignment,
        submission=row.submission,
        criteria=tuple(_criterion_grade(criterion) for criterion in row.criteria),
        sandbox=row.sandbox,
        device=row.device,
        withheld=Fraction(row.withheld),
        not_selected=row.not_selected,
        versions=row.versions,
    )


def _criterion_grade(row: CriterionRow) -> CriterionGrade:
    return CriterionGrade(
        id=row.criterion,
        title=row.title,
        points=Fraction(row.points),
        score=Fraction(row.score),
        status=Status(row.status),
        results=tuple(_check_result(result) for result in row.results),
        reason=row.reason,
    )


def _check_result(row: CaseRow) -> CheckResult:
    feedback: dict[str, Any] = {
        name: tuple(v) if isinstance(v, list) else v for name, v in row.feedback.items()
    }
    return CheckResult(
        criterion=row.criterion,
        case=row.case,
        status=Status(row.status),
        visibility=Visibility(row.visibility),
        **feedback,
    )
