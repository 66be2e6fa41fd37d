"""Runs one launch several times on the same arguments, and compares the results with the first ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .explain import UNWRITTEN, difference, in_two_orders
from .findings import Run
from .memory import Argument, Array, Snapshot
from .thread_orders import Schedule


class RepeatedLaunch:
    """A launch that starts with the same arguments each time.

    `launch` takes `order`, `count_transactions` and `poison` as `Module.launch` does. `names` are those of
    the parameters.
    """

    def __init__(
        self, launch: Callable[..., Run], arguments: Sequence[Argument], names: Sequence[str]
    ) -> None:
        self._launch, self._names = launch, names
        self._snapshot = Snapshot(arguments)
        self._first_order = Schedule("random", "random")
        self._first_results: list[Array] = []

    def run_first(self, schedule: Schedule, count_transactions: bool) -> Run:
        """Runs it for the first time, in an order that decides the results."""
        self._first_order = schedule
        run = self._run(schedule, count_transactions=count_transactions)
        self._first_results = self._snapshot.contents()
        return run

    def run_in(self, schedule: Schedule) -> tuple[Run, str, str]:
        """Runs it in another order; also the first array that differs, and the difference in words, or ""."""
        run = self._run(schedule)
        differs = self._difference()
        if differs is None:
            return run, "", ""
        name, element, values = differs
        words = in_two_orders(self._first_order, schedule, *values)
        return run, name, f"element {element} of {name} is {words}"

    def changed_by_a_value(self, number: int) -> tuple[str, int, object] | None:
        """The first element that another wrong value in memory without a value changes; None if none does.

        `number` is that of a local array, UNWRITTEN for the arguments, or -1 for all local arrays.
        """
        self._run(self._first_order, poison=number)
        for buffer, values in zip(self._snapshot.buffers, self._first_results, strict=True):
            if number == UNWRITTEN and buffer.dtype.kind == "V":
                buffer[...] = values  # a copy of a struct may carry padding here
        return self._difference()

    def restore_first_results(self) -> None:
        """Writes the results of the first run into the arguments."""
        self._snapshot.restore(self._first_results)

    def _run(self, schedule: Schedule, count_transactions: bool = False, poison: int = 0) -> Run:
        self._snapshot.restore()
        return self._launch(order=schedule, count_transactions=count_transactions, poison=poison)

    def _difference(self) -> tuple[str, int, tuple[object, object]] | None:
        arrays, buffers = self._snapshot.arrays, self._snapshot.buffers
        return difference(arrays, self._names, buffers, self._first_results)
