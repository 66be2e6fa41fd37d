"""Writes the C++ programs that CUDA C++ is compiled as: its headers, its kernels, an entry for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .kernel_source import (
    Kernel,
    extensions_of,
    kernels_of,
    prepare,
    split_kernels,
    with_bodies,
    with_wrong_values,
)
from .messages import body_with_error

LOCALS = "emulator_local_arrays"  # a text in the library: local arrays that begin with a wrong value


@dataclass(frozen=True)
class KernelPrograms:
    """C++ programs of one source, the best first: the first that compiles without errors counts."""

    source: str
    file: str  # as messages name it
    entries: tuple[str, ...]  # the kernels that can be launched
    texts: tuple[str, ...]


def kernel_programs(
    source: str,
    file: str,
    defines: Mapping[str, str],
    instances: Sequence[str],
    with_checks: bool,
    can_poison: bool,
    broken: Mapping[str, str],
) -> KernelPrograms:
    """The programs of a source, whose kernels `broken` only raise their errors.

    The last program has each kernel as it is. To check, if the compiler can poison, one before it fills local
    arrays with wrong values; for speed, one before it splits kernels into loops.
    """
    shown = file.replace("\\", "/").replace('"', "'")
    kernels = kernels_of(source)
    entries = [kernel.name for kernel in kernels if not kernel.is_template]
    entries += [name for name in instances if name not in entries]
    front, back = lines_before(source, shown, defines), lines_after(kernels, entries)
    bodies = {name: body_with_error(error) for name, error in broken.items()}
    prepared = with_bodies(prepare(with_bodies(source, dict.fromkeys(broken, "")), file), bodies)
    texts = [f"{front}{prepared}{back}"]
    if with_checks and can_poison:
        filled, arrays = with_wrong_values(prepared)
        declared = "\\n".join(f"{line} {name}" for line, name in arrays)
        if arrays:
            texts.insert(0, f'{front}{filled}{back}EMULATOR_TEXT({LOCALS}, "{declared}")\n')
    if not with_checks and not broken and (split := split_kernels(prepared, entries, defines)):
        texts.insert(0, f"{front}{prepared}{back}{split}")
    return KernelPrograms(source, shown, tuple(entries), tuple(texts))


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
