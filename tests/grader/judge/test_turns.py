"""Many are inside together; who wants to be alone is, and nobody who waits is overtaken."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from grader.judge import turns
from grader.judge.cases import Inputs
from grader.judge.implementation import Implementation
from grader.judge.turns import Room
from grader.model.assignment import Limits
from grader.model.errors import UserError
from grader.model.grade import Outcome, Status

MOMENT = 0.2


class Visit:
    """Somebody who enters as soon as it is their turn, and leaves when told to."""

    def __init__(self, turn: AbstractContextManager[None]) -> None:
        self.is_inside = threading.Event()
        self._leaves = threading.Event()
        self._thread = threading.Thread(target=self._stay, args=(turn,))
        self._thread.start()

    def _stay(self, turn: AbstractContextManager[None]) -> None:
        with turn:
            self.is_inside.set()
            self._leaves.wait()

    def leave(self) -> None:
        self._leaves.set()
        self._thread.join()


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room("room", tmp_path)


def test_many_are_inside_together(room: Room) -> None:
    visits = [Visit(room.shared()) for _ in range(3)]

    assert all(visit.is_inside.wait(5) for visit in visits)
    for visit in visits:
        visit.leave()


def test_who_wants_to_be_alone_waits_for_those_inside_and_is_not_overtaken(room: Room) -> None:
    inside = Visit(room.shared())
    assert inside.is_inside.wait(5)
    alone = Visit(room.alone())
    assert not alone.is_inside.wait(MOMENT)
    late = Visit(room.shared())
    assert not late.is_inside.wait(MOMENT)  # though another shares the room already

    inside.leave()
    assert alone.is_inside.wait(5)
    assert not late.is_inside.wait(MOMENT)
    alone.leave()
    assert late.is_inside.wait(5)
    late.leave()


def test_who_is_alone_for_long_enough_is_joined_by_others(room: Room) -> None:
    alone = Visit(room.alone(MOMENT))
    assert alone.is_inside.wait(5)
    late = Visit(room.shared())
    assert not late.is_inside.wait(MOMENT / 4)
    assert late.is_inside.wait(5)
    late.leave()
    next_one = Visit(room.alone())
    assert not next_one.is_inside.wait(2 * MOMENT)  # the first is still there
    alone.leave()
    assert next_one.is_inside.wait(5)
    next_one.leave()


def test_a_grader_that_is_killed_leaves_the_room(room: Room, tmp_path: Path) -> None:
    stays = f"""
import time
from pathlib import Path
from grader.judge.turns import Room
with Room("room", Path({str(tmp_path)!r})).alone():
    print("inside", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", stays], stdout=subprocess.PIPE) as grader:
        assert grader.stdout is not None
        assert grader.stdout.readline() == b"inside\n"
        next_one = Visit(room.shared())
        assert not next_one.is_inside.wait(MOMENT)
        os.kill(grader.pid, signal.SIGKILL)
        assert next_one.is_inside.wait(5)
        next_one.leave()


def test_nobody_waits_for_ever(tmp_path: Path) -> None:
    room = Room("room", tmp_path, most_seconds=0.1)
    stuck = Visit(room.alone())
    assert stuck.is_inside.wait(5)

    start = time.monotonic()
    with room.shared(), room.alone():
        assert time.monotonic() - start < 5
    stuck.leave()


def test_a_folder_that_others_can_write_to_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns.tempfile, "gettempdir", lambda: str(tmp_path))
    assert turns.own_folder() == turns.own_folder()
    turns.own_folder().chmod(0o777)
    with pytest.raises(UserError, match="a folder of your own"):
        turns.own_folder()
    Path(tmp_path, f"backflip-{os.getuid()}").rmdir()
    Path(tmp_path, f"backflip-{os.getuid()}").symlink_to(tmp_path)
    with pytest.raises(UserError, match="a folder of your own"):
        turns.own_folder()


def test_what_was_late_is_tried_again_alone(
    make_submission: Callable[..., Implementation],
    inputs: Inputs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With another grader at work the second try waits until that one is done."""
    monkeypatch.setattr(turns.tempfile, "gettempdir", lambda: str(tmp_path))
    source = "import time\n\ndef answer(a):\n    time.sleep(0.6)\n    return a"
    submission = make_submission(source, limits=Limits(case_seconds=0.1, wall_factor=2))
    outcomes: list[Outcome] = []
    other = Visit(Room("graders").shared())
    assert other.is_inside.wait(5)

    asks = threading.Thread(target=lambda: outcomes.append(submission.run("answer", inputs)))
    asks.start()
    asks.join(2)
    assert outcomes == []  # 0.2 seconds for the first try, 0.8 for the second
    other.leave()
    asks.join(10)
    assert [outcome.status for outcome in outcomes] == [Status.OK]


def test_a_submission_that_sleeps_is_tried_again_once_whichever_of_its_processes_does(
    make_submission: Callable[..., Implementation], inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the others wait no longer for it than for any case."""
    asked: list[float] = []

    @contextmanager
    def alone(room: Room, seconds: float) -> Iterator[None]:
        asked.append(seconds)
        yield

    monkeypatch.setattr(Room, "alone", alone)
    source = "import time\n\ndef answer(a):\n    time.sleep(60)"
    submission = make_submission(source, limits=Limits(case_seconds=0.1, wall_factor=2))

    for run in (submission.run, submission.run, submission.run_apart, submission.veiled.run):
        assert run("answer", inputs).status is Status.TIMEOUT
    assert asked == [0.2]
