"""Reads students' requests for a regrade, and finds the case of their feedback that each is about."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.model.class_input.identity import NO_STUDENT, REMEDY, Claim, Identities
from grader.model.class_row import ClassRow
from grader.model.did_you_mean import did_you_mean
from grader.model.errors import UserError
from grader.model.file_formats.csv_table import read_table
from grader.model.request_code import code_of, read_code
from grader.model.student import Student
from grader.model.text import clean_line

COLUMNS = ("student", "case", "text")
MOST_CHARACTERS = 4000  # of a student's text
EXAMPLE = "x_grad/of-views · 7KQ2, as the feedback shows it"


@dataclass(frozen=True)
class AskedFor:
    """A student's request about a case of an assignment, in their words."""

    student: str
    assignment: str
    case: str
    text: str


@dataclass(frozen=True)
class ClassFeedback:
    """The feedback that a class got, so far as requests refer to it.

    `key` is the course's secret, from which the codes are made. `cases_of` returns the cases of a student's
    feedback by assignment; it is called only to explain a mistake, so it may take long.
    """

    students: Collection[Student]
    assignments: Collection[str]
    key: str
    cases_of: Callable[[str], Mapping[str, Collection[str]]]

    def request(self, name: str, about: str, text: str) -> AskedFor:
        """The request of the student `name` about `criterion/case · CODE`.

        UserError, with the nearest name, if they name no student, or no case of that student's feedback.
        """
        student = self._student(name)
        case, code = read_code(about)
        if not case:
            raise UserError(f"found case {clean_line(about)!r}, expected one such as {EXAMPLE}")
        if not 0 < len(text) <= MOST_CHARACTERS:
            message = f"found a text of {len(text)} characters"
            raise UserError(f"{message}, expected from 1 to {MOST_CHARACTERS}")
        for assignment in self.assignments:
            if code_of(self.key, student.id, assignment, case) == code:
                return AskedFor(student.id, assignment, case, text)
        raise UserError(self._complaint(student, case, code))

    @cached_property
    def _identities(self) -> Identities:
        return Identities(self.students)

    def _student(self, name: str) -> Student:
        # read as a name, an id would contradict every student with another name
        student = self._identities.find(Claim(ids=(name,)))
        if isinstance(student, Student):
            return student
        problem = f"found student {clean_line(name)!r}"
        if not student.startswith(NO_STUDENT):
            raise UserError(f"{problem}: {student.removesuffix(f': {REMEDY}')}")
        texts = (text for one in self.students for text in (one.id, one.name, one.email) if text)
        expected = f"expected the id, the e-mail address or the name of a student{did_you_mean(name, texts)}"
        raise UserError(f"{problem}, {expected}")

    def _complaint(self, student: Student, case: str, code: str) -> str:
        """Explains a code that does not fit: another case has it, no case has this name, or it is wrong."""
        cases = self.cases_of(student.id)
        for assignment, names in cases.items():
            for name in names:
                if code_of(self.key, student.id, assignment, name) == code:
                    message = f"found case {clean_line(case)!r} with the code {code}"
                    return f"{message}, which is the code of {name} in {assignment}; did you mean {name!r}?"
        case_names = {name for names in cases.values() for name in names}
        feedback = f"the feedback of {clean_line(student.label)}"
        if case not in case_names:
            near = did_you_mean(case, case_names)
            return f"found case {clean_line(case)!r}, which is not in {feedback}{near}"
        return f"found code {code} for {case}, which is not in {feedback}: ask the student to copy both"


def cases_by_assignment(rows: Iterable[ClassRow]) -> Mapping[str, Collection[str]]:
    """The cases in a student's grades, as their feedback names them, by assignment."""
    return {
        row.assignment: [f"{c.id}/{result.case}" for c in row.grade.criteria for result in c.results]
        for row in rows
        if row.grade is not None
    }


def read_requests(path: Path, feedback: ClassFeedback) -> tuple[AskedFor, ...]:
    """The requests in the file's order; UserError, with the line, for the first that is wrong."""
    requests = []
    for line, row in read_table(path, COLUMNS):
        try:
            requests.append(feedback.request(*((row.get(name) or "").strip() for name in COLUMNS)))
        except UserError as error:
            raise UserError(str(error), path, line) from error
    return tuple(requests)
