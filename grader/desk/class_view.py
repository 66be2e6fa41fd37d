"""Reads the gradebook for pages: a class with its policies applied, kept until something changes."""

import hashlib
import threading
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from grader.batch.grade_warnings import grade_warnings
from grader.batch.gradebook import Gradebook
from grader.batch.gradebook.standings import ReadGrades
from grader.batch.gradebook.submission_files import KeptFile, inventory_of, kept_files, stamp
from grader.desk.background_work import BackgroundWork, Report
from grader.desk.course_facts import AssignmentFacts, CourseFacts
from grader.model.class_input.inventory import Doubt
from grader.model.class_row import ClassRow, to_review, with_policies
from grader.model.student import Student, Submission
from grader.report.pages.class_statistics import ClassStatistics, statistics_of
from grader.report.pages.similar_pairs import SharedAnswer, shared_answers

T = TypeVar("T")


@dataclass(frozen=True)
class ClassView:
    """One assignment's class: rows ordered by name, and earlier submissions.

    `aside` are the doubts about entries of the last intake that belong to no student; `warnings` those of
    `grade_warnings`.
    """

    facts: AssignmentFacts
    rows: tuple[ClassRow, ...]
    submissions: Mapping[str, tuple[Submission, ...]]
    aside: tuple[Doubt, ...] = ()
    warnings: tuple[str, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, ClassRow]:
        """The rows by the key that stands for a student in page addresses."""
        return {key_of(row.student_id): row for row in self.rows}

    @cached_property
    def statistics(self) -> ClassStatistics:
        """The statistics on the class page of a report."""
        return statistics_of(self.rows)

    @cached_property
    def shared_answers(self) -> Sequence[SharedAnswer]:
        """The wrong answers to hidden cases that several students give."""
        return shared_answers(self.rows)

    @cached_property
    def to_review(self) -> Sequence[ClassRow]:
        """The rows that need review; batch and reports count them with the same function."""
        return to_review(self.rows)

    def neighbors(self, key: str) -> tuple[str, str]:
        """The keys of the students before and after one; "" at either end."""
        keys = list(self.by_key)
        at = keys.index(key)
        return keys[at - 1] if at else "", keys[at + 1] if at + 1 < len(keys) else ""


class Views:
    """The classes of a gradebook; each is read again after a change, and only then. Threads share it."""

    def __init__(self, gradebook: Gradebook, course: CourseFacts) -> None:
        self.gradebook, self.course = gradebook, course
        self._lock = threading.Lock()
        self._stamp: tuple[Any, ...] = ()
        self._cache: dict[str, Any] = {}
        self._reading = threading.Lock()
        self._read_grades: dict[str, ReadGrades] = defaultdict(ReadGrades)
        self._works: dict[str, BackgroundWork[Any]] = {}

    def of(self, assignment: str) -> ClassView:
        """The class of one assignment, from the current gradebook."""
        view: ClassView = self.cached(f"class {assignment}", lambda: self._read(assignment))
        return view

    def cached(self, key: str, compute: Any) -> Any:
        """The result of `compute`, cached until the gradebook changes."""
        current = stamp(self.gradebook.database)
        with self._lock:
            if current != self._stamp:
                self._stamp, self._cache = current, {}
            if key in self._cache:
                return self._cache[key]
        value = compute()
        with self._lock:
            if current == self._stamp:
                self._cache[key] = value
        return value

    def in_background(self, key: str, content: Hashable, compute: Callable[[Report], T]) -> BackgroundWork[T]:
        """The work of `compute`, begun once for each `content` that it follows from."""
        with self._lock:
            work = self._works.get(key)
            if work is None or work.content != content:
                if work is not None:
                    work.stop()
                work = self._works[key] = BackgroundWork(content, compute)
        return work

    def names(self) -> tuple[str, ...]:
        """The assignments: first the course's, in its order, then others in the gradebook."""
        listed = [one.name for one in self.course.assignments]
        graded: set[str] = self.cached("names", lambda: {run.assignment for run in self.gradebook.runs()})
        return (*listed, *sorted(graded - set(listed)))

    def files_of(self, rows: Sequence[ClassRow]) -> Mapping[str, tuple[KeptFile, ...]]:
        """The files that each student submitted, by student id."""
        files = kept_files(self.gradebook.database, [row.files for row in rows if row.files])
        return {row.student_id: files[row.files] for row in rows if row.files in files}

    def _read(self, assignment: str) -> ClassView:
        rows: Mapping[str, list[ClassRow]] = self.cached("rows", self._read_rows)
        inventory = inventory_of(self.gradebook.database, assignment)
        submissions = defaultdict(list)
        for one in self.gradebook.submissions(assignment):
            submissions[one.student_id].append(one)
        return ClassView(
            facts=self.course.assignment(assignment),
            rows=tuple(sorted(rows.get(assignment, ()), key=lambda row: name_order(row.standing.student))),
            submissions={student: tuple(theirs) for student, theirs in submissions.items()},
            aside=() if inventory is None else inventory.aside,
            warnings=grade_warnings(self.gradebook.database, assignment),
        )

    def _read_rows(self) -> Mapping[str, list[ClassRow]]:
        """The rows of every assignment at once, as the policies need them: late days span assignments."""
        rows: list[ClassRow] = []
        with self._reading:
            for name in self.names():
                rows += self.gradebook.standings(name, True, self._read_grades[name])
        by_assignment = defaultdict(list)
        for row in with_policies(rows, self.course.policies):
            by_assignment[row.assignment].append(row)
        return by_assignment


def name_order(student: Student) -> tuple[str, str]:
    """The sort key: the name as written, then the id."""
    return (student.name or student.id).casefold(), student.id


def key_of(student: str) -> str:
    """A key for a student in page addresses: an id may be any text, and should stay private."""
    return hashlib.sha256(student.encode(errors="surrogatepass")).hexdigest()[:20]
