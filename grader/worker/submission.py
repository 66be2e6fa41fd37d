"""A submission and a case as a probe sees them, and the way from what it returns to raw arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from grader.model.frame import ITEM_BYTES, RawArray


@dataclass(frozen=True)
class Input:
    """An array of a case, before `submission.array` makes it the submission's own.

    `base` is dense; `recipe` lists the views that lead from it to an array of `shape`:
    ("permute", axes) or ("slice", ((start, stop, step), ...)), None for a missing stop.
    """

    base: np.ndarray[Any, Any]
    recipe: tuple[tuple[str, Any], ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape once the recipe is applied."""
        view = self.base
        for name, argument in self.recipe:
            view = view.transpose(argument) if name == "permute" else view[_slices(argument)]
        return tuple(view.shape)


def _slices(argument: Sequence[Sequence[int | None]]) -> tuple[slice, ...]:
    return tuple(slice(start, stop, step) for start, stop, step in argument)


class Case:
    """The inputs of one case by name: an `Input` for each array, plain values for the rest.

    `fields` is the request's "case": {"values": {name: value}, "inputs": {name: recipe}}, the arrays
    in the order of "inputs".
    """

    def __init__(self, fields: Mapping[str, Any], arrays: Sequence[RawArray]) -> None:
        for name, value in fields["values"].items():
            setattr(self, name, _tuples(value))
        for (name, recipe), raw in zip(fields["inputs"].items(), arrays, strict=True):
            base = np.frombuffer(raw.data, dtype=raw.dtype).reshape(raw.shape)
            setattr(self, name, Input(base, tuple((op, argument) for op, argument in recipe)))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"this case has no {name!r}")


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


class Submission:
    """The functions that a submission defines, and `array`, which is the grader's.

    An attribute that no handed-in module defines raises AttributeError with a line for the student.
    """

    def __init__(self, modules: Sequence[ModuleType], ndarray: ModuleType, dtype: str, device: str) -> None:
        self._modules = modules
        self._ndarray = ndarray
        self._dtype = dtype
        self._device = device

    @property
    def device(self) -> str:
        """The name of the device under test."""
        return self._device

    def array(self, given: Input) -> Any:
        """The input as an array of the submission's, on the device and in the dtype under test."""
        device = getattr(self._ndarray, self._device)()
        out = self._ndarray.array(given.base, device=device, dtype=self._dtype)
        for name, argument in given.recipe:
            out = out.permute(tuple(argument)) if name == "permute" else out[_slices(argument)]
        return out

    def __getattr__(self, name: str) -> Any:
        for module in self._modules:
            if hasattr(module, name):
                return getattr(module, name)
        files = " or ".join(f"{module.__name__}.py" for module in self._modules)
        raise AttributeError(f"{files} defines no {name}")


def to_raw(value: Any, ndarray: ModuleType) -> list[RawArray]:
    """What a probe returned as raw arrays, one for each item of a tuple.

    Raises TypeError, with a line for the student, for what is not an array.
    """
    if isinstance(value, tuple) and not all(isinstance(item, int) for item in value):
        return [raw for item in value for raw in to_raw(item, ndarray)]
    if isinstance(value, ndarray.NDArray):
        value = value.numpy()
    elif isinstance(value, (int, tuple)) and not isinstance(value, bool):
        value = np.array(value, dtype=np.int64)
    if value is None:
        raise TypeError("the function returned None: is a return missing?")
    if not isinstance(value, (np.ndarray, np.generic)):
        raise TypeError(f"the function returned a {type(value).__name__}; an NDArray is expected")
    dense = np.array(value, order="C", copy=True, subok=False)
    dense = dense.astype(dense.dtype.newbyteorder("<"), copy=False)
    if dense.dtype.str not in ITEM_BYTES:
        raise TypeError(f"the function returned an array of {dense.dtype}; floats are expected")
    return [RawArray(dense.dtype.str, dense.shape, dense.tobytes())]
