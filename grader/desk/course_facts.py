"""Describes what the desk needs to know of the course; `grader.cli.serve` reads it from the repository."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from grader.model.assignment import Criterion
from grader.model.late_policy import Policies


@dataclass(frozen=True)
class AssignmentFacts:
    """One assignment: its folder's name, title, files, and the criteria that a person judges.

    `with_hints` are the criteria with hints that cost points.

    `handout` returns the text of each file as students get it, to tell whose code is whose.
    `kill_matrix` returns the page that `grader verify` wrote last, "" where there is none.
    """

    name: str
    title: str
    files: tuple[str, ...] = ()
    by_hand: tuple[Criterion, ...] = ()
    handout: Callable[[], Mapping[str, str]] = dict
    kill_matrix: Callable[[], str] = str
    with_hints: tuple[Criterion, ...] = ()

    def criterion(self, id: str) -> Criterion | None:
        """The criterion by hand of that id."""
        return next((one for one in self.by_hand if one.id == id), None)


@dataclass(frozen=True)
class CourseFacts:
    """The course: its title, its assignments in order, its policies, and the key of the codes of cases."""

    title: str = ""
    assignments: tuple[AssignmentFacts, ...] = ()
    policies: Policies = field(default_factory=Policies)
    code_key: str = ""
    own_numbers: bool = False

    def assignment(self, name: str) -> AssignmentFacts:
        """What is known of an assignment; its name alone where the course does not list it."""
        return next((one for one in self.assignments if one.name == name), AssignmentFacts(name, name))
