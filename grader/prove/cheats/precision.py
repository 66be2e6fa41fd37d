"""Too few bits: every number passes through 16 bits on its way."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from grader.model.assignment import Assignment, Rubric
from grader.model.grade import Grade
from grader.prove.cheat import Cheat, Excess, Exercise, Family, Files, in_python

LEAST_LOSS = Fraction(4, 100)
IN_PYTHON = """\
def cheat(original, name):
    import numpy

    def rounded(value):
        if isinstance(value, tuple):
            return tuple(rounded(one) for one in value)
        if isinstance(value, numpy.ndarray) and value.dtype == "float32":
            return value.astype("float16").astype("float32")
        if hasattr(value, "buffer") and value.buffer.dtype == "float32":
            fresh = value.buffer.astype("float16").astype("float32")
            return type(value)(fresh, value.shape, value.strides, value.offset, value.device)
        return value

    return lambda *values, **named: rounded(original(*values, **named))
"""
ARRAYS = re.compile(r"\b(?:numpy|ndarray)\b")
IN_PYTHON_SUM = re.compile(r"\S @ \S|\+=|\bsum\(|\b(?:add_product|dot|einsum|matmul)\b")
SUM = re.compile(r"\bfloat (\w+) = 0;")
ROUNDED = "__half2float(__float2half({} + ({})))"


class Precision(Family):
    """Whoever adds up in half loses."""

    name = "precision"
    may_gain = "all but four points of a hundred"

    def cheats(
        self, assignment: Assignment, solution: Files, exercises: Sequence[Exercise]
    ) -> Iterator[Cheat]:
        """One for all exercises: in Python results are rounded, in CUDA C every sum that begins at 0."""
        texts = [solution[exercise.file] for exercise in exercises]
        adds_up = any(IN_PYTHON_SUM.search(text) and ARRAYS.search(text) for text in texts)
        if adds_up and (files := in_python(solution, exercises, IN_PYTHON)):
            yield Cheat("rounds_to_half", self.name, "Every result is rounded to 16 bits.", files)
        for file, text in solution.items():
            if file.endswith(".cu") and SUM.search(text):
                names = "|".join(dict.fromkeys(SUM.findall(text)))
                rounded = re.sub(rf"\b({names}) \+= ([^;]+);", _in_half, text)
                does = "Every sum is kept in half."
                yield Cheat("sums_in_half", self.name, does, {**solution, file: rounded})

    def excesses(self, rubric: Rubric, cheat: Cheat, grade: Grade) -> Iterator[Excess]:
        """The first criterion, where it loses too little in all."""
        if grade.score > grade.max_score * (1 - LEAST_LOSS):
            yield (
                rubric.criteria[0].id,
                f"{cheat.name} earns {float(grade.score):g} of {float(grade.max_score):g}, and may gain "
                f"{self.may_gain}: let cases with sums have `wide` integers",
            )


def _in_half(added: re.Match[str]) -> str:
    return f"{added[1]} = {ROUNDED.format(added[1], added[2])};"
