"""Describes a started worker as the judge holds it, and what starts one."""

import os
from collections.abc import Mapping
from typing import Protocol


class Child(Protocol):
    """A started worker as the judge holds it: three descriptors, and its end."""

    requests: int
    replies: int
    prints: int
    folder: str  # where it may put the files of its submission
    is_sandboxed: bool

    @property
    def is_alive(self) -> bool:
        """Whether asking it makes sense."""

    def exit_code(self) -> int | None:
        """How it ended, negative for a signal; None where it has not within a moment."""

    def cpu_seconds(self, *, with_descendants: bool) -> float:
        """CPU seconds used so far; its living descendants' too where asked for, which costs more to tell."""

    def waited(self) -> dict[int, float]:
        """By thread, its descendants' too, the seconds it waited for a core; {} where that cannot be told."""

    def usage(self, most: int) -> tuple[int, int]:
        """Its processes and threads, counted until there are more than `most`, and the bytes they hold."""

    def resident(self) -> tuple[int, int]:
        """The bytes of memory that it holds now and the most it ever held; (0, 0) where that is not told."""

    def send_signal(self, number: int) -> None:
        """Sends a signal to it and its descendants, where they can be found."""

    def enclose(self, memory_bytes: int, processes: int) -> bool:
        """Bounds all its processes together, before it is asked anything; False where the machine cannot."""

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether the kernel ended it for want of the memory that it was enclosed in."""

    def leave(self) -> None:
        """Ends it in good order."""

    def kill(self) -> None:
        """Ends it, and whatever it may have touched, at once."""


class Starter(Protocol):
    """Something that starts workers."""

    def begin(self, count: int = 1) -> None:
        """Begins what the next `count` starts need, and waits for nothing."""

    def start(self, compiled: Mapping[str, bytes]) -> Child:
        """A new worker that finds `compiled`, files by name; GraderFault where none can be started."""

    def close(self) -> None:
        """Ends what it keeps."""


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
        """Closes the child's ends, which the child has by now."""
        for descriptor in self.theirs:
            os.close(descriptor)

    def close_ours(self) -> None:
        """Closes the judge's ends."""
        for descriptor in (self.requests, self.replies, self.prints):
            os.close(descriptor)
