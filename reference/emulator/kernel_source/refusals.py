"""What the emulator refuses in a source, with the reason and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from .cuda_text import KERNEL, device_code


class Region(Enum):
    """Where a whole program may not use something. A file of kernels may not use it anywhere."""

    ANYWHERE = auto()
    ON_THE_DEVICE = auto()
    NOWHERE = auto()


@dataclass(frozen=True)
class Refusal:
    """Names that are refused, the reason and what to write instead."""

    pattern: str
    reason: str  # `{0}` is the first group of the pattern
    in_programs: Region = Region.ANYWHERE


FLAT = "of textures, objects of one and two axes are emulated: keep {what} in an array and compute its index"
VOLUME, SURFACE = FLAT.format(what="a volume"), FLAT.format(what="what a surface stores")
REFUSALS = (
    Refusal(
        r"<<<",
        "a kernel is launched by the host, which is not written in this file",
        in_programs=Region.NOWHERE,
    ),
    Refusal(
        r"\bcuda(?:Graph|Stream(?:Begin|End|Is|Get|Update)Captur)\w*",
        "graphs of launches are not emulated: launch the kernels on a stream, one after another",
    ),
    Refusal(
        r"\b(?:__cluster_dims__|this_cluster|cluster_group|map_shared_rank|cuda\w*Cluster\w*|cudaLaunch"
        r"(?:KernelEx\w*|Attribute\w*|Config_t))\b",
        "clusters of blocks need compute capability 9.0, and this device has 8.0: use one block and its "
        "shared memory, or global memory",
    ),
    Refusal(
        r"\b(?:asm|__asm__|__asm)\b",
        "inline assembly runs only on a GPU: use the function of CUDA C++ for this instruction, such as "
        "__shfl_sync, __ldg or nvcuda::wmma",
        in_programs=Region.ON_THE_DEVICE,
    ),
    Refusal(
        r"\bcuda\s*::\s*(?:ptx|device::experimental)\b|\bCUtensorMap\b|\bcp_async_bulk\w*",
        "it needs compute capability 9.0, and this device has 8.0: copy with cuda::memcpy_async",
    ),
    Refusal(
        r"\bcu(?:Init|Ctx|Module|Launch|Device|Stream|Event|Func|Link|Mem(?:Alloc|Free|cpy|set|Get))\w*\s*\(|\bCU"
        r"(?:device|context|module|function|deviceptr|result|stream|event)\b",
        "functions of CUDA's driver are not emulated: use those of its runtime, which begin with cuda",
    ),
    Refusal(
        r"\bcuda(?:\w*Peer\w*|Ipc\w*|LaunchCooperativeKernelMultiDevice)\b",
        "there is one device, and one process uses it",
    ),
    Refusal(
        r"\bcuda\w*(?:3D|Mipmap|Cubemap|Surface|BindTexture|UnbindTexture)\w*|\bmake_cuda(?:Extent|Pos|Pitched)\w*",
        VOLUME,
    ),
    Refusal(r"\btex(?:3D|Cubemap)\w*|\btex[12]D(?!fetch\b)[A-Za-z]+|\btexture\s*<", VOLUME),
    Refusal(r"\bsurf(?:[123]D|Cubemap)\w*|\bsurface\s*<", SURFACE),
    Refusal(
        r"\btex[12]D\w*|\bcuda\w*(?:Texture|Array)\w*",
        "textures are for whole programs, with a main",
        in_programs=Region.NOWHERE,
    ),
    Refusal(
        r"\bcuda[A-Z]\w*", "the host's functions have no place in a kernel's file", in_programs=Region.NOWHERE
    ),
    Refusal(
        r"\b(?:new|delete|malloc|free)\b",
        "only whole programs, with a main, have memory from the device's heap",
        in_programs=Region.NOWHERE,
    ),
    Refusal(
        r"\b__(shfl(?:_up|_down|_xor)?)\b",
        "it ended with compute capability 7.0: write `__{0}_sync(0xffffffff, ...)`, with the lanes that "
        "take part as its mask",
        in_programs=Region.ON_THE_DEVICE,
    ),
    Refusal(
        r"\b__(ballot|any|all)\b",
        "it ended with compute capability 7.0: write `__{0}_sync(0xffffffff, ...)`, with the lanes that "
        "take part as its mask, or `__activemask()` for `__ballot(1)`",
        in_programs=Region.ON_THE_DEVICE,
    ),
    Refusal(
        r"\bcub\s*::\s*(?!(?:Block|Warp|Device)(?:Reduce|Scan)\b|Device(?:RadixSort|Select)\b|BLOCK_(?:REDUCE|SCAN)_"
        r"|(?:DoubleBuffer|Sum|(?:Arg)?M(?:ax|in)|KeyValuePair)\b)\w+",
        "of CUB, reductions and scans are emulated, and for the whole device DeviceRadixSort and "
        "DeviceSelect",
    ),
    Refusal(r"\b__nv_fp8\w*", "this type is not emulated; use half or float"),
    Refusal(r"\b__vavgs[24]\b", "how it rounds is not emulated; __vavgu rounds up, and __vhaddu down"),
    Refusal(
        r"\b(?:__cvta_\w+|__is(?:Global|Shared|Constant|Local))\b",
        "it is not emulated, as addresses have one kind here: pass a pointer to the memory that you mean",
    ),
    Refusal(
        r"\b__[fd](?:add|sub|mul|div|rcp|sqrt|maf?)_r[zud]\b",
        "only rounding to the nearest is emulated: _rn",
    ),
    Refusal(
        r"\b__managed__", "managed memory is for whole programs, with a main", in_programs=Region.NOWHERE
    ),
    Refusal(
        r"\b(?:thread_local|typeid|dynamic_cast|throw|try|catch|virtual)\b",
        "device code cannot use it here",
        in_programs=Region.NOWHERE,
    ),
    Refusal(r"\bemulator\w*", "this name is the emulator's own"),
)
LAUNCH_BY_A_KERNEL = Refusal(
    r"<<<",
    "a kernel cannot launch another one here: launch it from the host, in a loop if it launches itself",
)
CALL_BY_A_KERNEL = Refusal(
    r"\bcuda(?:DeviceSynchronize|GetLastError|Malloc\w*|Free\w*|Mem(?:cpy|set)\w*|Stream\w+|Event\w+)(?=\s*\()",
    "a kernel cannot call it here: call it from the host",
)


def refusals(text: str, is_program: bool) -> Iterator[tuple[re.Match[str], str]]:
    """What the emulator refuses in a source without comments, and why; in a program it refuses less."""
    on_device = device_code(text) if is_program else text
    for one in REFUSALS:
        if not (is_program and one.in_programs is Region.NOWHERE):
            within = on_device if one.in_programs is Region.ON_THE_DEVICE else text
            yield from _matches(one, within)
    if is_program:
        yield from _matches(LAUNCH_BY_A_KERNEL, on_device)
        yield from _matches(CALL_BY_A_KERNEL, device_code(text, KERNEL))


def _matches(refusal: Refusal, text: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in re.finditer(refusal.pattern, text):
        yield match, refusal.reason.format(*match.groups())
