"""Searches for edits that make failing cases pass and break none, within a budget of runs and seconds."""

import ast
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Protocol

from grader.judge.localization.edits import edits_of
from grader.judge.localization.repeated import repeated
from grader.judge.localization.source_text import Edit
from grader.judge.localization.student_functions import Function
from grader.judge.localization.twins import twins_of
from grader.model.assignment import Case

SECONDS, RUNS = 1.0, 3000  # for one criterion
# For one submission of a class. The runs decide, so that each batch says the same.
SECONDS_IN_A_CLASS, RUNS_IN_A_CLASS = 20.0, 800
HEAD_START = 4  # ranks by which edits of lines that raise come before others
LEADS = 3  # failing cases on which every edit is tried
TELLING = 3  # digits of the different numbers that mended cases expect: fewer may be right by chance

Lines = tuple[tuple[str, int], ...]  # each with the name of its function


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
    """Edits that mend some of the failing cases together and break none; `cost` is the rank of the last."""

    edits: tuple[Placed, ...]
    mended: frozenset[str]
    cost: int


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

    `failing` are the cases to mend, the first to try first, `telling` the digits of the different numbers
    that each expects. `others` must go on passing. `trials` runs a case with edits. `raising` are the lines,
    with their files, that an exception of a failing case passed through.
    """

    functions: Sequence[Function]
    failing: Sequence[Case]
    others: Sequence[Case]
    telling: Mapping[str, int]
    trials: Trying
    budget: Budget
    raising: Set[tuple[str, int]] = frozenset()

    def __post_init__(self) -> None:
        statements = ((one.source.file, node) for one in self.functions for node in ast.walk(one.node))
        own = {(file, node.lineno) for file, node in statements if isinstance(node, ast.Raise)}
        self._suspects = self.raising - own

    def repairs(self) -> list[Repair]:
        """The best repairs: they mend equally many cases, by equally small edits, each in other lines."""
        first = self._best(())
        if not first or len(first[0].mended) == len(self.failing):
            return first
        if len(first) == 1:
            second = self._best(first[0].edits, first[0].mended)
            if second and len(second) == 1 and len(second[0].mended) > len(first[0].mended):
                return second
        return first

    def _best(self, before: tuple[Placed, ...], mended: frozenset[str] = frozenset()) -> list[Repair]:
        candidates: dict[Lines, Repair] = {}
        attempts = self._attempts(before)
        for lead in self._leads(mended):
            for _, alike in groupby(attempts, key=self._rank):
                self._try(list(alike), lead, mended, candidates)
                if any(len(one.mended) == len(self.failing) for one in candidates.values()):
                    return _best(candidates.values())
        return _best(candidates.values())

    def _try(
        self,
        attempts: Sequence[Sequence[Placed]],
        lead: Case,
        mended: frozenset[str],
        candidates: dict[Lines, Repair],
    ) -> None:
        """Adds to the candidates the best repair of each place that mends one more case."""
        for edits in self.trials.passing(lead, attempts):
            lines = tuple((one.function.path, one.line) for one in edits)
            known = candidates.get(lines)
            if known is not None and lead.name in known.mended and not self._mends_more(edits, known):
                continue
            repair = self._evaluated(tuple(edits), lead, mended)
            if repair is not None and (known is None or _order(repair) < _order(known)):
                candidates[lines] = repair

    def _leads(self, mended: frozenset[str]) -> Iterator[Case]:
        open_cases = [case for case in self.failing if case.name not in mended]
        telling = [case for case in open_cases if self.telling[case.name] >= TELLING]
        yield from (telling or open_cases)[:LEADS]

    def _mends_more(self, edits: Sequence[Placed], known: Repair) -> bool:
        """True if edits mend a case that others in the same lines do not."""
        case = next((case for case in self.failing if case.name not in known.mended), None)
        return case is not None and self.trials.passes(case, edits)

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
        return Repair(edits, frozenset(mended), _cost(edits))

    def _attempts(self, before: tuple[Placed, ...]) -> list[tuple[Placed, ...]]:
        """Single edits after those `before`, and edits that correct one slip at several places."""
        attempts = []
        for function in self.functions:
            edits = edits_of(function)
            together = dict.fromkeys((*twins_of(function, edits), *repeated(function, edits)))
            for alike in (*((edit,) for edit in edits), *together):
                placed = tuple(Placed(function, edit) for edit in alike)
                if not any(_overlap(one, other) for one in placed for other in before):
                    attempts.append((*before, *placed))
        # otherwise the functions keep their order
        return sorted(attempts, key=lambda edits: (self._rank(edits), len(edits)))

    def _rank(self, edits: Sequence[Placed]) -> int:
        """The place in the order of attempts: by cost, but lines that raise come earlier.

        A `raise` of the student's own does not: the fault is in what led there.
        """
        raises = all((one.function.source.file, one.line) in self._suspects for one in edits)
        return _cost(edits) - HEAD_START * raises


def _cost(edits: Sequence[Placed]) -> int:
    """The rank of the last edit; if there are others, a little more."""
    return 2 * edits[-1].edit.cost + (len(edits) > 1)


def _best(repairs: Iterable[Repair]) -> list[Repair]:
    ordered = sorted(repairs, key=_order)
    return [one for one in ordered if _order(one) == _order(ordered[0])]


def _order(repair: Repair) -> tuple[int, int]:
    return -len(repair.mended), repair.cost


def _overlap(one: Placed, other: Placed) -> bool:
    """True if two edits change the same place, so that they cannot be made together."""
    is_apart = one.edit.end <= other.edit.start or other.edit.end <= one.edit.start
    return one.function.path == other.function.path and (not is_apart or one.line == other.line)
