"""Says what a run changed, or did not reach, that no single grade shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.batch.gradebook.database import Database
from grader.batch.gradebook.earlier_state import (
    adjusted_before_a_change,
    counting_submissions,
    graded_by_other_rules,
    last_roster,
    last_rule,
)
from grader.intake.read_class import Intake
from grader.model.text import clean_line, listing, plural

NAMES = 20  # students to name before counting the rest


@dataclass(frozen=True)
class BeforeRun:
    """The gradebook before a run: its submissions, and the one that counts of each student.

    `extensions` are those of the last roster, "" for none, by the id of each student on it; `rule` is the one
    by which the last run chose the submissions that count, None if it is not known.
    """

    extensions: Mapping[str, str]
    submissions: frozenset[str]
    counting: Mapping[str, str]
    rule: str | None

    @staticmethod
    def of(database: Database, assignment: str, submissions: Iterable[str]) -> "BeforeRun":
        """Reads it; `submissions` are the ids of all."""
        return BeforeRun(
            last_roster(database),
            frozenset(submissions),
            counting_submissions(database, assignment),
            last_rule(database, assignment),
        )

    def changes(self, database: Database, assignment: str, intake: Intake) -> tuple[str, ...]:
        """A sentence for each change by this run that may be a mistake in its input."""
        warnings = []
        read = {one.submission.id for one in intake.submissions}
        now = counting_submissions(database, assignment)
        back = [
            student
            for student, id in self.counting.items()
            if now.get(student, id) != id and id not in read and now[student] in self.submissions
        ]
        if back:
            warnings.append(
                f"an earlier submission counts again, because this input lacks the one that counted: "
                f"{list_students(back)}; if this is an old export, run `grader batch` with the new one"
            )
        several = sum(count > 1 for count in intake.counts.values())
        if several and self.rule not in (None, intake.rule):
            warnings.append(
                f"{plural(several, 'student')} with several submissions: this run chose by `{intake.rule}`, "
                f"and the last one by `{self.rule}`; if that is a mistake, run it again with `{self.rule}`"
            )
        return (*warnings, *self._roster_changes(intake))

    def _roster_changes(self, intake: Intake) -> Iterable[str]:
        if not intake.by_roster:
            new = {one.submission.student_id for one in intake.submissions} - self.extensions.keys()
            if self.extensions and new:
                yield (
                    f"this run has no roster, and these are not on the last one: {list_students(new)}; "
                    "if they are its students, withdraw this run with `grader forget --run N`, and run it "
                    "with --roster"
                )
            return
        extensions = {student.id: student.extension for student in intake.students}
        if gone := self.extensions.keys() - extensions.keys():
            yield (
                f"on the last roster but not on this one: {list_students(gone)}; if they are in the class, "
                "run `grader batch` with the whole roster"
            )
        if lost := [id for id, old in self.extensions.items() if old and extensions.get(id) == ""]:
            yield (
                f"with an extension on the last roster but none on this one: {list_students(lost)}; if "
                "they still have it, add it to the roster or to course.yaml, and run `grader batch` again"
            )


def grade_warnings(database: Database, assignment: str) -> tuple[str, ...]:
    """A sentence for each way in which grades may not fit the rubric of the last run."""
    warnings = []
    if others := graded_by_other_rules(database, assignment):
        grades = plural(len(others), "grade")
        warnings.append(
            f"{grades} by another version of the rubric or the grader, because the last run did not read the "
            f"submission: {list_students(others)}; run `grader batch` on these submissions, too"
        )
    if adjusted := adjusted_before_a_change(database, assignment):
        warnings.append(
            f"adjusted before the score itself changed: {list_students(adjusted)}; check whether the "
            "points still apply, and enter them again with `grader adjust`, or 0 to take them back"
        )
    return tuple(warnings)


def list_students(students: Iterable[str]) -> str:
    """The ids as a sentence lists them; of many, the first, and the number of the others."""
    return listing([clean_line(id) for id in sorted(students)], NAMES)
