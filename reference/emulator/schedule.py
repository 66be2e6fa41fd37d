"""Orders in which a launch runs blocks and threads: random ones, and some that are made to show bugs."""

from __future__ import annotations

from dataclasses import dataclass

ORDERS = ("forward", "reverse", "random", "last writer first", "last writer last")
MOST_SEEDS = 2**63
# (of blocks, of threads). Each pair of blocks comes in both orders in the second and the third. The last
# writer runs ahead of all others, or falls behind them all.
FIRST = (
    *(("random", "random"), ("forward", "forward"), ("reverse", "reverse")),
    *(("random", "last writer first"), ("random", "last writer last")),
)


@dataclass(frozen=True)
class Schedule:
    """An order of blocks, and of the threads of each block in each round; each is one of ORDERS."""

    blocks: str
    threads: str
    seed: int = 0

    @classmethod
    def named(cls, order: str | int) -> Schedule:
        """The same for blocks and threads: "forward", "reverse", or the seed of a random one."""
        return cls("random", "random", order) if isinstance(order, int) else cls(order, order)

    @property
    def orders(self) -> tuple[int, int]:
        """As `Order` of runtime/state.h numbers them; ValueError for an order that does not exist."""
        return ORDERS.index(self.blocks), ORDERS.index(self.threads)

    def __str__(self) -> str:
        if self.blocks == self.threads:
            return "a random order" if self.blocks == "random" else f"{self.blocks} order"
        return f"an order with the {self.threads}"


def schedules_from(seed: int, count: int) -> tuple[Schedule, ...]:
    """As many schedules as asked for: those of FIRST, then random ones; other ones for each seed.

    The first is a random one: whatever a kernel relies on of the order of blocks, its result is wrong there.
    """
    orders = [FIRST[n] if n < len(FIRST) else ("random", "random") for n in range(count)]
    return tuple(
        Schedule(blocks, threads, (seed + number) % MOST_SEEDS)
        for number, (blocks, threads) in enumerate(orders)
    )
