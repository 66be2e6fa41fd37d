"""Grades on a Dask cluster, on this machine or anywhere.

A plugin sends each worker once, as bytes, how the class is graded; Dask also gives the plugin to workers that
join later. Submissions follow one by one, so no disk is shared. A worker grades one submission at a time,
however many threads it has: for more, start more workers. Dask sends Python objects, so the cluster's
machines are trusted like this one, while submissions stay in the sandbox of the machine they run on.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from functools import partial
from typing import Any

from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin
from distributed.utils import LoopRunner

from grader.batch.grading_messages import Grading, Work, WorkResult
from grader.batch.per_process import THIS, check_session, grade_one, open_session
from grader.batch.retry_lost_work import Workers, run_all
from grader.judge.code_digest import code_digest
from grader.model.errors import BackflipError, UserError

LOCAL = "local"
CONNECT_SECONDS = 10
FIRST_WORKER_SECONDS = 60
CLOSE_SECONDS = 10  # as long as Dask waits for its own loop
COUNT_SECONDS = 2.0  # how often the workers are counted

_one_at_a_time = threading.Lock()


class ClusterPlugin(WorkerPlugin):
    """Gives a worker the messages on how the class is graded."""

    def __init__(self, grading: Grading) -> None:
        self.name = f"backflip-{grading.digest}"
        self.grading = grading

    def setup(self, worker: Any) -> None:
        """Dask calls this on each worker; `grade_on_worker` does the rest, in the thread that grades."""
        THIS.gradings[self.grading.digest] = self.grading

    def teardown(self, worker: Any) -> None:
        """Dask calls this when the worker ends."""
        THIS.gradings.pop(self.grading.digest, None)


def grade_on_worker(digest: str, work: Work) -> WorkResult:
    """Does one piece of work on this worker."""
    with _one_at_a_time:
        open_session(THIS.gradings[digest])
        return grade_one(digest, work)


@contextmanager
def connect(address: str, jobs: int, code: str) -> Iterator[Client]:
    """A client of the cluster at that address; `local` starts and ends one here with that many workers.

    `code` is the digest of the code that grades. Raises UserError if nothing answers there, no worker joins,
    or a worker has different code.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # our own messages cover what matters
    if address == LOCAL:
        with (
            running_loop() as loop,
            LocalCluster(
                loop=loop,
                n_workers=jobs,
                threads_per_worker=1,
                memory_limit=None,
                dashboard_address=":0",
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster, loop=loop) as client,
        ):
            yield client
        return
    with running_loop() as loop:
        try:
            client = Client(address, timeout=CONNECT_SECONDS, loop=loop)
        except (OSError, TimeoutError, ValueError) as error:
            message = (str(error).splitlines() or [type(error).__name__])[0]
            raise UserError(
                f"no Dask scheduler answers: {message}; expected tcp://HOST:PORT of a running one",
                address,
            ) from error
        with client:
            _check_workers(client, address, code)
            yield client


@contextmanager
def running_loop() -> Iterator[Any]:
    """Runs an event loop in its own thread, so that Dask does not start one.

    Dask waits ten seconds for a loop that it starts and then fails an assertion; that is too short on a busy
    machine.
    """
    started: Future[tuple[Any, asyncio.Event]] = Future()

    async def turn() -> None:
        stop = asyncio.Event()
        started.set_result((LoopRunner(asynchronous=True).loop, stop))
        await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(turn()), daemon=True)
    thread.start()
    loop, stop = started.result()
    try:
        yield loop
    finally:
        loop.add_callback(stop.set)
        thread.join(timeout=CLOSE_SECONDS)


def grade_on_cluster(
    items: Iterable[Work], client: Client, grading: Grading
) -> Generator[tuple[Work, WorkResult | Exception], None, None]:
    """Yields each work with its result from a worker of the cluster; see `run_all` for workers that die.

    While it runs, the scheduler gives up a task when its worker dies. Retries are decided here, where the
    submission that killed a worker can be distinguished from its neighbors.
    """
    address = client.scheduler.address if client.scheduler is not None else ""
    client.register_plugin(ClusterPlugin(grading))
    _check_sandboxes(client, grading)
    executor = client.get_executor(pure=False)
    capacity = _Capacity(client)

    @contextmanager
    def open(is_alone: bool) -> Iterator[Workers[Work, WorkResult]]:
        submit = partial(executor.submit, grade_on_worker, grading.digest)
        yield Workers(submit, (lambda: 1) if is_alone else capacity, (KilledWorker,))

    before = _allow_failures(client, 0)
    try:
        yield from run_all(items, open)
    except (CancelledError, OSError) as error:
        raise UserError(
            "lost the cluster; the grades so far are kept. To continue, run the command again",
            address,
        ) from error
    finally:
        if client.status == "running":
            _allow_failures(client, before)


class _Capacity:
    """Two submissions for each current worker; workers may come and go."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._count, self._counted = 1, float("-inf")

    def __call__(self) -> int:
        now = time.monotonic()
        if now - self._counted > COUNT_SECONDS:
            self._count, self._counted = len(self._client.nthreads()), now
        return max(2 * self._count, 1)


def _check_workers(client: Client, address: str, code: str) -> None:
    try:
        client.wait_for_workers(1, timeout=FIRST_WORKER_SECONDS)
    except TimeoutError as error:
        raise UserError(f"a scheduler without workers, after {FIRST_WORKER_SECONDS} s", address) from error
    try:
        codes = client.run(code_digest, on_error="return")
    except Exception as error:
        raise UserError(f"its workers do not answer: {type(error).__name__}", address) from error
    for worker, code_of_worker in codes.items():
        if code_of_worker != code:
            raise UserError(
                "this worker has no Backflip, or another version of it or of NumPy; install on each what you "
                "run here",
                worker,
            )


def _check_sandboxes(client: Client, grading: Grading) -> None:
    replies = client.run(check_here, grading.digest, on_error="return")
    for worker, complaint in replies.items():
        if complaint:
            raise UserError(str(complaint), worker)


def check_here(digest: str) -> str:
    """The reason that this worker cannot start a submission in its sandbox; "" if it can."""
    try:
        open_session(THIS.gradings[digest])
        check_session(digest)
    except BackflipError as error:
        return str(error)
    return ""


def _allow_failures(client: Client, count: int) -> int:
    """Sets how many workers a task may outlive; returns the previous number."""

    def set_allowed(dask_scheduler: Any = None) -> int:  # sent by value: the scheduler may lack Backflip
        before: int = dask_scheduler.allowed_failures
        dask_scheduler.allowed_failures = count
        return before

    return int(client.run_on_scheduler(set_allowed))
