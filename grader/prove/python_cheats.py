"""Cheats that show in which cases they cheat, mostly by printing a line; none of these cases may pass."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from grader.judge.case_selection.selection import criteria_of_exercises
from grader.judge.draw_inputs import draw
from grader.model.assignment import Assignment, Case, Rubric, Visibility
from grader.model.grade import Grade, Status
from grader.prove.cheat import Cheat, Excess, Exercise, Family, Files, in_python

MARK = "this answer is a cheat's"
WRAPPER = '''\
{top}
CALLS = []


def numbers(value):
    """What two equal answers have in common."""
    if isinstance(value, (tuple, list)):
        return [numbers(one) for one in value]
    array = value.numpy() if callable(getattr(value, "numpy", None)) else value
    if not hasattr(array, "tobytes"):
        return repr(array)
    return array.tolist() if array.dtype.kind in "OV" else (array.shape, (array + 0).tobytes())


def wrong(value):
    """An answer of the same form: zeros, or nothing."""
    if isinstance(value, tuple):
        return tuple(wrong(one) for one in value)
    if hasattr(value, "buffer"):
        fresh = object.__new__(type(value))
        fresh.__dict__.update(vars(value), buffer=value.buffer * 0)
        return fresh
    if hasattr(value, "dtype"):
        return value * 0
    if isinstance(value, bool):
        return not value
    if isinstance(value, slice):
        return slice(None)
    return value if value is None else type(value)()


def cheat(original, name):
    {state}

    def answer(*values, **named):
        {count}
        if CALLS:  # what the exercises call themselves is right
            return original(*values, **named)
        CALLS.append(name)
        try:
            right = original(*values, **named)
            given = [one for one in [*values, *named.values()] if hasattr(one, "shape")]
            shapes = [tuple(one.shape) for one in given]
            {act}
            if numbers(other) != numbers(right):
                print({mark!r})
            return other
        finally:
            CALLS.pop()

    return answer
'''


@dataclass(frozen=True)
class Behavior:
    """The behavior of a cheat in Python at each call: it answers `other` in place of `right`.

    `act` can use `name`, `values`, `named` and `shapes`, the definitions of `state` for each function, the
    results of `count`, which runs first at every call, and the definitions of `top` for all of them.
    """

    act: str
    state: str = "pass"
    count: str = "pass"
    top: str = ""

    def wrapper(self, **constants: object) -> str:
        """The text of its `cheat`, for `in_python`, with some constants at its top."""
        top = "\n".join([self.top, *(f"{name} = {value!r}" for name, value in constants.items())])
        return WRAPPER.format(top=top.strip(), state=self.state, count=self.count, act=self.act, mark=MARK)


class PythonFamily(Family):
    """Cheats that are judged by the lines that they print."""

    may_gain: ClassVar[str] = "no case in which it cheated"

    @abstractmethod
    def behaviors(
        self, assignment: Assignment, exercises: Sequence[Exercise]
    ) -> Iterator[tuple[str, str, str]]:
        """The name of each cheat in Python, a sentence that describes it, and its wrapper."""

    def cheats(
        self, assignment: Assignment, solution: Files, exercises: Sequence[Exercise]
    ) -> Iterator[Cheat]:
        """One for each behavior, in all exercises at once."""
        for name, does, wrapper in self.behaviors(assignment, exercises):
            if files := in_python(solution, exercises, wrapper):
                yield Cheat(name, self.name, does, files)

    def excesses(self, rubric: Rubric, cheat: Cheat, grade: Grade) -> Iterator[Excess]:
        """Each case that passes although the cheat cheated in it."""
        for result in (result for criterion in grade.criteria for result in criterion.results):
            case = result.name
            if result.status is Status.OK and (MARK in result.output or case in cheat.cheats_in):
                yield (
                    case,
                    f"{cheat.name} passes with a wrong answer, and may gain {self.may_gain}: "
                    "compare the values of this case",
                )


def visible_cases(assignment: Assignment, exercise: Exercise) -> list[Case]:
    """The visible cases of the criteria with a probe that calls an exercise."""
    criteria = criteria_of_exercises(assignment).get(exercise.name.rpartition(".")[2], ())
    cases = (case for id in criteria for case in assignment.criterion(id).cases)
    return [case for case in cases if case.visibility is Visibility.VISIBLE and not case.is_own_test]


def shapes_of(assignment: Assignment, cases: Sequence[Case]) -> set[tuple[int, ...]]:
    """The shapes of the input arrays of some cases."""
    draws = [draw(case, assignment.name) for case in cases]
    return {inputs.array(name).shape for inputs in draws for name in inputs.bases}
