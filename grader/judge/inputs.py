"""Builds a probe's inputs: plain values, arrays, and the views through which a probe sees them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model.wire_format import ITEM_BYTES, RawArray

Array = npt.NDArray[Any]
Recipe = tuple[tuple[str, Any], ...]
UPSTREAM = "out_grad"  # not an input of a forward pass, but the gradient of its result


@dataclass(frozen=True)
class Inputs:
    """A probe's inputs: plain `values`, dense `bases`, and a recipe of views for each base.

    A base is of float32, unless the case states its dtype.

    `ask` holds the plain data that the rubric writes or draws; a list in it stays a list. `functions` are
    those that the case passes, by name: {"use": function, "given": fixed arguments}, or a list of these;
    `source` is the Python that defines them. Neither is ever sent to a submission.
    """

    values: Mapping[str, Any]
    bases: Mapping[str, Array]
    recipes: Mapping[str, Recipe]
    ask: Mapping[str, Any] = field(default_factory=dict)
    functions: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""

    def array(self, name: str) -> Array:
        """The array of that name as the probe sees it, its view applied."""
        view = self.bases[name]
        for op, argument in self.recipes[name]:
            view = view.transpose(argument) if op == "permute" else view[_slices(argument)]
        return view

    def absolute(self) -> "Inputs":
        """The same case on absolute values, from which an error bound is computed."""
        return replace(self, bases={name: _absolute(base) for name, base in self.bases.items()})

    def replacing(self, name: str, other: "Inputs") -> "Inputs":
        """This case with the base of one array taken from another draw of it."""
        return replace(self, bases={**self.bases, name: other.bases[name]})

    def holding(self, arrays: Mapping[str, Array]) -> "Inputs":
        """This case with other values in some of its arrays, under the same views."""
        bases = dict(self.bases)
        for name, values in arrays.items():
            base = bases[name].astype(values.dtype)
            Inputs({}, {name: base}, self.recipes).array(name)[...] = values
            bases[name] = base
        return replace(self, bases=bases)

    def with_values(self, values: Mapping[str, Any]) -> "Inputs":
        """This case with additional plain values."""
        return replace(self, values={**self.values, **values})

    def moved(self, name: str, direction: "Inputs", step: float) -> "Inputs":
        """This case in float64, with one array moved by `step` times the same array of another draw."""
        return self.holding({name: self.array(name).astype(np.float64) + step * direction.array(name)})

    def fields(self) -> dict[str, Any]:
        """The part of a request that names the inputs; the arrays follow it as `raw`."""
        return {
            "values": dict(self.values),
            "ask": dict(self.ask),
            "inputs": {name: self.recipes[name] for name in self.bases},
        }

    @property
    def states_dtypes(self) -> bool:
        """True if an array has another dtype than float32: then the reference computes in the same dtypes."""
        return any(base.dtype != np.float32 for base in self.bases.values())

    @cached_property
    def raw(self) -> tuple[RawArray, ...]:
        """The bases as they are sent to a worker."""
        return tuple(
            RawArray(base.dtype.newbyteorder("<").str, base.shape, base.tobytes())
            for base in self.bases.values()
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all of the probe's inputs."""
        about = self.fields()
        if self.functions:
            about |= {"functions": dict(self.functions), "source": self.source}
        digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
        for raw in self.raw:
            digest.update(f"{raw.dtype}{raw.shape}".encode() + raw.data)
        return digest.hexdigest()


def what_no_case_takes(inputs: object) -> str:
    """The problem with what a course's own kind drew, as "..., expected ..."; "" if there is none."""
    if not isinstance(inputs, Inputs):
        return f"{type(inputs).__name__}, expected Inputs"
    try:
        json.dumps(dict(inputs.values), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        return f"values that cannot travel ({error}), expected finite numbers, texts, lists and None"
    if not isinstance(inputs.bases, Mapping) or not isinstance(inputs.recipes, Mapping):
        return "bases or recipes that are no dict, expected a dict of each by the arrays' names"
    for name, base in inputs.bases.items():
        if not isinstance(name, str):
            return f"an array named {name!r}, expected a text"
        if not isinstance(base, np.ndarray) or base.dtype.newbyteorder("<").str not in ITEM_BYTES:
            what = getattr(base, "dtype", type(base).__name__)
            return f"{what} for {name!r}, expected a NumPy array of numbers"
    if inputs.recipes.keys() != inputs.bases.keys():
        return f"recipes for {list(inputs.recipes)}, expected one for each array: {list(inputs.bases)}"
    for name, recipe in inputs.recipes.items():
        try:
            inputs.array(name)
        except (TypeError, ValueError, IndexError) as error:
            return f"the recipe {recipe!r} for {name!r} ({error}), expected views such as ('permute', [1, 0])"
    return ""


def _absolute(base: Array) -> Array:
    """The absolute values. Short integers become int64: abs of -128 in int8 is -128, and sums wrap around.

    They stay integers, because a reference may use them as indices.
    """
    is_short = base.dtype.kind in "iu" and base.itemsize < np.dtype(np.int64).itemsize
    absolute: Array = abs(base.astype(np.int64) if is_short else base)
    return absolute


def _slices(argument: Any) -> tuple[slice, ...]:
    return tuple(slice(start, stop, step) for start, stop, step in argument)
