"""One case of a handout in this process: the student's functions, its inputs, and its expected values."""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from rich.console import Console

from grader.cli.handout.workspace import handout
from grader.judge.case_selection.selection import select
from grader.judge.comparisons import compared_by, comparison_of
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import NO_VALUE
from grader.judge.differences.python_words import shown
from grader.judge.differences.value_difference import value_difference
from grader.judge.examples.look import used_inputs
from grader.judge.inputs import Inputs
from grader.judge.scenario_words import Step
from grader.judge.verdict.oracles import FrozenOracle
from grader.model.assignment import SCENARIO, Assignment
from grader.model.errors import UserError
from grader.model.example import Table
from grader.model.wire_format import DATA
from grader.report.terminal.show_example import lines_of
from grader.worker.function_host import functions_of
from grader.worker.scenario import scenario
from grader.worker.student_module import Case as CaseFields
from grader.worker.student_module import Submission, to_raw, value_in
from grader.worker.worker_loop import poison_fresh_memory

DTYPE = "float32"  # the dtype of grading


@dataclass(frozen=True)
class Bench:
    """A case that is ready to run: `probe(submission, fields)` is the call that the grader makes.

    A scenario's probe takes a third argument, which makes its calls (see `grader.worker.scenario`).
    """

    name: str
    probe: Callable[..., Any]
    submission: Submission
    fields: CaseFields
    names: dict[str, Any]
    steps: Sequence[Step]  # of a scenario
    tolerance: float  # of numbers in an expected value


def set_up(case_name: str) -> Bench:
    """The case of the handout that the name selects; UserError if it selects several, or none."""
    assignment = handout()
    if not case_name:
        raise UserError("which case? Name it: make try CASE=criterion/case")
    chosen = sorted(select(assignment, case=case_name))
    if len(chosen) > 1 and case_name not in chosen:
        first_three = ", ".join(chosen[:3])
        raise UserError(f"{len(chosen)} cases are called {case_name!r}, expected one: {first_three}, ...")
    (name,) = (case_name,) if case_name in chosen else chosen
    case = next(c for one in assignment.rubric.criteria for c in one.cases if c.name == name)
    assert assignment.frozen is not None
    oracle = FrozenOracle(assignment.frozen)
    inputs = oracle.inputs(case)
    expected = oracle.expected(case, inputs) if comparison_of(case).needs_expected else Expected(())
    has_value = expected.value is not NO_VALUE
    poison_fresh_memory()
    sys.path.insert(0, str(Path.cwd()))
    sys.dont_write_bytecode = True
    probes = _probes(assignment.probes)
    modules = [_imported(module, assignment) for module in assignment.modules]
    ndarray = importlib.import_module(assignment.ndarray)
    device = assignment.devices[-1] if "emulated" in assignment.devices else "cpu"
    submission = Submission(modules, ndarray, DTYPE, device)
    fields = CaseFields(inputs.fields(), inputs.raw, _functions(inputs))
    used, _ = used_inputs(assignment.probes, case.probe)
    names: dict[str, Any] = {"np": np}
    for module in modules:
        names |= {name: value for name, value in vars(module).items() if not name.startswith("_")}
    for field in [*inputs.values, *inputs.ask, *inputs.functions, *inputs.bases]:
        value_of_field = getattr(fields, field)
        is_array = field in inputs.bases
        if field in used or not used or not is_array:
            names[field] = submission.array(value_of_field) if is_array else value_of_field
    probe: Callable[..., Any] = scenario if case.probe == SCENARIO else getattr(probes, case.probe)
    names["expected"] = expected.value if has_value else _one_or_all(expected.arrays)
    is_plain = not inputs.bases
    names["ask"] = lambda: _answer(probe, submission, fields, ndarray, is_plain)
    tolerance = compared_by(case).tolerance(case)
    names["show"] = Show(names["expected"], expected.bounds, tolerance)
    steps: Sequence[Step] = names.pop(SCENARIO, ())
    if steps:
        names["result"] = {}  # the steps, as statements, assign to it
    return Bench(name, probe, submission, fields, names, steps, tolerance)


def _functions(inputs: Inputs) -> dict[str, Any]:
    """The functions that a case hands over, which run in this process: a handout has their source."""
    entries = inputs.functions.items()
    return {
        name: functions_of(inputs.source, entry)
        if isinstance(entry, list)
        else functions_of(inputs.source, [entry])[0]
        for name, entry in entries
    }


