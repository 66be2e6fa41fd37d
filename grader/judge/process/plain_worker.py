"""Starts workers without a sandbox, each as a separate process: for a student's own code, and for ours.

A worker imports NumPy before it waits for its configuration, so it may be started before that is known
(`early_worker`). A student then waits for both imports of NumPy at once, the worker's and the judge's. If a
second worker is needed, this one forks it, so that no time goes into a third import.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.judge.process import procfs
from grader.judge.process.child import COMPILED, ENVIRONMENT, Pipes, kill_group
from grader.judge.process.scratch_folder import ScratchFolder

END_SECONDS = 1.0
WORKER = (sys.executable, "-P", "-s", "-m", "grader.worker")
LENGTH_BYTES, PID_BYTES = 8, 4  # before the configuration of a worker, and before the replies of a sibling
START_SECONDS = 60.0
NEVER_RAN = 1  # in place of an exit code
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
        child = start_worker(WORKER, OWN_ENVIRONMENT, may_fork_sibling=True)
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
        self._config = config
        self._early = early
        self._begun: list[PlainChild] = []

    def begin(self, count: int = 1) -> None:
        """Prepares for the next `count` starts without waiting."""
        with contextlib.suppress(OSError):  # `start` reports the error
            while len(self._begun) < count:
                self._begun += self._new_children(count - len(self._begun))

    def start(self, compiled: Mapping[str, bytes]) -> "PlainChild":
        """A new interpreter; takes as long as importing NumPy, unless `begin` prepared it."""
        child = self._begun_child() or self._new_children(1)[0]
        for name, content in compiled.items():  # no other user's code runs here, so no protection
            path = Path(child.folder, COMPILED, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        return child

    def close(self) -> None:
        """Ends the prepared workers that were never used."""
        while self._begun:
            self._begun.pop().kill()

    def _new_children(self, most: int) -> "list[PlainChild]":
        """A configured worker, and its sibling if two are wanted and it can have one.

        If possible, the worker is one that was started before the configuration was known.
        """
        child, self._early = self._early, None
        if child is None or not child.is_running:
            child = start_worker(self._arguments, self._environment)
        if self._config is None:
            return [child]
        sibling = child.configure(self._config, with_sibling=most > 1)
        return [child] if sibling is None else [child, sibling]

    def _begun_child(self) -> "PlainChild | None":
        """A prepared worker that is still alive."""
        while self._begun:
            child = self._begun.pop(0)
            if child.is_running:
                return child
            child.kill()
        return None


class _Sibling:
    """A worker that another one forked, as a child of this process; used like a `subprocess.Popen`."""

    def __init__(self, replies: int) -> None:
        self._replies = replies
        self._pid = 0
        self._code: int | None = None

    @property
    def pid(self) -> int:
        """Its pid, for which the first caller waits; ProcessLookupError if it could not be forked."""
        if not self._pid:
            select.select([self._replies], [], [], START_SECONDS)
            with contextlib.suppress(BlockingIOError):
                self._pid = int.from_bytes(os.read(self._replies, PID_BYTES), sys.byteorder)
        if not self._pid:
            raise ProcessLookupError("the sibling of a worker could not be forked")
        return self._pid

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        if self._code is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except (ProcessLookupError, ChildProcessError):
                self._code = NEVER_RAN
            else:
                self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended; subprocess.TimeoutExpired if it runs for longer."""
        if self.poll() is None:
            ended = os.pidfd_open(self.pid)
            select.select([ended], [], [], timeout)
            os.close(ended)
        if (code := self.poll()) is None:
            raise subprocess.TimeoutExpired(WORKER, timeout or 0.0)
        return code


def start_worker(
    arguments: tuple[str, ...], environment: Mapping[str, str], *, may_fork_sibling: bool = False
) -> "PlainChild":
    """A new worker. If it `may_fork_sibling`, it can do so once, when it is configured. OSError if none."""
    pipes, for_sibling = Pipes(), Pipes() if may_fork_sibling else None
    stdin, stdout, stderr = pipes.theirs
    process = subprocess.Popen(
        arguments,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        env=environment,
        cwd="/",
        start_new_session=True,
        pass_fds=for_sibling.theirs if for_sibling else (),
    )
    pipes.close_theirs()
    if for_sibling is not None:
        for_sibling.close_theirs()
    return PlainChild(process, pipes, for_sibling)


class PlainChild:
    """A worker in a separate process; `for_sibling` are pipes for another one that it can fork."""

    def __init__(
        self, process: "subprocess.Popen[bytes] | _Sibling", pipes: Pipes, for_sibling: Pipes | None = None
    ) -> None:
        self._process, self._pipes, self._for_sibling = process, pipes, for_sibling
        self.requests, self.replies, self.prints = pipes.requests, pipes.replies, pipes.prints
        self._scratch = ScratchFolder()
        self.folder = self._scratch.name
        self.is_sandboxed = False
        self.is_alive = True

    def configure(self, config: Mapping[str, object], *, with_sibling: bool) -> "PlainChild | None":
        """Sends the configuration; a worker that has ended meanwhile reads nothing.

        Returns its sibling, `with_sibling` and if it can fork one. The sibling has the same configuration.
        """
        sibling = None
        for_sibling = self._for_sibling.theirs if self._for_sibling is not None else ()
        if with_sibling and self._for_sibling is not None:
            sibling = PlainChild(_Sibling(self._for_sibling.replies), self._for_sibling)
            self._for_sibling = None
        of_fork = {"sibling": sibling is not None, "for_sibling": for_sibling}
        data = json.dumps({**config, **of_fork}).encode()
        os.set_blocking(self.requests, True)
        with contextlib.suppress(BrokenPipeError):
            whole = memoryview(len(data).to_bytes(LENGTH_BYTES, "little") + data)
            while whole:
                whole = whole[os.write(self.requests, whole) :]
        os.set_blocking(self.requests, False)
        return sibling

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

    def waiting_seconds(self) -> dict[int, float]:
        """The seconds that each thread has waited for a core."""
        return procfs.waiting_seconds(self._process.pid)

    def resident(self) -> tuple[int, int]:
        """The bytes of memory held now, and the peak."""
        return procfs.resident(self._process.pid)

    def send_signal(self, number: int) -> None:
        """Sends a signal to the process and its descendants."""
        procfs.send_signal(self._process.pid, number)

    def threads(self) -> int:
        """The number of threads of the worker itself."""
        return procfs.threads(self._process.pid)

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
            with contextlib.suppress(ProcessLookupError):  # a sibling that was never forked has no pid
                kill_group(self._process.pid)
            self._process.wait()
            self._pipes.close_ours()
            if self._for_sibling is not None:
                self._for_sibling.close_ours()
            self._scratch.cleanup()
