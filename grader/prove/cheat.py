"""Defines families of cheats: submissions that are made from a solution and must gain little."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from grader.author.exercises.cuda_functions import cut_kernel
from grader.model.assignment import Assignment, Rubric
from grader.model.grade import Grade
from grader.prove.replace_exercise import binding_of

Files = Mapping[str, str]
Excess = tuple[str, str]  # the criterion's id or the "criterion/case" with too large a gain, and a message


@dataclass(frozen=True)
class Exercise:
    """A function that students write, by its dotted name, and the file of the solution that defines it."""

    name: str
    file: str

    @staticmethod
    def of(name: str, solution: Files) -> "Exercise":
        """The exercise of that dotted name; its file is "" if none defines it."""
        head = name.partition(".")[0]
        for file, text in solution.items():
            is_there = cut_kernel(text, name) if file.endswith(".cu") else f"\ndef {head}(" in text
            if is_there or f"\nclass {head}" in text:
                return Exercise(name, file)
        return Exercise(name, "")


@dataclass(frozen=True)
class Cheat:
    """A submission that cheats, and a sentence that describes how.

    `cheats_in` are the cases (criterion/case) in which it surely cheats, if that is known before it runs.
    """

    name: str
    family: str
    does: str
    files: Files
    cheats_in: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """A unique name among the submissions that verify an assignment; no mutant has such a name."""
        return f"cheat {self.name}"


class Family(ABC):
    """The base class of a family of cheats. A module of `grader.prove.cheats` defines one subclass.

    `may_gain` states in words the most that each of them may gain.
    """

    name: ClassVar[str]
    may_gain: ClassVar[str]

    @abstractmethod
    def cheats(
        self, assignment: Assignment, solution: Files, exercises: Sequence[Exercise]
    ) -> Iterator[Cheat]:
        """The cheats that can be made of a solution."""

    @abstractmethod
    def excesses(self, rubric: Rubric, cheat: Cheat, grade: Grade) -> Iterator[Excess]:
        """The places where a cheat gained more than it may."""


def in_python(solution: Files, exercises: Sequence[Exercise], wrapper: str) -> dict[str, str] | None:
    """The solution with each exercise in Python replaced by the wrapper's `cheat(it, its name)`.

    None if no exercise is in Python.
    """
    files = dict(solution)
    for file in (name for name in solution if name.endswith(".py")):
        names = [exercise.name for exercise in exercises if exercise.file == file]
        bindings = [binding_of(solution[file], name) for name in names]
        bound = "\n".join(b.rebound(f'cheat({b.function}, "{b.exercise}")') for b in bindings)
        files[file] = f"{solution[file].rstrip()}\n\n\n{wrapper}\n\n{bound}\n"
    return files if any(exercise.file.endswith(".py") for exercise in exercises) else None
