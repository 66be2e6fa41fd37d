"""Shows on a terminal which case is running, and for how long; writes nothing anywhere else."""

import threading
import time
from types import TracebackType
from typing import Self, TextIO

from grader.judge.session import Watcher
from grader.model.grade import CheckResult

TICK_SECONDS = 0.2
WIDEST = 60


class Progress:
    """While it is entered, one line of the stream shows how far the grade is; at the end it is wiped."""

    def __init__(self, stream: TextIO, total: int) -> None:
        self._stream = stream
        self._total = total
        self._is_shown = stream.isatty()
        self._case, self._since, self._done = "", time.monotonic(), 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)
        self.watcher = Watcher(self._begin, self._end)

    def __enter__(self) -> Self:
        if self._is_shown:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._is_shown:
            self._thread.join()
            self._write("")

    def line(self, now: float) -> str:
        """The text of the line at that time."""
        waits = now - self._since
        seconds = f", {waits:.0f} s" if waits >= 1 else ""
        return f"{self._done + 1} of {self._total}: {self._case}{seconds}"[:WIDEST] if self._case else ""

    def _begin(self, case: str) -> None:
        self._case, self._since = case, time.monotonic()

    def _end(self, result: CheckResult) -> None:
        self._done += 1

    def _tick(self) -> None:
        while not self._over.wait(TICK_SECONDS):
            self._write(self.line(time.monotonic()))

    def _write(self, line: str) -> None:
        self._stream.write(f"\r{line.ljust(WIDEST)}" if line else f"\r{' ' * WIDEST}\r")
        self._stream.flush()
