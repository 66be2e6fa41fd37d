"""Grades submissions: builds what they need, grades their cases one after the other, adds the results up.

pytest collects and runs the tests that authors wrote, and chooses cases where somebody passes it arguments.
"""

import contextlib
import platform
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy

import grader
from grader.judge.comparison import DTYPE, Oracle
from grader.judge.comparisons import comparison_of
from grader.judge.inputs import Inputs
from grader.judge.kernels import nvrtc
from grader.judge.kernels.build import Builder, Built
from grader.judge.policy.cuda_source import as_compiled
from grader.judge.policy.reading import Reading
from grader.judge.policy.rules import Terms
from grader.judge.process.devices import first_available
from grader.judge.process.implementation import Implementation, Subject, memory_limit
from grader.judge.process.machine_lock import turn
from grader.judge.process.sandbox import starter
from grader.judge.verdict.call_graph import calls
from grader.judge.verdict.case_result import Run, own_test, result_of
from grader.judge.verdict.diagnose import diagnose
from grader.judge.verdict.grade_case import grade_case
from grader.judge.verdict.misconceptions import MISCONCEPTIONS, Misconceptions, end_of
from grader.judge.verdict.oracles import FrozenOracle, ReferenceOracle
from grader.judge.verdict.result_cache import ResultCache
from grader.judge.verdict.right_inner import passes_with_a_right
from grader.judge.verdict.score import FAILED, score
from grader.model.assignment import OWN_TEST, Assignment, Case, Device, Visibility
from grader.model.errors import GraderFault, UserError
from grader.model.files import SubmittedFiles
from grader.model.grade import CheckResult, CriterionGrade, Grade, Sandbox, Status

if TYPE_CHECKING:
    import pytest


@dataclass(frozen=True)
class Watcher:
    """Whom to tell about a grade as it comes about: the case that is asked next, and what each came to."""

    begins: Callable[[str], None] = lambda case: None
    ends: Callable[[CheckResult], None] = lambda result: None


NOBODY = Watcher()


@dataclass(frozen=True)
class Graded:
    """The grades of one set of files, by whose numbers they are in; the CPU seconds that it took."""

    grades: Mapping[str, Grade]
    cpu_seconds: float


