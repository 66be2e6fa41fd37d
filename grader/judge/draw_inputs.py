"""Draws a case's inputs from a seed: the same on every machine for the same names and secret."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from grader.judge.case_functions import draw_functions
from grader.judge.comparisons import compared_by, comparison_of
from grader.judge.discover_subclasses import method_place
from grader.judge.drawn_values import draw_values
from grader.judge.inputs import Inputs, what_no_case_takes
from grader.judge.kinds import kind_of
from grader.model.assignment import OWN_KINDS, Case, Visibility
from grader.model.errors import GraderFault


def draw(case: Case, assignment: str, secret: str = "", redraw: int = 0, variant: str = "") -> Inputs:
    """The inputs of a case, the same on every machine for the same names and secret.

    A case of a handout does not depend on the course's secret seed. The numbers of a visible case that no
    handout has, such as a timed one, do: a submission could otherwise compute the answer when it is imported.
    A `variant` is a student's id: it gives the student different numbers in hidden cases, but the same shapes
    as everyone else. `redraw` numbers further draws of the same shapes. A case with `shapes_of` has the
    shapes of that visible case and numbers of its own.
    """
    is_visible = case.visibility is Visibility.VISIBLE
    of_shapes = [assignment, case.shapes_of or case.name, "" if is_visible or case.shapes_of else secret]
    is_public = is_visible and comparison_of(case).is_in_handout
    words = [assignment, case.name, "" if is_public else secret]
    of_variant = [f"variant {variant}"] if variant and not is_visible else []
    # the shapes come from a separate generator, so that a redraw keeps them
    shapes = generator([*of_shapes, "shapes"])
    numbers = generator([*words, "numbers", str(redraw), *of_variant])
    kind = kind_of(case)
    inputs = kind.draw(case, shapes, numbers)
    if case.kind_source and (problem := what_no_case_takes(inputs)):
        raise GraderFault(f"{method_place(kind, 'draw', OWN_KINDS)} returned {problem}")
    values = generator([*words, "values", str(redraw), *of_variant])
    inputs = replace(inputs, ask={**case.ask, **draw_values(case.random, values)})
    if case.functions:
        # with the same seed for all students: a seed decides which wrong idea a case catches
        functions = draw_functions(case.functions, generator([*words, "functions", str(redraw)]))
        inputs = replace(inputs, functions=functions, source=case.functions_source)
    extra = compared_by(case).extra_values(case, generator([*words, "told", str(redraw), *of_variant]))
    return inputs.with_values(extra) if extra else inputs


def generator(words: Sequence[str]) -> "np.random.Generator":
    """Random numbers that are the same on every platform for the same words."""
    digest = hashlib.sha256("\0".join(words).encode()).digest()
    return np.random.default_rng(np.random.SeedSequence(int.from_bytes(digest, "little")))
