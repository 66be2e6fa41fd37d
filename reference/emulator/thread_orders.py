"""Orders in which a launch runs blocks and threads: random ones, some designed to show bugs, and on cores."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass

from .elf import lasting_variables
from .kernel_source import without_comments

ORDERS = ("forward", "reverse", "random", "last writer first", "last writer last")
RANDOM = ORDERS.index("random")
MOST_SEEDS = 2**63
# What connects the blocks of a launch other than by arrays, or may: `##` can make any name.
CONNECTS_BLOCKS = re.compile(
    r"##|\b(?:atomic\w*|clock\w*|printf|volatile|__threadfence\w*|__nanosleep|cuda\s*::)"
)
# (of blocks, of threads). Each pair of blocks comes in both orders in the second and the third. The last
# writer runs ahead of all others, or after all of them.
FIRST = (
    *(("random", "random"), ("forward", "forward"), ("reverse", "reverse")),
    *(("random", "last writer first"), ("random", "last writer last")),
)


@dataclass(frozen=True)
class Schedule:
    """An order of blocks, and an order of each block's threads in each round; both are from ORDERS."""

    blocks: str
    threads: str
    seed: int = 0

    @classmethod
    def named(cls, order: str | int) -> Schedule:
        """The same order for blocks and threads: "forward", "reverse", or the seed of a random one."""
        return cls("random", "random", order) if isinstance(order, int) else cls(order, order)

    @property
    def orders(self) -> tuple[int, int]:
        """The two orders as numbered by `Order` in runtime/state.h; ValueError for an unknown order."""
        return ORDERS.index(self.blocks), ORDERS.index(self.threads)

    def __str__(self) -> str:
        if self.blocks == self.threads:
            return "a random order" if self.blocks == "random" else f"{self.blocks} order"
        return f"an order with the {self.threads}"


def schedules_from(seed: int, count: int) -> tuple[Schedule, ...]:
    """The requested number of schedules: those of FIRST, then random ones that depend on the seed.

    The first is random: a kernel that relies on any order of blocks gives a wrong result there.
    """
    orders = [FIRST[n] if n < len(FIRST) else ("random", "random") for n in range(count)]
    return tuple(
        Schedule(blocks, threads, (seed + number) % MOST_SEEDS)
        for number, (blocks, threads) in enumerate(orders)
    )


def are_connected(source: str, library: bytes) -> bool:
    """True if more than arrays may connect the blocks of a source's kernels, compiled to `library`."""
    return bool(CONNECTS_BLOCKS.search(without_comments(source)) or lasting_variables(library))


def cores_of_this_process() -> int:
    """The number of cores that may run this process; 1 if blocks cannot run in processes of their own."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
