"""Runs the user's own git without running anything from a repository: no hook, filter or file system monitor.

Nothing is ever checked out. Commits are read as objects, so no attribute and no filter applies. Reading never
uses the network, whatever a repository's configuration says.
"""

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.model.errors import UserError

OFF = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null",
    "submodule.recurse=false", "fetch.recurseSubmodules=false",
)  # fmt: skip
REMOTE = "https:ssh:git:file"  # the protocols that may be used; `ext` would run a command
NONE = "none"
CLONE_SECONDS, READ_SECONDS = 600.0, 60.0
PLAIN = ("100644", "100755")  # plain files, unlike links and submodules
MAX_FILE, MAX_FILES = 16 << 20, 5000
MAX_CLONE, MAX_ANSWER = 1 << 30, 64 << 20  # bytes that git may write to one file, or print
OURS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_TEMPLATE_DIR")


class GitRefused(Exception):
    """Git refused or failed; the message is git's own, on one line."""


@dataclass(frozen=True)
class Blob:
    """A file in a commit: its path, its object and its size."""

    path: str
    object: str
    size: int


def clone(address: str, into: Path) -> None:
    """Clones without a working tree; GitRefused with git's reason, or if it takes too long."""
    if address.startswith("-"):
        raise GitRefused("an address does not begin with a dash")
    words = ("clone", "--quiet", "--bare", "--no-recurse-submodules", "--template=", "--", address, str(into))
    _git(*words, protocols=REMOTE, seconds=CLONE_SECONDS, most=MAX_CLONE)


def head_of(repository: Path) -> tuple[str, str]:
    """The current commit and branch of a clone; GitRefused if it has no commit."""
    commit = _git("rev-parse", "--verify", "--quiet", "HEAD^{commit}", at=repository).decode().strip()
    branch = _git("rev-parse", "--abbrev-ref", "HEAD", at=repository).decode().strip()
    return commit, branch


def has_commit(repository: Path, commit: str) -> bool:
    """True if a clone holds a commit."""
    try:
        _git("cat-file", "-e", f"{commit}^{{commit}}", at=repository)
    except GitRefused:
        return False
    return True


def blobs_of(repository: Path, commit: str) -> Iterator[Blob]:
    """The plain files of a commit; GitRefused if the clone does not hold all of it."""
    for line in _git("ls-tree", "-r", "-z", "--long", commit, at=repository).split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, kind, object, size = about.decode().split()
        if not size.isdigit() and kind == "blob":
            raise GitRefused(
                f"one of its objects is missing or damaged: {path.decode(errors='replace')[:100]!r}"
            )
        if kind == "blob" and mode in PLAIN:
            yield Blob(path.decode(errors="replace"), object, int(size))


def content_of(repository: Path, blob: Blob) -> bytes:
    """A file's bytes as committed, with no line end changed and no filter applied."""
    return _git("cat-file", "blob", blob.object, at=repository)


def _git(
    *words: str,
    at: Path | None = None,
    protocols: str = NONE,
    seconds: float = READ_SECONDS,
    most: int = MAX_ANSWER,
) -> bytes:
    """Git's output, at most `most` bytes; GitRefused if git fails, prints more, or takes too long."""
    place = () if at is None else ("-C", str(at))
    settings = [word for setting in OFF for word in ("-c", setting)]
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    environment = {**inherited, "GIT_ALLOW_PROTOCOL": protocols, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as complaint:
        try:
            process = subprocess.Popen(
                ["git", *settings, *place, *words],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=answer,
                stderr=complaint,
            )
        except FileNotFoundError as error:
            raise UserError("git is not installed: install it to collect repositories") from error
        with process:
            _limit_files(process.pid, most)
            try:
                status = process.wait(seconds)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise GitRefused(f"git took longer than {seconds:.0f} seconds") from error
        if status:
            complaint.seek(0)
            errors = complaint.read(most)[-2000:].decode(errors="replace").strip().splitlines()
            raise GitRefused(errors[-1][:200] if errors else f"git {words[0]} ended with status {status}")
        answer.seek(0)
        output = answer.read(most + 1)
    if len(output) > most:
        raise GitRefused(f"git {words[0]} printed more than {most >> 20} MiB")
    return output


def _limit_files(pid: int, most: int) -> None:
    """Limits the size of each file that a process and its children may write, on systems with that call."""
    if sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError):  # it has ended already
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
