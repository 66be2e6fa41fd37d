"""Builds the sandbox: the command line that starts the launcher inside bubblewrap, or a worker without it.

The sandbox has a read-only root with the interpreter and its standard library, NumPy, the worker with the
code that it shares with the judge, and the assignment's provided files. It has no network and no
environment. Nothing else of the machine is visible, least of all the reference and the hidden cases.
Inside, every submission is confined once more: see `grader.worker.launch`.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy

import grader
from grader.judge.process import devices
from grader.judge.process.child import ENVIRONMENT, Starter
from grader.judge.process.launcher import Launcher
from grader.judge.process.plain_worker import OWN_ENVIRONMENT, WORKER, PlainChild, PlainStarter
from grader.model.errors import NoSandbox
from grader.model.surroundings import Device, Sandbox

WHOLE_PROC = "/sandbox/proc"  # visible to the launcher of GPU workers, not to the workers
TMP_BYTES = 64 << 20
NOBODY = "65534"
PROCESS_MODULES = frozenset(("concurrent", "multiprocessing", "subprocess"))  # importing these allows forks
REMEDY = "install bubblewrap (Debian, Ubuntu: apt-get install bubblewrap; Fedora: dnf install bubblewrap)"
# the sandbox has no site-packages, so the path to NumPy and the worker is set by hand
BOOT = """
import json, sys
sys.path[:0] = ["/sandbox/packages"]
from grader.worker.launch import launch
launch(json.loads(sys.argv[1]))
"""


def starter(
    sandbox: Sandbox,
    probes: Path,
    ndarray: str,
    provided: Path | None = None,
    import_rules: Mapping[str, Sequence[str]] | None = None,
    device: Device = Device.CPU,
    early: PlainChild | None = None,
) -> Starter:
    """A starter of workers in a `sandbox`, with the probes and the provided files.

    Workers enforce `import_rules` (see `grader.judge.import_rules.terms.Terms`); a reference has none. The
    sandbox shows them the nodes of `device`, which is not initialized before a worker is forked. Raises
    NoSandbox if bubblewrap is requested but not installed. `early` is a worker without a sandbox that was
    started before its configuration was known.
    """
    config: dict[str, object] = {"paths": [], "probes": str(probes), "ndarray": ndarray}
    may_fork = import_rules is None or not PROCESS_MODULES.isdisjoint(import_rules["allowed"])
    config |= {"tmp_bytes": TMP_BYTES, "import_rules": import_rules, "may_fork": may_fork}
    config["whole_proc"] = WHOLE_PROC if device is Device.CUDA else ""
    if sandbox is Sandbox.NONE:
        config["paths"] = [] if provided is None else [str(provided)]
        return PlainStarter(WORKER, OWN_ENVIRONMENT, config, early)
    binds = ["--ro-bind", str(probes), "/sandbox/probes.py"]
    config["probes"] = "/sandbox/probes.py"
    if provided is not None:
        binds += ["--ro-bind", str(provided), "/sandbox/provided"]
        config["paths"] = ["/sandbox/provided"]
    python = (os.path.realpath(sys.executable), "-P", "-s", "-S", "-c", BOOT, json.dumps(config))
    outer = (*_outer_sandbox(device), *binds, "--remount-ro", "/", "--chdir", "/tmp")
    return Launcher((*outer, "--", *python), ENVIRONMENT, may_fork=may_fork)


def compiler_sandbox(
    provided: Path,
    folder: Path,
    environment: Sequence[tuple[str, str]],
    packages: Mapping[str, Path],
    module: str = "grader.worker.build",
) -> tuple[str, ...]:
    """The command that runs `module` inside bubblewrap; the caller appends the configuration.

    The module sees what a submission sees, the compilers, further `packages` at their paths in
    site-packages, and `folder` as /build, the only place that it can write to.
    """
    words = [*_outer_sandbox(Device.CPU), "--ro-bind", str(provided), "/sandbox/provided"]
    words += ["--bind", str(folder), "/build"]
    for path in ("/usr/bin", "/usr/libexec", "/usr/include", "/usr/share/gcc", *_other_compilers()):
        words += ["--ro-bind-try", path, path]
    words += ["--symlink", "usr/bin", "/bin"]
    ziglang = importlib.util.find_spec("ziglang")
    for path in (ziglang.submodule_search_locations or ()) if ziglang else ():
        words += ["--ro-bind", path, "/sandbox/packages/ziglang"]
    for place, package in packages.items():
        words += ["--ro-bind", str(package), f"/sandbox/packages/{place}"]
    for name, value in (*environment, ("PYTHONPATH", "/sandbox/packages"), ("TMPDIR", "/build")):
        words += ["--setenv", name, value]
    python = (os.path.realpath(sys.executable), "-P", "-s", "-S", "-m", module)
    return (*words, "--remount-ro", "/", "--chdir", "/build", "--", *python)


def program_sandbox(folder: Path, environment: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The command that runs `grader.worker.cuda_program` inside bubblewrap; the caller appends its settings.

    It sees `folder` as /sandbox/program and can write only to its own /tmp.
    """
    words = [*_outer_sandbox(Device.CPU), "--ro-bind", str(folder), "/sandbox/program"]
    for path in _other_compilers():  # a program may be linked to their libraries
        words += ["--ro-bind-try", path, path]
    for name, value in (*environment, ("PYTHONPATH", "/sandbox/packages")):
        words += ["--setenv", name, value]
    python = (os.path.realpath(sys.executable), "-P", "-s", "-S", "-m", "grader.worker.cuda_program")
    return (*words, "--remount-ro", "/", "--chdir", "/tmp", "--", *python)


