"""In the sandbox there is the interpreter, NumPy, the worker and the submission; nothing else exists."""

import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.judge.differences.probe_values import arrays_of
from grader.judge.inputs import Inputs
from grader.judge.process import devices, sandbox
from grader.judge.process.child import ENVIRONMENT
from grader.judge.process.implementation import Implementation
from grader.judge.process.plain_worker import NO_BYTECODE
from grader.judge.process.sandbox import starter
from grader.model.assignment import Limits
from grader.model.errors import UserError
from grader.model.grade import Outcome
from grader.model.surroundings import Device, Sandbox
from tests.waiting import LIMIT

Value = Callable[[str], Any]

EVALUATES = """
import ctypes, json, os, resource, socket, sys
kill = ctypes.CDLL(None).kill
import numpy as np

def answer(a):
    try:
        value = eval(bytes(a.astype(np.uint8)))
    except Exception as error:
        value = f"{type(error).__name__}: {error}"
    return np.frombuffer(json.dumps(value).encode(), dtype=np.uint8)
"""


def evaluator(submission: Implementation) -> Value:
    def value(expression: str) -> Any:
        text = np.frombuffer(expression.encode(), dtype=np.uint8)
        outcome = submission.run("answer", Inputs({}, {"a": text}, {"a": ()}))
        assert outcome.status == "ok", outcome
        (array,) = arrays_of(outcome)
        return json.loads(array.tobytes())

    return value


@pytest.fixture(scope="module")
def value(tmp_path_factory: pytest.TempPathFactory, build: Callable[..., Implementation]) -> Iterator[Value]:
    """The value of an expression in the sandbox; one worker for all."""
    with build(tmp_path_factory.mktemp("walled") / "one", EVALUATES, limits=Limits()) as submission:
        yield evaluator(submission)


