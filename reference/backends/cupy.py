"""The flat-buffer operations on an NVIDIA GPU: a buffer is a one-dimensional CuPy array, float32 or float64.

CuPy allocates, copies, compiles and launches; it is imported when a GPU is requested.
"""

from __future__ import annotations

import ctypes
import importlib
import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from .kernel_operations import REAL, Arguments, Buffer, Grid, KernelOperations, Shape, source_of


class CupyOperations(KernelOperations):
    """The operations on the GPU that CuPy has chosen."""

    def __init__(self, cupy: Any) -> None:
        self._cupy = cupy  # the module
        self._compiled: dict[tuple[str, str], Any] = {}

    def launch(self, kernel: str, dtype: str, blocks: Grid, threads: Grid, arguments: Arguments) -> None:
        """Compile the kernel's file, the first time, and run the kernel."""
        file, name = kernel.split(":")
        if (file, dtype) not in self._compiled:
            # `#line` makes the compiler's messages point into the file.
            source = f'#line 1 "{file}"\n' + source_of(file)
            self._compiled[file, dtype] = self._cupy.RawModule(
                code=source, options=(f"-DREAL={REAL[dtype]}",)
            )
        self._compiled[file, dtype].get_function(name)(blocks, threads, tuple(arguments))

    def empty(self, size: int, dtype: str) -> Buffer:
        """A buffer of `size` arbitrary elements."""
        return self._cupy.empty(size, dtype)

    def from_host(self, values: npt.NDArray[Any], out: Buffer) -> None:
        """Copy a one-dimensional NumPy array into a buffer of this device."""
        if out.size:
            out.set(np.ascontiguousarray(values, str(out.dtype)))

    def to_host(self, a: Buffer) -> npt.NDArray[Any]:
        """The buffer as a one-dimensional NumPy array: a copy."""
        host: npt.NDArray[Any] = self._cupy.asnumpy(a)
        return host

    def strided(self, a: Buffer, shape: Shape, strides: Shape, offset: int) -> Any:
        """A strided view as a CuPy array: it shares the buffer's memory and supports DLPack."""
        first = a.data + offset * a.itemsize
        return self._cupy.ndarray(shape, a.dtype, first, [s * a.itemsize for s in strides])

    def from_dlpack(self, exporter: Any) -> tuple[Buffer, Shape, Shape, int]:
        """A buffer over the memory of any object on a GPU that supports DLPack, and its view of it."""
        a = self._cupy.from_dlpack(exporter)
        if a.size == 0:
            return self.empty(0, str(a.dtype)), a.shape, (0,) * a.ndim, 0
        strides = tuple(s // a.itemsize if n > 1 else 0 for n, s in zip(a.shape, a.strides, strict=True))
        reach = [s * (n - 1) for n, s in zip(a.shape, strides, strict=True)]
        before = -sum(r for r in reach if r < 0)  # elements before the first
        start = a.data + -before * a.itemsize
        buffer = self._cupy.ndarray((1 + sum(map(abs, reach)),), a.dtype, start)
        return buffer, a.shape, strides, before


def operations() -> KernelOperations:
    """The operations on a GPU. RuntimeError, with the reason, if there is none."""
    return CupyOperations(import_cupy())


def import_cupy() -> Any:
    """The module cupy, after checking that it has a GPU. RuntimeError that says what is missing."""
    driver = driver_version()
    try:
        cupy: Any = importlib.import_module("cupy")  # Any: CuPy has no types
        devices = cupy.cuda.runtime.getDeviceCount()
    except ImportError as error:
        absent = isinstance(error, ModuleNotFoundError) and error.name == "cupy"
        problem = "CuPy is not installed" if absent else f"CuPy is installed but cannot be imported ({error})"
        raise RuntimeError(unavailable(problem, driver)) from error
    except RuntimeError as error:
        problem = f"CuPy {cupy.__version__} is installed but finds no GPU ({error})"
        raise RuntimeError(unavailable(problem, driver)) from error
    if devices == 0:
        raise RuntimeError(unavailable(f"CuPy {cupy.__version__} is installed but finds no GPU", driver))
    return cupy


def unavailable(problem: str, driver: tuple[int, int] | None) -> str:
    """The message of cuda()'s error: which CuPy and driver were found, and what to install."""
    if driver is None:
        state = (
            "no NVIDIA driver was found. On a machine with an NVIDIA GPU install the driver, then CuPy for "
            "the driver's version of CUDA: pip install cupy-cuda12x, or pip install cupy-cuda13x"
        )
    else:
        major, minor = driver
        state = (
            f"the NVIDIA driver supports CUDA {major}.{minor}. CuPy for that: pip install cupy-cuda{major}x"
        )
    return f"cuda() is not available: {problem}; {state}. Use cpu() if there is no GPU."


def driver_version() -> tuple[int, int] | None:
    """The version of CUDA, (major, minor), that the installed driver supports; None without a driver."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return None
    version = ctypes.c_int()
    if driver.cuDriverGetVersion(ctypes.byref(version)) != 0:
        return None
    return version.value // 1000, version.value % 1000 // 10
