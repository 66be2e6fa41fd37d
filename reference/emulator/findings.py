"""The outcome of one run: bugs by name and place, and counts of memory accesses."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

Index = tuple[int, int, int]

KINDS = {
    "out_of_bounds": "an access outside of every array",
    "uninitialized_read": "a read of memory that no thread has written",
    "never_written": "an element of the result that no thread has written",
    "race": "two threads at one address, one of them writes, and nothing orders them",
    "divergent_barrier": "a barrier, or a warp's operation, that some threads never reach",
    "schedule_dependent": "a result that changes with the order in which threads and blocks run",
    "bad_launch": "a launch that a GPU would refuse",
    "misaligned": "an access at an address that does not fit its type",
    "trap": "a thread that stops the kernel: an assertion that does not hold, or __trap()",
    "deadlock": "threads that wait, in a loop, for a change that never comes",
    "crashed": "a kernel that takes down what runs it",
    "timeout": "a kernel that was still running when its time was over",
}
# Of these, those with which a launch ends early.
ENDINGS = frozenset(
    (
        "divergent_barrier", "bad_launch", "misaligned", "trap", "deadlock", "crashed", "out_of_bounds",
        "timeout",
    )
)  # fmt: skip
NOTES = {
    "same_value": "lanes of one warp that store one value at one address with one store",
    "maybe_uninitialized": "a variable that, as the compiler sees it, may be used without a value",
}


@dataclass(frozen=True)
class Finding:
    """One bug at one line. `block` and `thread` are (x, y, z) of the first that did it; None if none did."""

    kind: str  # of KINDS, or of NOTES
    kernel: str
    file: str
    line: int  # from 1; 0 if unknown
    message: str
    block: Index | None = None
    thread: Index | None = None
    array: str = ""  # the parameter or shared array that it is about
    count: int = 1  # how often, in this run

    def __str__(self) -> str:
        times = f" ({self.count} times)" if self.count > 1 else ""
        where = f" in {self.kernel}" if self.kernel else ""  # "": the host's code
        return f"{self.file}:{self.line}: {self.kind}{where}: {self.message}{times}"


@dataclass(frozen=True)
class WarpRequest:
    """The accesses of one warp's lanes at one time, and their cost in memory.

    `elements` of `array`, each of `size` bytes, one for each lane; in shared memory, which has no name here,
    words of 4 bytes. The request took `units` (transactions of global memory or passes of shared memory);
    the same number of bytes needs at least `best`.
    """

    array: str
    elements: tuple[int, ...]
    size: int
    units: int
    best: int

    @property
    def waste(self) -> int:
        """The number of transactions or passes beyond the minimum."""
        return self.units - self.best

    def __str__(self) -> str:
        what, units = f"elements {{}} of {self.array} ({self.size} bytes each)", "transactions of 32 bytes"
        if not self.array:
            what, units = "words {} of shared memory", "passes"
        steps = {b - a for a, b in pairwise(self.elements)}
        apart = f", {min(steps)} apart" if len(steps) == 1 else ""
        ends = f"{self.elements[0]} to {self.elements[-1]}"
        elements = what.format(ends if apart else " ".join(map(str, self.elements)))
        return f"a warp asks for {elements}{apart}: {self.units} {units}, where {self.best} would do"


@dataclass(frozen=True)
class LineCost:
    """The cost of the accesses at one line of the source: requests of warps, and transactions or passes.

    `least_transactions` is the number that the requests would take if neighboring lanes asked for neighbors
    in memory. `threads` counts the threads in the requests' warps, and `lanes` those that took part. `worst`
    is the request furthest above its minimum, None if every request took the minimum. `file` is the header
    that has the line, "" if it is in the file itself.
    """

    line: int
    global_requests: int
    global_transactions: int
    least_transactions: int
    shared_requests: int
    shared_passes: int
    lanes: int
    threads: int
    worst: WarpRequest | None = field(default=None, compare=False, kw_only=True)
    file: str = field(default="", kw_only=True)

    @property
    def idle(self) -> float:
        """The share of lanes that did not take part."""
        return 1 - self.lanes / self.threads

    @property
    def complaints(self) -> tuple[str, ...]:
        """Warnings: memory moved in vain, bank conflicts, idle lanes."""
        sentences = []
        if self.global_transactions > 1.5 * self.least_transactions:
            better = f"where {self.least_transactions} would do"
            sentences.append(f"{self.global_transactions} transactions of global memory, {better}")
        if conflicts := self.shared_passes - self.shared_requests:
            sentences.append(f"{conflicts} bank conflicts in {self.shared_requests} requests")
        if self.idle > 0.25:
            sentences.append(f"{self.idle:.0%} of the lanes are idle")
        return tuple(sentences)


@dataclass(frozen=True)
class Counters:
    """Totals over all threads of a launch.

    Accesses are counted as compiled with optimization: a value that stays in a register is read once. As on
    a GPU, one access has at most 16 bytes: a `float4` is one access, and a struct of floats that is not
    aligned to more than 4 bytes is one for each. An atomic operation is also a read, a write, or both.
    `busiest_thread` is the accesses to global memory of the thread that makes most.
    A request is one instruction of a warp. A transaction moves 32 bytes of global memory. A request of shared
    memory takes one pass without a bank conflict, else more. Requests, what follows from them, and the
    busiest thread are 0 unless the launch counts them. Arithmetic is operations on floating-point numbers;
    a function such as expf is one. `shared_memory` is the bytes of shared memory of a block, static and
    dynamic.
    """

    threads: int
    global_reads: int
    global_writes: int
    shared_reads: int
    shared_writes: int
    atomics: int
    global_bytes: int
    shared_bytes: int
    barriers: int
    arithmetic: int
    global_requests: int
    global_transactions: int
    shared_requests: int
    shared_passes: int
    shared_memory: int
    busiest_thread: int

    @property
    def global_per_thread(self) -> float:
        """Accesses to global memory per thread."""
        return (self.global_reads + self.global_writes) / self.threads

    @property
    def shared_per_thread(self) -> float:
        """Accesses to shared memory per thread."""
        return (self.shared_reads + self.shared_writes) / self.threads

    @property
    def arithmetic_per_byte(self) -> float:
        """Floating-point operations for each byte moved to or from global memory."""
        return self.arithmetic / self.global_bytes if self.global_bytes else 0.0

    @property
    def transactions_per_request(self) -> float:
        """4 if 32 neighbors access neighboring floats, up to 32 if each accesses one elsewhere."""
        return self.global_transactions / self.global_requests if self.global_requests else 0.0

    @property
    def bank_conflicts(self) -> int:
        """Passes of shared memory beyond one per request."""
        return self.shared_passes - self.shared_requests


@dataclass(frozen=True)
class Run:
    """The outcome of a launch: bugs found, accesses counted (if it was checked), and printf's output.

    `notes` are bad style that is not a bug on today's GPUs; their kinds are in NOTES.
    `lines` hold the cost of each line of the source, if the launch was counted.
    """

    findings: tuple[Finding, ...] = ()
    counters: Counters | None = None
    output: str = ""
    notes: tuple[Finding, ...] = ()
    lines: tuple[LineCost, ...] = ()


def key(finding: Finding) -> tuple[str, int, str]:
    """A key that is equal for findings of two runs that count as the same."""
    return finding.kind, finding.line, finding.array


def bugs_and_notes(
    findings: Iterable[Finding], notes: Collection[str] = NOTES
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The findings whose kinds are not among the `notes`, and those whose kinds are, each in their order."""
    both = tuple(findings)
    return tuple(one for one in both if one.kind not in notes), tuple(
        one for one in both if one.kind in notes
    )
