"""Describes starters of workers, and a started worker as the judge sees it, with their common code."""

import contextlib
import os
import signal
from collections.abc import Mapping
from typing import Protocol

COMPILED = "compiled"  # below a worker's folder: its compiled files, which it may not change in the sandbox
ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
}


def kill_group(leader: int) -> None:
    """Kills a process that was started as the leader of a session, with every process of its group.

    bubblewrap is several processes. If only the first is killed while it starts, the others wait for it
    forever, and whoever reads their output waits, too.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


class Child(Protocol):
    """A started worker as the judge sees it: three descriptors, its usage, and its exit."""

    requests: int
    replies: int
    prints: int
    folder: str  # where it may put its submission's files
    is_sandboxed: bool

    @property
    def is_alive(self) -> bool:
        """True if it can answer a request."""

    def exit_code(self) -> int | None:
        """Its exit code, negative for a signal; None if it does not end within a moment."""

    def cpu_seconds(self, *, with_descendants: bool) -> float:
        """CPU seconds used so far; optionally with its living descendants', which takes longer to read."""

    def waiting_seconds(self) -> dict[int, float]:
        """Seconds waited for a core, by thread, including its descendants'; {} if that is not available."""

    def threads(self) -> int:
        """The number of its own threads; 0 if that is not available."""

    def usage(self, most: int) -> tuple[int, int]:
        """Its number of processes and threads, counted until it exceeds `most`, and the bytes they hold."""

    def resident(self) -> tuple[int, int]:
        """The bytes of memory that it holds now, and its peak; (0, 0) if that is not available."""

    def send_signal(self, number: int) -> None:
        """Sends a signal to it and its descendants, if they can be found."""

    def enclose(self, memory_bytes: int, processes: int) -> bool:
        """Bounds all its processes together, before its first request; False if the machine cannot."""

    @property
    def ran_out_of_memory(self) -> bool:
        """True if the kernel ended it because it used up the memory that `enclose` allowed."""

    def leave(self) -> None:
        """Ends it cleanly."""

    def kill(self) -> None:
        """Ends it, and everything that it may have touched, at once."""


class Starter(Protocol):
    """A starter of workers."""

    def begin(self, count: int = 1) -> None:
        """Prepares for the next `count` starts without waiting."""

    def start(self, compiled: Mapping[str, bytes]) -> Child:
        """A new worker that has the files `compiled`, by name; GraderFault if none can be started."""

    def close(self) -> None:
        """Ends the processes that it keeps."""


class Pipes:
    """Three pipes; the judge's ends do not block."""

    def __init__(self) -> None:
        request_read, self.requests = os.pipe()
        self.replies, reply_write = os.pipe()
        self.prints, print_write = os.pipe()
        self.theirs = (request_read, reply_write, print_write)
        for descriptor in (self.requests, self.replies, self.prints):
            os.set_blocking(descriptor, False)

    def close_theirs(self) -> None:
        """Closes the child's ends, which the child has inherited by now."""
        for descriptor in self.theirs:
            os.close(descriptor)

    def close_ours(self) -> None:
        """Closes the judge's ends."""
        for descriptor in (self.requests, self.replies, self.prints):
            os.close(descriptor)
