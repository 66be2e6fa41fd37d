"""Has submissions read by a process that any of them may bring to its end, and says what came of it."""

import atexit
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache

from grader.judge.policy.reader_process import send
from grader.judge.policy.rules import MAX_SOURCE_BYTES, Terms
from grader.model.errors import GraderFault

CPU_SECONDS = 10  # honest submissions take some milliseconds
MEMORY_BYTES = 1 << 30
MAX_EXPANDED_BYTES = 1 << 20  # of a source with its macros replaced by what they stand for
WALL_SECONDS = 300.0  # reading waits for nothing: only a machine that runs others takes so long
END_SECONDS = 2.0
REASON_CHARACTERS = 2000
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
}
SIMPLER = "write it more simply, or leave out what the exercise does not need"


class Reading:
    """Holds submissions to the terms of one assignment, one after the other."""

    def __init__(
        self, terms: Terms, cpu_seconds: int = CPU_SECONDS, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        self._request = {"terms": asdict(terms), "cpu_seconds": cpu_seconds, "memory_bytes": memory_bytes}
        self._exhausted = {
            "time": f"reading it takes more than {cpu_seconds} seconds of CPU time",
            "memory": f"reading it takes more than {memory_bytes >> 20} MiB of memory",
            "crash": "reading it ends the reader",
        }

    def begin(self) -> None:
        """Starts the process that reads, and does not wait for it."""
        _process().begin()

    def refusal(self, files: Mapping[str, bytes]) -> str:
        """The first line of a submission that breaks the policy and why, or "".

        A submission that uses up what it takes to read one is refused, too. GraderFault where none is read.
        """
        return self._read(files, MAX_SOURCE_BYTES)

    def refusal_of_macros(self, name: str, expanded: bytes) -> str:
        """The same for the CUDA C of file `name` in which macros are replaced by what they stand for."""
        if len(expanded) > MAX_EXPANDED_BYTES:
            return f"{name}: its macros stand for more than {MAX_EXPANDED_BYTES} bytes of code: {SIMPLER}"
        refused = self._read({name: expanded}, MAX_EXPANDED_BYTES)
        return re.sub(rf"^{re.escape(name)}:\d+:", f"{name}:", refused)  # of a line that nobody wrote

    def _read(self, files: Mapping[str, bytes], most_bytes: int) -> str:
        words = _process().ask({**self._request, "most_bytes": most_bytes}, files)
        if "failed" in words:
            raise GraderFault(f"the reader of submissions failed on {words['reads']}: {words['failed']}")
        if "exhausted" in words:
            return f"{words['reads']}: {self._exhausted[words['exhausted']]}: {SIMPLER}"
        return words["answer"][:REASON_CHARACTERS]


def newer_than(files: Mapping[str, bytes], minor: int) -> list[str]:
    """What sources hold that this Python reads and Python 3.`minor` does not: a line each, with its place.

    Nothing for a source that uses up what it takes to read one: its grade says so.
    """
    limits = {"cpu_seconds": CPU_SECONDS, "memory_bytes": MEMORY_BYTES}
    replies = (_process().ask({"minor": minor, **limits}, {name: files[name]}) for name in files)
    return [line for words in replies for line in words.get("answer", "").splitlines()]


class _Process:
    """The process that all sessions share; started when it is needed, and again where it ended."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: socket.socket | None = None

    def begin(self) -> None:
        """Starts it, where it does not run; waits for nothing."""
        with self._turn, contextlib.suppress(OSError):  # asking says why
            self._start()

    def ask(self, request: Mapping[str, object], files: Mapping[str, bytes]) -> dict[str, str]:
        """All that it says to a request, and `exhausted` where that ended it; GraderFault if it says nothing.

        It is asked again where it did not begin, or where something else may have ended it.
        """
        with self._turn:
            for is_last in (False, False, True):
                words, ended = self._ask(request, files)
                if "answer" in words or "failed" in words:
                    return words
                if "exhausted" in words or (words and ended == -signal.SIGXCPU):
                    return {"exhausted": "time", **words}
                if ended is None:  # it took too long by the wall clock
                    break
                if words and is_last and ended != -signal.SIGKILL:
                    return {"exhausted": "crash", **words}
        raise GraderFault("the process that reads submissions does not answer: is the machine out of memory?")

    def _ask(
        self, request: Mapping[str, object], files: Mapping[str, bytes]
    ) -> tuple[dict[str, str], int | None]:
        """What it says until it is done or has ended, and how it ended; None where it did not in time."""
        words: dict[str, str] = {}
        try:
            end = self._start()
            send(end, request, files)
            with end.makefile("rb") as lines:
                while not words.keys() & {"answer", "failed", "exhausted"} and (line := lines.readline()):
                    words |= json.loads(line)
        except (OSError, ValueError):  # it ended, or took too long
            pass
        if "answer" in words:
            return words, None
        return words, self.close()

    def close(self) -> int | None:
        """Ends the process; how it ended, None where it had to be killed."""
        ended = None
        if self._end is not None:
            self._end.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                ended = self._process.wait(END_SECONDS)
            self._process.kill()
            self._process.wait()
        self._process = self._end = None
        return ended

    def _start(self) -> socket.socket:
        if self._end is None:
            ours, theirs = socket.socketpair()
            with theirs:
                words = (sys.executable, "-P", "-s", "-m", "grader.judge.policy.reader_process")
                self._process = subprocess.Popen(
                    words,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=ENVIRONMENT,
                    cwd="/",
                )
            ours.settimeout(WALL_SECONDS)
            self._end = ours
        return self._end


@cache
def _process_of(pid: int) -> _Process:
    process = _Process()
    atexit.register(process.close)
    return process


def _process() -> _Process:
    """That of this process: one that was forked has none of its parent's."""
    return _process_of(os.getpid())
