"""Orders in which a launch runs blocks and threads: random ones, some designed to show bugs, and on cores."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from typing import TypeAlias

from .elf import lasting_variables
from .findings import Finding
from .kernel_source import without_comments
from .memory import Place, Snapshot
from .runtime_interface import ENDED, RawLaunch

ORDERS = ("forward", "reverse", "random", "last writer first", "last writer last")
FORWARD, REVERSE, RANDOM = (ORDERS.index(name) for name in ("forward", "reverse", "random"))
MOST_SEEDS = 2**63
WORTH_A_PROCESS = 0.02  # seconds that an order takes; to start a process takes a few thousandths
PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>
# What connects the blocks of a launch other than by arrays, or may: `##` can make any name.
CONNECTS_BLOCKS = re.compile(
    r"##|\b(?:atomic\w*|clock\w*|printf|volatile|__threadfence\w*|__nanosleep|cuda\s*::)"
)
# (of blocks, of threads). Each pair of blocks comes in both orders in the second and the third. The last
# writer runs ahead of all others, or after all of them.
FIRST = (
    ("random", "random"), ("forward", "forward"), ("reverse", "reverse"),
    ("random", "last writer first"), ("random", "last writer last"),
)  # fmt: skip


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


def processes_for_orders(library: bytes, cores: int | None, is_compiled_here: bool) -> int:
    """How many processes may run the orders of a check of kernels in this library.

    A graded one has its libraries given: it runs in one process, with limits, next to other submissions.
    """
    count = cores or (cores_of_this_process() if is_compiled_here else 1)
    # an order would see what an earlier one left in a variable
    return 1 if count == 1 or lasting_variables(library) else count


def ends_without_fibers(run: Callable[[], int], raw: RawLaunch, places: Sequence[Place]) -> bool:
    """True if `run`, a kernel that loops over its threads itself, runs a launch to its end.

    If it does not, because threads disagree about a barrier or for another reason, the arrays are as before.
    """
    if raw.thread_order not in (FORWARD, REVERSE):
        return False
    before = Snapshot([place.array for place in places if not place.is_const])
    raw.is_split = True
    ended = run() == ENDED
    raw.is_split = False
    if not ended:
        before.restore()
    return ended


RunOrder: TypeAlias = Callable[[Schedule], tuple[Finding, ...]]


def in_each_order(
    run: RunOrder,
    schedules: Sequence[Schedule],
    processes: int,
    state: Callable[[], int],
    begin: Callable[[], None],
) -> list[Finding]:
    """The findings of `run` in each order, in the sequence of the orders, by several `processes` if it may.

    A process calls `begin` first. It begins with what the runtime knows, and `state` changes where a run
    teaches it something that later orders would use. Then, and if a process cannot start or fails, all orders
    run here.
    """
    findings = None
    if min(processes, len(schedules)) > 1 and threading.active_count() == 1:
        findings = _by_processes(run, schedules, min(processes, len(schedules)), state, begin)
    return [one for schedule in schedules for one in run(schedule)] if findings is None else findings


def _by_processes(
    run: RunOrder,
    schedules: Sequence[Schedule],
    count: int,
    state: Callable[[], int],
    begin: Callable[[], None],
) -> list[Finding] | None:
    """The same, by `count` processes; None if one of them did not start, failed, or changed `state`."""
    children: list[tuple[int, int]] = []  # the process, and the pipe that it writes to
    by_order: list[list[Finding]] = [[] for _ in schedules]
    try:
        for number in range(count):
            children.append(_started(run, schedules[number::count], state, begin))
        for number, (_, pipe) in enumerate(children):
            with open(pipe, encoding="ascii", closefd=False) as reader:
                by_order[number::count] = [list(map(_finding, rows)) for rows in json.load(reader)]
    except (OSError, ValueError, TypeError):
        return None
    finally:
        for process, pipe in children:
            os.close(pipe)
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
    return [finding for findings in by_order for finding in findings]


def _started(
    run: RunOrder, schedules: Sequence[Schedule], state: Callable[[], int], begin: Callable[[], None]
) -> tuple[int, int]:
    """A process that runs these orders, and the pipe to which it writes their findings. OSError."""
    reading, writing = os.pipe()
    try:
        with warnings.catch_warnings():  # of threads that libraries have: the child calls none of those
            warnings.simplefilter("ignore", DeprecationWarning)
            process = os.fork()
        if process == 0:
            try:
                ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
                begin()
                before = state()
                findings = [[astuple(finding) for finding in run(schedule)] for schedule in schedules]
                with open(writing, "w", encoding="ascii") as pipe:
                    json.dump(findings if state() == before else None, pipe)
            finally:
                os._exit(0)
    except OSError:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    return process, reading


def _finding(row: Sequence[object]) -> Finding:
    """A finding from the fields that a process wrote."""
    one = Finding(*row)  # type: ignore[arg-type]
    return replace(one, block=one.block and (*one.block,), thread=one.thread and (*one.thread,))
