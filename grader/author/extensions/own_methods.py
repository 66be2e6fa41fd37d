"""Checks what the methods of an assignment's own kinds and comparisons return to the loader."""

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

from grader.judge.case_model import CaseModel, Strict
from grader.judge.comparison import Comparison
from grader.judge.discover_subclasses import method_place
from grader.judge.kind import Kind, Lengths
from grader.model.assignment import OWN_COMPARISONS, OWN_KINDS
from grader.model.errors import UserError


def check_keys_of_kind(kind: Kind) -> None:
    """UserError, with the line, if a kind's `keys` are no models of a case by name."""
    keys: Any = kind.keys()
    if not isinstance(keys, Mapping) or not all(_is_model(model, CaseModel) for model in keys.values()):
        raise _returned(kind, "keys", OWN_KINDS, keys, "a mapping of keys to subclasses of CaseModel")


def check_keys_of_comparison(comparison: Comparison) -> None:
    """The same for the keys that a comparison adds to a criterion and to a case."""
    for method in ("criterion_keys", "case_keys"):
        keys = getattr(comparison, method)()
        if not _is_model(keys, Strict):
            raise _returned(comparison, method, OWN_COMPARISONS, keys, "a subclass of Strict")


def lengths_of(kind: Kind, parameters: Mapping[str, Any]) -> tuple[Lengths, Lengths]:
    """A kind's `lengths`; UserError, with the line, if they are no shapes."""
    lengths: Any = kind.lengths(parameters)
    if not (isinstance(lengths, Sequence) and len(lengths) == 2 and all(map(_are_shapes, lengths))):
        expected = "the shapes of the inputs and the shapes of the results: two lists of lists of int"
        raise _returned(kind, "lengths", OWN_KINDS, lengths, expected)
    return lengths[0], lengths[1]


def _is_model(value: Any, model: type[Strict]) -> bool:
    return isinstance(value, type) and issubclass(value, model)


def _are_shapes(value: Any) -> bool:
    return isinstance(value, Sequence) and all(
        isinstance(shape, Sequence) and all(isinstance(length, Integral) for length in shape)
        for shape in value
    )


def _returned(one: Kind | Comparison, method: str, file: str, value: Any, expected: str) -> UserError:
    place = method_place(one, method, file)
    return UserError(f"{place} returned {type(value).__name__}, expected {expected}")
