"""Compiles and runs a whole CUDA program, each step in its own sandbox, and passes on its output.

The program is native code. The trusted side takes from it only its output, made harmless for a
terminal, its exit status, and text records. The records arrive through a socket: a program that truncates or
overwrites what it believes to be a file takes none back. Native code that means to can still write records of
its own, so they serve the program's author and grade no student.
"""

import hashlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from grader.judge.kernels.builder import (
    CPU_SECONDS,
    ENDED_BY_LIMITS,
    KILLED,
    LIMITS,
    SECONDS,
    compiler_files,
    compiler_variables,
)
from grader.judge.process.child import ENVIRONMENT, kill_group
from grader.judge.process.sandbox import compiler_sandbox, program_sandbox
from grader.judge.process.scratch_folder import ScratchFolder
from grader.judge.process.user_cache import UserCache
from grader.model.errors import GraderFault
from grader.model.file_formats.compiler_files import RESULT
from grader.model.submitted_files import read_plain
from grader.model.surroundings import Sandbox
from grader.model.text import visible

WORKER = "grader.worker.cuda_program"
SOURCE, EXECUTABLE = "program.cu", "program"
MOST_EXECUTABLE, MOST_RECORDS, MOST_PRINTED = 64 << 20, 1 << 20, 16 << 20
MEMORY_BYTES = 16 << 30  # of address space, mostly the emulator's notes on each byte, never touched
GRACE = 3  # seconds of CPU time: what the host may still do after a kernel was ended for its time
LOOK_AGAIN = 50  # milliseconds after which a reader looks whether the program has ended
SETTLING = 1  # second in which what a program has written before its end is read
WAITING = 10  # times its CPU time: how long a program may sleep or wait for input


class ProgramError(Exception):
    """A program does not compile; holds the compiler's message."""


@dataclass(frozen=True)
class Request:
    """A program to run: its source, its name in messages, macros, its arguments, and how it is checked."""

    source: str
    file: str
    defines: Mapping[str, str] = field(default_factory=dict)
    arguments: Sequence[str] = ()
    schedules: int = 8
    seed: int = 0
    cpu_seconds: int = 60


@dataclass(frozen=True)
class Ending:
    """A program's exit status and records, the compiler's warnings, and the executable."""

    status: int  # negative for a signal, as in `subprocess`
    timed_out: bool
    records: str
    executable: bytes


def run_whole_program(
    request: Request,
    emulator: Path,
    runtime: Path,
    sandbox: Sandbox,
    output: IO[str],
    errors: IO[str],
    cache: UserCache | None = None,
) -> Ending:
    """Compile a program with the `emulator`, a package's folder, and run it; ProgramError, GraderFault.

    `runtime` is the emulator's library for programs. The program's output goes to `output` and `errors`. A
    program that is in `cache` is not compiled again.
    """
    with ScratchFolder() as scratch:
        folder = Path(scratch)
        for name in ("build", "run", "nothing"):
            (folder / name).mkdir()
        key = _cache_key(request, emulator, runtime, sandbox) if cache else ""
        executable = cache.get(key) if cache and key else None
        if executable is None:
            executable = _compiled(request, emulator, runtime, sandbox, folder)
            if cache and key:
                cache.keep(key, executable)
        (folder / "run" / EXECUTABLE).write_bytes(executable)
        (folder / "run" / EXECUTABLE).chmod(0o755)
        (folder / "run" / runtime.name).write_bytes(runtime.read_bytes())
        status, timed_out, records = _run(request, sandbox, folder, output, errors)
        return Ending(status, timed_out, records, executable)


