"""A pytest plugin: a rubric's cases become pytest items, `rubric.yaml::criterion::case`.

An author's own tests are ordinary pytest items; this module has their fixtures and scores them.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.judge.inputs import Inputs
from grader.judge.probe_client import ProbeClient
from grader.judge.pytest_run import RunPlugin
from grader.judge.verdict.case_result import (
    NotPassed,
    Run,
    forget_if_used_up,
    implementation_for,
    is_visible,
    own_test,
    result_of,
    result_without_verdict,
)
from grader.model.assignment import Assignment, Case, Criterion
from grader.model.errors import GraderFault
from grader.model.grade import CheckResult, Outcome, Status


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "RubricFile | None":
    """Collects the rubric that `grader.judge.pytest_run` names, and no other file."""
    plugin = _plugin(parent.config)
    if plugin is None or file_path != plugin.assignment.rubric.source:
        return None
    return RubricFile.from_parent(parent, path=file_path)


def _plugin(config: pytest.Config) -> RunPlugin | None:
    return next((p for p in config.pluginmanager.get_plugins() if isinstance(p, RunPlugin)), None)


def _run(config: pytest.Config) -> Run:
    plugin = _plugin(config)
    assert plugin is not None and plugin.run is not None
    return plugin.run


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the visible cases first, so that nothing of a hidden one can reach what they show."""
    plugin = _plugin(config)
    if plugin is not None:
        items.sort(key=lambda item: not is_visible(_case_of(item, plugin.assignment)))


def _case_of(item: pytest.Item, assignment: Assignment) -> Case:
    if isinstance(item, CaseItem):
        return item.case
    assert isinstance(item, pytest.Function)
    return own_test(assignment, item.path.name, item.originalname)


class RubricFile(pytest.File):
    """A rubric; its children are its criteria."""

    def collect(self) -> Iterator["CriterionNode"]:
        """One node per criterion, in the author's order."""
        plugin = _plugin(self.config)
        assert plugin is not None
        for criterion in plugin.assignment.rubric.criteria:
            yield CriterionNode.from_parent(self, name=criterion.id, criterion=criterion)


class CriterionNode(pytest.Collector):
    """A criterion; its children are its cases."""

    def __init__(self, *, criterion: Criterion, **keywords: object) -> None:
        super().__init__(**keywords)  # type: ignore[arg-type]
        self.criterion = criterion

    def collect(self) -> Iterator["CaseItem"]:
        """One item per case; an author's tests are pytest's own items."""
        for case in self.criterion.cases:
            if not case.is_own_test:
                yield CaseItem.from_parent(self, name=case.id, case=case)


class CaseItem(pytest.Item):
    """One case, run on the submission."""

    parent: CriterionNode

    def __init__(self, *, case: Case, **keywords: object) -> None:
        super().__init__(**keywords)  # type: ignore[arg-type]
        self.case = case

    def runtest(self) -> None:
        """Stores the result in the run; fails or skips accordingly."""
        result = result_of(self.case, self.parent.criterion, _run(self.config))
        if result.status is Status.NOT_RUN:
            pytest.skip(result.rationale)
        if result.status is not Status.OK:
            raise NotPassed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """The failure in pytest's report: the student's message, without a traceback of the grader."""
        error = excinfo.value
        if not isinstance(error, NotPassed):
            return str(super().repr_failure(excinfo))
        result = error.result
        lines = [f"{result.status}: {result.rationale}", result.inputs]
        if result.expected:
            lines += [f"expected {result.expected}", f"actual   {result.actual}"]
        return "\n".join(line for line in lines if line)

    def reportinfo(self) -> tuple[Path, None, str]:
        """The location of this item in pytest's report."""
        return self.path, None, f"{self.parent.criterion.id}::{self.case.id}"


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> ProbeClient:
    """The submission, asked through the functions of probes.py in float32; see `ProbeClient`."""
    run, case = _own_test(request.node)
    criterion = run.assignment.criterion(case.criterion)
    implementation = implementation_for(case, criterion, run)

    def answer(probe: str, inputs: Inputs) -> Outcome:
        outcome = implementation.run(probe, inputs)
        forget_if_used_up(criterion, implementation, run)
        if outcome.status is not Status.OK:
            raise NotPassed(result_without_verdict(case, outcome.status, outcome.reason, outcome.output))
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
    """The run, and the case for one of the author's own tests."""
    run = _run(item.config)
    return run, _case_of(item, run.assignment)


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Stores the result of an author's own test in the run; with several parameters, the first failure."""
    if not isinstance(item, pytest.Function) or (call.when != "call" and call.excinfo is None):
        return
    run, case = _own_test(item)
    before = run.results.get(case.name)
    if before is None or before.status is Status.OK:
        result = _verdict(case, call.when, None if call.excinfo is None else call.excinfo.value)
        run.results[case.name] = replace(result, help=run.assignment.criterion(case.criterion).help)


def _verdict(case: Case, when: str, error: BaseException | None) -> CheckResult:
    """The result of a test: a failed assertion is the submission's fault, any other error the author's."""
    about = " ".join(case.parameters["about"].split())
    if error is None:
        return result_without_verdict(case, Status.OK, "")
    if isinstance(error, NotPassed):
        return error.result
    if isinstance(error, pytest.skip.Exception):
        return result_without_verdict(case, Status.NOT_RUN, str(error))
    if isinstance(error, AssertionError) and when == "call":
        message = str(error).partition("\n")[0]
        return replace(
            result_without_verdict(case, Status.WRONG, f"this should be true: {about}"), actual=message
        )
    why = str(error) if isinstance(error, GraderFault) else f"{type(error).__name__}: {error}"
    return result_without_verdict(case, Status.INTERNAL_ERROR, f"{case.parameters['file']}: {why}")


def pytest_configure(config: pytest.Config) -> None:
    """Registers the mark."""
    config.addinivalue_line("markers", "criterion(id, weight=1, visibility='hidden'): what a test scores")
