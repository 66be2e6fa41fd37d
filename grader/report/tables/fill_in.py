"""Fills in the scores of a report in a table that an LMS exported, and says which scores are left out."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from fractions import Fraction

from grader.model.class_input.identity import NO_STUDENT, Claim
from grader.model.class_row import ClassReport, review_line
from grader.model.file_formats.csv_cells import harmless
from grader.model.student import Student
from grader.report.tables.sheet import Line, Sheet

Find = Callable[[Claim], Student | str]  # as Identities.find does


@dataclass(frozen=True)
class Matches:
    """The students that the lines of a sheet mean, and the doubtful lines, each with the reason."""

    students: Mapping[int, Student]
    doubts: Mapping[int, str]
    unknown: Mapping[int, str]


def match_students(lines: Iterable[tuple[Line, Claim]], find: Find) -> Matches:
    """The student of each line; if two lines mean one student, both are in doubt."""
    students, doubts, unknown = {}, {}, {}
    for line, claim in lines:
        match = find(claim)
        if isinstance(match, Student):
            students[line.number] = match
        elif match.startswith(NO_STUDENT):
            unknown[line.number] = match
        else:
            doubts[line.number] = match
    times = Counter(student.id for student in students.values())
    for number, student in list(students.items()):
        if times[student.id] > 1:
            del students[number]
            doubts[number] = f"several lines mean {student.id} ({student.name}): remove all but one"
    return Matches(students, doubts, unknown)


class CellChanges:
    """The cells that change, and the record of the changes."""

    def __init__(self, sheet: Sheet, keep_existing: bool) -> None:
        self.cells: dict[tuple[int, int], str] = {}
        self.changes: list[str] = []
        self.unchanged: list[str] = []
        self.counts: Counter[str] = Counter()
        self._sheet = sheet
        self._keep = keep_existing

    def fill_score(self, line: Line, index: int, score: str, who: str) -> bool:
        """Fills in a score; False if the cell keeps another grade."""
        old = self._sheet.at(line, index)
        new = self._sheet.number(score)
        if old and self._sheet.value(old) == Fraction(score):
            self.counts["already there"] += 1
            return True
        if old and self._keep:
            self.unchanged.append(f"{who} {old} (not {new})")
            return False
        if old:
            self.changes.append(f"{who} {old} → {new}")
        self.counts["filled in"] += 1
        self.cells[line.number, index] = harmless(new)
        return True


def lines_left_out(
    report: ClassReport, in_sheet: Set[tuple[str, str]], sheet: Sheet, *, are_doubts: bool
) -> tuple[str, ...]:
    """A line for each row of the report that is missing from a filled-in sheet, or is not a final score."""
    has_none = "has no line for this student; if they left the course: `grader forget --student ID`"
    if are_doubts:
        has_none = "has no line that is certainly this student's"
    lines = []
    for row in report.rows:
        if row.is_absent and row.score is None:
            continue  # there is no score to leave out
        if (row.student_id, row.assignment) not in in_sheet:
            lines.append(f"{row.student_id}, {row.assignment}: {sheet.path} {has_none}")
        elif row.review_reason:
            lines.append(review_line(row))
    return tuple(lines)
