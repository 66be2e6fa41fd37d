"""Compares the grades that count with earlier runs: another rubric, another submission, another roster."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, select

from grader.batch.gradebook.database import Database
from grader.batch.gradebook.decisions import AGAIN
from grader.batch.gradebook.faults import read_faults
from grader.batch.gradebook.tables import (
    COUNTS,
    AdjustmentRow,
    AuditRow,
    GradeRow,
    RunRow,
    StudentRow,
    SubmissionRow,
)
from grader.batch.gradebook.withdrawals import read_withdrawn

TO_GRADE_AGAIN = ("", AGAIN)  # in place of a digest: a report or the desk says so already


def last_roster(database: Database) -> Mapping[str, str]:
    """The extension of each student on the last roster, "" for none, by id."""
    with database.reading() as connection:
        rows = connection.execute(select(StudentRow.id, StudentRow.extension).where(StudentRow.on_roster))
        return {id: extension for id, extension in rows}


def last_rule(database: Database, assignment: str) -> str | None:
    """The rule by which the last run chose the submissions that count; None if it is not known."""
    runs = select(RunRow.rule).where(RunRow.assignment == assignment, ~RunRow.withdrawn)
    with database.reading() as connection:
        return connection.scalar(runs.order_by(RunRow.id.desc()).limit(1))


def counting_submissions(database: Database, assignment: str) -> Mapping[str, str]:
    """The submission that counts, by student."""
    with database.reading() as connection:
        return _counting(connection, assignment)


def graded_by_other_rules(database: Database, assignment: str) -> list[str]:
    """The students whose grade is by another rubric or grader than the last run's, sorted."""
    runs = select(RunRow.graded_by).where(RunRow.assignment == assignment, ~RunRow.withdrawn)
    with database.reading() as connection:
        last = connection.scalar(runs.order_by(RunRow.id.desc()).limit(1))
        if last is None:
            return []
        withdrawn = read_withdrawn(connection)
        ungraded = {
            student
            for student, _ in read_faults(connection, [SubmissionRow.assignment == assignment], withdrawn)
        }
        columns = (GradeRow.student_id, GradeRow.submission_id)
        query = select(*columns).where(GradeRow.assignment == assignment, COUNTS)
        others = query.where(GradeRow.graded_by.not_in((*TO_GRADE_AGAIN, last)))
        return sorted(
            student
            for student, id in connection.execute(others)
            if student not in ungraded
            and id not in withdrawn.submissions
            and (student, assignment) not in withdrawn.pairs
        )


def adjusted_before_a_change(database: Database, assignment: str) -> list[str]:
    """The students with an adjustment that is older than the last change of their score, sorted.

    One submission's score changes from one run to the next, for example after a correction of the rubric.
    """
    with database.reading() as connection:
        adjusted = set(
            connection.scalars(select(AdjustmentRow.student_id).where(AdjustmentRow.assignment == assignment))
        )
        if not adjusted:
            return []
        counting = _counting(connection, assignment)
        columns = (AuditRow.student_id, AuditRow.action, AuditRow.detail)
        about = (AuditRow.assignment == assignment, AuditRow.action.in_(("adjusted", "graded")))
        changed: set[str] = set()
        for student, action, detail in connection.execute(
            select(*columns).where(*about).order_by(AuditRow.id)
        ):
            if action == "adjusted":
                changed.discard(student)
            elif detail.get("submission") == counting.get(student) and _is_another_score(detail):
                changed.add(student)
    return sorted(changed & adjusted)


def _counting(connection: Connection, assignment: str) -> dict[str, str]:
    columns = (GradeRow.student_id, GradeRow.submission_id)
    rows = connection.execute(select(*columns).where(GradeRow.assignment == assignment, COUNTS))
    return {student: id for student, id in rows}


def _is_another_score(graded: Mapping[str, Any]) -> bool:
    before = graded.get("before")  # early gradebooks did not record it
    return before is not None and Fraction(before) != Fraction(graded["score"])
