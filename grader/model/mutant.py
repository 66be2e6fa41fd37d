"""A mutant: a named wrong version of one exercise, and what to tell a student who made it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Mutant:
    """`name` says the idea that is wrong, `exercise` which function has it, `message` what a student reads.

    `help` is the heading of the handout's README that teaches it. `source` is the solution's `file` with this
    mutant in it: a submission like any other. `edits` are what it changes in the exercise's own text, and
    `appended` is what follows the solution: a function of the author's, which `wraps` the original or stands
    in its place. `line` is where the mutant stands in mutants.py.
    """

    name: str
    exercise: str
    message: str
    file: str
    source: str
    line: int
    help: str = ""
    edits: Mapping[str, str] = field(default_factory=dict)
    appended: str = ""
    wraps: bool = False


def mutant(
    *, of: str, help: str = "", edits: Mapping[str, str] | None = None
) -> Callable[[Function], Function]:
    """Marks a function of mutants.py as a wrong version of the exercise `of`; its docstring is the message.

    `help` is a heading of the handout's README ("#filling-the-gaps"). With `edits` the mutant is the solution
    with each of these texts of the exercise replaced by another, and the function is its message alone.
    The loader reads the mark from the source: a mutant runs only inside a solution, never from its own file.
    """

    def mark(function: Function) -> Function:
        return function

    return mark


def rewrite(*, of: str) -> Callable[[Function], Function]:
    """Marks a function of rewrites.py as a right version of the exercise `of` that is written otherwise.

    Its docstring says how. It is read as a mutant is, and must pass every case.
    """

    def mark(function: Function) -> Function:
        return function

    return mark


def called_name(exercise: str) -> str:
    """The name by which a probe calls an exercise.

    It is `step` for the method `Adam.step`, and `Adam` for its `__init__`.
    """
    outer, _, name = exercise.rpartition(".")
    return outer.rpartition(".")[2] if outer and name == "__init__" else name
