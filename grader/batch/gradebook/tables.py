"""The gradebook's tables; `migrations/` makes them, and a test compares the two.

    students ─┬─ submissions ─┬─ grades ┄┄ (files, address) ┄┄ case_results, submitted_files
              │               ├─ faults
              │               └─ arrivals ─ runs ─ audit_log
              └─ adjustments, withdrawals, decisions                       intakes

Keys say what a row is about. No row is numbered by the order of writing, so two gradebooks of one class hold
the same rows however their runs went. Only `runs`, `arrivals` and `audit_log` record that history. Scores are
exact fractions as text ("67/2"). Text that a submission may have written is kept as JSON, which can hold
every character of Python's strings; a database's own text type may not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING, Any, ClassVar, get_args, get_origin

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    text,
)
from sqlalchemy import Table as SqlTable

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped  # for mypy: the type of a column's values
else:
    Mapped = Column

COLUMNS: tuple[Any, ...] = (Column,)
TYPES: Mapping[Any, Any] = {
    **{str: String, bool: Boolean, int: Integer, bytes: LargeBinary, datetime: DateTime(timezone=True)},
    **{dict: JSON, list: JSON},
}


@dataclass(frozen=True)
class _ColumnArguments:
    """The arguments of a column besides its type."""

    words: tuple[Any, ...]
    options: Mapping[str, Any] = field(default_factory=dict)


def column(*words: Any, **options: Any) -> Any:
    """A column of the annotated type; the arguments are those of SQLAlchemy's `Column`."""
    return _ColumnArguments(words, options)


class Table:
    """Root of the tables: a subclass is one, with its columns as attributes.

    Rows have no objects of their own, so SQLAlchemy's ORM is not needed: importing it takes longer than
    everything else in a small batch.
    """

    metadata: ClassVar[MetaData] = MetaData()
    __tablename__: ClassVar[str]
    __table__: ClassVar[SqlTable]
    __table_args__: ClassVar[Any] = ()

    def __init_subclass__(cls) -> None:
        """Makes the columns from the annotations, and the table from the columns."""
        columns = {
            name: _column(name, hint, cls.__dict__.get(name, column()))
            for name, hint in cls.__annotations__.items()
            if get_origin(hint) in COLUMNS
        }
        more = cls.__table_args__
        options = more if isinstance(more, dict) else {}
        items = () if isinstance(more, dict) else more
        cls.__table__ = SqlTable(cls.__tablename__, cls.metadata, *columns.values(), *items, **options)
        for name, each in columns.items():
            setattr(cls, name, each)

    @classmethod
    def __clause_element__(cls) -> SqlTable:
        """The table, for when SQLAlchemy gets the class."""
        return cls.__table__


def _column(name: str, hint: Any, arguments: _ColumnArguments) -> Column[Any]:
    (kind,) = get_args(hint)
    kinds = (
        [each for each in get_args(kind) if each is not NoneType] if NoneType in get_args(kind) else [kind]
    )
    words, options = list(arguments.words), dict(arguments.options)
    stored_as = words.pop(0) if words and isinstance(words[0], str) else name
    if not any(isinstance(word, JSON) or word is JSON for word in words):
        words.insert(0, TYPES[get_origin(kinds[0]) or kinds[0]])
    return Column(stored_as, *words, **{"nullable": len(get_args(kind)) > 1 and kinds != [kind], **options})


class StudentRow(Table):
    """A student on the roster, or, without a roster, one who submitted something.

    `on_roster`: the newest roster names the student.
    """

    __tablename__ = "students"
    id: Mapped[str] = column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    section: Mapped[str]
    extension: Mapped[str]
    group: Mapped[str]
    login: Mapped[str]
    on_roster: Mapped[bool]


class SubmissionRow(Table):
    """One set of files that a student submitted at one time; `files` is their digest.

    `sequence` distinguishes several of one student, in order; `submitted_at` is ISO 8601, or "" if unknown.
    `id` is a digest of student, assignment, sequence and files. `doubt` says why it needs review before its
    grade counts; `confirmed` is the doubt that an instructor accepted, which does not cover any other doubt.
    """

    __tablename__ = "submissions"
    __table_args__ = (Index("submissions_by_student", "assignment", "student_id"),)
    id: Mapped[str] = column(primary_key=True)
    student_id: Mapped[str] = column(ForeignKey("students.id"))
    assignment: Mapped[str]
    sequence: Mapped[str] = column("attempt", key="sequence")  # the name that old gradebooks have
    files: Mapped[str]
    submitted_at: Mapped[str]
    late: Mapped[bool]
    doubt: Mapped[str] = column(JSON)
    confirmed: Mapped[str] = column(JSON)


# As text, in the index and in queries: SQLAlchemy turns a boolean into `counts = 1`, for which SQLite
# does not use the index and reads the whole table instead.
COUNTS = text("counts")


class GradeRow(Table):
    """The grade of a submission; at most one of a student's grades in an assignment `counts`.

    `graded_by` is a digest of everything that it was graded with. `criteria` lists each criterion's score and
    cases. The result of a case's run is in `case_results`, under the submission's files and the case's
    address, and in `criteria` itself only if nothing ran.
    """

    __tablename__ = "grades"
    # The migration limits it to grades that count. Doing so here would import both databases' dialects.
    __table_args__ = (Index("one_grade_counts", "assignment", "student_id", unique=True),)
    submission_id: Mapped[str] = column(ForeignKey("submissions.id"), primary_key=True)
    student_id: Mapped[str] = column(ForeignKey("students.id"))
    assignment: Mapped[str]
    counts: Mapped[bool]
    graded_by: Mapped[str]
    submission: Mapped[str]
    score: Mapped[str]
    max_score: Mapped[str]
    withheld: Mapped[str]
    not_selected: Mapped[int]
    sandbox: Mapped[str]
    device: Mapped[str]
    versions: Mapped[dict[str, Any]]
    notes: Mapped[list[Any]]
    criteria: Mapped[list[Any]]


