"""Grades submissions: runs their cases one by one, adds up the results, and names misconceptions."""

import platform
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy

import grader
from grader.judge.grading_setup import Candidate, GradingSetup
from grader.judge.process.implementation import memory_limit
from grader.judge.process.plain_worker import PlainChild
from grader.judge.verdict.add_ideas import with_ideas
from grader.judge.verdict.case_result import Run, confirm, is_visible, result_of, settle
from grader.judge.verdict.grade_case import grade_case
from grader.judge.verdict.misconceptions import MISCONCEPTIONS, Misconceptions, end_of
from grader.judge.verdict.result_cache import CaseKeys, ResultCache
from grader.judge.verdict.score import score
from grader.model.assignment import Assignment, Case
from grader.model.grade import CheckResult, Grade, Status
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Device, Sandbox

if TYPE_CHECKING:
    from grader.judge.pytest_run import OwnTests

NO_SANDBOX = (
    "This was graded without a sandbox. A submission could have read the answers or changed its own score, "
    "so the score needs a second run with a sandbox before it counts."
)
EVERYBODY = ""  # the hidden cases' numbers unless a student has their own


@dataclass(frozen=True)
class Watcher:
    """Callbacks for a grade's progress: the next case, and the result of each."""

    begins: Callable[[str], None] = lambda case: None
    ends: Callable[[CheckResult], None] = lambda result: None


@dataclass(frozen=True)
class Choice:
    """The cases of a rubric to run, and the callbacks for their progress.

    `arguments` are for pytest, which then selects and runs the cases. `only` names them, as
    `criterion/case`; None means all. `before` are results of other cases, which count unchanged. If the
    caller shows more of visible cases first, it `stops_before_hidden` values: of hidden cases, and of visible
    cases that are asked again.
    """

    arguments: Sequence[str] = ()
    only: Set[str] | None = None
    before: Mapping[str, CheckResult] = field(default_factory=dict)
    stops_before_hidden: bool = False
    watcher: Watcher = Watcher()

    def includes(self, case: Case) -> bool:
        """True if the case is to be run."""
        return self.only is None or case.name in self.only


ALL = Choice()


@dataclass(frozen=True)
class GradesByStudent:
    """The grades of one set of files, by the student of their numbers, and the CPU seconds used."""

    grades: Mapping[str, Grade]
    cpu_seconds: float


