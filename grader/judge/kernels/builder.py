"""Has a submission's kernels compiled before any worker starts, and passes the libraries on.

The compiler runs in a separate child process. Its sandbox has the compiler and no network, it can write to
one folder, and no code of the submission runs. The trusted side takes the library from that folder and
caches it under a digest of everything that it was made from. Workers get a read-only copy and need no
compiler. So no submission can affect another one.

If NVRTC is installed, another such child has it read the code that g++ accepted. Its errors become notes of
the grade and cost no points, so that grades do not depend on whether NVRTC is installed.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self

from grader.judge.import_rules import cuda_rules, cuda_source
from grader.judge.import_rules.read_sources import MAX_EXPANDED_BYTES
from grader.judge.kernels import find_nvrtc
from grader.judge.process.child import ENVIRONMENT, kill_group
from grader.judge.process.sandbox import compiler_sandbox
from grader.judge.process.scratch_folder import ScratchFolder
from grader.judge.process.user_cache import UserCache
from grader.model.errors import GraderFault
from grader.model.file_formats.compiler_files import PREPROCESSED, RESULT
from grader.model.grade import Outcome, Status
from grader.model.submitted_files import read_plain
from grader.model.surroundings import Sandbox

RUNTIME, KERNELS = "runtime.library", "kernels.library"  # file names in a worker; not module names
COMPILERS = ("g++", "clang++")  # as reference/emulator/compile.py looks for them
SECONDS = 120
ENDING_SECONDS = 20.0
CPU_SECONDS = 30  # for each compiler process: it takes about two
LIMITS = {"RLIMIT_AS": 4 << 30, "RLIMIT_CPU": CPU_SECONDS, "RLIMIT_FSIZE": 64 << 20}
MAX_LIBRARY_BYTES = 8 << 20
NVIDIA_SECONDS = 20  # of CPU time; it takes less than one
MAX_NOTES = 4
NO_POINTS = "This costs no points."
# How g++, bubblewrap and Python report that a program they started was killed. No limit sends SIGKILL first:
# it comes from a machine that is out of memory.
ENDED_BY_LIMITS = re.compile(
    r"(?:CPU time|File size) limit exceeded|out of memory|virtual memory exhausted|bad_alloc"
)
LIMIT_SIGNALS = frozenset((signal.SIGXCPU, signal.SIGXFSZ, signal.SIGSEGV))
KILLED = "Killed signal"
OUT_OF_MEMORY = "the compiler was killed from outside: is the machine out of memory?"
SIMPLER = "write it more simply, without macros and templates that expand to much code"


@dataclass(frozen=True)
class Build:
    """The build of a submission's kernels: libraries for its worker, or why they must not or cannot run.

    `notes` are NVIDIA's compiler errors for kernels that do run here.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    refusal: str = ""
    failed: Outcome | None = None


@dataclass(frozen=True)
class _Child:
    """A process that compiles the file `source` in `folder` once its input ends. Leaving ends it."""

    scratch: ScratchFolder
    source: str
    process: subprocess.Popen[bytes]

    @property
    def folder(self) -> Path:
        return Path(self.scratch.name)

    def end(self) -> None:
        """Ends it and removes its folder. Without a source, it ends by itself when its input does."""
        with self.process, contextlib.suppress(subprocess.TimeoutExpired):
            try:
                self.process.communicate(timeout=ENDING_SECONDS)
            finally:
                kill_group(self.process.pid)
        self.scratch.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


