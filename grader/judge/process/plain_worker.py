"""Starts workers without a sandbox, each as a separate process: for a student's own code, and for ours.

A worker imports NumPy before it waits for its configuration, so it may be started before that is known
(`early_worker`). A student then waits for both imports of NumPy at once, the worker's and the judge's.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.judge.process import procfs
from grader.judge.process.child import COMPILED, ENVIRONMENT, Pipes

END_SECONDS = 1.0
WORKER = (sys.executable, "-P", "-s", "-m", "grader.worker")
LENGTH_BYTES = 8  # of the configuration, before it
# A worker writes no bytecode next to the files that it runs. The grader's own modules are compiled once and
# not for every grade, unless the user disables bytecode.
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
OWN_ENVIRONMENT = {name: value for name, value in ENVIRONMENT.items() if name != NO_BYTECODE} | {
    name: os.environ[name] for name in (NO_BYTECODE,) if name in os.environ
}


@contextlib.contextmanager
def early_worker() -> Iterator["PlainChild | None"]:
    """A worker whose configuration is not known yet, for a starter; it ends with the block at the latest.

    None if no process can be started: the starter tries again, and reports the error.
    """
    child = None
    with contextlib.suppress(OSError):
        child = PlainChild(WORKER, OWN_ENVIRONMENT)
    try:
        yield child
    finally:
        if child is not None:
            child.kill()


class PlainStarter:
    """Starts each worker as a separate process, without a sandbox.

    A worker gets the `config`, as JSON, before its first request; a program that takes none gets None.
    `early` is a worker that waits for its configuration: it is the first that is used,
    if it still runs.
    """

    def __init__(
        self,
        arguments: tuple[str, ...],
        environment: Mapping[str, str],
        config: Mapping[str, object] | None = None,
        early: "PlainChild | None" = None,
    ) -> None:
        self._arguments = arguments
        self._environment = dict(environment)
        self._config = b"" if config is None else json.dumps(config).encode()
        self._early = early
        self._begun: list[PlainChild] = []

    def begin(self, count: int = 1) -> None:
        """Prepares for the next `count` starts without waiting."""
        with contextlib.suppress(OSError):  # `start` reports the error
            while len(self._begun) < count:
                self._begun.append(self._new_child())

    def start(self, compiled: Mapping[str, bytes]) -> "PlainChild":
        """A new interpreter; takes as long as importing NumPy, unless `begin` prepared it."""
        child = self._begun_child() or self._new_child()
        for name, content in compiled.items():  # no other user's code runs here, so no protection
            path = Path(child.folder, COMPILED, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        return child

    def close(self) -> None:
        """Ends the prepared workers that were never used."""
        while self._begun:
            self._begun.pop().kill()

    def _new_child(self) -> "PlainChild":
        """A configured worker; if possible, one that was started before the configuration was known."""
        child, self._early = self._early, None
        if child is None or not child.is_running:
            child = PlainChild(self._arguments, self._environment)
        if self._config:
            child.configure(self._config)
        return child

    def _begun_child(self) -> "PlainChild | None":
        """A prepared worker that is still alive."""
        while self._begun:
            child = self._begun.pop(0)
            if child.is_running:
                return child
            child.kill()
        return None


class PlainChild:
    """A worker in a separate process."""

    def __init__(self, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
        self._pipes = Pipes()
        self.requests, self.replies, self.prints = (
            self._pipes.requests,
            self._pipes.replies,
            self._pipes.prints,
        )
        self.folder = tempfile.mkdtemp(prefix="backflip-")
        self.is_sandboxed = False
        stdin, stdout, stderr = self._pipes.theirs
        self._process = subprocess.Popen(
            arguments,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        self._pipes.close_theirs()
        self.is_alive = True

    def configure(self, config: bytes) -> None:
        """Sends the configuration; a worker that has ended meanwhile reads nothing."""
        os.set_blocking(self.requests, True)
        with contextlib.suppress(BrokenPipeError):
            whole = memoryview(len(config).to_bytes(LENGTH_BYTES, "little") + config)
            while whole:
                whole = whole[os.write(self.requests, whole) :]
        os.set_blocking(self.requests, False)

    @property
    def is_running(self) -> bool:
        """True while the process has not ended by itself."""
        return self._process.poll() is None

    def exit_code(self) -> int | None:
        """Its exit code, negative for a signal; None if it does not end within a moment."""
        try:
            return self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            return None

    def cpu_seconds(self, *, with_descendants: bool) -> float:
        """The CPU seconds used so far, on request with those of its descendants."""
        return procfs.cpu_seconds(self._process.pid, with_descendants=with_descendants)

    def waited(self) -> dict[int, float]:
        """The seconds that each thread has waited for a core."""
        return procfs.waited(self._process.pid)

    def resident(self) -> tuple[int, int]:
        """The bytes of memory held now, and the peak."""
        return procfs.resident(self._process.pid)

    def send_signal(self, number: int) -> None:
        """Sends a signal to the process and its descendants."""
        procfs.send_signal(self._process.pid, number)

    def usage(self, most: int) -> tuple[int, int]:
        """The number of threads, counted until it exceeds `most`, and the bytes of memory."""
        return procfs.usage([self._process.pid], most, 0)

    def enclose(self, memory_bytes: int, processes: int) -> bool:
        """Bounds nothing, because only the user's own code runs here."""
        return False

    @property
    def ran_out_of_memory(self) -> bool:
        """True if the kernel ended it because of the bound on its memory."""
        return False

    def leave(self) -> None:
        """Ends it cleanly."""
        self.kill()

    def kill(self) -> None:
        """Ends it at once, with everything that it started."""
        if self.is_alive:
            self.is_alive = False
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._pipes.close_ours()
            shutil.rmtree(self.folder, ignore_errors=True)