@pytest.fixture(scope="module")
def value_with_gpu(
    tmp_path_factory: pytest.TempPathFactory, build: Callable[..., Implementation]
) -> Iterator[Value]:
    """The same in the sandbox for a GPU; the GPU itself does not appear here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(devices, "binds", lambda *_: [])
        sandbox._outer_sandbox.cache_clear()
        folder = tmp_path_factory.mktemp("gpu") / "one"
        with build(folder, EVALUATES, limits=Limits(), device=Device.CUDA) as submission:
            yield evaluator(submission)
    sandbox._outer_sandbox.cache_clear()


def test_a_worker_with_a_gpu_sees_the_files_of_cuda_and_no_other_process(
    value_with_gpu: Value, value: Value
) -> None:
    """It names its threads below /proc and seals a memfd; a worker without a GPU has neither."""
    name = "open('/proc/self/task/%d/comm' % os.getpid(), 'w').write('cuda-worker')"
    sealed = "__import__('fcntl').fcntl(os.memfd_create('shared', os.MFD_ALLOW_SEALING), 1033, 0x2)"
    processes = "sorted(int(name) for name in os.listdir('/proc') if name.isdigit())"

    assert value_with_gpu(name) == len("cuda-worker")
    assert value_with_gpu(sealed) == 0
    assert value_with_gpu(processes) == [1]
    assert value_with_gpu(f"os.listdir({sandbox.WHOLE_PROC!r})") == []
    assert (
        value_with_gpu("[name for name in ('sys', 'kcore', 'mounts') if os.access('/proc/' + name, 4)]") == []
    )
    assert value(name).startswith("FileNotFoundError")
    assert value(sealed).startswith("PermissionError")


@pytest.fixture(scope="module")
def value_without_wall(
    tmp_path_factory: pytest.TempPathFactory, build: Callable[..., Implementation]
) -> Iterator[Value]:
    with build(tmp_path_factory.mktemp("plain") / "one", EVALUATES, sandbox=Sandbox.NONE) as submission:
        yield evaluator(submission)


@pytest.mark.skipif(sys.platform == "darwin", reason="bubblewrap is Linux's alone")
def test_bubblewrap_is_installed_where_the_tests_run() -> None:
    assert shutil.which("bwrap"), sandbox.REMEDY


def test_nothing_of_the_machine_exists_behind_the_wall(
    value: Value, repository: Path, tmp_path: Path
) -> None:
    hidden = [
        *(str(repository / name) for name in ("", "reference", "reference/conv.py", "assignments")),
        *(str(path) for path in (repository / "assignments").rglob("rubric.yaml")),
        *(
            "/home",
            "/etc/passwd",
            "/etc/shadow",
            "/etc/hostname",
            "/proc/self",
            "/proc/1",
            "/sys",
            "/run",
            "/var",
        ),
        "/usr/bin/env", "/bin/sh", "/usr/local/bin/pip", "/usr/share", "/srv", "/mnt",
        str(tmp_path),
        str(repository / "grader/judge/draw_inputs.py"),
        "/sandbox/packages/grader/judge",
        "/sandbox/packages/pytest",
    ]  # fmt: skip
    assert value(f"[path for path in {hidden!r} if os.path.exists(path)]") == []


def test_the_whole_tree_behind_the_wall_names_no_answer(value: Value) -> None:
    answers = {
        "rubric.yaml",
        "course.yaml",
        "mutants.py",
        "frozen.npz",
        "gradebook.db",
        "assignments",
        ".git",
    }
    names = "{name for _, folders, files in os.walk('/') for name in [*folders, *files]}"

    assert value(f"len({names})") > 100  # the walk does find what is there
    assert value(f"sorted({names} & {answers})") == []


def test_home_holds_nothing_but_the_way_to_the_interpreter(value: Value) -> None:
    """An interpreter in a home folder needs that folder to exist, but not its other files."""
    allowed = {sys.base_prefix, os.path.realpath(sys.executable)}
    value_read = value("[os.path.join(at, file) for at, _, files in os.walk('/root') for file in files]")

    assert [path for path in value_read if not any(path.startswith(prefix) for prefix in allowed)] == []


@pytest.mark.parametrize(
    "module",
    [
        "reference",
        "reference.conv",
        "grader.judge",
        "grader.judge.draw_inputs",
        "grader.author",
        "pytest",
        "yaml",
        "pydantic",
        "rich",
        "scipy",
        "jinja2",
        "sqlalchemy",
        "pip",
    ],
)
def test_a_submission_can_import_no_answers_and_no_other_package(value: Value, module: str) -> None:
    assert value(f"__import__({module!r})").startswith("ModuleNotFoundError")


def test_numpy_and_the_standard_library_are_there(value: Value) -> None:
    names = ["numpy", "json", "ctypes", "zoneinfo", "unittest"]

    assert value(f"[__import__(name).__name__ for name in {names}]") == names
    assert value("np.__version__") == np.__version__


def test_the_environment_is_the_documented_one(value: Value) -> None:
    value_read = value("dict(os.environ)")

    value_read.pop("PWD", None)  # bubblewrap records where it changed to
    value_read.pop("LC_CTYPE", None)  # Python sets it itself if LANG is plain C
    assert value_read == ENVIRONMENT


def test_the_environment_is_the_documented_one_without_a_wall(
    value_without_wall: Value, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKFLIP_SEED", "the course's secret")

    """The user alone decides whether the grader's own modules are compiled: see `plain_worker`."""
    environment = value_without_wall("dict(os.environ)")
    decided = {NO_BYTECODE: os.environ[NO_BYTECODE]} if NO_BYTECODE in os.environ else {}
    assert environment == {name: ENVIRONMENT[name] for name in ENVIRONMENT if name != NO_BYTECODE} | decided


def test_no_other_process_exists(value: Value) -> None:
    """A signal reaches no process number but the worker's own."""
    pid = value("os.getpid()")

    assert value(f"[pid for pid in range(1, 10_000) if pid != {pid} and kill(pid, 0) == 0]") == []


def test_no_socket_reaches_a_service_of_the_host(value: Value) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), timeout=LIMIT).close()  # the test can reach it
        answer = value(f"socket.create_connection(('127.0.0.1', {port}), timeout=1).fileno()")
    assert "Error" in str(answer)


