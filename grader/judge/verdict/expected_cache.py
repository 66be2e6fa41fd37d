"""Keeps the inputs and the expected values of a rubric's cases in the user's cache.

They follow from the assignment, the reference, the secret seed and the code that draws and answers. The
file name is a digest of all these, so a cached file is never used with another version. It includes hidden
cases, so only the user may read the file; a user who can read it can read the seed as well.
"""

import hashlib
import json
import struct
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from grader.judge.case_selection.other_values import with_other_values
from grader.judge.code_digest import code_digest, files_below
from grader.judge.comparisons import draws
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import NO_VALUE, Array, text_of
from grader.judge.inputs import Inputs
from grader.judge.process.user_cache import UserCache
from grader.model.assignment import Assignment, Case
from grader.model.errors import ProtocolError
from grader.model.file_formats.plain_records import NotPlain, Records
from grader.model.plain_data import NotData, decode

CACHE = "expected"
MOST_CASE_BYTES, MOST_BYTES = 1 << 20, 32 << 20  # larger ones are quicker to compute than to keep
LENGTH = struct.Struct("<Q")
RECORDS = Records(())
PLAIN = "biufc"  # the kinds of dtypes that are kept


class DrawOfCase(NamedTuple):
    """One draw of a case: the case's name and the number of the draw."""

    case: str
    redraw: int


class KeptExpected:
    """The kept values of one assignment; read on first use, and written by `close` if there are new ones.

    Nothing is kept for an assignment that was not loaded from files.
    """

    def __init__(self, assignment: Assignment, secret: str) -> None:
        self._assignment, self._secret = assignment, secret
        others = filter(None, map(with_other_values, assignment.rubric.cases))
        self._cases = {case.name: case for case in (*assignment.rubric.cases, *others)}
        self._name: str | None = None
        self._inputs: dict[DrawOfCase, Inputs] = {}
        self._expected: dict[DrawOfCase, Expected] = {}
        self._has_more = False

    def inputs(self, case: Case, redraw: int) -> Inputs | None:
        """A draw of one of the rubric's cases; None if it is not kept."""
        return self._read()._inputs.get(DrawOfCase(case.name, redraw)) if self._is_ours(case) else None

    def expected(self, case: Case, inputs: Inputs) -> Expected | None:
        """The expected value of one of a case's draws; None if it is not kept, or if the inputs differ."""
        draw = self._draw_of(case, inputs)
        return None if draw is None else self._expected.get(draw)

    def add_inputs(self, case: Case, redraw: int, inputs: Inputs) -> None:
        """Records a draw of one of the rubric's cases."""
        if self._is_ours(case) and sum(base.nbytes for base in inputs.bases.values()) <= MOST_CASE_BYTES:
            self._read()._inputs[DrawOfCase(case.name, redraw)] = inputs
            self._has_more = True

    def add_expected(self, case: Case, inputs: Inputs, expected: Expected) -> None:
        """Records the expected value of one of a case's draws; those of other inputs are not kept."""
        arrays = (*expected.arrays, *(expected.bounds or ()))
        is_small = sum(array.nbytes for array in arrays) <= MOST_CASE_BYTES
        draw = self._draw_of(case, inputs)
        if draw is not None and is_small:
            self._expected[draw] = expected
            self._has_more = True

    def close(self) -> None:
        """Writes the recorded values to the cache."""
        if self._has_more and self._name:
            content = _packed(self._inputs, self._expected)
            if content is not None and len(content) <= MOST_BYTES:
                UserCache(CACHE).keep(self._name, content)
        self._has_more = False

    def _draw_of(self, case: Case, inputs: Inputs) -> DrawOfCase | None:
        """The draw that gave these inputs; None if they come from no case of the rubric."""
        of_case = (
            (DrawOfCase(case.name, redraw) for redraw in range(draws(case))) if self._is_ours(case) else ()
        )
        cached_draws = self._read()._inputs
        return next((draw for draw in of_case if cached_draws.get(draw) is inputs), None)

    def _is_ours(self, case: Case) -> bool:
        """True for the rubric's case itself: a smaller one may have its name."""
        return self._cases.get(case.name) == case

    def _read(self) -> "KeptExpected":
        if self._name is None:
            self._name = _name_of(self._assignment, self._secret)
            content = UserCache(CACHE).get(self._name) if self._name else None
            if content is not None:
                self._inputs, self._expected = _unpacked(content)
        return self


