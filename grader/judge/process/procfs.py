"""Reads from /proc the CPU time, waiting, threads and memory of a process and its descendants."""

import contextlib
import os
import time
from collections.abc import Iterable
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def _read(path: str) -> str:
    """A small file of /proc, read for each case: `Path.read_text` takes five times as long."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return b"".join(iter(lambda: os.read(descriptor, 4096), b"")).decode()
    finally:
        os.close(descriptor)


def fields_of(pid: int) -> list[str]:
    """The fields of a process's stat file after its name, from its state on: see proc(5)."""
    return _read(f"/proc/{pid}/stat").rpartition(")")[2].split()


def children_of(pid: int) -> list[int]:
    """The children of a process's first thread."""
    return [int(word) for word in _read(f"/proc/{pid}/task/{pid}/children").split()]


def pid_inside(pid: int) -> int:
    """The number that process 1 of a pid namespace has in the namespace around it."""
    for line in _read(f"/proc/{pid}/status").splitlines():
        if line.startswith("NSpid:"):
            return int(line.split()[-2])
    return -1


def cpu_seconds(pid: int, *, with_descendants: bool) -> float:
    """User and system time of a process and its ended children; 0 if the machine does not report it.

    Its children's time is read from /proc (see proc(5)), in ticks of 10 ms.
    """
    try:
        fields = fields_of(pid)
        children = children_of(pid) if with_descendants else []
    except OSError:
        return 0.0
    seconds = own_cpu_seconds(pid)
    seconds_of_ended = sum(int(field) for field in fields[13:15]) / os.sysconf("SC_CLK_TCK")
    return seconds + seconds_of_ended + sum(cpu_seconds(child, with_descendants=True) for child in children)


def own_cpu_seconds(pid: int) -> float:
    """User and system time of a process by its CPU clock, in nanoseconds; 0 if the machine has none.

    clock_getcpuclockid(3) describes the clock's number. Reading /proc takes as long as a small case.
    """
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def waiting_seconds(pid: int) -> dict[int, float]:
    """Seconds that each thread of a process and its descendants was ready to run but had no core.

    This is the second number of a thread's schedstat, in nanoseconds; the third is how often it had a core.
    The kernel's Documentation/scheduler/sched-stats describes them. {} if the kernel does not count.
    """
    queue, seconds = [pid], {}
    while queue:
        task = f"/proc/{queue.pop()}/task"
        with contextlib.suppress(OSError):
            for thread in os.listdir(task):
                with contextlib.suppress(OSError):
                    _, delay, turns = map(int, _read(f"{task}/{thread}/schedstat").split())
                    if turns:  # a kernel with counting turned off says 0
                        seconds[int(thread)] = delay / 1e9
                    queue += map(int, _read(f"{task}/{thread}/children").split())
    return seconds


def threads(pid: int) -> int:
    """The number of a process's threads; 0 if the machine does not report it. It is read for each case."""
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return 0


def resident(pid: int) -> tuple[int, int]:
    """The bytes of memory that a process holds now, and its peak: VmRSS and VmHWM of proc(5).

    (0, 0) if the machine does not report it. A fork's peak starts at the memory that it holds then.
    """
    try:
        lines = _read(f"/proc/{pid}/status").splitlines()
    except OSError:
        return 0, 0
    kib = {
        name: int(rest.split()[0])
        for name, _, rest in (line.partition(":") for line in lines)
        if "kB" in rest
    }
    return kib.get("VmRSS", 0) << 10, kib.get("VmHWM", 0) << 10


def usage(pids: Iterable[int], most: int, shared: int) -> tuple[int, int]:
    """Threads and bytes of processes and their descendants, counted until there are more than `most` threads.

    `shared` bytes are subtracted for each process; memory that a fork shares with its parent counts twice.
    """
    queue, threads, memory = list(pids), 0, 0
    while queue and threads <= most:
        pid = queue.pop()
        try:
            fields = fields_of(pid)
            queue += _all_children(pid)
        except OSError:
            continue  # it ended meanwhile
        threads += int(fields[17])
        memory += max(0, int(fields[21]) * PAGE_BYTES - shared)
    return threads, memory


def send_signal(pid: int, number: int) -> None:
    """Sends a signal to a process, and then to each of its descendants."""
    queue = [pid]
    while queue:
        process = queue.pop()
        with contextlib.suppress(OSError):  # it ended meanwhile
            os.kill(process, number)
            queue += _all_children(process)


def _all_children(pid: int) -> list[int]:
    """The children of every thread of a process."""
    words = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(word) for word in " ".join(words).split()]
