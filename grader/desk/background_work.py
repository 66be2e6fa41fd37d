"""Does slow work in a separate thread, while a page shows its progress."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, TimeoutError
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")
Report = Callable[[str], None]


class NoLongerNeeded(Exception):
    """Raised to end work when its result is no longer needed."""


class BackgroundWork(Generic[T]):
    """Work on some `content`; it begins at once.

    `compute` gets a function that it calls with its progress in words.
    """

    def __init__(self, content: Hashable, compute: Callable[[Report], T]) -> None:
        self.content = content
        self.progress = ""
        self._is_outdated = False
        self._result: Future[T] = Future()
        Thread(target=self._run, args=(compute,), daemon=True).start()

    def stop(self) -> None:
        """Ends the work when it next reports."""
        self._is_outdated = True

    def result(self, seconds: float) -> T | None:
        """The result, or raises the exception of `compute`; None if it is not ready within that time."""
        try:
            return self._result.result(seconds)
        except TimeoutError:
            return None

    def _run(self, compute: Callable[[Report], T]) -> None:
        try:
            self._result.set_result(compute(self._report))
        except BaseException as error:
            self._result.set_exception(error)

    def _report(self, words: str) -> None:
        if self._is_outdated:
            raise NoLongerNeeded
        self.progress = words
