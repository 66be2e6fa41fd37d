"""Cheats with too few bits: every number passes through 16 bits."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from grader.judge.comparisons import comparison_of
from grader.judge.kinds import gives_arrays
from grader.model.assignment import Assignment, Case, Data, Rubric
from grader.model.grade import Grade
from grader.prove.cheat import Cheat, Excess, Exercise, Family, Files, in_python

LEAST_LOSS = Fraction(4, 100)
IN_PYTHON = """\
def cheat(original, name):
    import numpy

    def short(numbers):
        {short}

    def rounded(value):
        if isinstance(value, tuple):
            return tuple(rounded(one) for one in value)
        if isinstance(value, float):
            return float(short(value))
        if isinstance(value, numpy.ndarray) and value.dtype == "float32":
            return short(value)
        if hasattr(value, "buffer") and value.buffer.dtype == "float32":
            fresh = object.__new__(type(value))
            fresh.__dict__.update(vars(value), buffer=short(value.buffer))
            return fresh
        return value

    def answer(*values, **named):
        result = original(*values, **named)
        for one in [*values, *named.values()] if result is None else ():  # it wrote into what it was given
            if hasattr(one, "buffer") and one.buffer.dtype == "float32":
                one.buffer[...] = short(one.buffer)
        return rounded(result)

    return answer
"""
SHORT = {
    "half": "return numpy.array(numbers).astype('float16').astype('float32')",
    "bfloat16": """\
bits = numpy.array(numbers, dtype="float32", order="C").view("uint32")
        return ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).astype("uint32").view("float32")""",
}
ARRAYS = re.compile(r"\b(?:numpy|ndarray)\b")
IN_PYTHON_SUM = re.compile(r"\S @ \S|\+=|\bsum\(|\b(?:add_product|dot|einsum|matmul)\b")
SUM = re.compile(r"\bfloat (\w+) = 0;")
ROUNDED = "__half2float(__float2half({} + ({})))"


class Precision(Family):
    """A submission that sums in half precision must lose points."""

    name = "precision"
    may_gain = "half of a criterion with wide or real numbers, and all but four points of a hundred"

    def cheats(
        self, assignment: Assignment, solution: Files, exercises: Sequence[Exercise]
    ) -> Iterator[Cheat]:
        """One for all exercises: in Python results are rounded, in CUDA C every sum that begins at 0.

        None in Python if no case gives an exercise arrays, because then no result is an array.
        """
        texts = [solution[exercise.file] for exercise in exercises]
        with_arrays = any(gives_arrays(case) for case in assignment.rubric.cases)
        adds_up = with_arrays and any(IN_PYTHON_SUM.search(text) and ARRAYS.search(text) for text in texts)
        for name, short in SHORT.items() if adds_up else ():
            if files := in_python(solution, exercises, IN_PYTHON.replace("{short}", short)):
                yield Cheat(f"rounds_to_{name}", self.name, f"Every result is rounded to {name}.", files)
        for file, text in solution.items():
            if file.endswith(".cu") and SUM.search(text):
                names = "|".join(dict.fromkeys(SUM.findall(text)))
                rounded = re.sub(rf"\b({names}) \+= ([^;]+);", _in_half, text)
                does = "Every sum is kept in half."
                yield Cheat("sums_in_half", self.name, does, {**solution, file: rounded})

    def excesses(self, rubric: Rubric, cheat: Cheat, grade: Grade) -> Iterator[Excess]:
        """Each criterion where it keeps more than half, and the first one if it loses too little in total.

        A criterion distinguishes precisions if it has a case with `wide` or real numbers and expected values.
        """
        for criterion, graded in zip(rubric.criteria, grade.criteria, strict=True):
            rounds_all = cheat.name.startswith("rounds_to_")  # in CUDA C only sums that begin at 0
            if rounds_all and any(map(_tells, criterion.cases)) and 2 * graded.score > graded.points:
                yield (
                    criterion.id,
                    f"{cheat.name} earns {float(graded.score):g} of {float(graded.points):g}, and may gain "
                    f"{self.may_gain}: give more of its cases `wide` integers, or a smaller `tolerance`",
                )
        offered = sum((one.points for one in grade.criteria if not one.by_hand), Fraction(0))
        if grade.score > offered * (1 - LEAST_LOSS):
            yield (
                rubric.criteria[0].id,
                f"{cheat.name} earns {float(grade.score):g} of {float(offered):g}, and may gain "
                f"{self.may_gain}: let cases with sums have `wide` integers",
            )


def _tells(case: Case) -> bool:
    has_values = not case.is_own_test and comparison_of(case).needs_expected
    return has_values and ("wide" in case.parameters or case.data is Data.NORMAL)


def _in_half(assignment: re.Match[str]) -> str:
    return f"{assignment[1]} = {ROUNDED.format(assignment[1], assignment[2])};"
