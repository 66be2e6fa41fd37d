"""Reads each student's standing: the grade that counts now, and any reason that it may not count."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, func, select

from grader.batch.gradebook.decisions import read_decisions
from grader.batch.gradebook.faults import read_faults
from grader.batch.gradebook.grade_json import grade_from_row
from grader.batch.gradebook.sql_statements import CHUNK, chunks, read_rows
from grader.batch.gradebook.tables import (
    COUNTS,
    AdjustmentRow,
    AuditRow,
    CaseRow,
    GradeRow,
    StudentRow,
    SubmissionRow,
)
from grader.batch.gradebook.withdrawals import Pair, WithdrawnWork, read_withdrawn, rostered_assignments
from grader.model.class_row import ClassRow
from grader.model.decision import NONE
from grader.model.grade import Grade
from grader.model.student import Adjustment, AppliesTo, Student, Submission

STUDENT_FIELDS = tuple(field.name for field in fields(Student))
SUBMISSION_FIELDS = tuple(field.name for field in fields(Submission))


class ReadGrades:
    """The grades of an assignment that were read in full before; only those that changed are read again.

    A grade changes only with an entry about its student in the audit log. The results of its cases belong to
    its files, which other students may share.
    """

    def __init__(self) -> None:
        self._entries: Mapping[str, tuple[int, int]] = {}
        self._grades: dict[str, tuple[Submission, Grade]] = {}

    def drop_changed(self, connection: Connection, assignment: str | None) -> None:
        """Drops the grades that may have changed since they were read."""
        # the count as well: an entry with a lower number may be committed later
        columns = (AuditRow.student_id, func.count(AuditRow.id), func.max(AuditRow.id))
        counts = select(*columns).where(*_in_assignment(AuditRow, assignment)).group_by(AuditRow.student_id)
        entries = {student: (count, last) for student, count, last in connection.execute(counts)}
        old = self._grades.values()
        changed = {s.files for s, _ in old if entries.get(s.student_id) != self._entries.get(s.student_id)}
        self._grades = {s.id: (s, grade) for s, grade in old if s.files not in changed}
        self._entries = entries

    def get(self, submission: Submission) -> Grade | None:
        """The grade of a submission if it was read before."""
        return self._grades[submission.id][1] if submission.id in self._grades else None

    def add(self, submission: Submission, grade: Grade) -> None:
        """Adds a grade that was read in full."""
        self._grades[submission.id] = submission, grade


def read_standings(
    connection: Connection, assignment: str | None, in_full: bool, before: ReadGrades | None = None
) -> Iterator[ClassRow]:
    """The standings in one assignment, or in all; with the result of each case if `in_full`.

    Grades in `before` were read in full earlier and are used again.
    """
    if before is not None:
        before.drop_changed(connection, assignment)
    students = {row["id"]: student_of(row) for row in read_rows(connection, StudentRow)}
    withdrawn = read_withdrawn(connection)
    faults = read_faults(connection, _in_assignment(SubmissionRow, assignment), withdrawn)
    adjusted = _adjustments(connection, assignment, withdrawn)
    absent = _absent_students(connection, assignment, withdrawn)
    offered = _points_offered(connection, assignment)
    decided = read_decisions(connection, assignment)

    def row(key: tuple[str, str], submission: Submission | None, grade: Grade | None) -> ClassRow:
        return ClassRow(
            student_id=key[0],
            assignment=key[1],
            grade=grade,
            fault=faults.pop(key, ""),
            student=students[key[0]],
            submission=submission,
            adjustments=tuple(sorted(adjusted.pop(key, ()), key=lambda a: a.criterion)),
            is_absent=key in absent,
            offered=offered.get(key[1], Fraction(0)),
        ).with_decisions(decided.get(key, NONE))

    for submission, grade in _counting_grades(connection, assignment, in_full, before or ReadGrades()):
        key = (submission.student_id, submission.assignment)
        if key not in withdrawn.pairs and submission.id not in withdrawn.submissions:
            yield row(key, submission, grade)
    for key in faults.keys() | adjusted.keys() | absent:
        yield row(key, None, None)


def _adjustments(
    connection: Connection, assignment: str | None, withdrawn: WithdrawnWork
) -> dict[Pair, list[Adjustment]]:
    adjusted = defaultdict(list)
    for row in read_rows(connection, AdjustmentRow, *_in_assignment(AdjustmentRow, assignment)):
        key = (row["student_id"], row["assignment"])
        if key not in withdrawn.pairs and row["student_id"] not in withdrawn.students:
            adjusted[key].append(_adjustment(row))
    return adjusted


def _adjustment(row: Mapping[str, Any]) -> Adjustment:
    applies_to, points = AppliesTo(row["applies_to"]), Fraction(row["points"])
    return Adjustment(**{**row, "applies_to": applies_to, "points": points})


def _points_offered(connection: Connection, assignment: str | None) -> dict[str, Fraction]:
    """The points that an assignment offers, as recorded in grades that count."""
    query = select(GradeRow.assignment, GradeRow.max_score).where(
        COUNTS, *_in_assignment(GradeRow, assignment)
    )
    offered: dict[str, Fraction] = defaultdict(Fraction)
    for name, points in connection.execute(query.distinct()):
        offered[name] = max(offered[name], Fraction(points))
    return offered


def _absent_students(connection: Connection, assignment: str | None, withdrawn: WithdrawnWork) -> set[Pair]:
    """Students on the roster who submitted nothing, in each assignment that was graded with a roster."""
    graded = {name for name in rostered_assignments(connection) if assignment in (None, name)}
    if not graded:
        return set()
    students = connection.scalars(select(StudentRow.id).where(StudentRow.on_roster)).all()
    columns = (SubmissionRow.id, SubmissionRow.student_id, SubmissionRow.assignment)
    rows = connection.execute(select(*columns).where(SubmissionRow.assignment.in_(graded)))
    present = {(student, name) for id, student, name in rows if id not in withdrawn.submissions}
    return {(student, name) for name in graded for student in students} - present - withdrawn.pairs


def _in_assignment(table: Any, assignment: str | None) -> list[Any]:
    return [] if assignment is None else [table.assignment == assignment]


def _counting_grades(
    connection: Connection, assignment: str | None, in_full: bool, before: ReadGrades
) -> Iterator[tuple[Submission, Grade]]:
    """Yields the grades that count with their submissions; reads the rows in chunks."""
    counting = select(GradeRow.submission_id).where(COUNTS, *_in_assignment(GradeRow, assignment))
    ids = connection.scalars(counting).all()
    for chunk in chunks(ids, CHUNK):
        submissions = {
            row["id"]: submission_of(row)
            for row in read_rows(connection, SubmissionRow, SubmissionRow.id.in_(chunk))
        }
        unread = {}
        for id, submission in submissions.items():
            if (grade := before.get(submission)) is not None:
                yield submission, grade
            else:
                unread[id] = submission
        results: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        files = {s.files for s in unread.values()} if in_full else ()
        for row in read_rows(connection, CaseRow, CaseRow.files.in_(files)) if files else ():
            results[row["files"]][row["address"]] = row["result"]
        for row in read_rows(connection, GradeRow, GradeRow.submission_id.in_(unread)) if unread else ():
            submission = unread[row["submission_id"]]
            grade = grade_from_row(row, results[submission.files] if in_full else None)
            if in_full:
                before.add(submission, grade)
            yield submission, grade


def student_of(row: Mapping[str, Any]) -> Student:
    """The student in a row of `students`."""
    return Student(**{name: row[name] for name in STUDENT_FIELDS})


def submission_of(row: Mapping[str, Any]) -> Submission:
    """The submission in a row of `submissions`, without a doubt that an instructor accepted."""
    values = {name: row[name] for name in SUBMISSION_FIELDS}
    return Submission(**values | {"doubt": "" if row["doubt"] == row["confirmed"] else row["doubt"]})
