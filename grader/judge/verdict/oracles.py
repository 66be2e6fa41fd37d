"""Provides inputs and expected values: from the reference in a separate process, or from frozen arrays."""

import io
import json
import zipfile
from collections.abc import Iterable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from grader.judge.comparison import DTYPE, Oracle
from grader.judge.comparisons import compared_by, draws, judged_draws
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import NO_VALUE, Array, arrays_of, text_of, value_of
from grader.judge.draw_inputs import draw
from grader.judge.inputs import Inputs
from grader.judge.process.implementation import REFERENCE_LIMITS, Implementation, Subject
from grader.judge.process.sandbox import starter
from grader.judge.verdict.expected_cache import KeptExpected
from grader.model.assignment import NDARRAY, NUMPY_ARRAYS, Assignment, Case, Visibility
from grader.model.errors import GraderFault, ReferenceStopped, UserError
from grader.model.grade import Outcome, Status
from grader.model.plain_data import decode
from grader.model.surroundings import Device, Sandbox

LIMITS = (Status.TIMEOUT, Status.MEMORY, Status.OUTPUT_LIMIT, Status.CALL_LIMIT)
STUDENTS = 64  # cached with their own numbers: about 300 kB each


class ReferenceOracle:
    """Runs the same probe on the reference in float64, and caches the results."""

    variant = ""

    def __init__(self, assignment: Assignment, secret: str = "") -> None:
        ndarray = f"{assignment.oracle.partition('.')[0]}.{NDARRAY}"
        if NDARRAY in assignment.modules:  # the submission is the NDArray, and so is its oracle
            ndarray = assignment.oracle
        elif assignment.library and not (assignment.library / f"{ndarray.replace('.', '/')}.py").is_file():
            ndarray = NUMPY_ARRAYS
        self._cache = KeptExpected(assignment, secret)
        self._name = assignment.name
        self._secret = secret
        self._expected: dict[tuple[str, str], Expected] = {}
        self._inputs: dict[tuple[str, int], Inputs] = {}
        self._of_student = lru_cache(STUDENTS)(partial(_StudentsOracle, self))
        self._reference = Implementation(
            starter(Sandbox.NONE, assignment.probes, ndarray, assignment.library),
            Subject((assignment.oracle,), "float64", Device.CPU),
            REFERENCE_LIMITS,
        )

    def inputs(self, case: Case, redraw: int = 0) -> Inputs:
        """Drawn from the course's seed."""
        key = (case.name, redraw)
        if key not in self._inputs:
            inputs = self._cache.inputs(case, redraw)
            if inputs is None:
                inputs = self.draw(case, redraw)
                self._cache.add_inputs(case, redraw, inputs)
            self._inputs[key] = inputs
        return self._inputs[key]

    def draw(self, case: Case, redraw: int = 0, variant: str = "") -> Inputs:
        """The same, not cached; for a `variant`, with that student's numbers."""
        return draw(case, self._name, self._secret, redraw, variant)

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        """The reference's answer; GraderFault if it has none."""
        key = (case.name, inputs.digest)
        if key not in self._expected:
            expected = self._cache.expected(case, inputs)
            if expected is None:
                expected = self.work_out(case, inputs)
                self._cache.add_expected(case, inputs, expected)
            self._expected[key] = expected
        return self._expected[key]

    def answer(self, probe: str, inputs: Inputs, dtype: str = "") -> tuple[Outcome, float]:
        """The reference's answer, never cached."""
        return self._reference.run_timed(probe, inputs, dtype)

    def of(self, variant: str) -> Oracle:
        """One student's oracle; their own numbers are cached for the last few students."""
        return self._of_student(variant) if variant else self

    def close(self) -> None:
        """Ends the reference's process, and keeps its results."""
        self._cache.close()
        self._reference.close()

    def work_out(self, case: Case, inputs: Inputs) -> Expected:
        """The reference's answer with its bounds, not cached."""
        outcome = self._run(case, inputs)
        value = value_of(outcome.arrays)
        if value is not NO_VALUE:
            return Expected((), value=value)
        arrays, comparison = arrays_of(outcome), compared_by(case)
        bounds = comparison.bounds(case, inputs, arrays, lambda other: arrays_of(self._run(case, other)))
        return Expected(arrays, bounds)

    def _run(self, case: Case, inputs: Inputs) -> Outcome:
        outcome = self._reference.run(case.probe, inputs, DTYPE if inputs.states_dtypes else "")
        if outcome.status is not Status.OK:
            message = f"{case.name}: the reference has no answer: {outcome.reason}"
            raise ReferenceStopped(message, case.name) if outcome.status in LIMITS else GraderFault(message)
        return outcome


