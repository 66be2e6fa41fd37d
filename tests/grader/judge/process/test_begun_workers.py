"""Workers started in advance are the ones that are used, and none is left behind."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.judge.inputs import Inputs
from grader.judge.process.implementation import Implementation, Subject
from grader.judge.process.plain_worker import OWN_ENVIRONMENT, PlainChild, PlainStarter, early_worker
from grader.judge.process.sandbox import starter
from grader.model.assignment import Limits
from grader.model.grade import Status
from grader.model.surroundings import Device, Sandbox


@pytest.fixture
def probes(tmp_path: Path) -> Path:
    """A file without a probe."""
    (tmp_path / "probes.py").write_text("")
    return tmp_path / "probes.py"


@pytest.fixture
def plain(probes: Path) -> Iterator[PlainStarter]:
    """A starter of workers without a sandbox."""
    it = starter(Sandbox.NONE, probes, "grader.worker.numpy_arrays")
    assert isinstance(it, PlainStarter)
    yield it
    it.close()


def pid_of(child: PlainChild) -> int:
    return child._process.pid


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_start_takes_the_worker_that_was_begun(plain: PlainStarter) -> None:
    plain.begin(2)
    plain.begin(2)
    first, second = plain._begun
    assert [plain.start({}), plain.start({})] == [first, second]
    third = plain.start({})
    assert third not in (first, second)
    for child in (first, second, third):
        child.kill()


def test_a_worker_that_ended_meanwhile_is_not_taken(plain: PlainStarter) -> None:
    plain.begin()
    (begun,) = plain._begun
    os.kill(pid_of(begun), signal.SIGKILL)
    begun._process.wait()
    child = plain.start({})
    assert child is not begun
    assert child.is_running
    assert not Path(begun.folder).exists()
    child.kill()


def test_closing_ends_what_was_begun_for_nothing(plain: PlainStarter) -> None:
    plain.begin(2)
    pids, folders = [pid_of(child) for child in plain._begun], [child.folder for child in plain._begun]
    plain.close()
    assert [is_there(pid) for pid in pids] == [False, False]
    assert not any(Path(folder).exists() for folder in folders)


def test_an_early_worker_is_the_first_that_is_used(probes: Path) -> None:
    with early_worker() as early:
        plain = starter(Sandbox.NONE, probes, "grader.worker.numpy_arrays", early=early)
        child, other = plain.start({}), plain.start({})
        assert child is early
        assert other is not early
    assert [child.is_alive, other.is_alive] == [False, True]  # the block ends only its own worker
    other.kill()


def test_an_early_worker_answers_as_any_other(probes: Path) -> None:
    with early_worker() as early:
        plain = starter(Sandbox.NONE, probes, "grader.worker.numpy_arrays", early=early)
        with Implementation(plain, Subject((), "float32", Device.CPU), Limits()) as empty:
            assert empty.start().status is Status.OK
            assert early is not None and early.is_running


def test_an_early_worker_that_ended_meanwhile_is_not_used(probes: Path) -> None:
    with early_worker() as early:
        assert early is not None
        os.kill(pid_of(early), signal.SIGKILL)
        early._process.wait()
        plain = starter(Sandbox.NONE, probes, "grader.worker.numpy_arrays", early=early)
        child = plain.start({})
        assert child is not early
        assert isinstance(child, PlainChild)
        assert child.is_running
        child.kill()
    assert not Path(early.folder).exists()


def test_an_early_worker_ends_with_the_block() -> None:
    with early_worker() as early:
        assert early is not None and is_there(pid_of(early))
    assert not is_there(pid_of(early))
    assert not Path(early.folder).exists()


forks_siblings = pytest.mark.skipif(sys.platform != "linux", reason="clone(2) is Linux's")


@pytest.fixture
def siblings(probes: Path) -> Iterator[tuple[PlainStarter, PlainChild, PlainChild]]:
    """An early worker and the one that it forks, with the starter of both."""
    with early_worker() as early:
        plain = starter(Sandbox.NONE, probes, "grader.worker.numpy_arrays", early=early)
        assert isinstance(plain, PlainStarter) and early is not None
        plain.begin(2)
        yield plain, early, plain._begun[1]
        plain.close()


@forks_siblings
def test_the_second_of_two_workers_is_forked_by_the_first_and_a_child_of_the_judge(
    siblings: tuple[PlainStarter, PlainChild, PlainChild],
) -> None:
    plain, early, sibling = siblings
    parent = Path(f"/proc/{pid_of(sibling)}/status").read_text().partition("PPid:")[2].split()[0]
    assert int(parent) == os.getpid()
    assert Path(f"/proc/{pid_of(sibling)}/cmdline").read_bytes().split(b"\0")[1:5] == [
        *(b"-P", b"-s", b"-m", b"grader.worker")
    ]
    assert [plain.start({}), plain.start({})] == [early, sibling]
    sibling.kill()
    assert not is_there(pid_of(sibling))
    assert early.is_running


@forks_siblings
def test_a_sibling_answers_as_any_other(siblings: tuple[PlainStarter, PlainChild, PlainChild]) -> None:
    plain, _, sibling = siblings
    for _ in range(2):
        with Implementation(plain, Subject((), "float32", Device.CPU), Limits()) as empty:
            assert empty.start().status is Status.OK
    assert not sibling.is_alive  # it was the second


@forks_siblings
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_the_judge_learns_how_a_sibling_ended(
    siblings: tuple[PlainStarter, PlainChild, PlainChild], number: signal.Signals
) -> None:
    _, early, sibling = siblings
    assert sibling.exit_code() is None
    os.kill(pid_of(sibling), number)
    assert sibling.exit_code() == -number
    assert not sibling.is_running
    assert early.is_running


@forks_siblings
def test_a_sibling_that_was_never_forked_is_replaced(probes: Path) -> None:
    with early_worker() as early:
        assert early is not None
        os.kill(pid_of(early), signal.SIGSTOP)  # before it reads its configuration
        plain = starter(Sandbox.NONE, probes, "grader.worker.numpy_arrays", early=early)
        assert isinstance(plain, PlainStarter)
        plain.begin(2)
        _, sibling = plain._begun
        os.kill(pid_of(early), signal.SIGKILL)
        early._process.wait()
        children = [plain.start({}), plain.start({})]
        assert not {early, sibling} & set(children)
        for child in children:
            assert isinstance(child, PlainChild) and child.is_running
            child.kill()
    assert not Path(sibling.folder).exists()


SUBMISSION = b"""
import os

