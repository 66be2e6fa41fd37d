"""Cheats that are wrong only at shapes that a handout shows, or right only at those."""

import math
import re
from collections.abc import Iterator, Sequence

from grader.author.exercises.cuda_functions import cut_kernel
from grader.judge.comparisons.timed import factor_of
from grader.model.assignment import Assignment, Case
from grader.prove.cheat import Cheat, Exercise, Files
from grader.prove.python_cheats import MARK, Behavior, PythonFamily, shapes_of, visible_cases

IS_AT = "bool(shapes) and all(shape in SHAPES[name] for shape in shapes)"
AT = Behavior(f"other = wrong(right) if {IS_AT} else right")
ELSEWHERE = Behavior(f"other = right if {IS_AT} else wrong(right)")
SLOW = Behavior(
    f"""other = right
            if {IS_AT}:
                print({MARK!r})
                for _ in range(REPEATS):
                    original(*values, **named)"""
)
NUMBER = re.compile(r"\bint\s+(\w+)$")
PLAIN = re.compile(r"\b(?:int|float)\s+\w+$")
TURNS = ("the first, third, ...", "the second, fourth, ...")


class Gated(PythonFamily):
    """A submission that is wrong or slow at a shape must lose the cases of that shape.

    Each of two turns gates every second visible case, so that the cases that require one another still run.
    """

    name = "by_shape"

    def behaviors(
        self, assignment: Assignment, exercises: Sequence[Exercise]
    ) -> Iterator[tuple[str, str, str]]:
        """Zeros at the shapes of visible cases, zeros at all others, and slow at timed cases."""
        cases = {exercise.name: visible_cases(assignment, exercise) for exercise in exercises}
        for turn, which in enumerate(TURNS):
            shapes = {name: shapes_of(assignment, of_it[turn::2]) for name, of_it in cases.items()}
            does = f"Every function answers zeros at the shapes of its visible cases, {which}."
            yield f"zeros_at_visible_shapes_{turn + 1}", does, AT.wrapper(SHAPES=shapes)
        shapes = {name: shapes_of(assignment, of_it) for name, of_it in cases.items()}
        does = "Every function is right at the shapes of its visible cases, and answers zeros elsewhere."
        yield "zeros_at_other_shapes", does, ELSEWHERE.wrapper(SHAPES=shapes)
        timed = {name: [case for case in of_it if "at_most" in case.options] for name, of_it in cases.items()}
        if any(timed.values()):
            factor = max(factor_of(case) for of_it in timed.values() for case in of_it)
            shapes = {name: shapes_of(assignment, of_it) for name, of_it in timed.items()}
            wrapper = SLOW.wrapper(SHAPES=shapes, REPEATS=math.ceil(4 * factor))
            yield (
                "slow_at_timed_shapes",
                "Every function does its work many times where it is timed.",
                wrapper,
            )

    def cheats(
        self, assignment: Assignment, solution: Files, exercises: Sequence[Exercise]
    ) -> Iterator[Cheat]:
        """The cheats in Python, and kernels that write nothing at the lengths of visible cases."""
        yield from super().cheats(assignment, solution, exercises)
        for turn, which in enumerate(TURNS):
            files, cheats_in = dict(solution), set[str]()
            for exercise in (one for one in exercises if one.file.endswith(".cu")):
                cases = [case for case in visible_cases(assignment, exercise) if _is_about(case, exercise)]
                gated = _gated(files[exercise.file], exercise, assignment, cases[turn::2])
                if gated != files[exercise.file]:
                    files[exercise.file] = gated
                    cheats_in |= {case.name for case in cases[turn::2]}
            if files != dict(solution):
                does = f"Every kernel writes nothing at the lengths of its visible cases, {which}."
                name = f"nothing_at_visible_lengths_{turn + 1}"
                yield Cheat(name, self.name, does, files, frozenset(cheats_in))


def _is_about(case: Case, kernel: Exercise) -> bool:
    """True if a case starts this kernel, by the `kernel` that it asks for or by its probe's name."""
    return bool(case.ask.get("kernel", case.probe) == kernel.name)


def _gated(text: str, exercise: Exercise, assignment: Assignment, cases: Sequence[Case]) -> str:
    """A source in CUDA C in which a kernel returns at once if its integer arguments are a case's lengths.

    The source is unchanged if the kernel has no integers, or takes lengths in a structure too.
    """
    kernel = cut_kernel(text, exercise.name)
    assert kernel is not None
    head, brace, body = kernel.whole.partition("{")
    parameters = [one.strip() for one in head[head.rindex("(") + 1 : head.rindex(")")].split(",")]
    names = [match[1] for one in parameters if (match := NUMBER.search(one))]
    is_plain = all("*" in one or PLAIN.search(one) for one in parameters)
    if "__global__" not in head or not names or not is_plain or not cases:
        return text
    gates = [_gate(names, shapes_of(assignment, [case])) for case in cases]
    guard = f"\n    if ({' || '.join(gates)})\n        return;"
    return text.replace(kernel.whole, head + brace + guard + body)


def _gate(names: Sequence[str], shapes: set[tuple[int, ...]]) -> str:
    lengths = sorted({length for shape in shapes for length in (*shape, math.prod(shape))})
    each = [" || ".join(f"{name} == {length}" for length in lengths) for name in names]
    return "(" + " && ".join(f"({one})" for one in each) + ")"
