"""Builds the command line that starts a worker, inside bubblewrap or without a wall.

Behind the wall there is a read-only root that holds the interpreter with its standard library, NumPy,
the worker and the values it shares with the judge, what the assignment provides and the submission; a
small private /tmp; no network, no other process, no environment, no /proc. Nothing else of the machine
exists there, the reference and the hidden cases least of all.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy

import grader
from grader.model.errors import UserError

TMP_BYTES = 64 << 20
REMEDY = "install bubblewrap (Debian, Ubuntu: apt-get install bubblewrap; Fedora: dnf install bubblewrap)"
ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
}
# there is no site-packages behind the wall, so the path to NumPy and the worker is set by hand
BOOT = "import sys; sys.path[:0] = [{packages!r}]; from grader.worker.serve import serve; serve()"


@dataclass(frozen=True)
class WorkerCommand:
    """How to start one worker, and the paths under which it finds what it loads.

    `folder` is where the process is started. `counts_processes`: a limit on processes counts the
    submission's own alone (without a wall it would count everything that the user runs).
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    paths: tuple[str, ...]
    probes: str
    folder: str = "/"
    counts_processes: bool = False


def worker_command(
    wall: str, probes: Path, provided: Path | None = None, submission: Path | None = None
) -> WorkerCommand:
    """The command for `wall` ("bubblewrap" or "none").

    Raises UserError where bubblewrap is asked for and is not there.
    """
    if wall == "none":
        paths = tuple(str(path) for path in (submission, provided) if path is not None)
        arguments = (sys.executable, "-P", "-s", "-m", "grader.worker")
        folder = "/" if submission is None else str(submission)
        return WorkerCommand(arguments, ENVIRONMENT, paths, str(probes), folder)
    mounts = {"/sandbox/probes.py": probes}
    if provided is not None:
        mounts["/sandbox/provided"] = provided
    if submission is not None:
        mounts["/sandbox/submission"] = submission
    binds = [word for target, source in mounts.items() for word in ("--ro-bind", str(source), target)]
    walled = (*_outer_wall(), *binds, "--remount-ro", "/", "--chdir", "/tmp", "--", *_interpreter())
    paths = tuple(path for path in ("/sandbox/submission", "/sandbox/provided") if path in mounts)
    return WorkerCommand(walled, ENVIRONMENT, paths, "/sandbox/probes.py", counts_processes=True)


def _interpreter() -> tuple[str, ...]:
    return (
        os.path.realpath(sys.executable),
        "-P",
        "-s",
        "-S",
        "-c",
        BOOT.format(packages="/sandbox/packages"),
    )


@cache
def _outer_wall() -> tuple[str, ...]:
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise UserError(f"submissions are graded inside bubblewrap, which is not here: {REMEDY}")
    words: list[str] = [bwrap, "--unshare-user", "--unshare-all", "--die-with-parent", "--new-session"]
    words += ["--cap-drop", "ALL", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        words += ["--setenv", name, value]
    for path in ("/usr/lib", "/usr/lib32", "/usr/lib64", "/etc/ld.so.cache"):
        words += ["--ro-bind-try", path, path]
    for path in ("/lib", "/lib32", "/lib64"):
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        else:
            words += ["--ro-bind-try", path, path]
    words += _standard_library()
    words += ["--ro-bind", str(Path(numpy.__file__).parent), "/sandbox/packages/numpy"]
    bundled = Path(numpy.__file__).parent.parent / "numpy.libs"
    words += ["--ro-bind-try", str(bundled), "/sandbox/packages/numpy.libs"]
    own = Path(grader.__file__).parent
    for name in ("__init__.py", "model", "worker"):
        words += ["--ro-bind", str(own / name), f"/sandbox/packages/grader/{name}"]
    words += ["--dev", "/dev", "--remount-ro", "/dev"]
    if "--size" in subprocess.run([bwrap, "--help"], capture_output=True, text=True, check=False).stdout:
        words += ["--size", str(TMP_BYTES), "--tmpfs", "/tmp"]
    else:  # before bubblewrap 0.7 a tmpfs cannot be bounded, so there is nothing to write to
        words += ["--tmpfs", "/tmp", "--remount-ro", "/tmp"]
    return tuple(words)


def _standard_library() -> list[str]:
    """Binds the base interpreter and its standard library, without anything installed beside it."""
    executable = os.path.realpath(sys.executable)
    library = sysconfig.get_path("stdlib", vars={"base": sys.base_prefix, "installed_base": sys.base_prefix})
    words = ["--ro-bind", executable, executable, "--ro-bind", library, library]
    folder = Path(sys.base_prefix) / "lib"
    for shared in sorted(folder.glob("libpython*.so*")):
        words += ["--ro-bind", str(shared), str(shared)]
    for installed in (
        Path(library) / "site-packages",
        Path(library) / "dist-packages",
        Path("/usr/lib/python3"),
    ):
        if installed.is_dir():
            words += ["--tmpfs", str(installed), "--remount-ro", str(installed)]
    return words
