"""`grader doctor`: checks this machine for everything that grading needs, and says how to get it."""

import argparse
import importlib.metadata
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.api import SEED_FILE
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import COURSE, HANDOUT, find_repository, secret
from grader.judge.kernels import find_nvrtc
from grader.judge.process import control_groups, devices
from grader.model.errors import BackflipError

PYTHONS = (3, 11), (3, 14)
SAFE_SETUID = (0, 11, 2)  # older setuid builds of bubblewrap let a user become root
MIN_FREE_BYTES = 1 << 30
APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
CLONE = Path("/proc/sys/kernel/unprivileged_userns_clone")
INSTALL = {
    "apt-get": "sudo apt-get install {debian}",
    "dnf": "sudo dnf install {fedora}",
    "pacman": "sudo pacman -S {arch}",
}
TRIAL_SECONDS = 60
SANDBOX, DISK = "the sandbox that submissions run in", "the gradebook and the reports"


class State(StrEnum):
    """The result of a check."""

    OK = "ok"
    MISSING = "missing"
    UNSAFE = "unsafe"


@dataclass(frozen=True)
class Check:
    """One thing that grading uses: its purpose, the state on this machine, and the command that installs it.

    `is_required`: without it nothing can be graded here.
    """

    name: str
    needed_for: str
    is_required: bool
    state: State
    observation: str
    remedy: str = ""


def run(options: argparse.Namespace) -> int:
    """Prints every check; returns 0 if everything that grading needs is there, else 1."""
    checks = list(examine(options.gradebook))
    failed = [check for check in checks if check.is_required and check.state is not State.OK]
    if options.json:
        print_json("doctor/1", {"ready": not failed, "checks": checks})
        return NOT_PASSED if failed else PASSED
    for check in checks:
        _show(check)
    names = ", ".join(check.name for check in failed)
    print(f"\nGrading needs: {names}." if failed else "\nEverything that grading needs is here.")
    return NOT_PASSED if failed else PASSED


def _show(check: Check) -> None:
    absent = "MISSING" if check.is_required else "none"
    mark = {State.OK: "ok", State.UNSAFE: "UNSAFE"}.get(check.state, absent)
    print(f"{mark:8}{check.name}: {check.observation}")
    if check.state is not State.OK:
        print(f"{'':8}needed for {check.needed_for}{'' if check.is_required else ' (optional)'}")
        if check.remedy:
            print(f"{'':8}{check.remedy}")


def examine(gradebook: str) -> Iterator[Check]:
    """Every check, in the order in which grading needs the things checked."""
    for check in (
        _python,
        _numpy,
        _bubblewrap,
        _namespaces,
        _control_group,
        _compiler,
        _nvrtc,
        _gpu,
        _cupy,
        _course,
        _seed,
        _disk,
    ):
        yield check()
    yield _database(gradebook)


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    is_supported = PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]
    remedy = "make setup PYTHON=/path/to/python3.12"
    return _check("Python", "everything", True, is_supported, f"{version} at {sys.executable}", remedy)


def _numpy() -> Check:
    is_there = importlib.util.find_spec("numpy") is not None
    version = importlib.metadata.version("numpy") if is_there else "not installed"
    return _check("NumPy", "the reference and every submission", True, is_there, version, "make setup")


def _bubblewrap() -> Check:
    purpose, is_required = SANDBOX, not _is_handout()
    if sys.platform != "linux":
        state = f"does not exist on {sys.platform}"
        return _check(
            "bubblewrap", purpose, is_required, False, state, "Grade on Linux, or in a Linux container."
        )
    path = shutil.which("bwrap")
    if path is None:
        remedy = _install("bubblewrap")
        return _check("bubblewrap", purpose, is_required, False, "not installed", remedy)
    version = _output(path, "--version").removeprefix("bubblewrap").strip() or "of unknown version"
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    if os.stat(path).st_mode & stat.S_ISUID and numbers < SAFE_SETUID:
        state = f"{version}, setuid: before {'.'.join(map(str, SAFE_SETUID))} a user can become root"
        remedy = f"Upgrade it, or run: sudo chmod u-s {path}"
        return Check("bubblewrap", purpose, is_required, State.UNSAFE, state, remedy)
    return _check("bubblewrap", purpose, is_required, True, f"{version} at {path}")


