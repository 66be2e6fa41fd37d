"""The lines around a source that is compiled: the emulator's headers, and an entry for each kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .kernel_source import Kernel, extensions_of


def lines_before(source: str, shown: str, defines: Mapping[str, str]) -> str:
    """The lines before the source: the emulator's headers, and macros."""
    headers = ["cuda_emulator.h", "emulator_entry.h", *extensions_of(source)]
    lines = [f'#include "{name}"' for name in headers]
    lines += [f"#define {name} {value}" for name, value in defines.items()]
    return "\n".join([*lines, f'#line 1 "{shown}"\n'])


def lines_after(kernels: Sequence[Kernel], entries: Sequence[str]) -> str:
    """The lines after the source: an entry for each kernel that can be launched."""
    lines = [f"EMULATOR_ENTRY({number}, {name})" for number, name in enumerate(entries)]
    return "\n".join(['\n#line 1 "emulator"', *lines, *short_entries(kernels, entries), ""])


def short_entries(kernels: Sequence[Kernel], entries: Sequence[str]) -> list[str]:
    """For each kernel, the calls that omit parameters with a default."""
    by_name = {kernel.name: kernel for kernel in kernels}
    bodies = []
    for number, name in enumerate(entries):
        kernel = by_name.get(name.partition("<")[0].strip())
        count = len(kernel.parameters) if kernel else 0
        for left_out in range(1, kernel.defaults + 1 if kernel else 1):
            bodies.append(f"EMULATOR_SHORT_ENTRY({number}, {count - left_out}, {name})")
    return bodies