def _cache_key(request: Request, emulator: Path, runtime: Path, sandbox: Sandbox) -> str:
    """A name derived from all inputs of an executable; "" if the compiler is not a single file."""
    compilers = compiler_files()
    if not compilers:
        return ""
    settings = [request.source, request.file, sorted(request.defines.items()), runtime.name, sandbox.value]
    digest = hashlib.sha256(json.dumps([compilers, compiler_variables(), settings]).encode())
    for path in sorted(path for path in emulator.rglob("*") if path.suffix in (".py", ".h", ".cpp")):
        digest.update(f"{path.relative_to(emulator)} ".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"program_{digest.hexdigest()}"


def _compiled(request: Request, emulator: Path, runtime: Path, sandbox: Sandbox, scratch: Path) -> bytes:
    """The executable; ProgramError with the compiler's message if there is none."""
    folder = scratch / "build"
    (folder / SOURCE).write_text(request.source, encoding="utf-8")
    (folder / runtime.name).write_bytes(runtime.read_bytes())
    command, environment = _compile_command(request, emulator, runtime, sandbox, scratch)
    try:
        process = subprocess.run(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ProgramError(f"{request.file}: it was not compiled within {SECONDS} seconds") from error
    reply = read_plain(folder / RESULT, RESULT)
    if isinstance(reply, str):
        last = process.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise GraderFault(f"the compiler could not start: {''.join(last) or reply}")
    result = dict(json.loads(reply))
    if result["status"] != "ok":
        text = str(result["text"])
        if ENDED_BY_LIMITS.search(text) or KILLED in text:
            text = f"{request.file}: compiling it takes more than {CPU_SECONDS} seconds or too much memory"
        raise ProgramError(visible(text))
    executable = read_plain(folder / EXECUTABLE, EXECUTABLE, MOST_EXECUTABLE)
    if isinstance(executable, str):
        raise ProgramError(f"{request.file}: its compiled form has more than {MOST_EXECUTABLE >> 20} MiB")
    return executable


def _compile_command(
    request: Request, emulator: Path, runtime: Path, sandbox: Sandbox, scratch: Path
) -> tuple[Sequence[str], dict[str, str]]:
    """The command that compiles the program in the folder `build`, and its environment."""
    folder, variables = scratch / "build", compiler_variables()
    config: dict[str, object] = {"task": "compile", "source": SOURCE, "file": request.file, "limits": LIMITS}
    config |= {"defines": dict(request.defines), "runtime": runtime.name, "executable": EXECUTABLE}
    config |= {"emulator": emulator.name}
    if sandbox is Sandbox.NONE:
        config |= {"paths": [str(emulator.parent)], "folder": str(folder)}
        words: Sequence[str] = (sys.executable, "-P", "-s", "-m", WORKER)
    else:
        config |= {"paths": ["/sandbox/packages"], "folder": "/build"}
        packages = {emulator.name: emulator}
        words = compiler_sandbox(scratch / "nothing", folder, tuple(variables.items()), packages, WORKER)
    return [*words, json.dumps(config)], {**ENVIRONMENT, **variables, "TMPDIR": str(folder)}


def _run_command(
    request: Request, sandbox: Sandbox, scratch: Path, records: int
) -> tuple[Sequence[str], dict[str, str]]:
    """The command that runs the program, and its environment; it writes its findings to `records`."""
    settings = {"FINDINGS": records, "SCHEDULES": request.schedules, "SEED": request.seed}
    settings |= {"SECONDS": request.cpu_seconds}
    variables = {f"EMULATOR_{name}": str(value) for name, value in settings.items()}
    place = str(scratch / "run") if sandbox is Sandbox.NONE else "/sandbox/program"
    limits = {"RLIMIT_CPU": request.cpu_seconds + GRACE, "RLIMIT_FSIZE": MOST_PRINTED, "RLIMIT_CORE": 0}
    limits["RLIMIT_AS"] = MEMORY_BYTES
    program = [f"{place}/{EXECUTABLE}", *request.arguments]
    config: dict[str, object] = {"task": "run", "words": program, "limits": limits}
    config["is_sandboxed"] = sandbox is not Sandbox.NONE and sys.platform == "linux"
    words: Sequence[str] = (sys.executable, "-P", "-s", "-m", WORKER)
    if sandbox is not Sandbox.NONE:
        words = program_sandbox(scratch / "run", tuple(variables.items()))
    return [*words, json.dumps(config)], variables


def _run(
    request: Request, sandbox: Sandbox, scratch: Path, output: IO[str], errors: IO[str]
) -> tuple[int, bool, str]:
    ours, records = socket.socketpair()
    with ours, records:
        words, variables = _run_command(request, sandbox, scratch, records.fileno())
        with subprocess.Popen(
            words,
            env={**ENVIRONMENT, **variables},
            cwd=scratch / "run",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(records.fileno(),),
            start_new_session=sandbox is not Sandbox.NONE,  # without one it may read the terminal
        ) as running:
            assert running.stdout is not None and running.stderr is not None
            records.close()
            readers = _Readers(ours, ((running.stdout, output), (running.stderr, errors)))
            timed_out = False
            try:
                running.wait(WAITING * request.cpu_seconds)
            except subprocess.TimeoutExpired:
                timed_out = True
            finally:
                if sandbox is not Sandbox.NONE:
                    kill_group(running.pid)
                else:
                    running.kill()
                    readers.stop_soon()
                text = readers.records()
    status = running.returncode
    if status > 128 and sandbox is not Sandbox.NONE:  # bubblewrap reports a signal this way
        status = 128 - status
    return status, timed_out or status in (-signal.SIGXCPU, -signal.SIGKILL), text


class _Readers:
    """Threads that read what a program writes: they pass on its output, and receive its records."""

    def __init__(self, records: socket.socket, outputs: Sequence[tuple[IO[bytes], IO[str]]]) -> None:
        self._received: list[bytes] = []
        self._ended, self._cut = threading.Event(), threading.Event()
        self._threads = [threading.Thread(target=self._pass_on, args=pair) for pair in outputs]
        self._threads.append(threading.Thread(target=self._receive, args=(records,)))
        for thread in self._threads:
            thread.start()

    def stop_soon(self) -> None:
        """Reads what an ended program has written, and no more: a child of it may live on, and write."""
        self._ended.set()
        for thread in self._threads:
            thread.join(SETTLING)
        self._cut.set()

    def records(self) -> str:
        """The records, when all threads have read to their end."""
        for thread in self._threads:
            thread.join()
        return b"".join(self._received).decode("utf-8", errors="replace")

    def _has_more(self, descriptor: int) -> bool:
        """Waits for something to read, or the stream's end. False if an ended program left nothing."""
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while not self._cut.is_set():
            is_last = self._ended.is_set()
            if poll.poll(LOOK_AGAIN):
                return True
            if is_last:
                break
        return False

    def _receive(self, records: socket.socket) -> None:
        """Keeps what the program writes, up to MOST_RECORDS bytes, and drops the rest."""
        remaining = MOST_RECORDS
        while self._has_more(records.fileno()) and (chunk := records.recv(1 << 16)):
            if remaining > 0:
                self._received.append(chunk[:remaining])
            remaining -= len(chunk)

    def _pass_on(self, stream: IO[bytes], target: IO[str]) -> None:
        """Passes on output as it arrives, with terminal control characters escaped, and cuts a flood."""
        remaining = MOST_PRINTED
        while self._has_more(stream.fileno()) and (chunk := os.read(stream.fileno(), 1 << 16)):
            if remaining > 0:
                target.write(visible(chunk[:remaining].decode("utf-8", errors="replace")))
                target.flush()
            remaining -= len(chunk)
        if remaining < 0:
            target.write(f"\n(cut: {MOST_PRINTED - remaining} bytes in all)\n")