class Builder:
    """Compiles kernels for the submissions to one assignment, in a `sandbox`.

    `refusal` takes a file's name and its text with macros expanded, and says what is wrong with it.
    `provided` is the folder of the assignment's provided files, including the module `host`. Libraries are
    stored in the user's `cache`.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        provided: Path,
        host: str,
        refusal: Callable[[str, bytes], str],
        cache: Path | None = None,
    ) -> None:
        self._sandbox, self._provided, self._host, self._refusal = sandbox, provided, host, refusal
        self._cache = UserCache("graded", cache)
        self._runtime: tuple[str, bytes] | None = None
        self._early: _Child | None = None  # that waits for the source that was expected last

    def missing(self) -> str:
        """The reason nothing can be compiled here, or ""; GraderFault if the emulator does not compile."""
        if self._runtime is None:
            self._runtime = self._known_runtime()
        if self._runtime is None:
            with self._start("") as child:
                result = self._result(child, self._cache.find("runtime_*.so"))
                if result["status"] == "NoCompiler":
                    return result["text"]
                if result["status"] != "ok":
                    raise GraderFault(f"the emulator does not compile: {result['text']}")
                name = result["runtime"]
                self._runtime = name, _library_from(child.folder, name)
                self._cache.keep(name, self._runtime[1])
                if known_as := self._runtime_key():
                    self._cache.keep(known_as, name.encode())
        return ""

    def _known_runtime(self) -> tuple[str, bytes] | None:
        """The cached runtime of this compiler and these sources, if any: then no child process is needed."""
        known_as = self._runtime_key()
        name = (self._cache.get(known_as) or b"").decode() if known_as else ""
        content = self._cache.get(name) if name else None
        return None if content is None else (name, content)

    def _runtime_key(self) -> str:
        """A key for the emulator's sources and the compiler's file; "" if the compiler is no single file."""
        compilers = compiler_files()
        if not compilers:
            return ""
        digest = hashlib.sha256(json.dumps(compilers).encode())
        for path in self._sources():
            digest.update(f"{path.relative_to(self._provided)} ".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return f"runtime_of_{digest.hexdigest()}.txt"

    def _sources(self) -> list[Path]:
        """The files that the assignment provides for kernels."""
        unread = ("backends", "__pycache__")
        return sorted(p for p in self._provided.rglob("*") if p.is_file() and p.parent.name not in unread)

    def expect(self, name: str, source: bytes) -> None:
        """Starts the process that will compile a source, unless it is compiled: `build` may follow, or not.

        It loads the compiler's side and waits, so it is ready once the source has been read.
        """
        self.close()
        if self._runtime is None:
            self._runtime = self._known_runtime()
        if self._runtime and self._cache.get(f"{self._key(source)}.so") is None:
            self._early = self._start(name)

    def close(self) -> None:
        """Ends a process that waits for a source."""
        if self._early is not None:
            self._early.end()
            self._early = None

    def build(self, name: str, source: bytes) -> Build:
        """The libraries of the file `name`."""
        reason = self.missing()
        if reason:
            return Build(failed=Outcome(Status.NOT_RUN, reason=reason))
        assert self._runtime is not None
        _, content = self._runtime
        key = self._key(source)
        library = self._cache.get(f"{key}.so")
        if library is None:
            compiled = self._compiled(name, source)
            if isinstance(compiled, Build):
                return compiled
            library = compiled
            self._cache.keep(f"{key}.so", library)
        return Build({RUNTIME: content, KERNELS: library}, self._notes(name, source, key))

    def _compiled(self, name: str, source: bytes) -> bytes | Build:
        """The library of a source, or the reason why there is none or why it may not be used."""
        assert self._runtime is not None
        child, self._early = self._early or self._start(name), None
        with child:
            folder = child.folder
            result = self._result(child, {name: source, self._runtime[0]: self._runtime[1]})
            if result["status"] != "ok":
                text = result["text"] or "the compiler did not finish"
                if KILLED in text:
                    raise GraderFault(OUT_OF_MEMORY)
                if result["status"] == "NoCompiler":  # there was one, for the runtime
                    raise GraderFault(text)
                _check_space(folder)
                if ENDED_BY_LIMITS.search(text):
                    text = _too_much(name)
                return Build(failed=Outcome(Status.ERROR, reason=text, error=result["status"]))
            # the import rules apply to expanded macros, too; the compiler does not give their lines
            if refusal := self._refusal(name, _library_from(folder, PREPROCESSED)):
                return Build(refusal=refusal)
            library = _library_from(folder, result["kernels"], LIMITS["RLIMIT_FSIZE"])
        if len(library) > MAX_LIBRARY_BYTES:
            text = f"{name}: its compiled form has more than {MAX_LIBRARY_BYTES >> 20} MiB: {SIMPLER}"
            return Build(failed=Outcome(Status.ERROR, reason=text, error="CompileError"))
        return library

    def _notes(self, name: str, source: bytes, known_as: str) -> tuple[str, ...]:
        """NVIDIA's compiler errors for a source that g++ accepts; () if that compiler is not installed.

        They are cached under its version, separately from the library, because no result depends on them.
        """
        if find_nvrtc.installed() is None:
            return ()
        kept_as = f"{known_as}_{find_nvrtc.version()}.txt"
        entry = self._cache.get(kept_as)
        if entry is None:
            with self._start(name, nvidia=True) as child:
                try:
                    result = self._result(child, {name: source})
                except GraderFault:  # it left no result: this source crashed it
                    result = {"status": "crashed"}
            if result["status"] != "ok":
                return (f"{name}: NVIDIA's compiler did not finish. {NO_POINTS}",)
            entry = result["text"].encode(errors="replace")
            self._cache.keep(kept_as, entry)
        lines = entry.decode().splitlines()
        more = (f"and {len(lines) - MAX_NOTES} more",) if len(lines) > MAX_NOTES else ()
        whole = f"{name}: NVIDIA's compiler refuses it, so none of it would run on a GPU. {NO_POINTS}"
        return (whole, *lines[:MAX_NOTES], *more) if lines else ()

    def _start(self, source: str, *, nvidia: bool = False) -> "_Child":
        """Starts `grader.worker.build`. It waits until its folder holds the file `source`, if any."""
        scratch = ScratchFolder()
        folder = Path(scratch.name)
        limits = LIMITS | ({"RLIMIT_CPU": NVIDIA_SECONDS} if nvidia else {})
        config: dict[str, object] = {"host": self._host, "source": source, "limits": limits, "nvidia": nvidia}
        config["most_expanded"] = MAX_EXPANDED_BYTES
        config |= {"paths": [str(self._provided)], "folder": str(folder)}
        words: Sequence[str] = (sys.executable, "-P", "-s", "-m", "grader.worker.build")
        environment = {**ENVIRONMENT, **compiler_variables(), "TMPDIR": str(folder)}
        if self._sandbox is not Sandbox.NONE:
            config |= {"paths": ["/sandbox/provided"], "folder": "/build"}
            installed = find_nvrtc.installed()
            packages = {} if installed is None else {installed.place: installed.folder}
            words = compiler_sandbox(self._provided, folder, tuple(compiler_variables().items()), packages)
        process = subprocess.Popen(
            [*words, json.dumps(config)],
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        return _Child(scratch, source, process)

    def _result(self, child: "_Child", files: Mapping[str, bytes]) -> dict[str, str]:
        """The result of a child that gets these files, the source and libraries made so far."""
        for name, content in files.items():
            (child.folder / name).write_bytes(content)
        source = child.source
        try:
            _, messages = child.process.communicate(timeout=SECONDS)  # closes its input: it begins
        except subprocess.TimeoutExpired as error:  # its limits on CPU time would have ended it long before
            kill_group(child.process.pid)
            message = f"{source or 'the emulator'} was not compiled within {SECONDS} seconds"
            raise GraderFault(f"the machine is too busy: {message}") from error
        reply = read_plain(child.folder / RESULT, RESULT)
        if isinstance(reply, str):
            code = child.process.returncode
            signal_number = code - 128 if code > 128 else -code
            if signal_number == signal.SIGKILL:
                raise GraderFault(OUT_OF_MEMORY)
            if (
                source and signal_number in LIMIT_SIGNALS
            ):  # the compiler itself works here: it made the runtime
                return {"status": "CompileError", "text": _too_much(source)}
            last = messages.decode(errors="replace").strip().splitlines()[-1:]
            raise GraderFault(f"the compiler could not start: {''.join(last) or reply}")
        try:
            return {name: str(value) for name, value in dict(json.loads(reply)).items()}
        except (ValueError, TypeError, RecursionError) as error:
            raise GraderFault(f"the compiler's child left no result: {error}") from error

    def _key(self, source: bytes) -> str:
        """The name in the cache of the library of a source."""
        assert self._runtime is not None
        return f"kernels_{self._digest(self._runtime[0], source)}"

    def _digest(self, runtime: str, source: bytes) -> str:
        """A digest of a library's inputs: compiler (by the runtime's name), sources, and checking code."""
        digest = hashlib.sha256(runtime.encode())
        for one in self._digests_of_sources:
            digest.update(one)
        digest.update(source)
        return digest.hexdigest()

    @cached_property
    def _digests_of_sources(self) -> list[bytes]:
        checks = (Path(str(module.__file__)) for module in (cuda_rules, cuda_source))
        return [hashlib.sha256(path.read_bytes()).digest() for path in (*self._sources(), *checks)]


def compiler_files() -> list[tuple[str, int, int]]:
    """The compilers that the emulator may choose here, each as (path, size in bytes, last change).

    The list changes if a compiler is replaced or updated. It is [] if none is a single file.
    """
    words = os.environ.get("BACKFLIP_CXX", "").split()
    files = []
    for name in words[:1] or COMPILERS:
        if place := shutil.which(name):
            path = Path(place).resolve()
            about = path.stat()
            files.append((" ".join([str(path), *words[1:]]), about.st_size, about.st_mtime_ns))
    return files


def _check_space(folder: Path) -> None:
    """GraderFault if the compiler may have failed because the disk is full; its messages could be forged."""
    if shutil.disk_usage(folder).free < LIMITS["RLIMIT_FSIZE"]:
        raise GraderFault(f"{folder.parent} has no room for the compiler's files")


def _too_much(name: str) -> str:
    limits = f"{CPU_SECONDS} seconds of CPU time or {LIMITS['RLIMIT_AS'] >> 30} GiB of memory"
    return f"{name}: compiling it takes more than {limits}: {SIMPLER}"


def _library_from(folder: Path, name: str, limit: int = MAX_LIBRARY_BYTES) -> bytes:
    """A file that the child left; GraderFault if it is not a file that can be read."""
    if Path(name).name != name:
        raise GraderFault(f"the compiler's child names a library {name!r}")
    content = read_plain(folder / name, name, limit)
    if isinstance(content, str):
        raise GraderFault(f"the compiler left no library: {content}")
    return content


def compiler_variables() -> dict[str, str]:
    """The environment variables by which the emulator chooses a compiler, and the paths of compilers."""
    return {name: os.environ[name] for name in ("BACKFLIP_CXX", "PATH") if name in os.environ}
