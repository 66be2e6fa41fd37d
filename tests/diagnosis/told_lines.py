"""Measures which lines localization names: the lines of a slip, or lines elsewhere."""

import difflib
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass

from grader.judge.localization.localize import localize
from grader.judge.localization.search import Budget
from grader.judge.session import Session
from grader.model.assignment import Assignment
from grader.model.grade import CriterionGrade, Grade, Location
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox

SECONDS = 600.0  # the runs decide, so that a busy machine measures the same


@dataclass(frozen=True)
class Localizer:
    """Localizes the faults of submissions to one assignment."""

    assignment: Assignment
    session: Session

    def criteria(self, grade: Grade, text: str) -> tuple[CriterionGrade, ...]:
        """The criteria of a diagnosed grade, with the locations that a student would read."""
        submission = SubmittedFiles({self.assignment.files[0]: text.encode()})
        with self.session.setup.candidate(submission) as (implementation, refusal, _):
            if refusal:
                return grade.criteria
            oracle = self.session.setup.oracle
            return localize(
                grade, self.assignment, implementation, oracle, lambda: Budget(seconds=SECONDS)
            ).criteria


@contextmanager
def localizer(assignment: Assignment) -> Iterator[Localizer]:
    """A localizer with its session."""
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        yield Localizer(assignment, session)


def changed_lines(text: str, right: str) -> frozenset[int]:
    """The lines of a text, from 1 on, that differ from the right one; for lines left out, the next line."""
    matcher = difflib.SequenceMatcher(None, right.splitlines(), text.splitlines(), autojunk=False)
    changes = [(first, last) for tag, _, _, first, last in matcher.get_opcodes() if tag != "equal"]
    return frozenset(line for first, last in changes for line in range(first + 1, max(last, first + 1) + 1))


def is_right(locations: tuple[Location, ...], lines: Set[int]) -> bool:
    """True if one of the places includes a wrong line."""
    return any(one.line <= line <= one.end_line for one in locations for line in lines)
