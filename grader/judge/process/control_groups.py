"""A control group for each submission, if the machine allows it: bounds its memory and its processes.

This needs version 2 (see the kernel's admin-guide/cgroup-v2), and a group that is delegated to the grader and
contains nothing else. `systemd-run --user --scope -p Delegate=yes grader batch ...` makes one:

    the group delegated ─┬─ graders               the graders: a group with controllers must be empty
                         ├─ submission-1f3a...    one worker and all that it starts
                         └─ ...
"""

import contextlib
import os
import secrets
import time
from functools import cache
from pathlib import Path

GRADERS = "graders"
CONTROLLERS = ("memory", "pids")
END_SECONDS = 1.0


class Group:
    """The control group of one submission; `memory_bytes` and `processes` bound its members together."""

    def __init__(self, parent: Path, memory_bytes: int, processes: int) -> None:
        self._folder = parent / f"submission-{secrets.token_hex(8)}"
        self._folder.mkdir()
        try:
            self._write("memory.max", memory_bytes)
            self._write("memory.oom.group", 1)
            with contextlib.suppress(OSError):  # a kernel without swap accounting
                self._write("memory.swap.max", 0)
            self._write("pids.max", processes)
        except BaseException:
            self._folder.rmdir()
            raise

    def take(self, pid: int) -> None:
        """Adds a process; every process that it starts from here on follows it."""
        self._write("cgroup.procs", pid)

    @property
    def ran_out_of_memory(self) -> bool:
        """True if the kernel ended one of its processes at the group's own bound on memory.

        `oom_kill` alone also counts processes that were ended because the whole machine was out of memory.
        """
        with contextlib.suppress(OSError):
            counts = dict(line.split() for line in (self._folder / "memory.events").read_text().splitlines())
            return int(counts.get("oom", 0)) > 0 and int(counts.get("oom_kill", 0)) > 0
        return False

    def remove(self) -> None:
        """Removes the group once its processes have ended."""
        end = time.monotonic() + END_SECONDS
        while True:
            try:
                return self._folder.rmdir()
            except FileNotFoundError:
                return None
            except OSError:
                if time.monotonic() > end:
                    return None  # it stays, empty and harmless, until the delegated group is removed
                time.sleep(0.01)

    def _write(self, name: str, value: int) -> None:
        (self._folder / name).write_text(str(value))


@cache
def delegated_group() -> Path | None:
    """The group in which this process may make groups; None on most machines."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text().splitlines()
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return None
    mounted = [line.split()[4] for line in mounts if " - cgroup2 " in line]
    paths = [line.removeprefix("0::/") for line in lines if line.startswith("0::/")]
    return prepare(Path(mounted[0], paths[0]), os.getpid()) if mounted and paths else None


def prepare(group: Path, pid: int) -> Path | None:
    """Makes room in the group of process `pid`; None if it is not ours, or if that is impossible."""
    if group.name == GRADERS and _has_controllers(group.parent / "cgroup.subtree_control"):
        return group.parent  # the parent process has done it
    if not _has_controllers(group / "cgroup.controllers") or not os.access(group / "cgroup.procs", os.W_OK):
        return None
    try:
        if (group / "cgroup.procs").read_text().split() != [str(pid)]:
            return None  # it has other members, so it was not created for this grader
        graders = group / GRADERS
        graders.mkdir(exist_ok=True)
        (graders / "cgroup.procs").write_text(str(pid))
        (group / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in CONTROLLERS))
    except OSError:
        return None
    return group


def _has_controllers(file: Path) -> bool:
    try:
        return set(CONTROLLERS) <= set(file.read_text().split())
    except OSError:
        return False
