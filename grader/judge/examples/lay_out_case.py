"""Shows one whole case: runs a submission again and lays out inputs, expected and actual values."""

import ast
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import zip_longest
from pathlib import Path

import numpy as np

from grader.judge.comparison import DTYPE, Disagreement
from grader.judge.comparisons import compared_by
from grader.judge.differences.array_difference import wrong_elements
from grader.judge.differences.difference import Difference, Expected
from grader.judge.differences.probe_values import Array, arrays_of
from grader.judge.inputs import Inputs
from grader.judge.kinds import kind_of
from grader.model.assignment import Assignment, Case
from grader.model.example import Example, Table
from grader.model.grade import Outcome, Status

NOTHING: tuple[frozenset[str], frozenset[str]] = frozenset(), frozenset()
MOST_ELEMENTS = 4096  # of an array that is shown in full


def lay_out(
    case: Case,
    inputs: Inputs,
    expected: Expected,
    outcome: Outcome,
    assignment: Assignment,
    *,
    difference: Difference | None = None,
    is_smallest: bool = False,
) -> Example:
    """One whole case, built from its inputs, the expected values and the actual ones.

    With a `difference`, more than the values of the result decides: counts, or two numbers of a submission.
    """
    own = difference.results if isinstance(difference, Disagreement) else {}
    answer = arrays_of(outcome) if outcome.status is Status.OK and not own else ()
    expected, actual, finding = result_of_run(case, expected, answer)
    finding = finding if difference is None else difference.rationale
    w_shape = inputs.array("w").shape if case.kind == "conv" else ()
    # a forward pass and its gradient together read all inputs
    used, shaped = NOTHING if own else used_inputs(assignment.probes, case.probe)
    hidden = compared_by(case).extra_names  # that a student never sees
    values = {name: value for name, value in {**inputs.values, **inputs.ask}.items() if name not in hidden}
    settings = {name: value for name, value in values.items() if name in used or not used}
    settings |= {f"{name}.shape": inputs.array(name).shape for name in inputs.bases if name in shaped - used}
    names = assignment.criterion(case.criterion).results
    results = tuple(_table(name, array, w_shape) for name, array in own.items())
    expected_tables, actual_tables = _with_dtypes(
        _results("expected", expected.arrays, names, w_shape),
        _results("actual", actual, names, w_shape),
        real_dtype(inputs),
    )
    if difference is not None and not own:  # no value of the result is wrong, so it is shown once
        results, expected_tables, actual_tables = _results("result", actual, names, w_shape), (), ()
    return Example(
        criterion=case.criterion,
        case=case.id,
        probe=case.probe,
        kind=case.kind,
        description=kind_of(case).describe(case, inputs),
        settings=settings,
        inputs=tuple(
            replace(_table(name, inputs.array(name), w_shape), layout=layout_of(name, inputs))
            for name in inputs.bases
            if name in used or not used
        ),
        expected=expected_tables,
        actual=tuple(map(_marked, actual_tables, wrong_in(expected, actual))),
        results=results,
        compared=(difference.expected, difference.actual) if difference is not None else ("", ""),
        ended=finding if outcome.status is Status.OK else outcome.reason,
        is_smallest=is_smallest,
    )


def result_of_run(
    case: Case, expected: Expected, actual: Sequence[Array]
) -> tuple[Expected, Sequence[Array], str]:
    """The expected and the actual arrays without those about the run, and what was found there in words.

    If several devices ran, the arrays are those of the first.
    """
    how = compared_by(case)
    expected_arrays, _ = how.result_and_finding(expected.arrays)
    arrays, finding = how.result_and_finding(actual)
    if how.watches_the_run:
        arrays = arrays[: len(expected_arrays)]
    return replace(expected, arrays=tuple(expected_arrays)), arrays, finding


def real_dtype(inputs: Inputs) -> str:
    """The dtype that real results must have for these inputs; "" if they must have the reference's."""
    return "" if inputs.states_dtypes else DTYPE


