"""A submission and a case as a probe sees them, and the conversion of its results to raw arrays."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, FunctionType, MappingProxyType, ModuleType
from typing import Any

import numpy as np

from grader.model.plain_data import Encoder, NotData, TooMuchData, decode
from grader.model.wire_format import DATA, ITEM_BYTES, RawArray


@dataclass(frozen=True)
class Input:
    """An array of a case, before `submission.array` converts it to the submission's type.

    `base` is dense; `recipe` lists the views that lead from it to an array of `shape`:
    ("permute", axes) or ("slice", ((start, stop, step), ...)), None for a missing stop.
    """

    base: np.ndarray[Any, Any]
    recipe: tuple[tuple[str, Any], ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape once the recipe is applied."""
        return tuple(self._view().shape)

    def _view(self) -> np.ndarray[Any, Any]:
        view = self.base
        for name, argument in self.recipe:
            view = view.transpose(argument) if name == "permute" else view[_slices(argument)]
        return view

    def numpy(self) -> np.ndarray[Any, Any]:
        """A new NumPy array with the recipe applied, in the dtype in which it was drawn."""
        return self._view().copy()


def _slices(argument: Sequence[Sequence[int | None]]) -> tuple[slice, ...]:
    return tuple(slice(start, stop, step) for start, stop, step in argument)


