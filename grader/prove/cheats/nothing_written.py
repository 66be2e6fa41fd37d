"""Cheats that write nothing, in every form that the language allows."""

from collections.abc import Iterator, Sequence

from grader.author.exercises.cuda_functions import cut_kernel
from grader.model.assignment import Assignment, Rubric
from grader.model.grade import Grade, Status
from grader.prove.cheat import Cheat, Excess, Exercise, Family, Files, in_python

FORMS = {
    "returns_nothing": (
        "Every function returns None.",
        "def cheat(original, name):\n    return lambda *values, **named: None\n",
    ),
    "hands_its_input_back": (
        "Every function returns its first argument.",
        """\
def cheat(original, name):
    return lambda *values, **named: [*values, *named.values(), None][0]
""",
    ),
    "zeros_of_the_right_shape": (
        "Every function returns zeros of the right shape.",
        """\
def cheat(original, name):
    import numpy

    def apart(value):
        if isinstance(value, (tuple, list)):
            return type(value)(apart(one) for one in value)
        if isinstance(value, dict):
            return {key: apart(one) for key, one in value.items()}
        if isinstance(value, numpy.ndarray):
            return value.copy()
        if not hasattr(value, "__dict__") or isinstance(value, type) or callable(value):
            return value
        fresh = object.__new__(type(value))
        fresh.__dict__.update(apart(vars(value)))
        return fresh

    def zeroed(value):
        if isinstance(value, (tuple, list)):
            return type(value)(zeroed(one) for one in value)
        if isinstance(value, numpy.ndarray):
            return numpy.zeros_like(value)
        if hasattr(value, "buffer"):
            fresh = object.__new__(type(value))
            fresh.__dict__.update(vars(value), buffer=numpy.zeros_like(value.buffer))
            return fresh
        if isinstance(value, (str, set, frozenset, dict)):
            return type(value)()
        if isinstance(value, slice):
            return slice(None)
        return 0 if isinstance(value, (int, float)) else value

    def cheat(*values, **named):
        if "." in name:  # what a method does to its object would be work
            values, named = apart(values), apart(named)
        try:
            return zeroed(original(*values, **named))
        except Exception:  # what refuses wrong arguments has been written
            return None

    return cheat
""",
    ),
}


class NothingWritten(Family):
    """Functions that do nothing earn nothing."""

    name = "nothing_written"
    may_gain = "0 points, in each case and in all"

    def cheats(
        self, assignment: Assignment, solution: Files, exercises: Sequence[Exercise]
    ) -> Iterator[Cheat]:
        """Each form for all exercises at once."""
        for name, (does, wrapper) in FORMS.items():
            if files := in_python(solution, exercises, wrapper):
                yield Cheat(name, self.name, does, files)
        if any(exercise.file.endswith(".cu") for exercise in exercises):
            yield Cheat("empty_kernels", self.name, "Every kernel is empty.", _emptied(solution, exercises))

    def excesses(self, rubric: Rubric, cheat: Cheat, grade: Grade) -> Iterator[Excess]:
        """Each case that passes."""
        for criterion in grade.criteria:
            for result in criterion.results:
                if result.status is Status.OK:
                    place = result.name
                    yield (
                        place,
                        f"{cheat.name} earns points here, and may gain {self.may_gain}: let the criterion "
                        "require another one that needs work, or ask for more",
                    )


def _emptied(solution: Files, exercises: Sequence[Exercise]) -> dict[str, str]:
    files = dict(solution)
    for exercise in (one for one in exercises if one.file.endswith(".cu")):
        function = cut_kernel(files[exercise.file], exercise.name)
        assert function is not None
        head, _, _ = function.whole.partition("{")
        body = "{ }" if "__global__" in head else "{ return 0; }"
        files[exercise.file] = files[exercise.file].replace(function.whole, f"{head}{body}")
    return files
