"""Keeps the evidence for reviewing a grade: files of submissions, and the inventory of the last intake."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select

from grader.batch.gradebook.database import Database
from grader.batch.gradebook.tables import AuditRow, FileRow, IntakeRow, RunRow, SubmissionRow
from grader.intake.read_class import Intake
from grader.model.class_input.inventory import Doubt, Entry, Role
from grader.model.submitted_files import SubmittedFiles

MOST_BYTES = 256 << 10  # kept of one file
MOST_FILES = 100  # of one submission
MOST_ENTRIES = 20_000  # of one intake
CHUNK = 500
TOGETHER = 50  # submissions with files written in one transaction


@dataclass(frozen=True)
class KeptFile:
    """The beginning of a submission's file of `size` bytes; or `problem`, the reason that there is none."""

    name: str
    content: bytes
    size: int
    problem: str = ""

    @property
    def text(self) -> str:
        """The content as text, with bytes that are not UTF-8 marked."""
        return self.content.decode("utf-8", errors="replace")

    @property
    def is_cut(self) -> bool:
        """True if the file continues."""
        return self.size > len(self.content)


@dataclass(frozen=True)
class Inventory:
    """The inventory of the last class read for an assignment: the first of `count` entries, and doubts."""

    layout: str
    entries: tuple[Entry, ...]
    count: int
    aside: tuple[Doubt, ...]


def keep_evidence(database: Database, intake: Intake, assignment: str) -> None:
    """Writes files that are not kept yet, and replaces the inventory with this one."""
    with database.reading() as connection:
        there = set(connection.scalars(select(FileRow.files).distinct()))
    new = {one.submission.files: one for one in intake.submissions if one.submission.files not in there}
    digests = sorted(new)
    for start in range(0, len(digests), TOGETHER):
        rows = [row for d in digests[start : start + TOGETHER] for row in file_rows(d, intake.read(new[d]))]
        with database.writing() as connection:
            connection.execute(delete(FileRow).where(FileRow.files.in_(digests[start : start + TOGETHER])))
            if rows:
                connection.execute(insert(FileRow), rows)
    entries = [[e.path, e.role.value, e.student, e.why] for e in intake.entries[:MOST_ENTRIES]]
    row = {
        "assignment": assignment,
        "layout": intake.layout,
        "entries": entries,
        "entry_count": len(intake.entries),
        "aside": [[doubt.name, doubt.reason] for doubt in intake.aside],
    }
    with database.writing() as connection:
        connection.execute(delete(IntakeRow).where(IntakeRow.assignment == assignment))
        connection.execute(insert(IntakeRow).values(row))


def kept_files(database: Database, digests: Iterable[str]) -> Mapping[str, tuple[KeptFile, ...]]:
    """The kept files of submissions by their digests."""
    by_digest: dict[str, list[KeptFile]] = {}
    unique_digests = list(dict.fromkeys(digests))
    with database.reading() as connection:
        for start in range(0, len(unique_digests), CHUNK):
            some = FileRow.files.in_(unique_digests[start : start + CHUNK])
            rows = select(FileRow.__table__).where(some).order_by(FileRow.files, FileRow.number)
            for row in connection.execute(rows):
                by_digest.setdefault(row.files, []).append(
                    KeptFile(row.name, row.content, row.size, row.problem)
                )
    return {digest: tuple(files) for digest, files in by_digest.items()}


def inventory_of(database: Database, assignment: str) -> Inventory | None:
    """The inventory of the last class read for an assignment; None if there is none."""
    with database.reading() as connection:
        row = connection.execute(
            select(IntakeRow.__table__).where(IntakeRow.assignment == assignment)
        ).one_or_none()
    if row is None:
        return None
    entries = (Entry(path, Role(role), student, why) for path, role, student, why in row.entries)
    return Inventory(
        row.layout, tuple(entries), row.entry_count, tuple(Doubt(name, why) for name, why in row.aside)
    )


def stamp(database: Database) -> tuple[Any, ...]:
    """A value that differs after each change to the content of pages."""
    runs = select(func.count(RunRow.id), func.count(RunRow.ended_at))
    with database.reading() as connection:
        entries = connection.execute(select(func.max(AuditRow.id), func.count(AuditRow.id))).one()
        return (
            *entries,
            *connection.execute(runs).one(),
            connection.scalar(select(func.count(SubmissionRow.id))),
        )


def file_rows(digest: str, submitted: SubmittedFiles) -> list[dict[str, Any]]:
    """The rows of a submission's files, capped, readable ones first."""
    good = [(name, content, "") for name, content in sorted(submitted.files.items())]
    bad = [(name, b"", problem) for name, problem in sorted(submitted.problems.items())]
    return [
        {
            "files": digest,
            "number": number,
            "name": name,
            "content": content[:MOST_BYTES],
            "size": len(content),
            "problem": problem,
        }
        for number, (name, content, problem) in enumerate([*good, *bad][:MOST_FILES])
    ]