def layout_of(name: str, inputs: Inputs) -> str:
    """The layout of a view in its buffer, in elements, as a submission sees it; "" for a compact array."""
    base, view = inputs.bases[name], inputs.array(name)
    if not inputs.recipes[name] or not view.size:
        return ""
    start = view.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    strides = ", ".join(str(step // view.itemsize) for step in view.strides)
    return f"a view: strides ({strides}), offset {start // view.itemsize} of {base.size}"


def wrong_in(expected: Expected, actual: Sequence[Array]) -> list[Array]:
    """The wrong elements of each array; all of them if its shape differs."""
    marks = []
    for number, array in enumerate(actual):
        expected_array = expected.arrays[number] if number < len(expected.arrays) else None
        if expected_array is None or expected_array.shape != array.shape:
            marks.append(np.zeros(array.shape, bool))
        else:
            bound = None if expected.bounds is None else expected.bounds[number]
            marks.append(wrong_elements(expected_array, array, bound))
    return marks


@cache
def used_inputs(probes: Path, probe: str) -> tuple[frozenset[str], frozenset[str]]:
    """The fields of a case that a probe reads, and the fields of which it reads the shape.

    In a function with `getattr(case, ...)`, each text counts as the name of a field.
    """
    functions = {
        node.name: node
        for node in ast.parse(probes.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    used: set[str] = set()
    shaped: set[str] = set()
    todo, done = [probe], set()
    while todo:
        name = todo.pop()
        if name in done or name not in functions:
            continue
        done.add(name)
        of_shapes = set()
        nodes = list(ast.walk(functions[name]))
        if any(map(_reads_by_name, nodes)):
            used |= {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        for node in nodes:
            if isinstance(node, ast.Name):
                todo.append(node.id)
            if isinstance(node, ast.Attribute) and node.attr == "shape" and _field(node.value):
                shaped.add(_field(node.value))
                of_shapes.add(id(node.value))
        used |= {_field(node) for node in nodes if _field(node) and id(node) not in of_shapes}
    return frozenset(used), frozenset(shaped)


def _field(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "case":
        return node.attr
    return ""


def _reads_by_name(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name("getattr"), args=[ast.Name("case"), *_]):
            return True
    return False


def _results(
    which: str, arrays: Sequence[Array], names: Sequence[str], w_shape: tuple[int, ...]
) -> tuple[Table, ...]:
    """The results of a probe, with the names that it gives to them, "" for one without a name."""
    if len(arrays) == 1:
        return (_table(which, arrays[0], w_shape),)
    numbers = [f"{number} of {len(arrays)}" for number in range(1, len(arrays) + 1)]
    titles = [
        f"{which} {name} ({number})" if name else f"{which} {number}"
        for number, name in zip_longest(numbers, names[: len(arrays)], fillvalue="")
    ]
    return tuple(_table(title, array, w_shape) for title, array in zip(titles, arrays, strict=True))


def _with_dtypes(
    expected: Sequence[Table], actual: Sequence[Table], real: str
) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
    """The tables; two whose dtypes differ name them, because their numbers may look the same."""
    both = [*expected], [*actual]
    for number, (one, other) in enumerate(zip(expected, actual, strict=False)):
        expected_dtype = real if real and one.dtype.startswith("float") else one.dtype
        if other.dtype != expected_dtype:
            both[0][number] = replace(one, layout=expected_dtype)
            both[1][number] = replace(other, layout=other.dtype)
    return tuple(both[0]), tuple(both[1])


def _table(name: str, array: Array, w_shape: tuple[int, ...]) -> Table:
    """An array as a table; a kernel's grid is its first two axes, an image's the two in the middle.

    If an array is too large to show, only its shape is kept.
    """
    grid = (-2, -1)
    if w_shape and array.ndim == 4:
        grid = (0, 1) if array.shape == w_shape else (1, 2)
    values = tuple(array.reshape(-1).tolist()) if array.size <= MOST_ELEMENTS else ()
    return Table(name, array.shape, values, array.dtype.name, grid)


def _marked(table: Table, wrong: Array) -> Table:
    if len(table.values) != wrong.size:
        return table
    return replace(table, wrong=tuple(bool(each) for each in wrong.reshape(-1)))