@pytest.mark.skipif(sys.platform != "linux", reason="abstract sockets are Linux's alone")
def test_no_abstract_socket_reaches_a_service_of_the_host(value: Value) -> None:
    name = f"\0backflip-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(name)
        answer = value(f"socket.socket(socket.AF_UNIX).connect_ex({name!r})")
    assert answer != 0


def test_no_name_is_looked_up(value: Value) -> None:
    assert "gaierror" in value("socket.getaddrinfo('example.org', 80)")


PLACES = """[
    "/x", "/sandbox/x", "/sandbox/probes.py", "/sandbox/submission/x", "/sandbox/submission/conv.py",
    "/sandbox/provided/x", "/sandbox/packages/x", "/sandbox/packages/numpy/x", "/etc/x", "/dev/x",
    "/sandbox/packages/grader/worker/x", "/usr/x", "/usr/lib/x", "/dev/shm/x", sys.executable,
    os.path.dirname(os.__file__) + "/x", os.path.dirname(os.__file__) + "/site-packages/x.pth",
]"""


def test_a_submission_writes_to_its_own_tmp_and_nowhere_else(value: Value) -> None:
    makes_a_file = "(fd := ctypes.CDLL(None).creat(path.encode(), 0o600)) >= 0 and os.close(fd) is None"

    assert value(f"[path for path in [*{PLACES}, '/tmp/x'] if {makes_a_file}]") == ["/tmp/x"]


def test_files_in_tmp_are_not_on_the_machine(value: Value) -> None:
    assert value("open('/tmp/backflip-was-here', 'w').write('x')") == 1
    assert not Path("/tmp/backflip-was-here").exists()


def test_a_file_cannot_grow_beyond_its_limit(value: Value) -> None:
    assert value("open('/tmp/large', 'wb', 0).write(bytes(32 << 20))") <= 16 << 20


def test_tmp_cannot_be_filled_beyond_its_size(value: Value) -> None:
    filled = "[open(f'/tmp/{i}', 'wb', 0).write(bytes(15 << 20)) for i in range(10)]"
    cleared = "[os.unlink(f'/tmp/{name}') for name in os.listdir('/tmp')]"

    assert "No space left" in value(filled)
    value(cleared)


def test_a_submission_has_no_capability(value: Value) -> None:
    assert value("os.chroot('/tmp')").startswith("PermissionError")
    assert value("os.setuid(12345)").startswith(("PermissionError", "OSError"))
    assert value("ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None)") == -1


def test_no_terminal_of_the_graders_can_be_typed_into(value: Value) -> None:
    assert value("os.open('/dev/tty', os.O_RDWR)").startswith("OSError")


def test_no_descriptor_is_open_but_the_workers_own(value: Value) -> None:
    """Three standard streams and the two ends of the protocol: nothing is inherited from the judge."""
    assert value("[fd for fd in range(64) if ctypes.CDLL(None).fcntl(fd, 1) >= 0]") == [0, 1, 2, 3, 4]


def test_every_limit_is_set_soft_and_hard(value: Value) -> None:
    names = ["RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE", "RLIMIT_NPROC"]
    value_read = value(f"[resource.getrlimit(getattr(resource, name)) for name in {names}]")

    assert value_read == [[n, n] for n in (2048 << 20, 150, 16 << 20, 64, 0, 64)]  # of one criterion, twice


STARTS = {
    "fork": "os.fork() and 'forked'",
    "vfork": "ctypes.CDLL(None).vfork() != -1 and 'forked'",
    "spawn": "os.posix_spawn(sys.executable, ['python', '-c', ''], {}) and 'forked'",
    "exec": "os.execv(sys.executable, ['python', '-c', ''])",
}