class Session:
    """Grades submissions to one assignment, one after the other, with one setup for all of them.

    `secret` seeds the hidden cases. `device` is by default the assignment's first one that is available;
    a GPU grades one submission at a time. `misconceptions` map answers to the ideas that give them (in a
    handout: those that `generate` froze). `early` is a worker that was started before the assignment was
    read.
    """

    def __init__(
        self,
        assignment: Assignment,
        *,
        sandbox: Sandbox,
        secret: str = "",
        device: Device | None = None,
        misconceptions: Misconceptions | None = None,
        early: PlainChild | None = None,
    ) -> None:
        self._assignment = assignment
        self._misconceptions = misconceptions
        if assignment.frozen is not None:
            self._misconceptions = Misconceptions.read(assignment.frozen.with_name(MISCONCEPTIONS))
        self.setup = GradingSetup(assignment, sandbox, secret, device, early)
        self._own_tests: OwnTests | None = None

    def __enter__(self) -> "Session":
        """Opens the session; UserError, with the reason, if no submission can be started in the sandbox."""
        try:
            self.setup.check_sandbox()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the processes of its setup and removes its files."""
        self.setup.close()

    def grade(
        self,
        submission: SubmittedFiles,
        name: str,
        choice: Choice = ALL,
        variant: str = EVERYBODY,
        cache: ResultCache | None = None,
    ) -> Grade:
        """The grade of a submission.

        `variant` is the id of a student with their own numbers in hidden cases.
        Raises UserError if pytest rejects the choice's arguments or they select nothing.
        """
        return self.grade_variants(submission, name, [variant], choice, cache).grades[variant]

    def new_cache(self) -> ResultCache:
        """An empty cache for the results of one submission, so that no case of it runs twice."""
        return ResultCache(CaseKeys(self._assignment, self.setup.sandbox, self.setup.device), {})

    def grade_variants(
        self,
        submission: SubmittedFiles,
        name: str,
        variants: Sequence[str],
        choice: Choice = ALL,
        cache: ResultCache | None = None,
        *,
        in_a_class: bool = False,
    ) -> GradesByStudent:
        """The grades for several students' numbers, by student id.

        Every visible case runs before the first hidden one, so that nothing of a hidden case can reach what a
        visible one shows. Results in the `cache` are not run again, and new ones are added to it. A
        submission `in_a_class` also gets the locations of its faults, within a small budget.
        """
        with self.setup.candidate(submission, len(variants)) as candidate:
            runs = {variant: self._run(candidate, variant, choice, cache) for variant in variants}
            located = None
            for visible in (True,) if choice.stops_before_hidden else (True, False):
                for variant, run in runs.items():
                    run.submission.budgets.of_student(variant)
                    self._ask(run, choice, visible=visible)
                if visible and in_a_class:  # the same for all students: no hidden case has run
                    variant, run = next(iter(runs.items()))
                    ahead = replace(run, results=dict(run.results), cache=None)
                    grade = self._grade(ahead, name, variant, choice, candidate.notes)
                    located = self._localized(grade, candidate)
                if visible and self._assignment.frozen is None and not choice.stops_before_hidden:
                    for variant, run in runs.items():
                        run.submission.budgets.of_student(variant)
                        self._confirm(run, choice)
            grades = {}
            for variant, run in runs.items():
                run.submission.budgets.of_student(variant)
                grade = self._grade(run, name, variant, choice, candidate.notes)
                grades[variant] = _with_locations(grade, located)
            return GradesByStudent(grades, candidate.implementation.budgets.cpu_seconds)

    def answers(
        self, submission: SubmittedFiles, cases: Sequence[str], names: Mapping[str, str]
    ) -> dict[str, str]:
        """The outcomes of the cases that fail for the course's own files, which are exempt from the rules.

        `names` maps a function to its exercise, for exceptions that passed through it.
        """
        ends = {}
        with self.setup.of_course(submission, len(cases)) as implementation:
            for criterion in self._assignment.rubric.criteria:
                for case in (case for case in criterion.cases if case.name in cases):
                    implementation.budgets.enter(criterion.id)
                    result = grade_case(case, criterion, implementation, self.setup.oracle)
                    if result.status is not Status.OK:
                        ends[case.name] = end_of(result, names)
        return ends

    def _localized(self, grade: Grade, candidate: Candidate) -> Grade:
        if candidate.refusal or grade.passed:
            return grade
        from grader.judge.localization.localize import localize  # most submissions do not need it
        from grader.judge.localization.search import in_a_class

        return localize(grade, self._assignment, candidate.implementation, self.setup.oracle, in_a_class())

    def _run(self, candidate: Candidate, variant: str, choice: Choice, cache: ResultCache | None) -> Run:
        implementation, refusal, _ = candidate
        oracle, before = self.setup.oracle.of(variant), dict(choice.before)
        return Run(self._assignment, oracle, implementation, refusal, cache, self._misconceptions, before)

    def _ask(self, run: Run, choice: Choice, *, visible: bool) -> None:
        """Runs the chosen cases, visible or hidden, in the rubric's order; then the author's pytest tests."""

        def is_chosen(case: Case) -> bool:
            return choice.includes(case) and is_visible(case) is visible

        if choice.arguments:
            from grader.judge.pytest_run import run_by_pytest  # imports pytest only if needed

            if visible:  # one run of pytest asks them all, the visible ones first
                run_by_pytest(run, choice.arguments)
            return
        for criterion in self._assignment.rubric.criteria:
            for case in criterion.cases:
                if not case.is_own_test and is_chosen(case):
                    choice.watcher.begins(case.name)
                    choice.watcher.ends(result_of(case, criterion, run))
        if self._assignment.tests:
            from grader.judge.pytest_run import OwnTests

            self._own_tests = self._own_tests or OwnTests(self._assignment)
            self._own_tests.ask(run, is_chosen)

    def _confirm(self, run: Run, choice: Choice) -> None:
        """Asks the visible cases that passed once more, with other values."""
        for criterion in self._assignment.rubric.criteria:
            for case in criterion.cases:
                if case.name in run.results and case.name not in choice.before:
                    confirm(case, criterion, run)

    def _grade(self, run: Run, name: str, variant: str, choice: Choice, notes: tuple[str, ...]) -> Grade:
        settle(run, run.results.keys() - choice.before.keys())
        grade = score(
            self._assignment,
            run.results,
            submission=name,
            sandbox=self.setup.sandbox.value,
            device=self.setup.device.value,
            versions=self._versions(variant),
            notes=(*notes, *self._notes()),
        )
        if self._misconceptions is None:
            return grade
        return with_ideas(grade, self._misconceptions, self._assignment, run.submission, run.oracle)

    def _notes(self) -> tuple[str, ...]:
        """A note if other people's code ran without a sandbox; a handout grades its owner's code alone."""
        is_open = self.setup.sandbox is Sandbox.NONE and self._assignment.frozen is None
        return (NO_SANDBOX,) if is_open else ()

    def _versions(self, variant: str) -> dict[str, str]:
        setup, compiler = self.setup, {}
        if setup.kernels:
            from grader.judge.kernels import find_nvrtc

            compiler = {"nvrtc": find_nvrtc.version()}
        return {
            "backflip": grader.__version__,
            "python": platform.python_version(),
            "numpy": numpy.__version__,
            "assignment": self._assignment.digest,
            "memory limit": memory_limit(setup.sandbox, setup.device),
            **compiler,
            **({"variant": variant} if variant else {}),
        }


def _with_locations(grade: Grade, located: Grade | None) -> Grade:
    """The grade, with the locations that were found before any hidden case ran."""
    if located is None or not any(criterion.locations for criterion in located.criteria):
        return grade
    from grader.judge.localization.localize import with_locations

    return with_locations(grade, located)
