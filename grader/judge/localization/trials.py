"""Runs visible cases on a submission with edits in it, in a worker of its own."""

from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np

from grader.judge.comparison import Oracle, Question
from grader.judge.comparisons import compared_by, comparison_of
from grader.judge.differences.probe_values import NO_VALUE
from grader.judge.inputs import Inputs
from grader.judge.localization.search import Budget, Placed
from grader.judge.process.implementation import CodeEdit, Implementation
from grader.model.assignment import Assignment, Case
from grader.model.grade import Outcome, Status
from grader.model.wire_format import NOT_TRIED, RAISED, RawArray

RUNS_OF_A_DEATH = 500  # as many runs as a process costs that an edit ended
RUNS_OF_A_LOOP = 100  # and as many as a request that uses up its time
AT_ONCE = 40  # edits in one request
MOST_CHARACTERS = 40_000  # of them together: a header has a limit

Answer = tuple[RawArray, ...]


class _Edited:
    """A submission with edits, as comparisons run it. It asks each question once."""

    cannot_start = False

    def __init__(self, submission: Implementation, edits: Sequence[CodeEdit]) -> None:
        self._submission, self._edits = submission, edits
        self._outcomes: dict[tuple[str, str, str], Outcome] = {}

    def run(self, probe: str, inputs: Inputs, dtype: str = "") -> Outcome:
        """The answer to a probe."""
        key = probe, inputs.digest, dtype
        if key not in self._outcomes:
            self._outcomes[key] = self._submission.run_edited(self._edits, probe, inputs, dtype)
        return self._outcomes[key]

    run_isolated = run


class Trials:
    """Tries edits on cases. An answer that was wrong once is not compared again."""

    def __init__(
        self, assignment: Assignment, oracle: Oracle, submission: Implementation, budget: Budget
    ) -> None:
        self._assignment, self._oracle, self._submission = assignment, oracle, submission
        self._budget = budget
        self._wrong: dict[str, set[Answer]] = {}

    def passes(self, case: Case, edits: Sequence[Placed]) -> bool:
        """True if the submission passes a case with the edits in it."""
        edited, wrong = _Edited(self._submission, _code(edits)), self._wrong.setdefault(case.name, set())
        first = edited.run(case.probe, self._oracle.inputs(case))
        self._charge(first, 1)
        comparison = comparison_of(case)
        if comparison.needs_expected and first.status is Status.OK and first.arrays in wrong:
            return False
        question = Question(
            case,
            self._assignment.criterion(case.criterion),
            cast("Implementation", edited),  # the comparisons of such cases only run probes
            self._oracle,
            compared_by(case).tolerance(case),
        )
        outcome, difference = comparison.judge(question)
        if outcome.status is Status.OK and difference is None:
            return True
        if outcome.arrays == first.arrays:
            wrong.add(first.arrays)
        return False

    def passing(self, case: Case, alternatives: Sequence[Sequence[Placed]]) -> Iterator[Sequence[Placed]]:
        """Those of several lists of edits with which the submission passes a case, in the same order."""
        results = self._arrays_of(case)
        todo = list(alternatives)
        while todo and not self._budget.is_over:
            if not results:
                edits = todo.pop(0)
                if self.passes(case, edits):
                    yield edits
                continue
            answers = self._answers(case, _at_once(todo), results)
            wrong = self._wrong.setdefault(case.name, set())
            for edits, answer in zip(todo, answers, strict=False):
                if answer is not None and answer not in wrong and self.passes(case, edits):
                    yield edits
            del todo[: len(answers)]

    def _answers(
        self, case: Case, alternatives: Sequence[Sequence[CodeEdit]], results: int
    ) -> list[Answer | None]:
        """The answers with the first of these edits, at least one; None for an exception."""
        outcome = self._submission.run_alternatives(
            alternatives, case.probe, self._oracle.inputs(case), results
        )
        self._charge(outcome, len(alternatives))
        if outcome.status is not Status.OK:
            return [None] * len(alternatives)
        first, *arrays = outcome.arrays
        numbers = np.frombuffer(first.data, "<i4").tolist() if first.dtype == "<i4" else []
        answers: list[Answer | None] = []
        for number in numbers[: len(alternatives)]:
            if number == NOT_TRIED:
                self._budget.spend(RUNS_OF_A_LOOP)
                break
            start = number * results
            answer = tuple(arrays[start : start + results]) if number != RAISED and number >= 0 else None
            answers.append(answer if answer is None or len(answer) == results else None)
        return answers or [None]

    def _arrays_of(self, case: Case) -> int:
        """The number of arrays that a case expects; 0 for other answers, and if it passes functions."""
        if case.functions or case.probe == "scenario" or not comparison_of(case).needs_expected:
            return 0
        inputs = self._oracle.inputs(case)
        expected = self._oracle.expected(case, inputs)
        return len(expected.arrays) if inputs.bases and expected.value is NO_VALUE else 0

    def _charge(self, outcome: Outcome, runs: int) -> None:
        is_alive = outcome.status in (Status.OK, Status.ERROR)
        self._budget.spend(runs if is_alive else RUNS_OF_A_DEATH)


def _at_once(alternatives: Sequence[Sequence[Placed]]) -> list[list[CodeEdit]]:
    """The first of these edits, as many as fit into a request."""
    lists: list[list[CodeEdit]] = []
    characters = 0
    for edits in alternatives[:AT_ONCE]:
        code = _code(edits)
        characters += sum(len(edit.source) + 100 for edit in code)
        if lists and characters > MOST_CHARACTERS:
            break
        lists.append(code)
    return lists


def _code(edits: Sequence[Placed]) -> list[CodeEdit]:
    """The functions with edits in them, each once."""
    functions = list(dict.fromkeys(placed.function for placed in edits))
    return [
        CodeEdit(
            function.source.file.removesuffix(".py"),
            function.path,
            function.node.lineno,
            function.source.edited(function.node, [p.edit for p in edits if p.function is function]),
        )
        for function in functions
    ]
