"""Adds to a grade the places in a submission's source where other code makes failing cases pass."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from grader.judge.comparison import Oracle
from grader.judge.comparisons import comparison_of
from grader.judge.differences.probe_values import NO_VALUE
from grader.judge.localization.search import TELLING, Budget, Repair, Search
from grader.judge.localization.student_functions import Code, Function
from grader.judge.localization.trials import Trials
from grader.judge.localization.words import in_words, location_of
from grader.judge.process.implementation import Implementation
from grader.model.assignment import OWN_TEST, Assignment, Case, Limits, Visibility
from grader.model.grade import CheckResult, CriterionGrade, Fact, FactKind, Grade, Location, Status

CASE_SECONDS = 0.6  # of which an edit may take a third: it may loop for ever
EDIT_MIB = 1024
MOST_LINES = 3  # with equally good edits; more would say nothing, unless one slip is made at all of them
UNWRITTEN = "error NotImplementedError"  # the answer of an exercise that is not begun


def localize(
    grade: Grade,
    assignment: Assignment,
    submission: Implementation,
    oracle: Oracle,
    budget: Callable[[], Budget] = Budget,
    only: Sequence[str] | None = None,
) -> Grade:
    """The grade, with the locations of faults in each criterion that fails and that no sure idea explains.

    It runs visible cases alone, in workers of their own. `only` names the criteria to explain; None means
    all. Each gets a `budget` of its own.
    """
    chosen = [c.id for c in grade.criteria if (only is None or c.id in only) and _is_open(c)]
    code = Code.of(submission.subject.files, assignment) if chosen and not submission.cannot_start else None
    if code is None:
        return grade
    localizer = _Localizer(grade, assignment, submission, oracle, code)
    criteria = (localizer.explained(c, budget()) if c.id in chosen else c for c in grade.criteria)
    return replace(grade, criteria=tuple(criteria))


def with_locations(grade: Grade, visible: Grade) -> Grade:
    """The grade, with the locations that were found from the grade of its visible cases alone.

    So no edit runs after a hidden case.
    """
    located = {criterion.id: criterion for criterion in visible.criteria if criterion.locations}
    criteria = (_located(c, located[c.id]) if c.id in located and _is_open(c) else c for c in grade.criteria)
    return replace(grade, criteria=tuple(criteria))


def _located(criterion: CriterionGrade, visible: CriterionGrade) -> CriterionGrade:
    places = tuple(fact for fact in visible.facts if fact.kind is FactKind.PLACE)
    return replace(criterion, facts=(*criterion.facts, *places), locations=visible.locations)


def _is_open(criterion: CriterionGrade) -> bool:
    """True if visible cases of a criterion give wrong answers, and nothing sure is known about it."""
    failing = _failing(criterion)
    is_explained = any(idea.is_sure for idea in criterion.ideas) or any(
        fact.kind is FactKind.INNER for fact in criterion.facts
    )
    return bool(failing) and not is_explained and not any(_is_out_of_reach(one) for one in failing)


def _failing(criterion: CriterionGrade) -> list[CheckResult]:
    unasked = (Status.OK, Status.NOT_RUN, Status.INTERNAL_ERROR)
    return [r for r in criterion.results if r.visibility is Visibility.VISIBLE and r.status not in unasked]


def _raising(criterion: CriterionGrade) -> frozenset[tuple[str, int]]:
    """The files and lines that the exceptions of failing cases passed through."""
    return frozenset((call.file, call.line) for result in _failing(criterion) for call in result.calls)


def _is_out_of_reach(result: CheckResult) -> bool:
    """True for a case of an exercise that is not begun, or that ends the process: each edit would, too."""
    is_answer = result.status in (Status.WRONG, Status.ERROR)
    return not is_answer or result.is_unread or result.answer == UNWRITTEN


class _Localizer:
    """Localizes the faults of one submission."""

    def __init__(
        self, grade: Grade, assignment: Assignment, submission: Implementation, oracle: Oracle, code: Code
    ) -> None:
        self._grade, self._assignment, self._oracle = grade, assignment, oracle
        self._submission, self._code = submission, code
        self._cases = {case.name: case for case in assignment.rubric.cases}

    def explained(self, criterion: CriterionGrade, budget: Budget) -> CriterionGrade:
        """The criterion, with the locations of its faults, if a few lines are the best."""
        if budget.is_over:  # even to list the edits takes time
            return criterion
        functions = self._code.functions_of(criterion.id)
        failing = self._runnable(_failing(criterion))
        try:
            repairs = self._confirmed(
                self._repairs(criterion, functions, failing, budget), criterion, functions
            )
        except Exception:  # a machine that is too busy, or a bug of ours: the grade stands without it
            return criterion
        if not repairs:
            return criterion
        places = [_locations(repair, len(failing)) for repair in repairs]
        locations = tuple(one for together in places for one in together)
        cases = self._assignment.criterion(criterion.id).cases
        has_hidden = any(case.visibility is not Visibility.VISIBLE for case in cases)
        text = in_words(places, visible="visible " if has_hidden else "")
        mended = tuple(case.id for case in failing if case.name in repairs[0].mended)
        fact = Fact(FactKind.PLACE, text, mended)
        return replace(criterion, facts=(*criterion.facts, fact), locations=locations)

    def _repairs(
        self,
        criterion: CriterionGrade,
        functions: Sequence[Function],
        failing: Sequence[Case],
        budget: Budget,
    ) -> list[Repair]:
        telling = {case.name: self._telling(case) for case in failing}
        with self._worker(criterion) as worker:
            trials = Trials(self._assignment, self._oracle, worker, budget)
            others = self._others(functions)
            search = Search(functions, failing, others, telling, trials, budget, _raising(criterion))
            return search.repairs()

    def _confirmed(
        self, repairs: list[Repair], criterion: CriterionGrade, functions: Sequence[Function]
    ) -> list[Repair]:
        """The repairs, if a fresh worker gives the same: a submission may keep answers between calls."""
        lines = {(one.function.source.file, one.line) for repair in repairs for one in repair.edits}
        if len(lines) > MOST_LINES and len(repairs) > 1:
            return []
        cases = self._others(functions)
        with self._worker(criterion) as worker:
            trials = Trials(self._assignment, self._oracle, worker, Budget())
            for repair in repairs:
                mended = [self._cases[name] for name in sorted(repair.mended)]
                if not all(trials.passes(case, repair.edits) for case in (*mended, *cases)):
                    return []
        return repairs

    def _worker(self, criterion: CriterionGrade) -> Implementation:
        worker = self._submission.limited(_limits(self._assignment.limits))
        worker.budgets.enter(criterion.id)
        return worker

    def _others(self, functions: Sequence[Function]) -> list[Case]:
        """The visible cases that pass, and that call one of the functions."""
        criteria = self._code.criteria_of(functions)
        results = (r for c in self._grade.criteria if c.id in criteria for r in c.results)
        return self._runnable(
            [r for r in results if r.status is Status.OK and r.visibility is Visibility.VISIBLE]
        )

    def _runnable(self, results: Sequence[CheckResult]) -> list[Case]:
        """The cases of results that an edited submission can be asked, the smallest first."""
        cases = [self._cases[r.name] for r in results if r.name in self._cases]
        return sorted((case for case in cases if _is_runnable(case)), key=self._size)

    def _size(self, case: Case) -> int:
        return sum(base.size for base in self._oracle.inputs(case).bases.values())

    def _telling(self, case: Case) -> int:
        """How many digits the different numbers other than 0 and 1 have that a case expects.

        Few are given by chance.
        """
        comparison = comparison_of(case)
        if not comparison.needs_expected:
            return int(comparison.shows_work)
        expected = self._oracle.expected(case, self._oracle.inputs(case))
        if expected.value is not NO_VALUE:
            return 1
        numbers = {number for array in expected.arrays for number in np.unique(array).tolist()}
        return sum(map(_digits, numbers - {0, 1}))


def _digits(number: float) -> int:
    """The digits of a whole number; of any other, at least as many as the search asks for."""
    is_whole = isinstance(number, int) or (isinstance(number, float) and number.is_integer())
    return len(str(abs(int(number)))) if is_whole else TELLING


def _locations(repair: Repair, failing: int) -> list[Location]:
    """The places of a repair in the order of the source, each once."""
    locations = {location_of(one, repair, failing) for one in repair.edits}
    return sorted(locations, key=lambda one: (one.file, one.line, one.column))


def _is_runnable(case: Case) -> bool:
    if case.kind == OWN_TEST or case.visibility is not Visibility.VISIBLE:
        return False
    comparison = comparison_of(case)
    return comparison.is_in_handout and not comparison.watches_the_run


def _limits(limits: Limits) -> Limits:
    """Those of runs with edits: some loop, some ask for much memory."""
    return replace(
        limits,
        case_seconds=min(CASE_SECONDS, limits.case_seconds),
        criterion_cases=100.0,
        memory_mib=min(EDIT_MIB, limits.memory_mib),
    )
