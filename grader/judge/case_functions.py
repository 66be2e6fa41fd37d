"""The functions that a case passes to a submission: their seed, their order, and their description."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.judge.differences.python_words import in_python

SEED = "seed"  # the parameter of a function that takes the case's seed


def draw_functions(functions: Mapping[str, Any], rng: "np.random.Generator") -> dict[str, Any]:
    """The functions of one draw: one seed for all that take it, and a random order for each list.

    So a function's place in a list tells a submission nothing.
    """
    seed = int(rng.integers(2**32))
    seeded: dict[str, Any] = {}
    for name, entry in functions.items():
        if isinstance(entry, list):
            seeded[name] = [_seeded(entry[place], seed) for place in rng.permutation(len(entry))]
        else:
            seeded[name] = _seeded(entry, seed)
    return seeded


def _seeded(function: Mapping[str, Any], seed: int) -> dict[str, Any]:
    of_case = {SEED: seed} if function["seeded"] else {}
    return {"use": function["use"], "given": {**function["given"], **of_case}}


def functions_in_words(functions: Mapping[str, Any]) -> str:
    """The functions as the arguments of a call: `f=square, gradients=[twice, thrice(of=3)]`."""
    return ", ".join(f"{name}={_in_words(entry)}" for name, entry in functions.items())


def _in_words(entry: Any) -> str:
    if isinstance(entry, list):
        return f"[{', '.join(map(_in_words, entry))}]"
    arguments = ", ".join(
        f"{name}={in_python(value)}" for name, value in entry["given"].items() if name != SEED
    )
    return f"{entry['use']}({arguments})" if arguments else str(entry["use"])
