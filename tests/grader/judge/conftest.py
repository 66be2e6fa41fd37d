"""Submissions of a few lines, each in the sandbox, and the one question for them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from grader.judge.draw_inputs import draw
from grader.judge.inputs import Inputs
from grader.judge.process.child import Starter
from grader.judge.process.implementation import Implementation, Subject
from grader.judge.process.sandbox import starter
from grader.judge.session import Session
from grader.model.assignment import Assignment, Case, Limits
from grader.model.grade import Outcome
from grader.model.surroundings import Device, Sandbox
from tests.waiting import make_judge_patient

NDARRAY = """\
import numpy as np


class NDArray:
    def __init__(self, values):
        self.values = values

    def numpy(self):
        return self.values.copy()

    def permute(self, axes):
        return NDArray(self.values.transpose(axes))

    def __getitem__(self, index):
        return NDArray(self.values[index])


def cpu():
    return "cpu"


def array(values, device=None, dtype=None):
    return NDArray(np.array(values, dtype=dtype))


def refuse(a):
    raise ValueError("not with me")
"""

PROBES = """\
def answer(submission, case):
    return submission.answer(submission.array(case.a).numpy())


def other(submission, case):
    return submission.other(submission.array(case.a).numpy())
"""

CASE = Case(id="three", criterion="only", probe="answer", kind="array", parameters={"shape": [3]})
PATIENT = Limits()  # an honest answer must not be late on a busy machine


class LoneSubmission(Implementation):
    """A submission with its own starter, which ends with it."""

    def __init__(self, starter: Starter, subject: Subject, limits: Limits) -> None:
        super().__init__(starter, subject, limits)
        self.starter = starter

    def close(self) -> None:
        super().close()
        self.starter.close()


@pytest.fixture(scope="module")
def session(assignment: Assignment) -> Iterator[Session]:
    """A session in the sandbox, on the assignment of the tests in a module."""
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        yield session


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """No verdict depends on how busy the machine is."""
    make_judge_patient(monkeypatch)


@pytest.fixture
def inputs() -> Inputs:
    """Three integers."""
    return draw(CASE, "tiny")


@pytest.fixture(scope="session")
def build() -> Callable[..., Implementation]:
    """A submission `conv.py` of the given source, with its needs in an empty folder; not started yet."""

    def build(
        root: Path,
        source: str,
        *,
        sandbox: Sandbox = Sandbox.BUBBLEWRAP,
        limits: Limits = PATIENT,
        probes: str = PROBES,
        import_rules: Mapping[str, Sequence[str]] | None = None,
        compiled: Mapping[str, bytes] | None = None,
        device: Device = Device.CPU,
    ) -> Implementation:
        (root / "provided").mkdir(parents=True)
        (root / "provided" / "ndarray.py").write_text(NDARRAY)
        (root / "probes.py").write_text(probes)
        files = {"conv.py": dedent(source).encode()}
        subject = Subject(("conv",), "float32", Device.CPU, files, compiled=compiled or {})
        started = starter(sandbox, root / "probes.py", "ndarray", root / "provided", import_rules, device)
        return LoneSubmission(started, subject, limits)

    return build


@pytest.fixture
def make_submission(
    tmp_path: Path, build: Callable[..., Implementation], patience: None
) -> Iterator[Callable[..., Implementation]]:
    """A submission of the given source, in bubblewrap unless another sandbox is named."""
    with ExitStack() as stack:

        def make(source: str, **how: Any) -> Implementation:
            return stack.enter_context(build(tmp_path / "one", source, **how))

        yield make


@pytest.fixture
def ask(make_submission: Callable[..., Implementation], inputs: Inputs) -> Callable[..., Outcome]:
    """The answer of a submission of the given source to the one question."""

    def ask(source: str, **how: Any) -> Outcome:
        return make_submission(source, **how).run("answer", inputs)

    return ask
