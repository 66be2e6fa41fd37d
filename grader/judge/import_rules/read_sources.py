"""Has submissions read by a separate process, which any of them may crash, and reports the result."""

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

from grader.judge.import_rules.reader_messages import send
from grader.judge.import_rules.terms import MAX_SOURCE_BYTES, Terms
from grader.model.errors import GraderFault

CPU_SECONDS = 10  # honest submissions take a few milliseconds
MEMORY_BYTES = 1 << 30
MAX_EXPANDED_BYTES = 1 << 20  # of a source with its macros expanded
WALL_SECONDS = 300.0  # reading waits for nothing, so only a busy machine takes this long
END_SECONDS = 2.0
LIMITS = {"cpu_seconds": CPU_SECONDS, "memory_bytes": MEMORY_BYTES}  # on requests without an assignment
REASON_CHARACTERS = 2000
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
}
SIMPLER = "write it more simply, or leave out code that the exercise does not need"


class SourceReader:
    """Checks submissions against the terms of one assignment, one after the other."""

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
        """Starts the reader process without waiting for it."""
        begin()

    def refusal(self, files: Mapping[str, bytes]) -> str:
        """The first line of a submission that breaks the import rules, with the reason, or "".

        A submission that exceeds the limits on reading is refused, too. GraderFault if none can be read.
        """
        return self._read(files, MAX_SOURCE_BYTES)

    def refusal_of_macros(self, name: str, expanded: bytes) -> str:
        """The same for the CUDA C of file `name` with its macros expanded."""
        if len(expanded) > MAX_EXPANDED_BYTES:
            return f"{name}: its macros expand to more than {MAX_EXPANDED_BYTES} bytes of code: {SIMPLER}"
        refusal = self._read({name: expanded}, MAX_EXPANDED_BYTES)
        return re.sub(rf"^{re.escape(name)}:\d+:", f"{name}:", refusal)  # not a line of the student's

    def _read(self, files: Mapping[str, bytes], most_bytes: int) -> str:
        words = _ask({**self._request, "most_bytes": most_bytes}, files)
        if "exhausted" in words:
            return f"{words['reads']}: {self._exhausted[words['exhausted']]}: {SIMPLER}"
        return words["answer"][:REASON_CHARACTERS]


def begin() -> None:
    """Starts the process that reads submissions, without waiting for it."""
    _process().begin()


def newer_than(files: Mapping[str, bytes], minor: int) -> list[str]:
    """Syntax that this Python reads and Python 3.`minor` does not: one line each, with its place.

    A source that exceeds the limits on reading adds no line: its grade says so.
    """
    replies = (_process().ask({"minor": minor, **LIMITS}, {name: files[name]}) for name in files)
    return [line for words in replies for line in words.get("answer", "").splitlines()]


def without_host_code(name: str, content: bytes) -> tuple[bytes, str]:
    """A file of kernels without its host code, and a note for the student, or "".

    A file that exceeds the limits on reading stays whole: the rules refuse it next.
    GraderFault if it cannot be read.
    """
    from grader.judge.import_rules.host_code import SourceItem, without_items  # only kernels need it

    words = _ask({"host_code": True, **LIMITS}, {name: content})
    items = json.loads(words.get("answer") or "[]")
    return without_items(name, content, [SourceItem(*item) for item in items])


def _ask(request: Mapping[str, object], files: Mapping[str, bytes]) -> dict[str, str]:
    """The reader's reply; GraderFault if it failed."""
    words = _process().ask(request, files)
    if "failed" in words:
        raise GraderFault(f"the reader of submissions failed on {words['reads']}: {words['failed']}")
    return words


class _Process:
    """The reader process that all sessions share; started when needed, and again after it ended."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: socket.socket | None = None

    def begin(self) -> None:
        """Starts it if it is not running, without waiting."""
        with self._turn, contextlib.suppress(OSError):  # `ask` reports the error
            self._start()

    def ask(self, request: Mapping[str, object], files: Mapping[str, bytes]) -> dict[str, str]:
        """Its reply to a request, with `exhausted` if the request ended it; GraderFault if there is no reply.

        The request is repeated if it did not begin, or if something else may have ended the process.
        """
        with self._turn:
            for is_last in (False, False, True):
                words, exit_code = self._ask(request, files)
                if "answer" in words or "failed" in words:
                    return words
                if "exhausted" in words or (words and exit_code == -signal.SIGXCPU):
                    return {"exhausted": "time", **words}
                if exit_code is None:  # it ran past the wall-clock limit
                    break
                if words and is_last and exit_code != -signal.SIGKILL:
                    return {"exhausted": "crash", **words}
        raise GraderFault("the process that reads submissions does not answer: is the machine out of memory?")

    def _ask(
        self, request: Mapping[str, object], files: Mapping[str, bytes]
    ) -> tuple[dict[str, str], int | None]:
        """Its messages until it finished or ended, and its exit code; None if it did not end in time."""
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
        """Ends the process; returns its exit code, None if it had to be killed."""
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
                words = (sys.executable, "-P", "-s", "-m", "grader.judge.import_rules.reader_process")
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
    """The reader of this process: a forked process does not use its parent's."""
    return _process_of(os.getpid())
