"""Budgets a submission's time: one budget for imports and one for each criterion, all known in advance.

The most that a submission can cost follows from `limits` and the number of criteria alone:

    CPU seconds    IMPORTS * import_seconds + PASSES * criteria * criterion_cases * case_seconds
    wall seconds   wall_factor times the CPU seconds
    waiting        WAITING times the wall seconds, on a machine that is too busy to run it

The judge checks its clocks ten times a second, so each limit may be exceeded by a tenth of a second.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from grader.model.assignment import Limits

# A submission has at most four processes (its own, the one for hidden cases, and an isolated one for each);
# the rest is for workers that replace those that ended.
IMPORTS = 6
PASSES = 2  # the cases of a criterion, and its visible cases once more with other values
WAITING = 3.0  # a submission may wait for a core this many times its own wall time
# If the kernel does not report how long a worker waited for a core, a run that the wall clock ended is
# repeated with `PATIENCE` times the wall time, at most `SECOND_TRIES` times for a submission.
SECOND_TRIES, PATIENCE = 2, 4


@dataclass(frozen=True)
class Seconds:
    """CPU time; wall time minus waiting; and waiting for a core while the machine ran other processes."""

    cpu: float = 0.0
    wall: float = 0.0
    waiting: float = 0.0

    @staticmethod
    def of(cpu: float, limits: Limits) -> "Seconds":
        """The given CPU time, with wall time and waiting in proportion."""
        wall = cpu * limits.wall_factor
        return Seconds(cpu, wall, wall * WAITING)

    def __sub__(self, other: "Seconds") -> "Seconds":
        return Seconds(self.cpu - other.cpu, self.wall - other.wall, self.waiting - other.waiting)

    def within(self, other: "Seconds") -> "Seconds":
        """The smaller value of each."""
        return Seconds(min(self.cpu, other.cpu), min(self.wall, other.wall), min(self.waiting, other.waiting))


def most_seconds(limits: Limits, criteria: int) -> Seconds:
    """The most that a submission can cost, whatever it does, in an assignment with this many criteria."""
    of_calls = PASSES * criteria * limits.criterion_cases * limits.case_seconds
    cpu = IMPORTS * limits.import_seconds + of_calls
    most = Seconds.of(cpu, limits)
    tries = SECOND_TRIES * (1 + PATIENCE) * max(limits.import_seconds, limits.case_seconds)
    return Seconds(most.cpu, most.wall, max(most.waiting, tries * limits.wall_factor))


class Budget:
    """Time that several calls share; `is_used_up` once one of them got less than it might have needed."""

    def __init__(self, total: Seconds) -> None:
        self.is_used_up = False
        self.total = self._rest = total

    def suffices_for(self, most: Seconds) -> bool:
        """True if enough is left for a call that may take `most`."""
        return self._rest.cpu >= most.cpu and self._rest.wall >= most.wall

    @property
    def is_empty(self) -> bool:
        """True if nothing is left for a call."""
        return self._rest.cpu <= 0 or self._rest.wall <= 0

    def allow(self, most: Seconds) -> Seconds:
        """The time left for a call that may take `most` by itself."""
        return most.within(self._rest)

    def charge(self, took: Seconds) -> None:
        """Takes away what a call took."""
        self._rest -= took

    def use_up(self) -> str:
        """Records that a call needed more than was left, and returns which seconds were used up."""
        self.is_used_up = True
        is_cpu_limit = self._rest.cpu <= 0
        seconds, kind = (self.total.cpu, "CPU seconds") if is_cpu_limit else (self.total.wall, "seconds")
        return f"the {seconds:g} {kind} of its criterion were used up"


class Budgets:
    """The rest of a submission's time, which its processes share."""

    def __init__(self, limits: Limits, criteria: int = 1) -> None:
        self.most = most_seconds(limits, criteria)
        self.second_tries = SECOND_TRIES
        self.cpu_seconds = 0.0  # of all calls
        self._limits = limits
        self._imports = Budget(Seconds.of(IMPORTS * limits.import_seconds, limits))
        self._criteria: dict[tuple[str, str], Budget] = {}
        self._functions: dict[tuple[str, str], Budget] = {}
        self._student = self._current = ""

    def of_student(self, student: str) -> None:
        """Charges calls from here on to that student's run, in which every criterion has its full time."""
        self._student = student

    def enter(self, criterion: str) -> None:
        """Charges calls from here on to that criterion."""
        self._current = criterion

    def enter_again(self, criterion: str) -> None:
        """Charges calls from here on to the criterion's second pass, which has as much time again."""
        self._current = f"{criterion} (other values)"  # no id of a criterion has a space

    @contextmanager
    def within(self, criterion: str) -> Iterator[Budget]:
        """The criterion's budget; calls inside the context are charged to it."""
        before, self._current = self._current, criterion
        try:
            yield self.for_call()
        finally:
            self._current = before

    def for_call(self) -> Budget:
        """The budget of the current criterion."""
        return self._criteria.setdefault((self._student, self._current), self._of_criterion())

    def for_functions(self) -> Budget:
        """As much time again, for the functions of the current criterion's cases."""
        return self._functions.setdefault((self._student, self._current), self._of_criterion())

    def _of_criterion(self) -> Budget:
        cpu = self._limits.criterion_cases * self._limits.case_seconds
        return Budget(Seconds.of(cpu, self._limits))

    def for_import(self) -> Budget:
        """The budget of an import: the shared one for imports, or the criterion's once that is too small.

        So a function that kills its process costs later criteria nothing, unless it does so repeatedly in
        a submission that is slow to import.
        """
        enough = self._imports.suffices_for(Seconds.of(self._limits.import_seconds, self._limits))
        return self._imports if enough else self.for_call()
