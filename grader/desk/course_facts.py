"""Holds the facts about the course that the desk needs; `grader.cli.serve` reads them from the repository."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from grader.model.assignment import Criterion
from grader.model.late_policy import Policies


@dataclass(frozen=True)
class AssignmentFacts:
    """One assignment: its folder's name, title, files, and manual criteria.

    `with_hints` are the criteria with hints that cost points.

    `handout` returns the text of each file as students get it, to tell given code from a student's own.
    `kill_matrix` returns the latest page of `grader verify`, "" if there is none.
    """

    name: str
    title: str
    files: tuple[str, ...] = ()
    by_hand: tuple[Criterion, ...] = ()
    handout: Callable[[], Mapping[str, str]] = dict
    kill_matrix: Callable[[], str] = str
    with_hints: tuple[Criterion, ...] = ()

    def criterion(self, id: str) -> Criterion | None:
        """The manual criterion of that id."""
        return next((one for one in self.by_hand if one.id == id), None)


@dataclass(frozen=True)
class CourseFacts:
    """The course: its title, its assignments in order, its policies, and the key of the codes of cases."""

    title: str = ""
    assignments: tuple[AssignmentFacts, ...] = ()
    policies: Policies = field(default_factory=Policies)
    code_key: str = ""
    has_own_numbers: bool = False

    def assignment(self, name: str) -> AssignmentFacts:
        """The facts about an assignment; only its name if the course does not list it."""
        return next((one for one in self.assignments if one.name == name), AssignmentFacts(name, name))
