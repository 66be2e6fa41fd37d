"""pytest's front door: a rubric's cases become pytest items, `rubric.yaml::criterion::case`.

An author's own tests are items of pytest's; here are their fixtures, and how they score.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.judge.inputs import Inputs
from grader.judge.probe_client import ProbeClient
from grader.judge.process.implementation import Implementation
from grader.judge.session import Run
from grader.judge.verdict.grade_case import check
from grader.judge.verdict.oracles import Oracle
from grader.judge.verdict.result_cache import forget, recall
from grader.judge.verdict.score import ended_by_time, failing_forward, unmet_requirement
from grader.model.assignment import OWN_TEST, Case, Criterion, Visibility
from grader.model.errors import GraderFault
from grader.model.grade import CheckResult, Outcome, Status


class Failed(Exception):
    """A case did not pass; holds its result."""

    def __init__(self, result: CheckResult) -> None:
        super().__init__(result.rationale)
        self.result = result


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "RubricFile | None":
    """Collects the rubric of the run that `grader.judge.session` registered, and no other file."""
    run = _run(parent.config)
    if run is None or file_path != run.assignment.rubric.source:
        return None
    return RubricFile.from_parent(parent, path=file_path)


def _run(config: pytest.Config) -> Run | None:
    return next((p for p in config.pluginmanager.get_plugins() if isinstance(p, Run)), None)


class RubricFile(pytest.File):
    """A rubric; its children are its criteria."""

    def collect(self) -> Iterator["CriterionNode"]:
        """One node a criterion, in the author's order."""
        run = _run(self.config)
        assert run is not None
        for criterion in run.assignment.rubric.criteria:
            yield CriterionNode.from_parent(self, name=criterion.id, criterion=criterion, run=run)


class CriterionNode(pytest.Collector):
    """A criterion; its children are its cases."""

    def __init__(self, *, criterion: Criterion, run: Run, **keywords: object) -> None:
        super().__init__(**keywords)  # type: ignore[arg-type]
        self.criterion = criterion
        self.run = run

    def collect(self) -> Iterator["CaseItem"]:
        """One item a case; those that are tests are pytest's own."""
        for case in self.criterion.cases:
            if case.kind != OWN_TEST:
                yield CaseItem.from_parent(self, name=case.id, case=case)


def _ended(case: Case, status: Status, rationale: str, output: str = "") -> CheckResult:
    return CheckResult(case.criterion, case.id, status, case.visibility, rationale=rationale, output=output)


def _submission(run: Run, criterion: Criterion, case: Case) -> Implementation:
    """Whom to ask a case; raises Failed where it is not to be asked."""
    assert run.submission is not None
    if run.refused:
        raise Failed(_ended(case, Status.REFUSED, run.refused))
    why_not = unmet_requirement(criterion, run.results)
    if not run.submission.cannot_start:  # else every case ends as the import did
        why_not = ended_by_time(criterion, run.results) or why_not
    if why_not:
        raise Failed(_ended(case, Status.NOT_RUN, why_not))
    run.submission.budgets.enter(criterion.id)
    return run.submission if case.visibility is Visibility.VISIBLE else run.submission.veiled


def _checked(
    submission: Implementation, case: Case, criterion: Criterion, oracle: Oracle, forward_fails: str
) -> CheckResult:
    """The verdict on a case; raises Failed where it says nothing about this case by itself.

    With all of its criterion's time the case might have ended otherwise, so where that was used up nothing of
    the criterion may be recalled. An import that took too long is no case's doing.
    """
    result = check(case, criterion, submission, oracle, forward_fails)
    if submission.budgets.for_call().is_used_up:
        forget(criterion, oracle)
        raise Failed(result)
    if submission.cannot_start and result.status is Status.TIMEOUT:
        raise Failed(result)
    return result


