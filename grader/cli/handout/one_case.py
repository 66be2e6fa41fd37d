"""One case of a handout in this process: the student's functions, its inputs, and its expected values."""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from grader.cli.course import HANDOUT
from grader.cli.handout.show_values import show_for
from grader.cli.handout.workspace import handout
from grader.judge.case_selection.selection import criteria_of_exercises, select
from grader.judge.comparisons import comparison_of
from grader.judge.comparisons.raises import derives_from
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import NO_VALUE
from grader.judge.examples.lay_out_case import FieldsRead, fields_read
from grader.judge.inputs import Inputs
from grader.judge.scenario_as_python import as_python
from grader.judge.verdict.misconceptions import MISCONCEPTIONS, Misconceptions
from grader.judge.verdict.oracles import FrozenOracle
from grader.model.assignment import SCENARIO, Assignment, Case, Criterion
from grader.model.errors import UserError
from grader.model.mutant import called_name
from grader.model.surroundings import Device
from grader.model.wire_format import DATA
from grader.worker.function_host import functions_of
from grader.worker.scenario import scenario
from grader.worker.student_module import Case as CaseFields
from grader.worker.student_module import Input, Submission, to_raw, value_in
from grader.worker.worker_loop import poison_fresh_memory

DTYPE = "float32"  # the dtype of grading
SHOWN = 3


@dataclass(frozen=True)
class Bench:
    """A case that is ready to run: `probe(submission, fields)` is the call that the grader makes."""

    name: str
    probe: Callable[[Any, Any], Any]
    submission: Submission
    fields: CaseFields
    names: dict[str, Any]
    exercises: frozenset[str]  # the functions that the case is about, by their bare names
    files: tuple[str, ...]
    calls: str  # the calls of a scenario in Python, "" for a case with its own probe

    @property
    def input_names(self) -> list[str]:
        """The names of the case's inputs."""
        return [name for name in vars(self.fields) if name in self.names]


def set_up(case_name: str) -> Bench:
    """The case of the handout that the name selects; UserError if it selects several, or none."""
    assignment = handout()
    criterion, case = _one_case(assignment, case_name)
    comparison = comparison_of(case)
    assert assignment.frozen is not None
    oracle = FrozenOracle(assignment.frozen)
    inputs = oracle.inputs(case)
    expected = oracle.expected(case, inputs) if comparison.needs_expected else Expected(())
    has_value = expected.value is not NO_VALUE
    poison_fresh_memory()
    sys.path.insert(0, str(Path.cwd()))
    sys.dont_write_bytecode = True
    probes = _probes(assignment.probes)
    modules = [_imported(module, assignment) for module in assignment.modules]
    ndarray = importlib.import_module(assignment.ndarray)
    device = assignment.devices[-1] if Device.EMULATED in assignment.devices else Device.CPU
    submission = Submission(modules, ndarray, DTYPE, device)
    fields = CaseFields(inputs.fields(), inputs.raw, _functions(inputs))
    is_scenario = case.probe == scenario.__name__
    read = FieldsRead() if is_scenario else fields_read(assignment.probes, case.probe)
    names: dict[str, Any] = {"np": np}
    for module in modules:
        names |= {name: value for name, value in vars(module).items() if not name.startswith("_")}
    names |= _inputs_by_name(inputs, fields, submission, read.names | read.only_shape)
    probe: Callable[[Any, Any], Any] = scenario if is_scenario else getattr(probes, case.probe)
    value = expected.value if has_value else _one_or_all(expected.arrays)
    raises = case.options.get("raises", "")
    names["expected"] = value = f"{raises} is raised" if raises else value
    names["show"] = show_for(criterion, case, expected, value)
    names["ask"] = lambda: _answer(probe, submission, fields, ndarray, has_value, raises)
    exercises = _exercises(assignment, case)
    calls = as_python(inputs.ask[SCENARIO]) if is_scenario else ""
    return Bench(case.name, probe, submission, fields, names, exercises, tuple(assignment.files), calls)


def _one_case(assignment: Assignment, case_name: str) -> tuple[Criterion, Case]:
    """The one case that the name selects, with its criterion."""
    if not case_name:
        raise UserError("which case? Name it with CASE=exercise/case, as `make grade` shows it")
    case_names = sorted(select(assignment, case=case_name))
    if len(case_names) > 1 and case_name not in case_names:
        names = ", ".join(case_names[:SHOWN]) + (", ..." if len(case_names) > SHOWN else "")
        raise UserError(f"{len(case_names)} cases match {case_name!r}. Name one: {names}")
    name = case_name if case_name in case_names else case_names[0]
    return next((one, case) for one in assignment.rubric.criteria for case in one.cases if case.name == name)


def _inputs_by_name(
    inputs: Inputs, fields: CaseFields, submission: Submission, array_names: Set[str]
) -> dict[str, Any]:
    """The inputs of a case; of its arrays only those that its probe uses, or all if that is unknown."""
    plain = [*inputs.values, *inputs.ask, *inputs.functions]
    arrays = [name for name in inputs.bases if name in array_names or not array_names]
    return {name: getattr(fields, name) for name in plain} | {
        name: _as_a_probe_gives_it(submission, getattr(fields, name)) for name in arrays
    }


def _exercises(assignment: Assignment, case: Case) -> frozenset[str]:
    """The exercises that a case is about; for an assignment without ideas, the names that its probe uses."""
    if calls := Misconceptions.read(HANDOUT / MISCONCEPTIONS).exercises_by_criterion.get(case.criterion):
        return frozenset(map(called_name, calls))
    criteria = criteria_of_exercises(assignment)
    return frozenset(name for name, ids in criteria.items() if case.criterion in ids)


def _as_a_probe_gives_it(submission: Submission, source: Input) -> Any:
    """The input as an array of the submission's type. Kernels get arrays of NumPy, through their host.

    So do integers, booleans and complex numbers, which an NDArray does not hold.
    """
    is_numpys = submission.device == Device.EMULATED or source.base.dtype.kind != "f"
    return source.numpy() if is_numpys else submission.array(source)


def _functions(inputs: Inputs) -> dict[str, Any]:
    """The functions that a case passes, which run in this process: a handout has their source."""
    entries = inputs.functions.items()
    return {
        name: functions_of(inputs.source, entry)
        if isinstance(entry, list)
        else functions_of(inputs.source, [entry])[0]
        for name, entry in entries
    }


def _answer(
    probe: Callable[[Any, Any], Any],
    submission: Submission,
    fields: CaseFields,
    ndarray: ModuleType,
    is_plain: bool,
    raises: str,
) -> Any:
    """The grader's answer to this case: a value, one array, or a tuple of arrays.

    If the case expects an exception of the class `raises`, it is the sentence that names the exception.
    """
    try:
        result = probe(submission, fields)
    except Exception as error:
        names = [kind.__name__ for kind in type(error).__mro__]
        if not raises:
            raise
        return f"{raises if derives_from(raises, names) else names[0]} is raised"
    raw = to_raw(result, ndarray, is_plain=is_plain)
    if raw and raw[0].dtype == DATA:
        return value_in(raw)
    return _one_or_all(tuple(np.frombuffer(each.data, each.dtype).reshape(each.shape) for each in raw))


def _one_or_all(arrays: Sequence[Any]) -> Any:
    return arrays[0] if len(arrays) == 1 else arrays


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
