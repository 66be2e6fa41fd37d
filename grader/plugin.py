"""pytest's front door: a rubric's cases become pytest items, `rubric.yaml::criterion::case`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.judge.memory import recall
from grader.judge.pipeline import check
from grader.judge.score import failing_forward, unmet_requirement
from grader.judge.session import Run
from grader.model.assignment import Case, Criterion, Visibility
from grader.model.errors import GraderFault
from grader.model.grade import CheckResult, Status


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
        """One item a case."""
        for case in self.criterion.cases:
            yield CaseItem.from_parent(self, name=case.id, case=case)


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

        def ended(status: Status, rationale: str) -> CheckResult:
            return CheckResult(criterion.id, case.id, status, case.visibility, rationale=rationale)

        assert run.submission is not None
        if run.refused:
            return ended(Status.REFUSED, run.refused)
        unmet = unmet_requirement(criterion, run.results)
        if unmet:
            return ended(Status.NOT_RUN, unmet)
        try:
            forward_fails = failing_forward(run.assignment.rubric, criterion, run.results)
            submission = run.submission
            if case.visibility is not Visibility.VISIBLE:
                submission = submission.veiled
            return recall(
                *(case, criterion, run.oracle, forward_fails),
                lambda: check(case, criterion, submission, run.oracle, forward_fails),
            )
        except GraderFault as fault:
            return ended(Status.INTERNAL_ERROR, str(fault))
        except Exception as error:  # a bug of ours must not pass for the student's
            return ended(Status.INTERNAL_ERROR, f"{type(error).__name__}: {error}")

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