def _name_of(assignment: Assignment, secret: str) -> str:
    """The name of the file; "" if something that its content depends on is unknown."""
    if assignment.library is None or not assignment.digest:
        return ""
    folder = assignment.library / assignment.oracle.partition(".")[0]
    parts = [code_digest(), sys.version, assignment.name, assignment.digest, assignment.oracle, secret]
    parts += [f"{path.relative_to(folder)} {_digest(path)}" for path in files_below(folder)]
    parts.append(_digest(assignment.probes))
    return f"{assignment.name}-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _packed(inputs: Mapping[DrawOfCase, Inputs], expected: Mapping[DrawOfCase, Expected]) -> bytes | None:
    """An index as plain data, followed by the arrays; None if something cannot be written this way."""
    arrays: list[Array] = []

    def numbers(of: Iterable[Array]) -> tuple[int, ...]:
        start = len(arrays)
        arrays.extend(of)
        return tuple(range(start, len(arrays)))

    draw_entries = [
        (
            *(*key, dict(i.values), dict(i.ask), dict(i.recipes), tuple(i.bases), numbers(i.bases.values())),
            *(dict(i.functions), i.source),
        )
        for key, i in inputs.items()
    ]
    try:
        answers = []
        for draw, each in expected.items():
            text, answer_arrays = ("", each.arrays) if each.value is NO_VALUE else text_of(each.value)
            bounds = None if each.bounds is None else numbers(each.bounds)
            answers.append((*draw, text, numbers(answer_arrays), bounds))
        forms = [(array.dtype.str, array.shape) for array in arrays]
        if any(array.dtype.kind not in PLAIN for array in arrays):
            return None
        index = RECORDS.write((draw_entries, answers, forms))
    except (NotPlain, NotData):
        return None
    return b"".join([LENGTH.pack(len(index)), index, *(array.tobytes() for array in arrays)])


def _unpacked(content: bytes) -> tuple[dict[DrawOfCase, Inputs], dict[DrawOfCase, Expected]]:
    """The packed values; none if they cannot be read."""
    try:
        (length,) = LENGTH.unpack_from(content)
        start = LENGTH.size + length
        draw_entries, answers, forms = RECORDS.read(content[LENGTH.size : start])
        arrays: list[Array] = []
        for dtype, shape in forms:
            count = int(np.prod(shape, dtype=np.int64))
            arrays.append(np.frombuffer(content, dtype, count, start).reshape(shape).copy())
            start += arrays[-1].nbytes
        inputs = {
            DrawOfCase(case, redraw): Inputs(
                *(values, {n: arrays[i] for n, i in zip(names, places, strict=True)}, recipes, ask),
                *(functions, source),
            )
            for case, redraw, values, ask, recipes, names, places, functions, source in draw_entries
        }
        expected = {
            DrawOfCase(case, redraw): _answer(text, places, bounds, arrays)
            for case, redraw, text, places, bounds in answers
        }
    except (ValueError, TypeError, LookupError, struct.error, ProtocolError):
        return {}, {}
    return inputs, expected


def _answer(text: str, places: Iterable[int], bounds: Iterable[int] | None, arrays: list[Array]) -> Expected:
    values = tuple(arrays[place] for place in places)
    if text:
        value: Any = decode(text.encode(), values)
        return Expected((), value=value)
    return Expected(values, None if bounds is None else tuple(arrays[place] for place in bounds))
