"""Shows one whole case: runs a submission again and lays out inputs, expected and actual values."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import zip_longest
from pathlib import Path

import numpy as np

from grader.judge.comparison import DTYPE, Disagreement
from grader.judge.comparisons import compared_by
from grader.judge.differences.array_difference import wrong_elements
from grader.judge.differences.difference import Difference, Expected
from grader.judge.differences.probe_values import Array, arrays_of
from grader.judge.inputs import Inputs
from grader.judge.kind import Shape
from grader.judge.kinds import kind_of
from grader.model.assignment import Assignment, Case
from grader.model.example import Example, Table
from grader.model.grade import Outcome, Status

GridOf = Callable[[Shape], tuple[int, int]]
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
    disagreeing = difference.results if isinstance(difference, Disagreement) else {}
    answer = arrays_of(outcome) if outcome.status is Status.OK and not disagreeing else ()
    expected, actual, finding = result_of_run(case, expected, answer)
    finding = finding if difference is None else difference.rationale
    kind = kind_of(case)
    grid_of = partial(kind.grid_of, inputs=inputs)
    # a forward pass and its gradient together read all inputs
    fields = FieldsRead() if disagreeing else fields_read(assignment.probes, case.probe)
    names = assignment.criterion(case.criterion).results
    results = tuple(_table(name, array, grid_of) for name, array in disagreeing.items())
    expected_tables, actual_tables = _with_dtypes(
        _results("expected", expected.arrays, names, grid_of),
        _results("actual", actual, names, grid_of),
        real_dtype(inputs),
    )
    if difference is not None and not disagreeing:  # no value of the result is wrong, so it is shown once
        results, expected_tables, actual_tables = _results("result", actual, names, grid_of), (), ()
    return Example(
        criterion=case.criterion,
        case=case.id,
        probe=case.probe,
        drawing=kind.drawing,
        description=kind.describe(case, inputs),
        settings=_settings(case, inputs, fields),
        inputs=_inputs(inputs, fields, grid_of),
        expected=expected_tables,
        actual=tuple(map(_marked, actual_tables, wrong_in(expected, actual))),
        results=results,
        compared=(difference.expected, difference.actual) if difference is not None else ("", ""),
        end_reason=finding if outcome.status is Status.OK else _end_reason(outcome),
        is_smallest=is_smallest,
    )


def _settings(case: Case, inputs: Inputs, fields: "FieldsRead") -> dict[str, object]:
    """The values that a probe reads, and the shapes of arrays of which it reads nothing else."""
    hidden = compared_by(case).extra_names  # that a student never sees
    values = {name: value for name, value in {**inputs.values, **inputs.ask}.items() if name not in hidden}
    shapes = {f"{name}.shape": inputs.array(name).shape for name in inputs.bases if name in fields.only_shape}
    return {name: value for name, value in values.items() if fields.includes(name)} | shapes


def _inputs(inputs: Inputs, fields: "FieldsRead", grid_of: GridOf) -> tuple[Table, ...]:
    """The arrays that a probe reads, each with its layout."""
    names = [name for name in inputs.bases if fields.includes(name)]
    tables = {name: _table(name, inputs.array(name), grid_of) for name in names}
    return tuple(replace(table, layout=layout_of(name, inputs)) for name, table in tables.items())


def result_of_run(
    case: Case, expected: Expected, actual: Sequence[Array]
) -> tuple[Expected, Sequence[Array], str]:
    """The expected and the actual arrays without those about the run, and what was found there in words.

    If several devices ran, the arrays are those of the first.
    """
    comparison = compared_by(case)
    expected_arrays, _ = comparison.result_and_finding(expected.arrays)
    arrays, finding = comparison.result_and_finding(actual)
    if comparison.watches_the_run:
        arrays = arrays[: len(expected_arrays)]
    return replace(expected, arrays=tuple(expected_arrays)), arrays, finding


def _end_reason(outcome: Outcome) -> str:
    """The reason for a failure; for an exception, with the variables of the line that raised."""
    values = outcome.calls[-1].variables_in_words() if outcome.calls else ""
    return "\n".join(filter(None, (outcome.reason, values)))


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


@dataclass(frozen=True)
class FieldsRead:
    """The fields of a case that a probe reads, and those of which it reads only the shape.

    Without any, nothing is known, and the probe may read all of them.
    """

    names: frozenset[str] = frozenset()
    only_shape: frozenset[str] = frozenset()

    def includes(self, name: str) -> bool:
        """True if the probe may read a field."""
        return name in self.names or not self.names


@cache
def fields_read(probes: Path, probe: str) -> FieldsRead:
    """The fields of a case that a probe reads.

    In a function with `getattr(case, ...)`, each text counts as the name of a field.
    """
    functions = {
        node.name: node
        for node in ast.parse(probes.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    read: set[str] = set()
    with_shape: set[str] = set()
    queue, visited = [probe], set()
    while queue:
        name = queue.pop()
        if name in visited or name not in functions:
            continue
        visited.add(name)
        of_shapes = set()
        nodes = list(ast.walk(functions[name]))
        if any(map(_reads_by_name, nodes)):
            read |= {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        for node in nodes:
            if isinstance(node, ast.Name):
                queue.append(node.id)
            if isinstance(node, ast.Attribute) and node.attr == "shape" and _field(node.value):
                with_shape.add(_field(node.value))
                of_shapes.add(id(node.value))
        read |= {_field(node) for node in nodes if _field(node) and id(node) not in of_shapes}
    return FieldsRead(frozenset(read), frozenset(with_shape - read))


def _field(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "case":
        return node.attr
    return ""


def _reads_by_name(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name("getattr"), args=[ast.Name("case"), *_]):
            return True
    return False


def _results(role: str, arrays: Sequence[Array], names: Sequence[str], grid_of: GridOf) -> tuple[Table, ...]:
    """The results of a probe, with the names that it gives to them, "" for one without a name."""
    if len(arrays) == 1:
        return (_table(role, arrays[0], grid_of),)
    numbers = [f"{number} of {len(arrays)}" for number in range(1, len(arrays) + 1)]
    titles = [
        f"{role} {name} ({number})" if name else f"{role} {number}"
        for number, name in zip_longest(numbers, names[: len(arrays)], fillvalue="")
    ]
    return tuple(_table(title, array, grid_of) for title, array in zip(titles, arrays, strict=True))


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


def _table(name: str, array: Array, grid_of: GridOf) -> Table:
    """An array as a table. If it is too large to show, only its shape is kept."""
    values = tuple(array.reshape(-1).tolist()) if array.size <= MOST_ELEMENTS else ()
    return Table(name, array.shape, values, array.dtype.name, grid_of(array.shape))


def _marked(table: Table, wrong: Array) -> Table:
    if len(table.values) != wrong.size:
        return table
    return replace(table, wrong=tuple(bool(each) for each in wrong.reshape(-1)))
