"""A mutant: a named wrong version of one exercise, and what to tell a student who made it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Mutant:
    """`name` says the idea that is wrong, `exercise` which function has it, `message` what a student reads.

    `source` is the solution's `file` with this mutant appended: a submission like any other. `line` is where
    the mutant stands in mutants.py.
    """

    name: str
    exercise: str
    message: str
    file: str
    source: str
    line: int


def mutant(*, of: str) -> Callable[[Function], Function]:
    """Marks a function of mutants.py as a wrong version of the exercise `of`; its docstring is the message.

    The loader reads the mark from the source: a mutant runs only inside a solution, never from its own file.
    """

    def mark(function: Function) -> Function:
        return function

    return mark
