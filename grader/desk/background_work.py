"""Does slow work in a separate thread, while a page shows its progress."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, TimeoutError
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")
Report = Callable[[str], None]


class Outdated(Exception):
    """Raised to end work when its result is no longer needed."""


class BackgroundWork(Generic[T]):
    """Work on some `content`; it begins at once.

    `make` gets a function that it calls with its progress in words.
    """

    def __init__(self, content: Hashable, make: Callable[[Report], T]) -> None:
        self.content = content
        self.progress = ""
        self._is_outdated = False
        self._result: Future[T] = Future()
        Thread(target=self._run, args=(make,), daemon=True).start()

    def stop(self) -> None:
        """Ends the work when it next reports."""
        self._is_outdated = True

    def result(self, seconds: float) -> T | None:
        """The result, or raises the exception of `make`; None if the result is not ready within that time."""
        try:
            return self._result.result(seconds)
        except TimeoutError:
            return None

    def _run(self, make: Callable[[Report], T]) -> None:
        try:
            self._result.set_result(make(self._report))
        except BaseException as error:
            self._result.set_exception(error)

    def _report(self, words: str) -> None:
        if self._is_outdated:
            raise Outdated
        self.progress = words