class Case:
    """The inputs of one case by name: an `Input` for each array, plain values for the rest.

    `fields` is the request's "case": {"values": {name: value}, "ask": {name: literal}, "inputs": {name:
    recipe}}, the arrays in the order of "inputs". A list among the values is a tuple for the probe; a literal
    is what the rubric says. `functions` are those that the case passes, by name: each is a callable or a list
    of them.
    """

    def __init__(
        self,
        fields: Mapping[str, Any],
        arrays: Sequence[RawArray],
        functions: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        for name, value in fields["values"].items():
            setattr(self, name, _tuples(value))
        for name, value in fields.get("ask", {}).items():
            setattr(self, name, value)
        for name, value in functions.items():
            setattr(self, name, value)
        for (name, recipe), raw in zip(fields["inputs"].items(), arrays, strict=True):
            base = np.frombuffer(raw.data, dtype=raw.dtype).reshape(raw.shape)
            setattr(self, name, Input(base, tuple((op, argument) for op, argument in recipe)))

    def __getattr__(self, name: str) -> Any:
        asker = sys._getframe(1)  # a probe, or what it calls
        place = f"{os.path.basename(asker.f_code.co_filename)}:{asker.f_lineno}"
        raise AttributeError(f"this case has no {name!r}, which {place} asks for", name=name, obj=self)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


class Submission:
    """The functions that a submission defines, and `array`, which belongs to the grader.

    An attribute that no submitted module defines raises AttributeError with a line for the student.
    """

    def __init__(self, modules: Sequence[ModuleType], ndarray: ModuleType, dtype: str, device: str) -> None:
        self._modules = modules
        self._ndarray = ndarray
        self._dtype = dtype
        self._device = device
        self._latest: Any = None

    @property
    def latest(self) -> Any:
        """The attribute that a probe used last, which most likely gave the result."""
        return self._latest

    @property
    def device(self) -> str:
        """The name of the device under test."""
        return self._device

    def array(self, source: Input) -> Any:
        """The input as an array of the submission's type, on the device under test.

        A float32 input takes the dtype under test; any other keeps the dtype that its case states.
        """
        device = getattr(self._ndarray, self._device)()
        dtype = self._dtype if source.base.dtype == np.float32 else source.base.dtype.name
        out = self._ndarray.array(source.base, device=device, dtype=dtype)
        for name, argument in source.recipe:
            permute = getattr(out, "permute", None) or out.transpose  # NumPy's name for it
            out = permute(tuple(argument)) if name == "permute" else out[_slices(argument)]
        return out

    def __getattr__(self, name: str) -> Any:
        for module in self._modules:
            if hasattr(module, name):
                self._latest = getattr(module, name)
                return self._latest
        files = " or ".join(f"{module.__name__}.py" for module in self._modules)
        raise AttributeError(f"{files} defines no {name}")


class NoData(TypeError):
    """A probe's result is neither data nor arrays, or too much; names the offending part for the student."""

    is_too_much = False


def to_raw(
    value: Any, ndarray: ModuleType, *, is_plain: bool = False, what: str = "the result"
) -> list[RawArray]:
    """A probe's result as raw arrays: one for each item of a tuple of arrays and whole numbers.

    Other data comes first, as text, followed by its arrays. If the question `is_plain`, that is, has no
    arrays, all results are sent this way. Raises TypeError, with a line for the student, for anything else;
    `what` says there what the value is.
    """
    if not is_plain and _is_of_arrays(value, ndarray):
        return _arrays(value, ndarray)
    encoder = Encoder(lambda leaf: _leaf(leaf, ndarray), what)
    try:
        text = encoder.text(value).encode()
    except NotData as error:
        problem = NoData(str(error))
        problem.is_too_much = isinstance(error, TooMuchData)
        raise problem from None
    return [RawArray(DATA, (len(text),), text), *encoder.arrays]


def value_in(arrays: Sequence[RawArray]) -> Any:
    """The value that `to_raw` sent as plain, with new NumPy arrays in it."""
    text, *array_parts = arrays
    return decode(text.data, [np.frombuffer(a.data, a.dtype).reshape(a.shape).copy() for a in array_parts])


def _is_array(value: Any, ndarray: ModuleType) -> bool:
    return isinstance(value, (ndarray.NDArray, np.ndarray))


def _leaf(value: Any, ndarray: ModuleType) -> Any:
    """An array, or a NumPy number as a Python number; None for anything else."""
    if isinstance(value, np.generic):
        number = value.item()
        return number if isinstance(number, bool | int | float | complex | str | bytes) else None
    return _array(value, ndarray) if _is_array(value, ndarray) else None


def _is_of_arrays(value: Any, ndarray: ModuleType) -> bool:
    if isinstance(value, tuple):
        return all(_is_of_arrays(item, ndarray) for item in value)
    is_number = isinstance(value, (int, np.generic)) and not isinstance(value, (bool, np.str_, np.bytes_))
    return is_number or _is_array(value, ndarray)


def _arrays(value: Any, ndarray: ModuleType) -> list[RawArray]:
    if isinstance(value, tuple) and not all(isinstance(item, int) for item in value):
        return [raw for item in value for raw in _arrays(item, ndarray)]
    if isinstance(value, (int, tuple)):
        value = np.array(value, dtype=np.int64)
    return [_array(value, ndarray)]


def _array(value: Any, ndarray: ModuleType) -> RawArray:
    if not isinstance(value, np.ndarray) and isinstance(value, ndarray.NDArray):
        value = value.numpy()
    if value is None:
        raise TypeError("the function returned None: is a return missing?")
    dense = np.array(value, order="C", copy=True, subok=False)
    dense = dense.astype(dense.dtype.newbyteorder("<"), copy=False)
    if dense.dtype.str not in ITEM_BYTES:
        raise TypeError(f"the function returned an array of {dense.dtype}; numbers are expected")
    return RawArray(dense.dtype.str, dense.shape, dense.tobytes())


@contextlib.contextmanager
def with_edits(
    modules: Sequence[ModuleType], edits: Sequence[Mapping[str, Any]], seconds: float
) -> Iterator[None]:
    """Runs the block with other code in some of a submission's functions, for some CPU `seconds` at most.

    Each edit has the `module`, the `function` (`Class.method` for a method), the `source` of its definition,
    and the `line` where that begins. TimeoutError if the block takes longer; SyntaxError, LookupError,
    AttributeError, StopIteration or ValueError if the function cannot have this code.
    """
    before: list[tuple[FunctionType, CodeType]] = []
    try:
        for edit in edits:
            module = next(one for one in modules if one.__name__ == edit["module"])
            *owners, name = edit["function"].split(".")
            function = _function(module, owners, name)
            before.append((function, function.__code__))
            function.__code__ = _code(edit, owners, name, function.__code__.co_filename)
        with _alarm(seconds):
            yield
    finally:
        for function, code in reversed(before):
            function.__code__ = code


def _function(module: ModuleType, owners: Sequence[str], name: str) -> FunctionType:
    """The function that a file defines under a name, below decorators and properties."""
    names = vars(module)
    for owner in owners:
        names = vars(names[owner])
    value: Any = names[name]
    while not isinstance(value, FunctionType) or value.__code__.co_name != name:
        inner = (getattr(value, attribute, None) for attribute in ("__func__", "fget", "__wrapped__"))
        value = next(one for one in inner if one is not None)
    return value


def _code(edit: Mapping[str, Any], owners: Sequence[str], name: str, file: str) -> CodeType:
    """The compiled body of an edited function, with the lines that it has in its file."""
    head = "".join(f"{' ' * depth}class {owner}:\n" for depth, owner in enumerate(owners))
    code = compile(
        "\n" * (edit["line"] - 1 - len(owners)) + head + edit["source"], file, "exec", dont_inherit=True
    )
    for inner in (*owners, name):
        code = next(one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == inner)
    return code


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raises TimeoutError in the block after some CPU seconds, if the system has such a clock."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
