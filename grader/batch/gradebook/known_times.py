"""When each submission was submitted, as far as the runs of `grader batch` read it.

What a run read stays with the run. So a wrong file of times goes when its run is withdrawn.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from grader.batch.gradebook.database import Database
from grader.batch.gradebook.sql_statements import CHUNK, chunks, read_rows
from grader.batch.gradebook.tables import RunRow, SubmissionRow
from grader.model.student import Submission


@dataclass(frozen=True, slots=True)
class KnownTime:
    """The time of a submission, "" if no run gave one, and whether it is late by the word of the LMS."""

    submitted_at: str = ""
    late: bool = False

    def after(self, submitted_at: str, late: bool | None, is_whole: bool) -> "KnownTime":
        """What is known after a run read this; `late` is None if its input does not say.

        A run without a time keeps the time, unless it is the first to call the submission late. A file of
        times (`is_whole`) is the whole truth: a submission that it lacks has no time.
        """
        is_late = self.late if late is None else late
        keeps_time = not submitted_at and not is_whole and (self.late or not is_late)
        return KnownTime(self.submitted_at if keeps_time else submitted_at, is_late)


@dataclass(frozen=True, slots=True)
class TimeChange:
    """A submission whose time or lateness is another one now."""

    submission: str
    student_id: str
    assignment: str
    before: KnownTime
    current: KnownTime

    @property
    def detail(self) -> dict[str, Any]:
        """The change, for the audit log."""
        return {"submission": self.submission, **asdict(self.current), "before": asdict(self.before)}


def update_times(
    connection: Connection, run: int | None, submissions: Collection[Submission], is_whole: bool
) -> tuple[dict[str, KnownTime], list[TimeChange]]:
    """What is known of each submission after this run, by id, and the changes of those known before.

    The run keeps what it read.
    """
    read = {each.id: (each.submitted_at, each.late) for each in submissions}
    if run is not None:
        values = {"times": {"is_whole": is_whole, "read": read}}
        connection.execute(update(RunRow).where(RunRow.id == run).values(values))
    times_by_id = {id: KnownTime().after(time, late, is_whole) for id, (time, late) in read.items()}
    changes = []
    for id, student, assignment, before in _times_in_gradebook(connection, read):
        times_by_id[id] = current = before.after(*read[id], is_whole)
        if current != before:
            changes.append(TimeChange(id, student, assignment, before, current))
    return times_by_id, changes


def read_times_again(connection: Connection, run: int) -> Iterator[TimeChange]:
    """Applies what the runs that are not withdrawn read, in order, to each submission of this run."""
    row = connection.execute(select(RunRow.assignment, RunRow.times).where(RunRow.id == run)).one()
    times_by_id = {id: KnownTime() for id in (row.times or {}).get("read", ())}
    for times in _times_of_runs(connection, row.assignment):
        for id in times_by_id.keys() & times["read"].keys():
            time, late = times["read"][id]
            times_by_id[id] = times_by_id[id].after(time, late, times["is_whole"])
    for id, student, assignment, before in _times_in_gradebook(connection, times_by_id):
        if times_by_id[id] != before:
            values = asdict(times_by_id[id])
            connection.execute(update(SubmissionRow).where(SubmissionRow.id == id).values(values))
            yield TimeChange(id, student, assignment, before, times_by_id[id])


def has_file_of_times(database: Database, assignment: str) -> bool:
    """True if a run of this assignment that is not withdrawn had a file of times."""
    with database.reading() as connection:
        return any(times["is_whole"] for times in _times_of_runs(connection, assignment))


def _times_of_runs(connection: Connection, assignment: str) -> Iterable[dict[str, Any]]:
    runs = select(RunRow.times).where(RunRow.assignment == assignment, ~RunRow.withdrawn)
    return connection.scalars(runs.where(RunRow.times.is_not(None)).order_by(RunRow.id))


def _times_in_gradebook(
    connection: Connection, ids: Iterable[str]
) -> Iterator[tuple[str, str, str, KnownTime]]:
    """The id of each submission in the gradebook, its student and assignment, and what is known of it."""
    for chunk in chunks(sorted(ids), CHUNK):
        for row in list(read_rows(connection, SubmissionRow, SubmissionRow.id.in_(chunk))):
            time = KnownTime(row["submitted_at"], row["late"])
            yield row["id"], row["student_id"], row["assignment"], time
