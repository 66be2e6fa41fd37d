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
from grader.judge.comparisons import comparison_of
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import NO_VALUE
from grader.judge.examples.look import used_inputs
from grader.judge.inputs import Inputs
from grader.judge.verdict.oracles import FrozenOracle
from grader.model.assignment import Assignment
from grader.model.errors import UserError
from grader.model.example import Table
from grader.model.wire_format import DATA
from grader.report.terminal.show_example import lines_of
from grader.worker.function_host import functions_of
from grader.worker.student_module import Case as CaseFields
from grader.worker.student_module import Submission, to_raw, value_in
from grader.worker.worker_loop import poison_fresh_memory

DTYPE = "float32"  # the dtype of grading


@dataclass(frozen=True)
class Bench:
    """A case that is ready to run: `probe(submission, fields)` is the call that the grader makes."""

    name: str
    probe: Callable[[Any, Any], Any]
    submission: Submission
    fields: CaseFields
    names: dict[str, Any]


def set_up(case_name: str) -> Bench:
    """The case of the handout that the name selects; UserError if it selects several, or none."""
    assignment = handout()
    if not case_name:
        raise UserError("which case? Name it: make try CASE=criterion/case")
    chosen = sorted(select(assignment, case=case_name))
    if len(chosen) > 1 and case_name not in chosen:
        shown = ", ".join(chosen[:3])
        raise UserError(f"{len(chosen)} cases are called {case_name!r}, expected one: {shown}, ...")
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
    names: dict[str, Any] = {"np": np, "show": show}
    for module in modules:
        names |= {name: value for name, value in vars(module).items() if not name.startswith("_")}
    for field in [*inputs.values, *inputs.ask, *inputs.functions, *inputs.bases]:
        value_of_field = getattr(fields, field)
        is_array = field in inputs.bases
        if field in used or not used or not is_array:
            names[field] = submission.array(value_of_field) if is_array else value_of_field
    probe: Callable[[Any, Any], Any] = getattr(probes, case.probe)
    names["expected"] = expected.value if has_value else _one_or_all(expected.arrays)
    names["ask"] = lambda: _answer(probe, submission, fields, ndarray)
    return Bench(name, probe, submission, fields, names)


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
    probe: Callable[[Any, Any], Any], submission: Submission, fields: Any, ndarray: ModuleType
) -> Any:
    """The grader's answer to this case: a value, one array, or a tuple of arrays."""
    raw = to_raw(probe(submission, fields), ndarray)
    if raw and raw[0].dtype == DATA:
        return value_in(raw)
    return _one_or_all(tuple(np.frombuffer(each.data, each.dtype).reshape(each.shape) for each in raw))


def _one_or_all(arrays: Sequence[Any]) -> Any:
    return arrays[0] if len(arrays) == 1 else arrays


def show(a: Any, b: Any = None) -> None:
    """Prints one array, or two arrays with every difference marked."""
    console = Console()
    first = _dense(a)
    second = None if b is None else _dense(b)
    for name, array in (("a", first), ("b", second)):
        if array is not None:
            other = second if array is first else first
            for line in lines_of(_table(name, array, other)):
                console.print(line, highlight=False)
    if second is not None and first.shape == second.shape:
        differ = int(np.count_nonzero(~(first == second)))
        console.print(f"{differ} of {first.size} elements differ" if differ else "equal", highlight=False)


def _dense(value: Any) -> np.ndarray[Any, Any]:
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


def _table(name: str, array: np.ndarray[Any, Any], other: np.ndarray[Any, Any] | None) -> Table:
    differs = () if other is None or other.shape != array.shape else ~(array == other)
    values = tuple(float(value) for value in array.reshape(-1))
    marks = tuple(bool(each) for each in np.asarray(differs).reshape(-1))
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