def _other_compilers() -> list[str]:
    """The folders above `bin` of compilers that are not the system's own."""
    compilers = os.environ.get("BACKFLIP_CXX", "").split()[:1] or ["g++", "clang++"]
    paths = [os.path.realpath(path) for name in compilers if (path := shutil.which(name))]
    prefixes = {str(Path(path).parents[1]) for path in paths}
    return sorted(prefix for prefix in prefixes if prefix not in ("/usr", "/"))


@cache
def _outer_sandbox(device: Device) -> tuple[str, ...]:
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise NoSandbox(f"submissions run inside bubblewrap, which is not installed: {REMEDY}")
    words: list[str] = [bwrap, "--unshare-user", "--unshare-all", "--die-with-parent", "--new-session"]
    # user "nobody" inside, even for root: a namespace that maps user 0 could not be made for each child
    words += ["--uid", NOBODY, "--gid", NOBODY, "--cap-drop", "ALL", "--clearenv"]
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
    package = Path(grader.__file__).parent
    for name in ("__init__.py", "model", "worker"):
        words += ["--ro-bind", str(package / name), f"/sandbox/packages/grader/{name}"]
    words += ["--dev", "/dev", *devices.binds(device, Path(numpy.__file__).parents[1], "/sandbox/packages")]
    # a terminal that one child opens is open to all others, so there is none
    words += ["--tmpfs", "/dev/pts", "--remount-ro", "/dev/pts", "--remount-ro", "/dev"]
    words += ["--proc", "/proc"]  # submissions see an empty /proc
    if device is Device.CUDA:  # CUDA needs a /proc, and a child may mount one only if it sees a whole one
        words += ["--bind", "/proc", WHOLE_PROC]
    if "--size" in subprocess.run([bwrap, "--help"], capture_output=True, text=True, check=False).stdout:
        words += ["--size", str(TMP_BYTES), "--tmpfs", "/tmp"]
    else:  # bubblewrap before 0.7 cannot bound a tmpfs, so nothing is writable
        words += ["--tmpfs", "/tmp", "--remount-ro", "/tmp"]
    return tuple(words)


def _standard_library() -> list[str]:
    """Binds the base interpreter and its standard library, without installed packages."""
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
