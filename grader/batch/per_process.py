"""Keeps the state of one grading process from one piece of work to the next.

A pool and a cluster call plain functions in processes that they start, which have only those of the parent's
objects that were sent. So state that outlives a call must belong to the process, and this is its one place.
It stays empty in the process that runs the batch.
"""

import atexit
import gc
from collections.abc import Mapping, Sequence

from grader.batch.grading_messages import Grading, Work, WorkResult
from grader.batch.grading_session import GradingSession
from grader.model.submitted_files import SubmittedFiles


class Process:
    """The sessions of this process, by the digest of how a class is graded, and the process's state."""

    def __init__(self) -> None:
        self.gradings: dict[str, Grading] = {}  # in a cluster's worker: sent ahead of the work
        self.sessions: dict[str, GradingSession] = {}
        self.is_grading = False  # not a threading.Event: a signal inside one would leave its lock taken
        self.set_up_error: Exception | None = None


THIS = Process()


def open_session(grading: Grading) -> None:
    """Makes this process ready for the work of a batch; once is enough."""
    if grading.digest not in THIS.sessions:
        gc.disable()  # or the collector scans the modules while they load: a tenth of that time
        session = GradingSession(grading)
        THIS.sessions[grading.digest] = session
        gc.freeze()  # or it scans them again and again: a fortieth of the time
        gc.enable()
        atexit.register(session.close)


def open_checked_session(grading: Grading) -> None:
    """The same; raises UserError if this process cannot start a submission in its sandbox."""
    open_session(grading)
    check_session(grading.digest)


def check_session(digest: str) -> None:
    """Raises UserError if this process, once set up, cannot start a submission in its sandbox."""
    THIS.sessions[digest].check()


def grade_one(digest: str, work: Work) -> WorkResult:
    """Does one piece of work of the batch with that digest, in a process set up for it."""
    return THIS.sessions[digest].grade_work(work)


def answer_one(
    digest: str, names: Mapping[str, str], item: tuple[tuple[str, str], SubmittedFiles, Sequence[str]]
) -> dict[str, str]:
    """Returns the outcomes of the item's failing cases on its files, in a process set up for it."""
    _, files, cases = item
    return THIS.sessions[digest].answers(files, cases, names)