def drawn():
    import numpy
    return float(numpy.random.rand())

def pipes():
    paths = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    links = {os.readlink(path) for path in paths if os.path.islink(path)}
    return len([link for link in links if link.startswith("pipe:")])
"""
PROBES = """
def drawn(submission, case):
    return submission.drawn()


def pipes(submission, case):
    return submission.pipes()
"""


def answers(probe: str, folder: Path, early: PlainChild | None, workers: int) -> list[bytes]:
    """What a submission answers in its first worker, and in the one for its isolated passes."""
    (folder / "asked.py").write_text(PROBES)
    plain = starter(Sandbox.NONE, folder / "asked.py", "grader.worker.numpy_arrays", early=early)
    plain.begin(workers)
    subject = Subject(("m",), "float32", Device.CPU, {"m.py": SUBMISSION})
    nothing = Inputs({}, {}, {})
    with Implementation(plain, subject, Limits()) as submission:
        outcomes = [submission.run(probe, nothing), submission.run_isolated(probe, nothing)]
    plain.close()
    assert [outcome.status for outcome in outcomes] == [Status.OK, Status.OK], outcomes
    return [outcome.arrays[0].data for outcome in outcomes]


@forks_siblings
def test_a_sibling_draws_other_random_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with a NumPy that loads its generator with itself, before the fork."""
    (tmp_path / "sitecustomize.py").write_text("import numpy.random\n")
    monkeypatch.setitem(OWN_ENVIRONMENT, "PYTHONPATH", str(tmp_path))
    with early_worker() as early:
        first, second = answers("drawn", tmp_path, early, 2)
    assert first != second


@forks_siblings
@pytest.mark.parametrize("workers", [1, 2])
def test_no_worker_holds_the_pipes_of_another(tmp_path: Path, workers: int) -> None:
    with early_worker() as early:
        of_early = answers("pipes", tmp_path, early, workers)
    assert of_early == answers("pipes", tmp_path, None, workers)
