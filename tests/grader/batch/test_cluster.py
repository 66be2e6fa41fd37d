"""Laws of grading on a Dask cluster."""

import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

import pytest
from distributed import Client, LocalCluster

from grader.batch.cluster import connect, running_loop
from grader.batch.gradebook import Gradebook
from grader.judge.code_digest import code_digest
from grader.model.errors import UserError
from tests.waiting import LIMIT, wait_until

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

StartBatch = Callable[..., Popen[str]]
KILLS_ITS_GRADER = """
import os

def flip(a, axes):
    os.write(os.open({deaths!r}, os.O_APPEND | os.O_CREAT | os.O_WRONLY), b"x")
    os.kill(os.getppid(), 9)

dilate = flip
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two workers, processes that share nothing with us but the machine."""
    quiet = {"silence_logs": logging.CRITICAL, "dashboard_address": ":0", "memory_limit": None}
    with (
        running_loop() as loop,
        LocalCluster(loop=loop, n_workers=2, threads_per_worker=1, **quiet) as cluster,
    ):
        yield cluster


def workers(cluster: LocalCluster) -> list[int]:
    with Client(cluster, loop=cluster.loop) as client:
        return list(client.run(os.getpid).values())


@pytest.mark.parametrize("count", [30, pytest.param(200, marks=pytest.mark.slow)])
def test_a_worker_that_is_killed_leaves_the_rows_of_an_undisturbed_run(
    cluster: LocalCluster,
    hand_in: Callable[..., Path],
    start_batch: StartBatch,
    tmp_path: Path,
    rows_of: Callable[[str], dict[str, list[Any]]],
    count: int,
) -> None:
    root = hand_in(count)
    urls = [f"sqlite:///{tmp_path}/{name}.db" for name in ("here", "cluster")]
    here = start_batch(root, urls[0])
    assert here.wait(timeout=LIMIT) == 0
    victim = workers(cluster)[0]
    batch = start_batch(root, urls[1], "--cluster", cluster.scheduler_address)
    assert batch.stdout is not None
    batch.stdout.readline()  # what the input holds
    assert batch.stdout.readline().startswith("graded")
    os.kill(victim, signal.SIGKILL)
    _, messages = batch.communicate(timeout=LIMIT)
    assert batch.returncode == 0, messages
    assert rows_of(urls[0]) == rows_of(urls[1])


@pytest.mark.slow
def test_after_a_scheduler_is_killed_the_next_run_continues(
    hand_in: Callable[..., Path],
    start_batch: StartBatch,
    tmp_path: Path,
    rows_of: Callable[[str], dict[str, list[Any]]],
) -> None:
    root = hand_in(60)
    urls = [f"sqlite:///{tmp_path}/{name}.db" for name in ("undisturbed", "cluster")]
    assert start_batch(root, urls[0]).wait(timeout=LIMIT) == 0
    where = tmp_path / "scheduler.json"
    options = ["--scheduler-file", str(where), "--no-dashboard"]
    with ended(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", *options]
    ) as scheduler:
        wait_until(where.exists, "the scheduler says its address")
        address = json.loads(where.read_text())["address"]
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1"]
        with ended([*worker, "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path)]):
            batch = start_batch(root, urls[1], "--cluster", address)
            assert batch.stdout is not None
            batch.stdout.readline()  # what the input holds
            assert batch.stdout.readline().startswith("graded")
            scheduler.kill()
            _, messages = batch.communicate(timeout=LIMIT)
    assert batch.returncode == 2
    assert messages.splitlines()[-1].endswith(
        "lost the cluster; the grades so far are kept. To continue, run the command again"
    )
    assert start_batch(root, urls[1]).wait(timeout=LIMIT) == 0
    assert rows_of(urls[0]) == rows_of(urls[1])


@contextmanager
def ended(command: list[str]) -> Iterator[Popen[bytes]]:
    """A process that does not outlive its test."""
    process = Popen(command, stdout=DEVNULL, stderr=DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_submission_that_kills_three_workers_is_set_aside(
    cluster: LocalCluster,
    hand_in: Callable[..., Path],
    start_batch: StartBatch,
    sqlite_url: str,
    tmp_path: Path,
) -> None:
    root = hand_in(6, eve=KILLS_ITS_GRADER.format(deaths=str(tmp_path / "deaths")))
    # no grader is reachable in the sandbox
    batch = start_batch(root, sqlite_url, "--cluster", cluster.scheduler_address, "--sandbox", "none")
    out, messages = batch.communicate(timeout=LIMIT)
    assert batch.returncode == 1, messages
    assert "1 needs review" in out
    assert "eve: grading failed: 3 workers died while grading it, the last one alone" in out
    assert (tmp_path / "deaths").read_text() == "xxx"
    with Gradebook(sqlite_url) as book:
        rows = book.grades()
    assert [row.student_id for row in rows if row.grade is None] == ["eve"]
    assert len(rows) == 7


@pytest.mark.slow
def test_a_cluster_of_our_own_is_started_and_ended(
    hand_in: Callable[..., Path], start_batch: StartBatch, sqlite_url: str
) -> None:
    batch = start_batch(hand_in(4), sqlite_url, "--cluster", "local")
    out, messages = batch.communicate(timeout=LIMIT)
    assert (batch.returncode, messages) == (0, "")
    assert "4 graded" in out


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "tcp://no.such.host.invalid:8786"])
def test_an_address_without_a_scheduler_is_explained_in_one_line(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr("grader.batch.cluster.CONNECT_SECONDS", 1)
    with pytest.raises(UserError, match="no Dask scheduler answers") as error, connect(address, 1, ""):
        pass
    assert str(error.value).startswith(address)
    assert "\n" not in str(error.value)


def test_a_cluster_without_workers_is_explained_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.batch.cluster.FIRST_WORKER_SECONDS", 0.5)
    with (
        running_loop() as loop,
        LocalCluster(loop=loop, n_workers=0, dashboard_address=":0", silence_logs=logging.CRITICAL) as empty,
        pytest.raises(UserError, match="without workers"),
        connect(empty.scheduler_address, 1, code_digest()),
    ):
        pass


def test_a_worker_of_another_version_is_refused_before_anything_is_graded(cluster: LocalCluster) -> None:
    with pytest.raises(UserError, match="another version"), connect(cluster.scheduler_address, 1, "code"):
        pass