class CaseRow(Table):
    """The result of running a case, stored once for all submissions with these files.

    `address` is a digest of everything else that the run depends on (see
    `grader.judge.verdict.result_cache`).
    """

    __tablename__ = "case_results"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLAlchemy wants it
    files: Mapped[str] = column(primary_key=True)
    address: Mapped[str] = column(primary_key=True)
    status: Mapped[str]
    result: Mapped[dict[str, Any]]


class FaultRow(Table):
    """The reason that the last run did not grade this submission, which is not the student's fault."""

    __tablename__ = "faults"
    submission_id: Mapped[str] = column(ForeignKey("submissions.id"), primary_key=True)
    reason: Mapped[str] = column(JSON)


class AdjustmentRow(Table):
    """Points added to a grade by hand, or taken from it; grading never changes them.

    `criterion` "" is the whole assignment. `submission` is the id of the submission that they are for; "" if
    they are for the student, or if no submission counted.
    """

    __tablename__ = "adjustments"
    student_id: Mapped[str] = column(ForeignKey("students.id"), primary_key=True)
    assignment: Mapped[str] = column(primary_key=True)
    criterion: Mapped[str] = column(primary_key=True)
    points: Mapped[str]
    reason: Mapped[str]
    author: Mapped[str]
    applies_to: Mapped[str]
    may_exceed: Mapped[bool]
    submission: Mapped[str]


class WithdrawalRow(Table):
    """A student's work in an assignment that `author` withdrew from all reports for this reason."""

    __tablename__ = "withdrawals"
    student_id: Mapped[str] = column(ForeignKey("students.id"), primary_key=True)
    assignment: Mapped[str] = column(primary_key=True)
    reason: Mapped[str]
    author: Mapped[str]


class RunRow(Table):
    """One run of `grader batch`; `ended_at` stays empty if it was killed.

    `rule` says how it chose the submissions that count. `roster` lists the student ids on its roster. `times`
    holds under `read`, by submission, the time that the run read and whether it is late; they are the whole
    truth (`is_whole`) if it had a file of times. If the run is `withdrawn`, no report shows the work that it
    was the first to add.
    """

    __tablename__ = "runs"
    id: Mapped[int] = column(primary_key=True)
    assignment: Mapped[str]
    graded_by: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    rule: Mapped[str | None]
    roster: Mapped[list[Any] | None] = column(JSON(none_as_null=True))
    times: Mapped[dict[str, Any] | None] = column(JSON(none_as_null=True))
    withdrawn: Mapped[bool]


class ArrivalRow(Table):
    """The first run, of those not withdrawn, that added a submission."""

    __tablename__ = "arrivals"
    submission_id: Mapped[str] = column(ForeignKey("submissions.id"), primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("runs.id"))


class Action(StrEnum):
    """What an entry of the audit log records."""

    GRADED = "graded"
    FAILED = "failed"
    COUNTS = "counts"
    """Another submission of the student counts."""
    TIMED = "timed"
    ADJUSTED = "adjusted"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    DECIDED = "decided"
    REQUESTED = "requested"
    """A student asks for a regrade."""
    REGRADE = "regrade"
    """An instructor wants a submission graded again."""
    UNDONE = "undone"


class AuditRow(Table):
    """An event, in order; the database itself ensures that rows are only ever added."""

    __tablename__ = "audit_log"
    id: Mapped[int] = column(primary_key=True)
    at: Mapped[datetime]
    run_id: Mapped[int | None] = column(ForeignKey("runs.id"))
    action: Mapped[str]
    student_id: Mapped[str]
    assignment: Mapped[str]
    detail: Mapped[dict[str, Any]]


class FileRow(Table):
    """One file of a submission, for people to read, stored once for all submissions with the same files.

    `content` is the beginning of its `size` bytes; `problem` says why there is none.
    """

    __tablename__ = "submitted_files"
    files: Mapped[str] = column(primary_key=True)
    number: Mapped[int] = column(primary_key=True)
    name: Mapped[str] = column(JSON)
    content: Mapped[bytes]
    size: Mapped[int]
    problem: Mapped[str] = column(JSON)


class IntakeRow(Table):
    """The inventory of the last class read for an assignment.

    `entries` are [path, role, student, why], the first of `entry_count`; `aside` are [name, reason] of doubts
    not about a student's submission.
    """

    __tablename__ = "intakes"
    assignment: Mapped[str] = column(primary_key=True)
    layout: Mapped[str]
    entries: Mapped[list[Any]]
    entry_count: Mapped[int]
    aside: Mapped[list[Any]]


class DecisionRow(Table):
    """A decision about one student's work; grading never changes it.

    `kind` is one of those in `grader.model.decision`; `key` identifies it within its kind: a criterion, a
    submission's id, or its own id. Points in `value` are exact fractions as text.
    """

    __tablename__ = "decisions"
    student_id: Mapped[str] = column(ForeignKey("students.id"), primary_key=True)
    assignment: Mapped[str] = column(primary_key=True)
    kind: Mapped[str] = column(primary_key=True)
    key: Mapped[str] = column(primary_key=True)
    value: Mapped[dict[str, Any]]