class Session:
    """Grades submissions to one assignment, one after the other, with one oracle for all of them.

    `secret` seeds the hidden cases; `device` is by default the first of the assignment's that is available,
    and a GPU grades one submission at a time; `known` says which misconception gives which answer (in a
    handout: what `generate` froze).
    """

    def __init__(
        self,
        assignment: Assignment,
        *,
        sandbox: Sandbox,
        secret: str = "",
        device: Device | None = None,
        known: Misconceptions | None = None,
    ) -> None:
        self._assignment = assignment
        self._sandbox = sandbox
        self._device = device or first_available(assignment.devices)
        self._known = known
        self._oracle: Oracle
        if assignment.frozen is not None:
            self._oracle = FrozenOracle(assignment.frozen)
            self._known = Misconceptions.read(assignment.frozen.with_name(MISCONCEPTIONS))
        else:
            self._oracle = ReferenceOracle(assignment, secret)
        self._run = Run(assignment, self._oracle, known=self._known)
        self._only: Set[str] | None = None
        self._watcher = NOBODY
        self._before: Mapping[str, CheckResult] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="backflip-")
        self._provided = Path(self._folder.name) / "provided"
        self._provided.mkdir()  # there may be nothing to provide
        for name, content in assignment.provided.items():
            path = self._provided / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        terms = None if assignment.import_rules is None else Terms.of(assignment, assignment.import_rules)
        self._reading = None if terms is None else Reading(terms)
        import_rules = None if terms is None else terms.for_worker()
        self._kernels = next((name for name in assignment.files if name.endswith(".cu")), "")
        self._builder = Builder(
            sandbox, self._provided, self._kernels.removesuffix(".cu"), self._refusal_of_macros
        )
        self._starter = starter(
            sandbox, assignment.probes, assignment.ndarray, self._provided, import_rules, self._device
        )

    @property
    def device(self) -> Device:
        """What submissions are graded on."""
        return self._device

    @property
    def oracle(self) -> Oracle:
        """Knows the inputs of every case and what must come back."""
        return self._oracle

    def _refusal_of_macros(self, name: str, expanded: bytes) -> str:
        """What the macros of a submission's kernels bring in that its assignment rules out; "" if nothing."""
        return "" if self._reading is None else self._reading.refusal_of_macros(name, expanded)

    def close(self) -> None:
        """Ends the oracle and the launcher and removes what was staged."""
        self._oracle.close()
        self._starter.close()
        self._folder.cleanup()

    def __enter__(self) -> "Session":
        """Opens it; UserError, with the reason, where no submission can be started in the sandbox."""
        try:
            self.check_sandbox()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check_sandbox(self) -> None:
        """Raises UserError, with the reason, where a worker cannot be started in the sandbox."""
        subject = Subject((), DTYPE, self._device)
        with Implementation(self._starter, subject, self._assignment.limits) as nobody:
            try:
                nobody.start()
            except GraderFault as fault:
                reason = " ".join(str(fault).split())
                raise UserError(
                    f"{self._sandbox}: {reason}; --sandbox none grades your own code without it"
                ) from fault
        if self._kernels and (reason := self._builder.missing()):
            raise UserError(reason)

    @cached_property
    def _visible(self) -> Sequence[str]:
        cases = (case for criterion in self._assignment.rubric.criteria for case in criterion.cases)
        return [case.name for case in cases if case.visibility is Visibility.VISIBLE]

    @cached_property
    def _tests(self) -> Sequence["pytest.Function"]:
        """The author's own tests as pytest collects them: once, for every submission to come."""
        if not self._assignment.tests:
            return ()
        from grader.judge.pytest_run import collect_tests  # pytest, which most grades do not need

        return collect_tests(self._run)

    def _prepare(self) -> Iterator[tuple[str, str, Inputs]]:
        """The forward passes that visible cases need besides the gradients, each with its criterion's id."""
        for criterion in self._assignment.rubric.criteria:
            for case in criterion.cases:
                if case.visibility is Visibility.VISIBLE and case.kind != OWN_TEST:
                    comparison = comparison_of(case)
                    for probe, inputs in comparison.forward_questions(case, criterion, self._oracle):
                        yield criterion.id, probe, inputs

    def _turn(self) -> contextlib.AbstractContextManager[None]:
        """The turn on a device of which there is one: however long those before it take."""
        if self._device is Device.CUDA:
            return turn("gpu-0")
        return contextlib.nullcontext()

    def grade(
        self,
        submission: SubmittedFiles,
        name: str,
        arguments: Sequence[str] = (),
        variant: str = "",
        only: Set[str] | None = None,
        watcher: Watcher = NOBODY,
        before: Mapping[str, CheckResult] = MappingProxyType({}),
    ) -> Grade:
        """The grade of a submission; with `arguments` pytest chooses and runs its cases.

        `variant` is the id of a student whose hidden cases have numbers of their own, "" for everybody's.
        `only` names the cases to run, as `criterion/case`; None runs all. `before` are the results of others,
        which count as they are.
        Raises UserError where pytest takes the arguments for wrong or they select nothing.
        """
        self._only, self._watcher, self._before = only, watcher, before
        try:
            return self.grade_variants(submission, name, [variant], arguments).grades[variant]
        finally:
            self._only, self._watcher, self._before = None, NOBODY, {}

    def grade_variants(
        self,
        submission: SubmittedFiles,
        name: str,
        variants: Sequence[str],
        arguments: Sequence[str] = (),
        cache: ResultCache | None = None,
    ) -> Graded:
        """The grades in the numbers of several students, by their ids; one process answers them all.

        Results that the `cache` has are not run again, and what runs is added to it.
        """
        with self.asking(submission, len(variants)) as (implementation, refused, notes):
            grades = {
                variant: self._diagnosed(
                    self._grade(implementation, refused, notes, name, variant, arguments, cache),
                    implementation,
                    variant,
                )
                for variant in variants
            }
            return Graded(grades, implementation.budgets.cpu_seconds)

    def answers(
        self, submission: SubmittedFiles, cases: Sequence[str], names: Mapping[str, str]
    ) -> dict[str, str]:
        """How some cases end that the files do not pass; they are the course's own, and no policy is asked.

        `names` says which exercise a function stands for, where an exception passed through it.
        """
        files, _ = submission.all_of(self._assignment.files)
        subject = Subject(self._assignment.modules, DTYPE, self._device, files)
        limits, ends = self._assignment.limits, {}
        with Implementation(self._starter, subject, limits, criteria=len(cases)) as implementation:
            for criterion in self._assignment.rubric.criteria:
                for case in (case for case in criterion.cases if case.name in cases):
                    implementation.budgets.enter(criterion.id)
                    result = grade_case(case, criterion, implementation, self._oracle)
                    if result.status is not Status.OK:
                        ends[case.name] = end_of(result, names)
        return ends

    @contextlib.contextmanager
    def asking(
        self, submission: SubmittedFiles, variants: int = 1
    ) -> Iterator[tuple[Implementation, str, tuple[str, ...]]]:
        """Something that answers for a submission; why nothing of it may run, or ""; notes on its files."""
        files, refused = submission.all_of(self._assignment.files)
        notes = submission.notes
        files = {n: as_compiled(c) if n.endswith(".cu") else c for n, c in files.items()}
        if self._reading is not None and not refused:
            refused = self._reading.refusal(files)
        built = Built()
        if self._kernels and not refused:
            built = self._builder.build(self._kernels, files[self._kernels])
            refused = built.refused
            notes = (*notes, *built.notes)
        subject = Subject(self._assignment.modules, DTYPE, self._device, files, built.failed, built.files)
        limits, criteria = self._assignment.limits, len(self._assignment.rubric.criteria) * variants
        implementation = Implementation(self._starter, subject, limits, self._prepare, criteria)
        with self._turn(), implementation:
            yield implementation, refused, notes

    def _run_all(self) -> None:
        """The rubric's cases one after the other, then the author's own tests, which are pytest's to run."""
        for criterion in self._assignment.rubric.criteria:
            for case in criterion.cases:
                if case.kind != OWN_TEST and self._is_chosen(case):
                    self._watcher.begins(case.name)
                    self._watcher.ends(result_of(case, criterion, self._run))
        for item in self._tests:
            if self._is_chosen(own_test(self._assignment, item.path.name, item.originalname)):
                item.ihook.pytest_runtest_protocol(item=item, nextitem=None)

    def _is_chosen(self, case: Case) -> bool:
        return self._only is None or case.name in self._only

    def _grade(
        self,
        implementation: Implementation,
        refused: str,
        notes: tuple[str, ...],
        name: str,
        variant: str,
        arguments: Sequence[str],
        cache: ResultCache | None,
    ) -> Grade:
        self._run.begin(implementation, self._oracle.of(variant), refused, cache)
        self._run.results.update(self._before)
        if arguments:
            from grader.judge.pytest_run import run_pytest

            run_pytest(self._run, arguments)
        else:
            self._run_all()
        return score(
            self._assignment,
            self._run.results,
            submission=name,
            sandbox=self._sandbox.value,
            device=self._device.value,
            versions={
                "backflip": grader.__version__,
                "python": platform.python_version(),
                "numpy": numpy.__version__,
                "assignment": self._assignment.digest,
                "memory limit": memory_limit(self._sandbox, self._device),
                **({"nvrtc": nvrtc.version()} if self._kernels else {}),
                **({"variant": variant} if variant else {}),
            },
            notes=notes,
        )

    def _diagnosed(self, grade: Grade, implementation: Implementation, variant: str) -> Grade:
        """The grade with what is known of the ideas behind its failures."""
        if self._known is None:
            return grade
        # mutants answered everybody's numbers, so of a variant the visible cases alone can be compared
        known = self._known.only(self._visible) if variant else self._known
        names = {idea.exercise for idea in known.ideas.values()}
        reached = None if self._kernels else calls(implementation.subject.files, names)
        return diagnose(grade, known, reached, partial(self._is_inner, implementation))

    def _is_inner(
        self, implementation: Implementation, criterion: CriterionGrade, exercise: str
    ) -> bool | None:
        """See `passes_with_a_right`; None where there is no reference."""
        version = self._known.right.get(exercise, "") if self._known is not None else ""
        asked = self._assignment.criterion(criterion.id)
        failing = {result.case for result in criterion.results if result.status in FAILED}
        cases = [c for c in asked.cases if c.id in failing and comparison_of(c).is_exact]
        return passes_with_a_right(version, cases, asked, implementation, self._run.oracle)
