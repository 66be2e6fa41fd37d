"""Reads CUDA C++: finds kernels, features that are not emulated, and declarations of shared memory."""

from .cuda_text import (
    DIRECTIVE,
    CompileError,
    Kernel,
    device_code,
    kernel_at,
    kernels_of,
    split,
    with_bodies,
    without_comments,
)
from .headers import INCLUDES, OF_CUDA, extensions_of
from .prepare_source import prepare
from .thread_loops import split_kernels
from .unset_arrays import with_wrong_values

__all__ = [
    "DIRECTIVE",
    "INCLUDES",
    "OF_CUDA",
    "CompileError",
    "Kernel",
    "device_code",
    "extensions_of",
    "kernel_at",
    "kernels_of",
    "prepare",
    "split",
    "split_kernels",
    "with_bodies",
    "with_wrong_values",
    "without_comments",
]
