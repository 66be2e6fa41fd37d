"""Starts workers in the sandbox, forked by a warm launcher."""

import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Mapping

from grader.judge.process import procfs
from grader.judge.process.child import COMPILED, Pipes, kill_group
from grader.judge.process.control_groups import Group, delegated_group
from grader.model.errors import GraderFault

START_SECONDS = 60.0
END_SECONDS = 1.0
FOLDER = "/tmp/submission"  # of a worker in the sandbox


class Launcher:
    """A warm process in the sandbox that forks workers (see `grader.worker.launch`); started when needed.

    It is discarded with all its children when one of them is killed or ends in an unusual way. If they
    `may_fork`, their CPU time includes their children's.
    """

    def __init__(
        self, arguments: tuple[str, ...], environment: Mapping[str, str], *, may_fork: bool = True
    ) -> None:
        self.may_fork = may_fork
        self._arguments = arguments
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ended: dict[int, int] = {}

    def begin(self, count: int = 1) -> None:
        """Starts the warm process, which all workers need."""
        with contextlib.suppress(OSError):  # the start says why
            if self._process is None:
                self._launch()

    def start(self, compiled: Mapping[str, bytes]) -> "ForkedChild":
        """A worker forked from the warm process; GraderFault if that fails."""
        if self._process is None:
            self._launch()
        assert self._process is not None
        assert self._control is not None
        pipes = Pipes()
        handed_on = [_in_memory(content) for content in compiled.values()]
        message = {"fork": list(compiled), "folder": f"{FOLDER}/{COMPILED}"}
        try:
            socket.send_fds(self._control, [json.dumps(message).encode()], [*pipes.theirs, *handed_on])
            pid = self._hear("child")
        except OSError as error:
            pipes.close_ours()
            reason = self._last_words()
            self.discard()
            raise GraderFault(f"a worker could not start: {reason or error}") from error
        finally:
            pipes.close_theirs()
            for descriptor in handed_on:
                os.close(descriptor)
        return ForkedChild(self, self._process.pid, pid, pipes)

    def close(self) -> None:
        """Ends the warm process, and its children with it."""
        self.discard()

    def discard(self) -> None:
        """Kills the warm process and every child of it; the next start launches a new one."""
        if self._process is None or self._control is None:
            return
        kill_group(self._process.pid)
        self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()
        self._control.close()
        self._process = self._control = None
        self._ended.clear()

    def serves(self, pid: int) -> bool:
        """True if the running warm process is the one that bubblewrap started as `pid`."""
        return self._process is not None and self._process.pid == pid

    def ended(self, child: int) -> int | None:
        """The exit code of a child, after a short wait; None if it has not ended.

        GraderFault if the warm process itself is gone, since no submission can reach it.
        """
        if child not in self._ended and self._control is not None:
            try:
                self._hear("ended", child)
            except TimeoutError:
                return None
            except OSError as error:
                self.discard()
                raise GraderFault("the launcher was killed: is the machine out of memory?") from error
        return self._ended.pop(child, None)

    def _launch(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                self._arguments,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=self._environment,
                start_new_session=True,
            )
        self._control = ours

    def _hear(self, word: str, child: int | None = None) -> int:
        """Reads messages until one says `word` (of `child`); OSError if none arrives in time."""
        assert self._control is not None
        self._control.settimeout(START_SECONDS if word == "child" else END_SECONDS)
        while True:
            data = self._control.recv(4096)
            if not data:
                raise ConnectionResetError("the launcher ended")
            message = json.loads(data)
            if "ended" in message:
                self._ended[message["ended"]] = message["code"]
            if word in message and child in (None, message[word]):
                return int(message[word])

    def _last_words(self) -> str:
        if self._process is None or self._process.stderr is None:
            return ""
        kill_group(self._process.pid)
        lines = self._process.stderr.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")  # below any traceback


def _in_memory(content: bytes) -> int:
    """A descriptor of a file in memory."""
    descriptor = os.memfd_create("compiled")
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    return descriptor


