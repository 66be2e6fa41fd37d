"""Cheats that keep the answers of the first call, by the call's arguments or forever."""

from collections.abc import Iterator, Sequence

from grader.model.assignment import Assignment
from grader.prove.cheat import Exercise
from grader.prove.python_cheats import Behavior, PythonFamily

SHAPES_OR_VALUES = (
    "tuple(tuple(one.shape) if hasattr(one, 'shape') else repr(one) "
    "for one in [*values, *sorted(named.items(), key=str)])"
)
KEYS = {
    "by_shape": ("the shapes and arguments of a call", SHAPES_OR_VALUES),
    "by_type": ("the classes of what a call is given", "str([type(one) for one in values])"),
    "for_ever": ("a function, for ever", "0"),
}


class Remembers(PythonFamily):
    """A submission that keeps its first answers must fail when it is called with other values."""

    name = "remembers"

    def behaviors(
        self, assignment: Assignment, exercises: Sequence[Exercise]
    ) -> Iterator[tuple[str, str, str]]:
        """One for each way to recognize a call."""
        for name, (what, key) in KEYS.items():
            behavior = Behavior(f"other = kept.setdefault({key}, right)", state="kept = {}")
            yield (
                f"remembers_{name}",
                f"Every function keeps its first answer for {what}.",
                behavior.wrapper(),
            )
