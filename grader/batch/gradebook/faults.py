"""Records which submissions have no grade of the last run that read them, and why."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, select

from grader.batch.gradebook.sql_statements import CHUNK, chunks, upsert
from grader.batch.gradebook.tables import FaultRow, GradeRow, RunRow, SubmissionRow
from grader.batch.gradebook.withdrawals import Pair, WithdrawnWork
from grader.model.class_row import NOT_GRADED


def mark_waiting(connection: Connection, run_id: int, submission_ids: Iterable[str]) -> None:
    """Marks every submission that this run has to grade as not graded yet; its grade takes the mark away.

    A run that is interrupted leaves these marks. Without them, a student would have the grade of an earlier
    submission, or of an earlier rubric, and nothing would say so.
    """
    run = select(RunRow.graded_by).where(RunRow.id == run_id).scalar_subquery()
    for some in chunks(submission_ids, CHUNK):
        graded = set(
            connection.scalars(
                select(GradeRow.submission_id).where(
                    GradeRow.submission_id.in_(some), GradeRow.graded_by == run
                )
            )
        )
        connection.execute(delete(FaultRow).where(FaultRow.submission_id.in_(graded)))
        ungraded = [{"submission_id": id, "reason": NOT_GRADED} for id in some if id not in graded]
        if ungraded:
            connection.execute(upsert(connection, FaultRow).on_conflict_do_nothing(), ungraded)


def faulty_submissions(connection: Connection, assignment: str, withdrawn: WithdrawnWork) -> dict[str, str]:
    """The student's id by that of each submission without a grade of the last run.

    Withdrawn submissions are not among them. If they count again, they are still without a grade.
    """
    query = select(FaultRow.submission_id, SubmissionRow.student_id).join(SubmissionRow)
    rows = connection.execute(query.where(SubmissionRow.assignment == assignment))
    return {id: student for id, student in rows if id not in withdrawn.submissions}


def read_faults(connection: Connection, where: Iterable[Any], withdrawn: WithdrawnWork) -> dict[Pair, str]:
    """The reason that each student's work has no grade; the last submission's reason if it holds for several.

    `where` are conditions on the submissions.
    """
    columns = (SubmissionRow.id, SubmissionRow.student_id, SubmissionRow.assignment, FaultRow.reason)
    query = select(*columns).join(FaultRow).where(*where)
    faults = {}
    for id, student, name, reason in connection.execute(
        query.order_by(SubmissionRow.submitted_at, SubmissionRow.sequence)
    ):
        if id not in withdrawn.submissions and (student, name) not in withdrawn.pairs:
            faults[student, name] = reason
    return faults
