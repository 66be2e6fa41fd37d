"""Reads the kernel that the options name, and the values of its parameters."""

from __future__ import annotations

import argparse
import re
import zipfile
import zlib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile

from ..kernel_source import Kernel, kernels_of
from ..memory import Fresh


class Mistake(Exception):
    """A mistake that the user has to correct."""


def size(text: str) -> tuple[int, ...]:
    """A grid or block as it is written."""
    return tuple(int(n) for n in text.split(","))


def kernel_to_run(options: argparse.Namespace, source: str) -> Kernel:
    """The kernel that the options name. Mistake if there is none, or if they name no size for its launch."""
    for option in ("grid", "block"):
        if getattr(options, option) is None:
            raise Mistake(f"--{option} is required to launch {options.kernel}")
    kernels = kernels_of(source)
    name = options.kernel.partition("<")[0].strip()
    for kernel in kernels:
        if kernel.name == name:
            return kernel
    names = [kernel.name for kernel in kernels]
    raise Mistake(
        f"{options.file} has no kernel {name!r}; it has {', '.join(names) or 'none'}{near(name, names)}"
    )


def near(word: str, words: Sequence[str]) -> str:
    """The word that was probably meant, as the end of a message; "" if none is near."""
    closest = get_close_matches(word, words, 1)
    return f"; did you mean {closest[0]!r}?" if closest else ""


def given_parameters(kernel: Kernel, values: dict[str, Any]) -> tuple[str, ...]:
    """The parameters that get a value: all except trailing ones with a default and no value."""
    parameters = kernel.parameters
    least = len(parameters) - kernel.defaults
    while len(parameters) > least and parameters[-1] not in values:
        parameters = parameters[:-1]
    if missing := [parameter for parameter in parameters if parameter not in values]:
        message = f"{kernel.name} takes {missing[0]}, which is in none of --arrays, --set and --result"
        unused = get_close_matches(missing[0], [name for name in values if name not in parameters], 1)
        raise Mistake(message + (f"; found {unused[0]!r}, which it does not take" if unused else ""))
    return parameters


def pair(text: str, option: str) -> tuple[str, str]:
    """NAME=VALUE in two."""
    name, equals, value = text.partition("=")
    if not equals:
        raise Mistake(f"{option} {text}: expected NAME=VALUE")
    return name, value


def named_values(options: argparse.Namespace) -> dict[str, Any]:
    """Every argument by parameter name; an array of no axes is a number."""
    values: dict[str, Any] = {}
    if options.arrays:
        values |= arrays_of(options.arrays)
    for text in options.set:
        name, value = pair(text, "--set")
        try:
            values[name] = float(value) if re.search(r"[.eEn]", value) else int(value, 0)
        except ValueError:
            raise Mistake(f"--set {text}: {value!r} is not a number") from None
    for text in options.result:
        name, value = pair(text, "--result")
        dtype, _, shape = value.partition(":")
        try:
            values[name] = Fresh(np.zeros(size(shape), np.dtype(dtype)))
        except (TypeError, ValueError):
            raise Mistake(f"--result {text}: expected NAME=DTYPE:SHAPE, as in out=float32:33,41") from None
    return values


def arrays_of(path: Path) -> dict[str, Any]:
    """The arrays of an .npz file, one without axes as a number. Mistake if it is not such a file."""
    try:
        file = np.load(path, allow_pickle=False)
        if not isinstance(file, NpzFile):
            raise Mistake(f"--arrays {path}: found one array without a name; write it with np.savez")
        with file:
            arrays = {name: file[name] for name in file.files}
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise Mistake(f"--arrays {path}: expected an .npz file of numbers, as np.savez writes it") from error
    return {name: np.ascontiguousarray(a) if a.ndim else a[()] for name, a in arrays.items()}


def array_of(value: Any) -> np.ndarray[Any, Any]:
    """A value as it is saved."""
    return value.array if isinstance(value, Fresh) else np.asarray(value)
