"""Devices: where a buffer lives, and the flat-buffer operations that work there."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from . import numpy as numpy_backend


@dataclass(frozen=True)
class Device:
    """A name, and the module of flat-buffer operations (`backends/numpy.py` lists them) for that device."""

    name: str
    ops: ModuleType

    def __repr__(self) -> str:
        return f"{self.name}()"


def cpu() -> Device:
    """The CPU, through NumPy."""
    return Device("cpu", numpy_backend)


def cuda() -> Device:
    """An NVIDIA GPU, through CuPy. RuntimeError where that is not to be had."""
    raise RuntimeError(
        "cuda() is not available: this copy of the library has no GPU backend (no backends/cupy.py). "
        "Use cpu(), or a copy that has the backend, on a machine with an NVIDIA GPU and CuPy installed."
    )
