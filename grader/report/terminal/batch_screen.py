"""Shows the progress of a batch: a bar in a terminal, a few plain lines elsewhere."""

import time
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

LINES = 10  # the most plain lines of a whole batch


class BatchScreen:
    """The display of a running batch."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def wait(self, assignment: str) -> None:
        """Shows that this batch waits for another one that grades the assignment into this gradebook."""
        line = f"waiting for another batch that grades {assignment} into this gradebook"
        self._console.print(Text(line))

    def progress(self, total: int) -> "Progress":
        """The progress of `total` submissions."""
        return Progress(total, self._console)


class Progress:
    """Counts graded, waiting and set-aside submissions, and the rate per second; a context manager."""

    def __init__(self, total: int, console: Console) -> None:
        self._total, self._console = total, console
        self._done = self._failed = 0
        self._started = time.monotonic()
        self._bar = Bar(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[counts]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=total, counts=self._counts())

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def advance(self, count: int, is_failure: bool) -> None:
        """`count` more submissions are graded, or `failed`."""
        before, self._done = self._done, self._done + count
        self._failed += count * is_failure
        self._bar.update(self._task, completed=self._done, counts=self._counts())
        if (
            not self._console.is_terminal
            and LINES * self._done // self._total > LINES * before // self._total
        ):
            line = (
                f"graded {self._done - self._failed} of {self._total}, {self._counts()}, {self._time_left()}"
            )
            self._console.print(Text(line.removesuffix(", ")))

    def _counts(self) -> str:
        rate = self._done / max(time.monotonic() - self._started, 1e-9)
        return f"{self._total - self._done} waiting, {self._failed} failed, {rate:.1f} per second"

    def _time_left(self) -> str:
        if not self._done or self._done == self._total:
            return ""
        seconds = (time.monotonic() - self._started) * (self._total - self._done) / self._done
        return f"{seconds / 60:.0f} min left" if seconds >= 120 else f"{seconds:.0f} s left"