class CaseItem(pytest.Item):
    """One case, run on the submission."""

    parent: CriterionNode

    def __init__(self, *, case: Case, **keywords: object) -> None:
        super().__init__(**keywords)  # type: ignore[arg-type]
        self.case = case

    def runtest(self) -> None:
        """Leaves the result in the run; fails or skips as it says."""
        run = self.parent.run
        result = run.results[self.case.name] = self._check(run)
        if result.status is Status.NOT_RUN:
            pytest.skip(result.rationale)
        if result.status is not Status.OK:
            raise Failed(result)

    def _check(self, run: Run) -> CheckResult:
        criterion, case = self.parent.criterion, self.case
        try:
            submission = _submission(run, criterion, case)
            forward_fails = failing_forward(run.assignment.rubric, criterion, run.results)
            asked = case, criterion, run.oracle, forward_fails
            return recall(*asked, lambda: _checked(submission, *asked))
        except Failed as failed:
            return failed.result
        except GraderFault as fault:
            return _ended(case, Status.INTERNAL_ERROR, str(fault))
        except Exception as error:  # a bug of ours must not pass for the student's
            return _ended(case, Status.INTERNAL_ERROR, f"{type(error).__name__}: {error}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """The failure in pytest's own report: what a student reads, without a traceback of ours."""
        error = excinfo.value
        if not isinstance(error, Failed):
            return str(super().repr_failure(excinfo))
        result = error.result
        lines = [f"{result.status}: {result.rationale}", result.inputs]
        if result.expected:
            lines += [f"expected {result.expected}", f"actual   {result.actual}"]
        return "\n".join(line for line in lines if line)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where pytest says this item stands."""
        return self.path, None, f"{self.parent.criterion.id}::{self.case.id}"


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> ProbeClient:
    """The submission, asked through the functions of probes.py in float32; see `ProbeClient`."""
    run, case = _own_test(request.node)
    criterion = run.assignment.criterion(case.criterion)
    implementation = _submission(run, criterion, case)

    def answer(probe: str, inputs: Inputs) -> Outcome:
        outcome = implementation.run(probe, inputs)
        if implementation.budgets.for_call().is_used_up:
            forget(criterion, run.oracle)
        if outcome.status is not Status.OK:
            raise Failed(_ended(case, outcome.status, outcome.reason, outcome.output))
        return outcome

    return ProbeClient(run.assignment.probes, answer)


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> ProbeClient:
    """The reference, asked in the same way; it answers in float64."""
    run, _ = _own_test(request.node)

    def answer(probe: str, inputs: Inputs) -> Outcome:
        outcome, _ = run.oracle.answer(probe, inputs)
        if outcome.status is not Status.OK:
            raise GraderFault(f"the reference has no answer to {probe}: {outcome.reason}")
        return outcome

    return ProbeClient(run.assignment.probes, answer)


def _own_test(item: pytest.Item) -> tuple[Run, Case]:
    """The run, and the case that one of the author's own tests is."""
    run = _run(item.config)
    assert run is not None
    assert isinstance(item, pytest.Function)
    cases = (case for criterion in run.assignment.rubric.criteria for case in criterion.cases)
    name = {"file": item.path.name, "function": item.originalname}
    return run, next(c for c in cases if c.kind == OWN_TEST and name.items() <= c.parameters.items())


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Leaves in the run what an author's own test came to; of several parameters, the first failure."""
    if not isinstance(item, pytest.Function) or (call.when != "call" and call.excinfo is None):
        return
    run, case = _own_test(item)
    before = run.results.get(case.name)
    if before is None or before.status is Status.OK:
        result = _verdict(case, call.when, None if call.excinfo is None else call.excinfo.value)
        run.results[case.name] = replace(result, help=run.assignment.criterion(case.criterion).help)


def _verdict(case: Case, when: str, error: BaseException | None) -> CheckResult:
    """A failed assertion of a test's is the submission's doing; any other error is the author's."""
    about = " ".join(case.parameters["about"].split())
    if error is None:
        return _ended(case, Status.OK, "")
    if isinstance(error, Failed):
        return error.result
    if isinstance(error, pytest.skip.Exception):
        return _ended(case, Status.NOT_RUN, str(error))
    if isinstance(error, AssertionError) and when == "call":
        said = str(error).partition("\n")[0]
        return replace(_ended(case, Status.WRONG, f"it should hold that: {about}"), actual=said)
    why = str(error) if isinstance(error, GraderFault) else f"{type(error).__name__}: {error}"
    return _ended(case, Status.INTERNAL_ERROR, f"{case.parameters['file']}: {why}")


def pytest_configure(config: pytest.Config) -> None:
    """Makes the mark known."""
    config.addinivalue_line("markers", "criterion(id, weight=1, visibility='hidden'): what a test scores")
