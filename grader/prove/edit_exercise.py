"""Edits the text of one exercise of a solution, in Python or in CUDA C."""

import ast
from collections.abc import Mapping
from itertools import pairwise

from grader.author.exercises.cuda_functions import cut_kernel, without_comment
from grader.author.exercises.source_places import SourcePlaces
from grader.model.text import plural
from grader.prove.replace_exercise import Definition, definition_of


def edit(solution: str, exercise: str, edits: Mapping[str, str]) -> str:
    """The solution in Python with texts of one exercise replaced.

    Docstrings stay as they are. Raises ValueError if a text does not occur exactly once outside them, or two
    overlap; its words follow a mutant's name.
    """
    if not edits:
        return solution
    node = definition_of(solution, exercise)
    if node is None:
        raise ValueError(f"is of {exercise}, which the solution does not define")
    places = SourcePlaces(solution)
    first, last = places.starts[node.lineno - 1], places.starts[node.end_lineno or node.lineno]
    return _replace(solution, _without_docstrings(places, node), first, last, exercise, edits)


def edit_kernel(solution: str, kernel: str, edits: Mapping[str, str]) -> str:
    """The solution in CUDA C with texts of one kernel replaced; the comment above the kernel stays as it is.

    Raises ValueError as `edit` does.
    """
    function = cut_kernel(solution, kernel)
    if function is None:
        raise ValueError(f"is of {kernel}, which the solution does not define")
    code = without_comment(function)
    first = solution.index(code)
    return _replace(solution, solution, first, first + len(code), kernel, edits)


def _replace(solution: str, code: str, first: int, last: int, exercise: str, edits: Mapping[str, str]) -> str:
    """The solution with texts replaced; `code`, of its length, must have each once from `first` to `last`."""
    spans = []
    for old, new in edits.items():
        if (count := code.count(old, first, last)) != 1:
            times = plural(count, "time")
            raise ValueError(f"replaces {old!r}: the code of {exercise} has it {times}, expected once")
        start = code.index(old, first, last)
        spans.append((start, start + len(old), new))
    spans.sort()
    if any(one[1] > other[0] for one, other in pairwise(spans)):
        raise ValueError("replaces the same text twice")
    for start, end, new in reversed(spans):
        solution = solution[:start] + new + solution[end:]
    return solution


def _without_docstrings(places: SourcePlaces, definition: Definition) -> str:
    """The solution, of the same length, in which a definition's docstrings are blank."""
    blank = places.text
    for node in ast.walk(definition):
        if isinstance(node, Definition) and ast.get_docstring(node, clean=False) is not None:
            start, end = places.start(node.body[0]), places.end(node.body[0])
            blank = blank[:start] + "\0" * (end - start) + blank[end:]
    return blank
