"""Draws texts and numbers from the ranges that a rubric gives."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def draw_values(random: Mapping[str, Mapping[str, Any]], rng: "np.random.Generator") -> dict[str, Any]:
    """A value for each name, in written order."""
    return {name: _draw(about, rng) for name, about in random.items()}


def _draw(about: Mapping[str, Any], rng: "np.random.Generator") -> Any:
    if "count" in about:
        one = {key: value for key, value in about.items() if key != "count"}
        return [_draw(one, rng) for _ in range(about["count"])]
    if "integer" in about:
        low, high = about["integer"]
        step = about.get("step", 1)
        return low + step * _between([0, (high - low) // step], rng)
    if "real" in about:
        low, high = about["real"]
        return float(low + (high - low) * rng.random())
    letters = about.get("letters", LETTERS)
    return "".join(letters[i] for i in rng.integers(0, len(letters), _between(about["text"], rng)))


def _between(ends: Sequence[int], rng: "np.random.Generator") -> int:
    low, high = ends
    return int(rng.integers(low, high, endpoint=True))