class ForkedChild:
    """A worker that the launcher forked; `pid` is its number inside the sandbox."""

    def __init__(self, launcher: Launcher, wall_pid: int, pid: int, pipes: Pipes) -> None:
        self._launcher = launcher
        self._wall_pid = wall_pid
        self._pid = pid
        self._pipes = pipes
        self.requests, self.replies, self.prints = pipes.requests, pipes.replies, pipes.prints
        self.folder = FOLDER
        self.is_sandboxed = True
        self._is_open = True
        self._worker_pid: int | None = None
        self._group: Group | None = None

    @property
    def is_alive(self) -> bool:
        """Also False once the launcher has been discarded because of a sibling."""
        return self._is_open and self._launcher.serves(self._wall_pid)

    def exit_code(self) -> int | None:
        """Its exit code, negative for a signal; None if it does not end within a moment."""
        return self._launcher.ended(self._pid)

    def cpu_seconds(self, *, with_descendants: bool) -> float:
        """The CPU seconds used so far, on request with those of its descendants."""
        worker = self._find_worker()
        if worker is None:
            return 0.0
        if not self._launcher.may_fork:
            return procfs.own_cpu_seconds(worker)
        return procfs.cpu_seconds(worker, with_descendants=with_descendants)

    def waiting_seconds(self) -> dict[int, float]:
        """The seconds that each thread has waited for a core."""
        worker = self._find_worker()
        return {} if worker is None else procfs.waiting_seconds(worker)

    def resident(self) -> tuple[int, int]:
        """The bytes of memory held now, and the peak."""
        worker = self._find_worker()
        return (0, 0) if worker is None else procfs.resident(worker)

    def send_signal(self, number: int) -> None:
        """Sends a signal to the process and its descendants."""
        if (worker := self._find_worker()) is not None:
            procfs.send_signal(worker, number)

    def threads(self) -> int:
        """The number of threads of the worker itself."""
        worker = self._find_worker()
        return 0 if worker is None else procfs.threads(worker)

    def usage(self, most: int) -> tuple[int, int]:
        """The number of threads and the bytes of memory, without the memory that all forks share."""
        worker = self._find_worker()
        if worker is None:
            return 0, 0
        try:
            return procfs.usage([worker], most, self._shared_bytes())
        except (OSError, ValueError):
            return 0, 0  # it is ending: the closed channel will show it

    def enclose(self, memory_bytes: int, processes: int) -> bool:
        """Bounds all its processes together; False if the machine cannot."""
        parent = delegated_group()
        worker = None if parent is None else self._find_worker()
        if parent is None or worker is None:
            return False
        try:
            self._group = Group(parent, memory_bytes, processes)
            self._group.take(worker)
        except OSError as error:
            raise GraderFault(f"no control group could be made in {parent}: {error}") from error
        return True

    @property
    def ran_out_of_memory(self) -> bool:
        """True if the kernel ended it because of the bound on its memory."""
        return self._group is not None and self._group.ran_out_of_memory

    def leave(self) -> None:
        """Closes the channel, which makes the worker end; kills it if it does not."""
        if self._is_open:
            alive = self.is_alive
            self._is_open = False
            self._pipes.close_ours()
            with contextlib.suppress(GraderFault):
                if alive and self._launcher.ended(self._pid) != 0:
                    self._launcher.discard()
            self._remove_group()

    def kill(self) -> None:
        """Ends it at once, with everything that it started."""
        if self._is_open:
            self._is_open = False
            self._pipes.close_ours()
            if self._launcher.serves(self._wall_pid):
                self._launcher.discard()
            self._remove_group()

    def _remove_group(self) -> None:
        if self._group is not None:
            self._group.remove()

    def _find_worker(self) -> int | None:
        """The worker's pid as seen from here; None if there is no /proc, or the worker is gone."""
        if self._worker_pid is None:
            with contextlib.suppress(OSError, ValueError):
                forks = procfs.children_of(self._find_launcher())
                self._worker_pid = next((pid for pid in forks if procfs.pid_inside(pid) == self._pid), None)
        return self._worker_pid

    def _find_launcher(self) -> int:
        """The launcher's pid as seen from here; above it: bubblewrap, its process 1."""
        (inner,) = procfs.children_of(self._wall_pid)
        (launcher,) = procfs.children_of(inner)
        return launcher

    def _shared_bytes(self) -> int:
        """The bytes that the launcher holds: every fork shares them, and none is charged for them."""
        return int(procfs.fields_of(self._find_launcher())[21]) * procfs.PAGE_BYTES
