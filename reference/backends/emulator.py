"""The flat-buffer operations, as kernels of `kernels/*.cu` on a CPU: a buffer is a NumPy array.

`reference.emulator` compiles and runs them. When checked, it tracks which elements have been written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from . import numpy as numpy_backend
from .kernel_operations import KERNELS, REAL, Arguments, Grid, KernelOperations, source_of

try:
    from ..emulator import Finding, Fresh, Module
    from ..emulator.compile import compiler
except ModuleNotFoundError:  # a handout of an assignment for other devices has no emulator
    Module = None  # type: ignore[assignment, misc]

Buffer = npt.NDArray[Any]


class KernelBug(RuntimeError):
    """A kernel has a bug that a GPU would hide; `findings` says what and where."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


class _Memory(npt.NDArray[Any]):
    """The memory of a buffer and of its slices, with the record of the elements that were written."""

    is_written: npt.NDArray[np.bool_]


class EmulatedOperations(KernelOperations):
    """The operations on emulated threads. When checked, a kernel's bug raises KernelBug where it happens.

    Compiled kernels are kept in `folder`, by default the user's cache; `launched` counts launches by kernel.
    A checked launch runs in as many orders of threads and blocks as `schedules` says.
    """

    BLOCK = 2**16
    """Fewer than on a GPU: a checked launch copies all its arguments, even if it does not use all of them."""

    from_dlpack = staticmethod(numpy_backend.from_dlpack)
    strided = staticmethod(numpy_backend.strided)
    to_host = staticmethod(numpy_backend.to_host)

    def __init__(self, with_checks: bool, folder: Path | None = None, schedules: int = 1) -> None:
        self.launched: dict[str, int] = {}
        self._with_checks, self._folder, self._schedules = with_checks, folder, schedules
        self._modules: dict[tuple[str, str], Module] = {}

    def launch(self, kernel: str, dtype: str, blocks: Grid, threads: Grid, arguments: Arguments) -> None:
        """Compile the kernel's file, the first time, and run the kernel."""
        file, name = kernel.split(":")
        if (file, dtype) not in self._modules:
            source, defines = source_of(file), {"REAL": REAL[dtype]}
            self._modules[file, dtype] = Module(
                source, file, defines, with_checks=self._with_checks, folder=self._folder
            )
        module = self._modules[file, dtype]
        if self._with_checks:
            native_arguments = [_as_argument(a) for a in arguments]
            run = module.check(name, blocks, threads, native_arguments, schedules=self._schedules)
        else:
            run = module.launch(name, blocks, threads, arguments)
        self.launched[kernel] = self.launched.get(kernel, 0) + 1
        if run.findings:
            raise KernelBug(run.findings)

    def empty(self, size: int, dtype: str) -> Buffer:
        """A buffer of `size` arbitrary elements; when checked, none may be read before it is written."""
        if not self._with_checks:
            return np.empty(size, dtype)
        memory = _Memory(size, dtype)
        memory.is_written = np.zeros(size, bool)
        return memory.view(np.ndarray)

    def from_host(self, values: npt.NDArray[Any], out: Buffer) -> None:
        """Copy a one-dimensional NumPy array into a buffer."""
        numpy_backend.from_host(values, out)
        is_written = _is_written(out)
        if is_written is not None:
            is_written[...] = True


def _as_argument(argument: Any) -> Any:
    """A buffer with the record of its written elements; any other argument unchanged."""
    is_written = _is_written(argument) if isinstance(argument, np.ndarray) else None
    return argument if is_written is None else Fresh(argument, must_be_filled=False, is_written=is_written)


def _is_written(buffer: Buffer) -> npt.NDArray[np.bool_] | None:
    """Which elements of a buffer, or of a slice of one, are written; None for foreign memory."""
    memory: Any = buffer
    while isinstance(memory, np.ndarray) and not isinstance(memory, _Memory):
        memory = memory.base
    if not isinstance(memory, _Memory):
        return None
    first = (buffer.ctypes.data - memory.ctypes.data) // memory.itemsize if memory.size else 0
    return memory.is_written[first : first + buffer.size]


def operations(with_checks: bool) -> EmulatedOperations:
    """The operations. RuntimeError if this copy of the library lacks them, or the machine has no compiler."""
    if Module is None or not KERNELS.is_dir():
        raise RuntimeError(
            "emulated() is not available: this copy of the library does not contain it. Use cpu()."
        )
    compiler()
    return EmulatedOperations(with_checks)