class _StudentsOracle:
    """One student's numbers in hidden cases, on the same reference process; visible cases are shared."""

    def __init__(self, common: ReferenceOracle, variant: str) -> None:
        self.variant = variant
        self._common = common
        self._expected: dict[tuple[str, str], Expected] = {}
        self._inputs: dict[tuple[str, int], Inputs] = {}

    def inputs(self, case: Case, redraw: int = 0) -> Inputs:
        """Drawn from the course's seed and the student's id."""
        if case.visibility is Visibility.VISIBLE:
            return self._common.inputs(case, redraw)
        key = (case.name, redraw)
        if key not in self._inputs:
            self._inputs[key] = self._common.draw(case, redraw, self.variant)
        return self._inputs[key]

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        """The reference's answer."""
        if case.visibility is Visibility.VISIBLE:
            return self._common.expected(case, inputs)
        key = (case.name, inputs.digest)
        if key not in self._expected:
            self._expected[key] = self._common.work_out(case, inputs)
        return self._expected[key]

    def answer(self, probe: str, inputs: Inputs, dtype: str = "") -> tuple[Outcome, float]:
        """The common oracle's answer."""
        return self._common.answer(probe, inputs, dtype)

    def of(self, variant: str) -> Oracle:
        """Another student's oracle."""
        return self._common.of(variant)

    def close(self) -> None:
        """Does nothing: the process belongs to the common oracle."""


class FrozenOracle:
    """Reads inputs, expected arrays and bounds that `freeze` wrote; needs no reference."""

    variant = ""

    def __init__(self, path: Path) -> None:
        try:
            # from bytes: NumPy leaves the file open if it is not an archive
            self._arrays = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
            self._cases: dict[str, Any] = json.loads(self._arrays["cases"].tobytes())
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise UserError("frozen arrays that cannot be read: unpack the handout again", path) from error
        self._inputs: dict[tuple[str, int], Inputs] = {}

    def inputs(self, case: Case, redraw: int = 0) -> Inputs:
        """The frozen inputs."""
        key = (case.name, redraw)
        if key not in self._inputs:
            self._inputs[key] = self._read(case, redraw)
        return self._inputs[key]

    def _read(self, case: Case, redraw: int) -> Inputs:
        entry = self._cases[case.name]["inputs"][redraw]
        prefix = f"{case.name}:{redraw}"
        return Inputs(
            entry["values"],
            {name: self._arrays[f"{prefix}:{name}"] for name in entry["recipes"]},
            {
                name: tuple((op, argument) for op, argument in recipe)
                for name, recipe in entry["recipes"].items()
            },
            entry["ask"],
            entry.get("functions", {}),
            case.functions_source if "functions" in entry else "",
        )

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        """The frozen answer for these inputs; GraderFault if there is none."""
        for redraw, entry in enumerate(self._cases[case.name]["expected"]):
            if self.inputs(case, redraw).digest == inputs.digest:
                return self._expected(case, redraw, entry)
        raise GraderFault(f"{case.name}: a handout has no answer for other values")

    def _expected(self, case: Case, redraw: int, entry: dict[str, Any]) -> Expected:
        count, bounded = entry["arrays"], compared_by(case).has_bounds
        arrays = tuple(self._arrays[f"{case.name}:expected {redraw}:{i}"] for i in range(count))
        if "value" in entry:
            return Expected((), value=decode(entry["value"].encode(), arrays))
        bounds = (
            tuple(self._arrays[f"{case.name}:bound {redraw}:{i}"] for i in range(count)) if bounded else None
        )
        return Expected(arrays, bounds)

    def answer(self, probe: str, inputs: Inputs, dtype: str = "") -> tuple[Outcome, float]:
        """Raises GraderFault: comparisons that need a reference are not in a handout."""
        raise GraderFault(f"{probe}: a handout has no reference to ask")

    def of(self, variant: str) -> Oracle:
        """Itself: a handout has only common numbers."""
        return self

    def close(self) -> None:
        """Closes the file."""
        self._arrays.close()


def freeze(cases: Iterable[Case], oracle: Oracle, path: Path) -> None:
    """Writes inputs, expected arrays and bounds of `cases` for a FrozenOracle; the same bytes every time."""
    arrays: dict[str, Array] = {}
    index: dict[str, Any] = {}
    for case in cases:
        # a case that compares a submission with itself has further draws, but no expected values
        inputs_by_draw = [oracle.inputs(case, redraw) for redraw in range(draws(case))]
        for redraw, inputs in enumerate(inputs_by_draw):
            arrays |= {f"{case.name}:{redraw}:{name}": base for name, base in inputs.bases.items()}
        index[case.name] = {"inputs": [_entry(inputs) for inputs in inputs_by_draw], "expected": []}
        for redraw in judged_draws(case):
            expected, entry = oracle.expected(case, inputs_by_draw[redraw]), {}
            answer_arrays = expected.arrays
            if expected.value is not NO_VALUE:
                entry["value"], answer_arrays = text_of(expected.value)
            index[case.name]["expected"].append({**entry, "arrays": len(answer_arrays)})
            arrays |= {f"{case.name}:expected {redraw}:{i}": array for i, array in enumerate(answer_arrays)}
            arrays |= {
                f"{case.name}:bound {redraw}:{i}": array for i, array in enumerate(expected.bounds or ())
            }
    text = np.frombuffer(json.dumps(index).encode(), dtype=np.uint8)
    np.savez_compressed(path, allow_pickle=False, cases=text, **arrays)


def _entry(inputs: Inputs) -> dict[str, Any]:
    """A frozen draw's entry, without its arrays."""
    entry = {"values": dict(inputs.values), "recipes": dict(inputs.recipes), "ask": dict(inputs.ask)}
    return {**entry, "functions": dict(inputs.functions)} if inputs.functions else entry
