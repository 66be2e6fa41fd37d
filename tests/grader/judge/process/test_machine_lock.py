"""One grader at a time holds the machine's lock, and a grader that dies releases it."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.judge.process import machine_lock
from grader.model.errors import UserError
from tests.waiting import LIMIT, MOMENT


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], threading.Event]:
    """Starts a thread that takes the lock as soon as it is free; the event says that it had it."""
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))

    def start() -> threading.Event:
        had = threading.Event()

        def take() -> None:
            with machine_lock.turn("one"):
                had.set()

        threading.Thread(target=take, daemon=True).start()
        return had

    return start


def test_a_turn_is_had_by_one_at_a_time(waiting: Callable[[], threading.Event]) -> None:
    with machine_lock.turn("one"):
        others = [waiting(), waiting()]
        assert not any(other.wait(MOMENT) for other in others)
    assert all(other.wait(LIMIT) for other in others)


def test_turns_with_two_things_are_two(waiting: Callable[[], threading.Event]) -> None:
    with machine_lock.turn("another"):
        assert waiting().wait(LIMIT)


def test_a_grader_that_is_killed_gives_its_turn_back(
    waiting: Callable[[], threading.Event], tmp_path: Path
) -> None:
    stays = """
import time
from grader.judge.process.machine_lock import turn
with turn("one"):
    print("inside", flush=True)
    time.sleep(60)
"""
    words = [sys.executable, "-c", stays]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment) as grader:
        assert grader.stdout is not None
        assert grader.stdout.readline() == b"inside\n"
        next_one = waiting()
        assert not next_one.wait(MOMENT)
        os.kill(grader.pid, signal.SIGKILL)
        assert next_one.wait(LIMIT)


def test_a_folder_that_others_can_write_to_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    assert machine_lock.own_folder() == machine_lock.own_folder()
    machine_lock.own_folder().chmod(0o777)
    with pytest.raises(UserError, match="a folder of your own"):
        machine_lock.own_folder()
    Path(tmp_path, f"backflip-{os.getuid()}").rmdir()
    Path(tmp_path, f"backflip-{os.getuid()}").symlink_to(tmp_path)
    with pytest.raises(UserError, match="a folder of your own"):
        machine_lock.own_folder()
