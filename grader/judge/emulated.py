"""Judges what the emulator told of a kernel: bugs that a GPU would hide, and accesses against a budget."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.judge.compare import Difference

Array = npt.NDArray[Any]
COMPARES = ("findings", "budget")
KINDS = (  # in the order in which a probe tells of them
    *("out_of_bounds", "uninitialised_read", "never_written", "race", "divergent_barrier"),
    *("schedule_dependent", "bad_launch"),
)
MAX_TEXT = 1500
NOT_AS_ASKED = "this is not what the probe returns"


def judge(compare: str, arrays: Sequence[Array], values: Mapping[str, Any]) -> Difference | None:
    """The difference between what was found or counted and what may be; None where there is none.

    For "findings" a probe returns how many there are of each of KINDS, and the first of them in words, as
    bytes; for "budget" one number for each name of the case's budget, in its order.
    """
    return _findings(arrays) if compare == "findings" else _budget(arrays, values["budget"])


def digest(compare: str, arrays: Sequence[Array], values: Mapping[str, Any]) -> str:
    """What two submissions with one idea have in common: the kinds that were found, or what is over budget.

    Lines, threads and counts differ with the way a kernel is written.
    """
    numbers = _numbers(arrays)
    limits = [0] * len(numbers) if compare == "findings" else list(values["budget"].values())
    over = [number > most for number, most in zip(numbers, limits, strict=False)]
    return hashlib.sha256(f"{compare} {len(numbers)} {over}".encode()).hexdigest()


def _findings(arrays: Sequence[Array]) -> Difference | None:
    if len(arrays) != 2 or arrays[0].shape != (len(KINDS),) or arrays[0].dtype != np.int64:
        return Difference(f"{len(KINDS)} numbers and a text", "something else", NOT_AS_ASKED)
    found = [kind for kind, count in zip(KINDS, arrays[0].tolist(), strict=True) if count]
    if not found:
        return None
    text = arrays[1].tobytes()[:MAX_TEXT].decode(errors="replace")
    return Difference("nothing found", ", ".join(kind.replace("_", " ") for kind in found), text)


def _budget(arrays: Sequence[Array], budget: Mapping[str, int]) -> Difference | None:
    counts = _numbers(arrays)
    if len(counts) != len(budget):
        return Difference(f"{len(budget)} numbers", f"{len(counts)} numbers", NOT_AS_ASKED)
    for (name, most), count in zip(budget.items(), counts, strict=True):
        if count > most:
            words = name.replace("_", " ")
            times = f"{count / most:.1f} times as many as allowed" if most else "none is needed"
            why = f"{words}: {times}"
            return Difference(f"at most {most} {words}", str(count), why)
    return None


def _numbers(arrays: Sequence[Array]) -> list[int]:
    return [int(n) for array in arrays if array.dtype == np.int64 for n in array.reshape(-1)]
