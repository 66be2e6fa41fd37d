"""A mutant: a named wrong version of one exercise, and its message for a student who made it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Mutant:
    """A mutant. `name` is the wrong idea, `exercise` the function that has it, `message` the student's text.

    `help` is the heading in the handout's README that teaches it. `source` is the solution's `file` with this
    mutant in it, a submission like any other. `edits` are the changes to the exercise's own text. `appended`
    is code after the solution: a function of the author's, which `wraps` or replaces the original. The author
    defines it in the file `defined_in`, at `line`.
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
    defined_in: str = "mutants.py"


def mutant(
    *, of: str, help: str = "", edits: Mapping[str, str] | None = None
) -> Callable[[Function], Function]:
    """Marks a function of mutants.py as a wrong version of the exercise `of`; its docstring is the message.

    `help` is a heading in the handout's README ("#filling-the-gaps"). With `edits`, the mutant is the
    solution with each of these texts of the exercise replaced, and the function holds only the message. A
    kernel in CUDA C is edited in the same way; one that is written anew is in mutants.cu.
    The loader reads the mark from the source: a mutant runs only inside a solution, never from its own file.
    """

    def mark(function: Function) -> Function:
        return function

    return mark


def rewrite(*, of: str, edits: Mapping[str, str] | None = None) -> Callable[[Function], Function]:
    """Marks a function of rewrites.py as a different but correct version of the exercise `of`.

    Its docstring says how it differs. It is read like a mutant, and must pass every case.
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
