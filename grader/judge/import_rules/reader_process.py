"""Reads submissions in a separate process, which any of them may crash.

Theory of operation. The judge starts this program and sends it requests through a socket, its standard
input: a frame of JSON, then the files. Before it reads them, the program raises its limits by some CPU
seconds and some memory. It names each file before reading it. At the end it lists the problems, one per
line: what the assignment's terms forbid, or what an older Python cannot read. Asked for the host code of a
file of kernels, it lists the places of that code instead. If a limit ends it, the judge knows the file, and
starts another process for the next submission. It ends by itself if a submission left it larger than before.
If the judge is killed, it is killed as well: no process outlives its run.
No code of a submission runs here, and nothing of a submission is kept.
"""

import contextlib
import ctypes
import gc
import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import astuple
from typing import Any, TypeAlias

from grader.judge.import_rules.reader_messages import JudgeIsGone, receive
from grader.judge.import_rules.rules import NUMPY, Rules
from grader.judge.import_rules.terms import Terms

MAX_ERROR, MOST_NEEDS = 500, 3
SourceCheck: TypeAlias = Callable[[str, bytes], str]  # the problems of the file with that name, or ""
SMALL_BYTES, MOST_GROWTH = 64 << 10, 64 << 20  # small sources leave too little behind to check
PR_SET_PDEATHSIG = 1


def serve(judge: socket.socket) -> None:
    """Answers requests until the judge closes its end, or until this process's memory has grown."""
    rules: dict[str, Rules] = {}
    own_bytes = _held_bytes()
    with contextlib.suppress(JudgeIsGone):
        while True:
            request, files = receive(judge)
            before = _held_bytes()
            read = _reader(request, files, rules)
            own_bytes += _held_bytes() - before  # loading modules takes nothing of a submission's memory
            _limit(request["cpu_seconds"], own_bytes + request["memory_bytes"])
            if not _answer(read, files, judge):
                return
            is_small = sum(map(len, files.values())) <= SMALL_BYTES
            if not is_small and _held_bytes() > own_bytes + MOST_GROWTH:
                return


def _reader(request: Mapping[str, Any], files: Mapping[str, bytes], rules: dict[str, Rules]) -> SourceCheck:
    """The check to run on each file; `rules` caches the rules made so far, by an assignment's terms.

    It imports what only some checks need: a student waits until this process has started.
    """
    if "host_code" in request:
        from grader.judge.import_rules.host_code import host_code_in

        return lambda name, content: json.dumps([astuple(item) for item in host_code_in(content)])
    if "minor" in request:
        return lambda name, content: _newer(name, content, request["minor"])
    names_numpy = any(NUMPY.encode() in content for content in files.values())
    key = json.dumps([request["terms"], names_numpy])
    if key not in rules:
        gc.disable()  # or loading the allowed modules takes a tenth longer
        rules[key] = Rules(Terms(**request["terms"]), names_numpy=names_numpy)
        gc.freeze()  # permanent objects need no more garbage collection
        gc.enable()
    return lambda name, content: rules[key].refusal({name: content}, request["most_bytes"])


def _newer(name: str, content: bytes, minor: int) -> str:
    """The syntax of a source that is new to Python 3.`minor`, one line each; "" if no Python reads it."""
    from grader.model.file_formats.python_syntax import needs

    try:
        return "\n".join(f"{name}, {need}" for need in needs(content, minor)[:MOST_NEEDS])
    except (SyntaxError, ValueError, RecursionError):  # the grade itself reports these
        return ""


def _answer(check: SourceCheck, files: Mapping[str, bytes], judge: socket.socket) -> bool:
    """Reads the files up to the first with a problem; returns True if this process can read others."""
    last: dict[str, str] = {"answer": ""}
    try:
        for name, content in files.items():
            _send(judge, {"reads": name})
            if problem := check(name, content):
                last = {"answer": problem}
                break
    except MemoryError:
        last = {"exhausted": "memory"}
    except Exception as error:
        last = {"failed": f"{type(error).__name__}: {error}"[:MAX_ERROR]}
    _send(judge, last)
    return "answer" in last


def _send(judge: socket.socket, words: Mapping[str, str]) -> None:
    try:
        judge.sendall(json.dumps(words).encode() + b"\n")
    except OSError as error:
        raise JudgeIsGone from error


def _limit(cpu_seconds: int, most_bytes: int) -> None:
    """Limits this process's CPU seconds from now on, and its memory in total."""
    end = int(time.process_time()) + 1 + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.RLIM_INFINITY))
    if sys.platform == "linux":  # macOS does not enforce it
        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, resource.RLIM_INFINITY))


def _held_bytes() -> int:
    """The size of this process's address space in bytes; 1 if the machine does not report it."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the judge handles Ctrl-C
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    serve(socket.socket(fileno=0))
    os._exit(0)  # the judge waits for the end, and the interpreter's own clean-up takes as long as reading