def _namespaces() -> Check:
    """Starts bubblewrap with a submission's namespaces: settings alone do not show whether it works."""
    name, is_required, path = "user namespaces", not _is_handout(), shutil.which("bwrap")
    if path is None:
        return _check(name, SANDBOX, is_required, False, "not tried: bubblewrap is not installed")
    words = [path, "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "true"]
    try:
        tried = subprocess.run(words, capture_output=True, text=True, timeout=TRIAL_SECONDS)
        complaint = "" if tried.returncode == 0 else " ".join(tried.stderr.split()) or "bwrap failed"
    except (OSError, subprocess.TimeoutExpired) as error:
        complaint = str(error)
    return _check(name, SANDBOX, is_required, not complaint, complaint or "allowed", _allow_namespaces())


def _allow_namespaces() -> str:
    if _reads(APPARMOR) == "1":
        return f"sudo sysctl -w kernel.{APPARMOR.name}=0"
    if _reads(CLONE) == "0":
        return f"sudo sysctl -w kernel.{CLONE.name}=1"
    options = "--security-opt seccomp=unconfined --security-opt apparmor=unconfined"
    return f"If this is a container, start it with {options}."


def _control_group() -> Check:
    group = control_groups.delegated_group()
    state = str(group) if group else "none is delegated; memory is limited for each process instead"
    remedy = "systemd-run --user --scope -p Delegate=yes grader batch ..."
    purpose = "one limit on the memory of all processes of a submission"
    return _check("control group", purpose, False, group is not None, state, remedy)


def _compiler() -> Check:
    path = next(filter(None, map(shutil.which, ("g++", "clang++"))), None)
    if path is None and importlib.util.find_spec("ziglang") is not None:
        path = "the package ziglang"
    remedy = f"{_install('g++')}, or: {sys.executable} -m pip install ziglang"
    purpose = "assignments in CUDA C++, and `grader emulate`"
    return _check("C++ compiler", purpose, _has_kernels(), path is not None, path or "none", remedy)


def _has_kernels() -> bool:
    """True if students submit a .cu file for an assignment of this course."""
    root = find_repository()
    files = root.glob(f"{COURSE.parent}/*/assignment.yaml") if root else ()
    return any(".cu" in path.read_text(encoding="utf-8", errors="replace") for path in files)


def _nvrtc() -> Check:
    installed = find_nvrtc.installed()
    remedy = f"{sys.executable} -m pip install nvidia-cuda-nvrtc-cu12"
    purpose = "notes on what NVIDIA's own compiler refuses"
    return _check("NVRTC", purpose, False, installed is not None, find_nvrtc.version(), remedy)


def _gpu() -> Check:
    has_gpu = all(Path(node).exists() for node in (devices.DRIVER, devices.GPU))
    name = _output("nvidia-smi", "-L").partition("\n")[0] if has_gpu else ""
    purpose = "grading kernels on a GPU; the emulator grades them without one"
    return _check("GPU", purpose, False, has_gpu, name or (devices.GPU if has_gpu else "none"))


def _cupy() -> Check:
    is_there = importlib.util.find_spec("cupy") is not None
    remedy = f"{sys.executable} -m pip install cupy-cuda12x   (cupy-cuda13x for a driver of CUDA 13)"
    purpose = "the reference on a GPU"
    return _check("CuPy", purpose, False, is_there, "installed" if is_there else "not installed", remedy)


def _course() -> Check:
    root = find_repository()
    place = str(root / COURSE) if root else f"no {COURSE} here or above"
    remedy = "Run this in the folder of your course, or `grader new NAME` in a copy of Backflip."
    purpose = "grading with hidden cases; a handout needs none"
    return _check("course", purpose, False, root is not None, place, remedy)


def _seed() -> Check:
    purpose = "hidden inputs that no reader of the repository can repeat"
    has_one = bool(secret())
    remedy = f'python3 -c "import secrets; print(secrets.token_hex())" > {SEED_FILE}'
    return _check("secret seed", purpose, False, has_one, "set" if has_one else "none", remedy)


def _disk() -> Check:
    build = Path("build").absolute()
    folder = next(path for path in (build, *build.parents) if path.is_dir())
    if not os.access(folder, os.W_OK):
        return _check("disk", DISK, True, False, f"{folder} cannot be written", "Choose another folder.")
    free = shutil.disk_usage(folder).free
    state = f"{free / (1 << 30):.1f} GiB free in {folder}"
    return _check("disk", DISK, True, free >= MIN_FREE_BYTES, state, "Make 1 GiB of room there.")


def _database(url: str) -> Check:
    name, purpose = "gradebook", "`batch`, `report` and the desk"
    if importlib.util.find_spec("grader.batch") is None:
        return _check(name, purpose, False, True, "none: a handout's grader keeps no grades")
    if importlib.util.find_spec("sqlalchemy") is None:
        remedy = f"{sys.executable} -m pip install 'backflip[instructor]'"
        return _check(name, purpose, not _is_handout(), False, "SQLAlchemy is not installed", remedy)
    from grader.batch.gradebook.database import Database

    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        return _check(name, purpose, True, True, f"{url} does not exist yet; the first batch makes it")
    try:
        database = Database(url, create=False)
    except BackflipError as error:
        return _check(name, purpose, True, False, str(error), "Check the URL: --gradebook URL.")
    database.close()
    return _check(name, purpose, True, True, database.name)


def _is_handout() -> bool:
    """True if this is a handout, which grades only its owner's code and keeps no grades."""
    return (HANDOUT / "assignment.yaml").is_file()


def _check(
    name: str, purpose: str, is_required: bool, is_ok: bool, observation: str, remedy: str = ""
) -> Check:
    state = State.OK if is_ok else State.MISSING
    return Check(name, purpose, is_required, state, observation, "" if is_ok else remedy)


def _install(package: str) -> str:
    names = {"g++": {"debian": "g++", "fedora": "gcc-c++", "arch": "gcc"}}
    spelled = names.get(package, dict.fromkeys(("debian", "fedora", "arch"), package))
    command = next((text for tool, text in INSTALL.items() if shutil.which(tool)), "Install {debian}")
    return command.format(**spelled)


def _output(*words: str) -> str:
    with suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run(words, capture_output=True, text=True, timeout=TRIAL_SECONDS).stdout.strip()
    return ""


def _reads(path: Path) -> str:
    with suppress(OSError):
        return path.read_text().strip()
    return ""
