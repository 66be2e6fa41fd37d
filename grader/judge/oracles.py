"""Where inputs and expected values come from: the reference in a process of its own, or frozen arrays."""

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from grader.judge.cases import Inputs, draw
from grader.judge.implementation import REFERENCE_LIMITS, Implementation, Subject
from grader.judge.sandbox import starter
from grader.model.assignment import Assignment, Case
from grader.model.errors import GraderFault, UserError
from grader.model.frame import RawArray
from grader.model.grade import Outcome, Status

Array = npt.NDArray[Any]
SMOOTH_DRAWS, DIFFERENCE_DRAWS = 3, 6  # finite differences: how many points must be smooth, of how many drawn
DRAWS = {"adjoint": 2, "finite_difference": 2 * DIFFERENCE_DRAWS}  # how often the inputs are drawn


@dataclass(frozen=True)
class Expected:
    """The arrays that a probe must return, and with bounds how far off each element may be."""

    arrays: tuple[Array, ...]
    bounds: tuple[Array, ...] | None = None


class Oracle(Protocol):
    """Knows the inputs of every case and what must come back."""

    def inputs(self, case: Case, redraw: int = 0) -> Inputs:
        """The inputs of a case; `redraw` numbers further draws of the same shapes."""

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        """What the probe must return for them."""

    def close(self) -> None:
        """Ends whatever it started."""


class ReferenceOracle:
    """Runs the same probe on the reference in float64; remembers what it has worked out."""

    def __init__(self, assignment: Assignment, secret: str = "") -> None:
        ndarray = f"{assignment.oracle.partition('.')[0]}.ndarray"
        self._name = assignment.name
        self._secret = secret
        self._known: dict[tuple[str, str], Expected] = {}
        self._drawn: dict[tuple[str, int], Inputs] = {}
        self._reference = Implementation(
            starter("none", assignment.probes, ndarray),
            Subject((assignment.oracle,), "float64", "cpu"),
            REFERENCE_LIMITS,
        )

    def inputs(self, case: Case, redraw: int = 0) -> Inputs:
        """Drawn from the course's seed."""
        key = (case.name, redraw)
        if key not in self._drawn:
            self._drawn[key] = draw(case, self._name, self._secret, redraw)
        return self._drawn[key]

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        """The reference's answer; GraderFault where it has none."""
        key = (case.name, inputs.digest)
        if key not in self._known:
            arrays = self._run(case, inputs)
            bounds = None
            if case.compare == "bound":
                # 8 u of the same sum over absolute values: see numerics, "Error bound"
                bounds = tuple(8 * 2.0**-24 * bound for bound in self._run(case, inputs.absolute()))
            elif case.compare == "close":
                # softmax and the like are not multilinear: 16 u of max(1, |value|), three times what was
                # the most in 2,000 draws of normal logits, over 12 legitimate ways to compute them
                bounds = tuple(16 * 2.0**-24 * np.maximum(1, np.abs(array)) for array in arrays)
            self._known[key] = Expected(arrays, bounds)
        return self._known[key]

    def close(self) -> None:
        """Ends the reference's process."""
        self._reference.close()

    def _run(self, case: Case, inputs: Inputs) -> tuple[Array, ...]:
        outcome = self._reference.run(case.probe, inputs)
        if outcome.status is not Status.OK:
            raise GraderFault(f"{case.name}: the reference has no answer: {outcome.reason}")
        return arrays_of(outcome)


class FrozenOracle:
    """Reads inputs, expected arrays and bounds that `freeze` wrote; needs no reference."""

    def __init__(self, path: Path) -> None:
        try:
            # from bytes: NumPy leaves the file open where it is no archive
            self._arrays = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
            self._cases: dict[str, Any] = json.loads(self._arrays["cases"].tobytes())
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise UserError("frozen arrays that cannot be read: unpack the handout again", path) from error

    def inputs(self, case: Case, redraw: int = 0) -> Inputs:
        """As they were frozen."""
        entry = self._cases[case.name]["inputs"][redraw]
        prefix = f"{case.name}:{redraw}"
        return Inputs(
            entry["values"],
            {name: self._arrays[f"{prefix}:{name}"] for name in entry["recipes"]},
            {
                name: tuple((op, argument) for op, argument in recipe)
                for name, recipe in entry["recipes"].items()
            },
        )

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        """As it was frozen."""
        count, bounded = self._cases[case.name]["expected"], case.compare in ("bound", "close")
        arrays = tuple(self._arrays[f"{case.name}:expected:{i}"] for i in range(count))
        bounds = tuple(self._arrays[f"{case.name}:bound:{i}"] for i in range(count)) if bounded else None
        return Expected(arrays, bounds)

    def close(self) -> None:
        """Closes the file."""
        self._arrays.close()


def freeze(cases: Iterable[Case], oracle: Oracle, path: Path) -> None:
    """Writes inputs, expected arrays and bounds of `cases` for a FrozenOracle; the same bytes every time."""
    arrays: dict[str, Array] = {}
    index: dict[str, Any] = {}
    for case in cases:
        # a case that a submission is compared with itself on has no expected value, but further draws
        draws = [oracle.inputs(case, redraw) for redraw in range(DRAWS.get(case.compare, 1))]
        for redraw, inputs in enumerate(draws):
            arrays |= {f"{case.name}:{redraw}:{name}": base for name, base in inputs.bases.items()}
        entries = [{"values": dict(i.values), "recipes": dict(i.recipes)} for i in draws]
        index[case.name] = {"inputs": entries, "expected": 0}
        if case.compare not in DRAWS:
            expected = oracle.expected(case, draws[0])
            index[case.name]["expected"] = len(expected.arrays)
            arrays |= {f"{case.name}:expected:{i}": array for i, array in enumerate(expected.arrays)}
            arrays |= {f"{case.name}:bound:{i}": array for i, array in enumerate(expected.bounds or ())}
    text = np.frombuffer(json.dumps(index).encode(), dtype=np.uint8)
    np.savez_compressed(path, allow_pickle=False, cases=text, **arrays)


def array_of(raw: RawArray) -> Array:
    """A raw array as a NumPy array; the frame's reader has checked dtype, shape and length."""
    return np.frombuffer(raw.data, dtype=raw.dtype).reshape(raw.shape)


def arrays_of(outcome: Outcome) -> tuple[Array, ...]:
    """An outcome's arrays as NumPy arrays."""
    return tuple(array_of(raw) for raw in outcome.arrays)