@pytest.mark.parametrize("modules", [(), ("subprocess",)], ids=["no_processes", "subprocess"])
def test_processes_start_where_the_rules_allow_a_module_that_starts_them(
    tmp_path: Path, build: Callable[..., Implementation], modules: tuple[str, ...]
) -> None:
    """A thread starts in both."""
    imported = ("ctypes", "json", "numpy", "os", "resource", "socket", "sys", "threading")
    rules = {"allowed": (*imported, *modules), "forbidden": ()}
    waits = "(os.waitpid(child, 0)[1] if (child := os.fork()) else os._exit(7)) >> 8"
    thread = "(t := __import__('threading').Thread(target=int)).start() or t.join() or t.is_alive()"
    with build(tmp_path / "one", EVALUATES, import_rules=rules) as submission:
        value = evaluator(submission)
        assert value(thread) is False
        if modules:
            assert value(waits) == 7
        else:
            answers = {name: value(expression) for name, expression in STARTS.items()}
            assert answers.pop("vfork") is False
            assert all(answer.startswith("PermissionError") for answer in answers.values()), answers


def test_without_bubblewrap_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sandbox._outer_sandbox.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    try:
        with pytest.raises(UserError, match="install bubblewrap") as error:
            starter(Sandbox.BUBBLEWRAP, tmp_path / "probes.py", "ndarray")
    finally:
        sandbox._outer_sandbox.cache_clear()
    assert "\n" not in str(error.value)


def test_a_worker_learns_no_path_of_the_machine(value: Value, repository: Path, tmp_path: Path) -> None:
    output = json.dumps(
        value("[sys.argv, sys.path, sys.modules['probes'].__file__ if 'probes' in sys.modules else '']")
    )

    assert str(tmp_path.parent) not in output
    assert str(repository) not in output


ALTERS_WHAT_WAS_COMPILED = """
import ctypes, mmap, os
import numpy as np

PATH = "compiled/kernels.library"
libc = ctypes.CDLL(None, use_errno=True)

def succeeds(trick):
    try:
        return trick() not in (None, False, -1)
    except (OSError, ValueError):
        return False

TRICKS = (
    lambda: os.open(PATH, os.O_WRONLY),
    lambda: os.open(PATH, os.O_RDONLY | os.O_TRUNC),
    lambda: os.truncate(PATH, 0) or True,
    lambda: os.chmod(PATH, 0o777) or True,
    lambda: os.chown(PATH, os.getuid(), os.getgid()) or True,
    lambda: os.utime(PATH) or True,
    lambda: os.unlink(PATH) or True,
    lambda: os.rename(PATH, PATH + ".old") or True,
    lambda: os.rename("conv.py", PATH) or True,
    lambda: os.link("conv.py", "compiled/one_more") or True,
    lambda: os.symlink("conv.py", "compiled/one_more") or True,
    lambda: os.setxattr(PATH, "user.one", b"1") or True,
    lambda: mmap.mmap(os.open(PATH, os.O_RDONLY), 6, prot=mmap.PROT_WRITE, flags=mmap.MAP_SHARED),
    lambda: os.rmdir("compiled") or True,
    lambda: os.rename("compiled", "elsewhere") or True,
    lambda: libc.mount(b"none", os.path.abspath("compiled").encode(), None, 32, None),
    lambda: libc.umount2(os.path.abspath("compiled").encode(), 2),
)

def answer(a):
    done = [number for number, trick in enumerate(TRICKS) if succeeds(trick)]
    same = open(PATH, "rb").read() == b"as it was" * 300_000
    return np.array([same, len(TRICKS), *done])
"""


@pytest.mark.skipif(sys.platform == "darwin", reason="bubblewrap is Linux's alone")
def test_compiled_files_of_a_submission_are_read_only(ask: Callable[..., Outcome]) -> None:
    """By any name, through any mapping, by removing its folder: the trusted side's files stay."""
    compiled = {"kernels.library": b"as it was" * 300_000, "runtime.library": b""}
    outcome = ask(ALTERS_WHAT_WAS_COMPILED, compiled=compiled)
    assert outcome.status == "ok", outcome
    (array,) = arrays_of(outcome)
    assert array.tolist() == [1, 17]
