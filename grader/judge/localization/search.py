"""Searches for edits that make failing cases pass and break none, within a budget of runs and seconds."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from grader.judge.localization.edits import edits_of
from grader.judge.localization.source_text import Edit
from grader.judge.localization.student_functions import Function
from grader.model.assignment import Case

SECONDS, RUNS = 1.0, 3000  # for one criterion
# For one submission of a class. The runs decide, so that each batch says the same.
SECONDS_IN_A_CLASS, RUNS_IN_A_CLASS = 20.0, 800
LEADS = 3  # failing cases on which every edit is tried
TELLING = 3  # different numbers in what mended cases expect: fewer may be right by chance


@dataclass(frozen=True)
class Placed:
    """An edit with the function that it changes."""

    function: Function
    edit: Edit

    @property
    def line(self) -> int:
        """The line of the place to show."""
        return int(self.edit.told.lineno)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Repair:
    """Edits that mend some of the failing cases together and break none."""

    edits: tuple[Placed, ...]
    mended: frozenset[str]

    @property
    def cost(self) -> int:
        """The rank of the last edit."""
        return self.edits[-1].edit.cost


class Trying(Protocol):
    """Runs cases with edits."""

    def passes(self, case: Case, edits: Sequence[Placed]) -> bool:
        """True if the submission passes a case with the edits in it."""

    def passing(self, case: Case, alternatives: Sequence[Sequence[Placed]]) -> Iterator[Sequence[Placed]]:
        """Those of several lists of edits with which it passes, in order, while the budget lasts."""


@dataclass
class Budget:
    """The runs and the time that are left for a search."""

    now: Callable[[], float] = time.monotonic
    seconds: float = SECONDS
    runs: int = RUNS
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = self.now() + self.seconds

    def spend(self, runs: int) -> None:
        """Takes away runs."""
        self.runs -= runs

    @property
    def is_over(self) -> bool:
        """True if nothing is left."""
        return self.runs <= 0 or self.now() > self._end


def in_a_class() -> Callable[[], Budget]:
    """The budget of one submission of many, which its criteria share; it begins with the first."""
    return cache(lambda: Budget(seconds=SECONDS_IN_A_CLASS, runs=RUNS_IN_A_CLASS))


@dataclass
class Search:
    """The cases of one criterion on which edits are tried.

    `failing` are the cases to mend, the first to try first, `telling` the count of different numbers in what
    each expects. `others` must go on passing. `trials` runs a case with edits.
    """

    functions: Sequence[Function]
    failing: Sequence[Case]
    others: Sequence[Case]
    telling: Mapping[str, int]
    trials: Trying
    budget: Budget

    def repairs(self) -> list[Repair]:
        """The best repairs: they mend equally many cases, by equally small edits, each in another line."""
        first = self._best(())
        if not first or len(first[0].mended) == len(self.failing):
            return first
        if len(first) == 1:
            second = self._best(first[0].edits, first[0].mended)
            if second and len(second) == 1 and len(second[0].mended) > len(first[0].mended):
                return second
        return first

    def _best(self, before: tuple[Placed, ...], mended: frozenset[str] = frozenset()) -> list[Repair]:
        candidates: dict[tuple[str, int], Repair] = {}
        enough = self._all_edits(before)
        for lead in self._leads(mended):
            best_cost = None
            for edits in self.trials.passing(lead, [(*before, placed) for placed in enough]):
                placed = edits[-1]
                if best_cost is not None and placed.edit.cost > best_cost:
                    break
                key = placed.function.path, placed.line
                known = candidates.get(key)
                if known is not None and lead.name in known.mended and known.cost <= placed.edit.cost:
                    continue
                repair = self._evaluated(tuple(edits), lead, mended)
                if repair is None:
                    continue
                if known is None or _order(repair) < _order(known):
                    candidates[key] = repair
                if len(repair.mended) == len(self.failing):
                    best_cost = placed.edit.cost
            if best_cost is not None:
                break
        best = sorted(candidates.values(), key=_order)
        return [one for one in best if _order(one) == _order(best[0])]

    def _leads(self, mended: frozenset[str]) -> Iterator[Case]:
        open_cases = [case for case in self.failing if case.name not in mended]
        telling = [case for case in open_cases if self.telling[case.name] >= TELLING]
        yield from (telling or open_cases)[:LEADS]

    def _evaluated(self, edits: tuple[Placed, ...], lead: Case, before: frozenset[str]) -> Repair | None:
        mended = {lead.name}
        for case in self.failing:
            if case.name != lead.name and self.trials.passes(case, edits):
                mended.add(case.name)
        if not before <= mended or sum(self.telling[name] for name in mended) < TELLING:
            return None
        if len(mended) == 1 and len(self.failing) > 1 and self.telling[lead.name] < 2 * TELLING:
            return None
        if not all(self.trials.passes(case, edits) for case in self.others):
            return None
        return Repair(edits, frozenset(mended))

    def _all_edits(self, before: tuple[Placed, ...]) -> list[Placed]:
        every = [Placed(function, edit) for function in self.functions for edit in edits_of(function)]
        every.sort(key=lambda placed: placed.edit.cost)  # the functions keep their order
        return [p for p in every if not any(_overlap(p, other) for other in before)]


def _order(repair: Repair) -> tuple[int, int]:
    return -len(repair.mended), repair.cost


def _overlap(one: Placed, other: Placed) -> bool:
    """True if two edits change the same place, so that they cannot be made together."""
    is_apart = one.edit.end <= other.edit.start or other.edit.end <= one.edit.start
    return one.function.path == other.function.path and (not is_apart or one.line == other.line)
