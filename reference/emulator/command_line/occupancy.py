"""Computes how many warps of a kernel fit on a GPU's multiprocessor: NVIDIA's occupancy calculation.

The limits are those of the CUDA C++ Programming Guide, "Compute Capabilities", tables of technical
specifications. Registers and shared memory are rounded as in `cuda_occupancy.h` of the CUDA toolkit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

WARP = 32
REGISTERS, REGISTER_UNIT, PARTITIONS = 65536, 256, 4  # of a multiprocessor; a warp gets whole units
MOST_REGISTERS = 255  # of a thread
DEFAULT_GPU = "8.0"


@dataclass(frozen=True)
class Multiprocessor:
    """The capacity of a multiprocessor: warps, blocks, and bytes of shared memory.

    A block gets whole units of `unit` bytes, and the system takes `reserved` bytes for each.
    """

    warps: int
    blocks: int
    shared: int
    unit: int
    reserved: int


GPUS = {  # by compute capability
    "7.0": Multiprocessor(64, 32, 96 << 10, 256, 0),
    "7.5": Multiprocessor(32, 16, 64 << 10, 256, 0),
    "8.0": Multiprocessor(64, 32, 164 << 10, 128, 1 << 10),
    "8.6": Multiprocessor(48, 16, 100 << 10, 128, 1 << 10),
    "8.9": Multiprocessor(48, 24, 100 << 10, 128, 1 << 10),
    "9.0": Multiprocessor(64, 32, 228 << 10, 128, 1 << 10),
}


@dataclass(frozen=True)
class Occupancy:
    """The blocks that a multiprocessor holds at once, the share of its warps in use, and their limit."""

    blocks: int
    share: float
    limits: tuple[str, ...]


def occupancy(gpu: str, threads: int, shared: int, registers: int | None) -> Occupancy:
    """The occupancy of blocks of `threads`, `shared` bytes, and `registers` per thread (None if unknown).

    KeyError for a GPU that is not in GPUS.
    """
    has = GPUS[gpu]
    warps = math.ceil(threads / WARP)
    most = {"blocks": has.blocks, "warps": has.warps // warps}
    if shared:
        allocated = math.ceil((shared + has.reserved) / has.unit) * has.unit
        most["shared memory"] = has.shared // allocated
    if registers is not None:
        of_a_warp = math.ceil(max(registers, 1) * WARP / REGISTER_UNIT) * REGISTER_UNIT
        most["registers"] = REGISTERS // PARTITIONS // of_a_warp * PARTITIONS // warps
    blocks = min(most.values())
    limits = tuple(name for name, count in most.items() if count == blocks)
    return Occupancy(blocks, blocks * warps / has.warps, limits)


def in_words(gpu: str, threads: int, shared: int, registers: int | None) -> str:
    """The occupancy in a sentence; an upper bound if the registers are unknown."""
    result = occupancy(gpu, threads, shared, registers)
    warps = math.ceil(threads / WARP)
    bound = "at most " if registers is None else ""
    suffix = f"; a thread has {registers} registers"
    unknown = "; registers are unknown: give --registers N" if registers is None else suffix
    blocks = f"{result.blocks} {'block' if result.blocks == 1 else 'blocks'}"
    size = f"{warps} {'warp' if warps == 1 else 'warps'}"
    return (
        f"occupancy of compute capability {gpu}: {bound}{result.share:.0%}, as a multiprocessor holds "
        f"{bound}{blocks} of {size}, limited by {' and '.join(result.limits)}{unknown}"
    )