def _answer(
    probe: Callable[..., Any], submission: Submission, fields: Any, ndarray: ModuleType, is_plain: bool
) -> Any:
    """The grader's answer to this case: a value, one array, or a tuple of arrays."""
    raw = to_raw(probe(submission, fields), ndarray, is_plain=is_plain)
    if raw and raw[0].dtype == DATA:
        return value_in(raw)
    return _one_or_all(tuple(np.frombuffer(each.data, each.dtype).reshape(each.shape) for each in raw))


def _one_or_all(arrays: Sequence[Any]) -> Any:
    return arrays[0] if len(arrays) == 1 else arrays


class Show:
    """`show` at the prompt. Numbers that the case allows to differ from those it expects count as equal."""

    def __init__(self, expected: Any, bounds: Sequence[Any] | None, tolerance: float) -> None:
        self._expected, self._bounds, self._tolerance = expected, bounds, tolerance

    def __call__(self, a: Any, b: Any = None) -> None:
        """Prints one value, or two values with every difference marked."""
        console = Console()
        if _is_array(a) or _is_array(b):
            _show_arrays(console, _dense(a), None if b is None else _dense(b), self._bounds_of(a, 1)[0])
        elif isinstance(a, tuple) and a and all(map(_is_array, a)):
            others = b if isinstance(b, tuple) and len(b) == len(a) else (None,) * len(a)
            parts = zip(a, others, self._bounds_of(a, len(a)), strict=True)
            for number, (one, other, bound) in enumerate(parts, 1):
                console.print(f"{number} of {len(a)}", highlight=False)
                _show_arrays(console, _dense(one), None if other is None else _dense(other), bound)
            if b is not None and others is not b:
                text = f"they differ: a has {len(a)} arrays, and b is {shown(b)}"
                console.print(text, markup=False, highlight=False)
        else:
            for line in self._values(a, b):
                console.print(line, markup=False, highlight=False)

    def _bounds_of(self, a: Any, count: int) -> Sequence[Any]:
        return self._bounds if self._bounds is not None and a is self._expected else [0] * count

    def _values(self, a: Any, b: Any) -> list[str]:
        if b is None:
            return [shown(a)]
        lines = [f"a  {shown(a)}", f"b  {shown(b)}"]
        difference = value_difference(a, b, self._tolerance)
        if difference is None:
            return [*lines, "equal"]
        if difference.expected != shown(a):  # only a part of it differs
            lines += [f"a has  {difference.expected}", f"b has  {difference.actual}"]
        return [*lines, difference.rationale]


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) or hasattr(value, "numpy")


def _dense(value: Any) -> np.ndarray[Any, Any]:
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


def _show_arrays(
    console: Console, first: np.ndarray[Any, Any], second: np.ndarray[Any, Any] | None, bound: Any
) -> None:
    differs = None
    if second is not None and first.shape == second.shape:
        differs = first != second
        if np.any(bound):
            with np.errstate(invalid="ignore"):
                differs &= ~(np.abs(first - second) <= bound)
    for name, array in (("a", first), ("b", second)):
        for line in () if array is None else lines_of(_table(name, array, differs)):
            console.print(line, highlight=False)
    if differs is not None:
        count = int(np.count_nonzero(differs))
        console.print(f"{count} of {first.size} elements differ" if count else "equal", highlight=False)


def _table(name: str, array: np.ndarray[Any, Any], differs: np.ndarray[Any, Any] | None) -> Table:
    values = tuple(float(value) for value in array.reshape(-1))
    marks = () if differs is None else tuple(bool(each) for each in differs.reshape(-1))
    grid = (1, 2) if array.ndim == 4 and array.shape[0] * array.shape[3] == 1 else (-2, -1)
    return Table(name, array.shape, values, array.dtype.name, grid, marks)


def _probes(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("probes", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _imported(name: str, assignment: Assignment) -> ModuleType:
    """Imports a student's module; reports an exception in one line for the student."""
    try:
        return importlib.import_module(name)
    except SyntaxError as error:
        raise UserError(f"{error.filename}:{error.lineno}: {type(error).__name__}: {error.msg}") from error
    except Exception as error:
        raise UserError(f"{name} cannot be imported: {type(error).__name__}: {error}") from error
