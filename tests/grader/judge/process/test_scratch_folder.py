"""The next start removes the temporary folders of a grader that was killed, and no others."""

import ast
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.judge.process.scratch_folder import PREFIX, ScratchFolder, remove_abandoned
from tests.tiny_course import ASSIGNMENT, RIGHT
from tests.waiting import LIMIT, wait_until

PATIENT = ASSIGNMENT.replace("{case_seconds: 2}", "{import_seconds: 600}")
ENDLESS = "import os\nwith open({here!r} + '.new', 'w') as file:\n    file.write(str(os.getpid()))\n"
ENDLESS += "os.replace({here!r} + '.new', {here!r})\nwhile True:\n    pass\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process's folder for temporary files, and that of the processes that it starts."""
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    monkeypatch.setenv("TMPDIR", str(place))
    return place


@pytest.fixture
def abandoned(place: Path) -> Path:
    """A scratch folder with a file in it, as a killed grader leaves it."""
    folder = place / f"{PREFIX}abandoned"
    folder.mkdir(mode=0o700)
    (folder / "conv.py").touch()
    return folder


def is_free(folder: Path) -> bool:
    """True if no process holds the folder's lock."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def test_the_next_batch_removes_what_a_killed_batch_left(
    make_course: Callable[..., Path], tmp_path: Path, place: Path
) -> None:
    """A folder of this process, which lives, stays."""
    course = make_course(tmp_path / "course", {"assignments/tiny/assignment.yaml": PATIENT})
    running = tmp_path / "running"

    def batch(name: str, source: str) -> subprocess.Popen[bytes]:
        (tmp_path / name / "ada").mkdir(parents=True)
        (tmp_path / name / "ada" / "conv.py").write_text(source)
        words = ["batch", str(tmp_path / name), "--assignment", "tiny", "--sandbox", "none"]
        words += ["--gradebook", f"sqlite:///{tmp_path}/{name}.db"]
        words = [sys.executable, "-m", "grader", *words]
        return subprocess.Popen(words, cwd=course, stdout=subprocess.DEVNULL, start_new_session=True)

    killed = batch("killed", ENDLESS.format(here=str(running)))
    wait_until(lambda: running.exists() or killed.poll() is not None, "the submission runs")
    os.kill(int(running.read_text()), signal.SIGSTOP)  # so that nothing ends before the batch is killed
    left = set(place.iterdir())
    assert left and not any(map(is_free, left))
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait(LIMIT)
    os.kill(int(running.read_text()), signal.SIGKILL)
    assert set(place.iterdir()) == left
    wait_until(lambda: all(map(is_free, left)), "all processes of the batch have ended")

    with ScratchFolder() as mine:
        assert batch("next", RIGHT).wait(LIMIT) == 0
        assert list(place.iterdir()) == [Path(mine)]
    assert list(place.iterdir()) == []


def test_a_process_cleans_up_before_its_first_folder(place: Path, abandoned: Path) -> None:
    with ScratchFolder() as first, ScratchFolder() as second:
        assert set(place.iterdir()) == {Path(first), Path(second)}
    assert list(place.iterdir()) == []


def test_a_link_and_what_it_leads_to_stay(place: Path, abandoned: Path, tmp_path: Path) -> None:
    link = place / f"{PREFIX}link"
    link.symlink_to(tmp_path)
    (tmp_path / "precious").touch()
    (abandoned / "link").symlink_to(tmp_path)
    (place / f"{PREFIX}file").touch()

    remove_abandoned.__wrapped__(str(place))

    assert not abandoned.exists()
    assert link.is_symlink() and (tmp_path / "precious").exists()
    assert (place / f"{PREFIX}file").exists()


def test_another_users_folder_stays(place: Path, abandoned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: abandoned.stat().st_uid + 1)

    remove_abandoned.__wrapped__(str(place))

    assert (abandoned / "conv.py").exists()


def test_a_new_folder_that_another_grader_removed_is_created_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once before it is opened, and once before it is locked."""
    names: list[str] = []
    lock, open_ = fcntl.flock, os.open

    def removed_when(number: int, folder: str) -> None:
        if len(names) == number:
            os.rmdir(folder)

    def opening(path: str, *rest: int, **named: int) -> int:
        if str(path).startswith(str(place / PREFIX)):
            names.append(path)
            removed_when(1, path)
        return open_(path, *rest, **named)

    def locking(descriptor: int, how: int) -> None:
        removed_when(2, names[-1])
        lock(descriptor, how)

    monkeypatch.setattr(os, "open", opening)
    monkeypatch.setattr(fcntl, "flock", locking)

    with ScratchFolder() as folder:
        monkeypatch.undo()
        assert len(names) == len(set(names)) == 3
        assert names[-1] == folder and Path(folder).is_dir()
        assert not is_free(Path(folder))
    assert list(place.iterdir()) == []


def test_no_module_creates_another_folder_among_the_machines_temporary_files(repository: Path) -> None:
    """Such a folder would stay if the grader is killed."""
    corpus = repository / "grader" / "prove" / "corpus"  # attacks, which run in a sandbox
    paths = [path for path in (repository / "grader").rglob("*.py") if not path.is_relative_to(corpus)]
    calls = [
        f"{path}:{node.lineno}"
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("tempfile.TemporaryDirectory", "tempfile.mkdtemp")
        and "dir" not in {keyword.arg for keyword in node.keywords}
    ]
    assert calls == []
