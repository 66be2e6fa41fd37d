"""Grades one submission: stages it, starts pytest on the rubric, adds the results up."""

import atexit
import contextlib
import os
import platform
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy
import pytest

import grader
from grader.judge.diagnose import MISCONCEPTIONS, Misconceptions, diagnose
from grader.judge.implementation import Implementation, Subject
from grader.judge.oracles import FrozenOracle, Oracle, ReferenceOracle
from grader.judge.pipeline import DTYPE
from grader.judge.policy import Rules
from grader.judge.sandbox import starter
from grader.judge.score import score
from grader.judge.stage import stage
from grader.model.assignment import Assignment
from grader.model.errors import GraderFault, UserError
from grader.model.grade import CheckResult, Grade

# of pytest's own plugins, those that rubric items have no use for; the others are wanted only by a person
# who passes arguments on and reads pytest's own report
UNUSED = (
    *("debugging", "doctest", "faulthandler", "legacypath", "logging", "monkeypatch", "nose", "pastebin"),
    *("recwarn", "setuponly", "setupplan", "stepwise", "subtests", "threadexception", "tmpdir", "unittest"),
    "unraisableexception",
)
FOR_A_PERSON = (
    *("assertion", "cacheprovider", "capture", "junitxml", "python", "python_path", "skipping"),
    *("terminal", "warnings"),
)


@dataclass(eq=False)
class Run:
    """One submission under pytest: what the items of `grader.plugin` need, and the results they leave."""

    assignment: Assignment
    submission: Implementation
    oracle: Oracle
    refused: str = ""
    results: dict[str, CheckResult] = field(default_factory=dict)


class Session:
    """Grades submissions to one assignment, one after the other, with one oracle for all of them.

    `wall` is "bubblewrap" or "none"; `secret` seeds the hidden cases; `known` says which misconception gives
    which answer (in a handout: what `generate` froze).
    """

    def __init__(
        self,
        assignment: Assignment,
        *,
        wall: str,
        secret: str = "",
        device: str = "cpu",
        known: Misconceptions | None = None,
    ) -> None:
        self._assignment = assignment
        self._wall = wall
        self._device = device
        self._known = known
        self._oracle: Oracle
        if assignment.frozen is not None:
            self._oracle = FrozenOracle(assignment.frozen)
            known = Misconceptions.read(assignment.frozen.with_name(MISCONCEPTIONS))
        else:
            self._oracle = ReferenceOracle(assignment, secret)
        self._folder = tempfile.TemporaryDirectory(prefix="backflip-")
        self._provided = Path(self._folder.name) / "provided"
        for name, content in assignment.provided.items():
            path = self._provided / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self._rules = None if assignment.policy is None else Rules(assignment, assignment.policy)
        policy = None if self._rules is None else self._rules.for_worker()
        self._starter = starter(wall, assignment.probes, assignment.ndarray, self._provided, policy)

    def close(self) -> None:
        """Ends the oracle and the launcher and removes what was staged."""
        self._oracle.close()
        self._starter.close()
        self._folder.cleanup()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check_sandbox(self) -> None:
        """Raises UserError, with the reason, where a worker cannot be started behind the wall."""
        subject = Subject((), DTYPE, self._device)
        with Implementation(self._starter, subject, self._assignment.limits) as nobody:
            try:
                nobody.start()
            except GraderFault as fault:
                reason = " ".join(str(fault).split())
                raise UserError(
                    f"{self._wall}: {reason}; --sandbox none grades your own code without it"
                ) from fault

    def grade(self, submission: Path, name: str, arguments: Sequence[str] = ()) -> Grade:
        """The grade of the files in `submission`; `arguments` are passed on to pytest.

        Raises UserError where pytest takes the arguments for wrong or they select nothing.
        """
        files, refused = stage(self._assignment, submission)
        if self._rules is not None and not refused:
            refused = self._rules.refusal(files)
        subject = Subject(self._assignment.modules, DTYPE, self._device, files)
        with Implementation(self._starter, subject, self._assignment.limits) as implementation:
            run = Run(self._assignment, implementation, self._oracle, refused)
            _run_pytest(run, arguments)
        grade = score(
            self._assignment,
            run.results,
            submission=name,
            sandbox=self._wall,
            device=self._device,
            versions={
                "backflip": grader.__version__,
                "python": platform.python_version(),
                "numpy": numpy.__version__,
                "assignment": self._assignment.digest,
            },
        )
        return grade if self._known is None else diagnose(grade, self._known)


def _run_pytest(run: Run, arguments: Sequence[str]) -> None:
    rubric = run.assignment.rubric.source
    words = ["-p", "grader.plugin", "--rootdir", str(rubric.parent.parent), "-c", os.devnull]
    if arguments:
        words.append("--capture=no")
    unused = UNUSED if arguments else [*UNUSED, *FOR_A_PERSON]
    words += [word for name in unused for word in ("-p", f"no:{name}")]
    with _no_autoload():
        code = pytest.main([*words, *arguments, str(rubric)], plugins=[run])
    if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise UserError(f"pytest {' '.join(arguments)}: selects no case of {rubric}")
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code == pytest.ExitCode.INTERNAL_ERROR:
        raise GraderFault("pytest failed on the rubric")


@contextlib.contextmanager
def _no_autoload() -> Iterator[None]:
    """Keeps installed pytest plugins out: none of them is asked for, and each costs time."""
    name = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


class Found(Protocol):
    """A submission that an intake found."""

    @property
    def student_id(self) -> str:
        """Whose it is."""

    @property
    def folder(self) -> Path:
        """Where its files lie."""


_SESSIONS: dict[tuple[str, str, str, str], Session] = {}


def grade_found(
    found: Found, *, assignment: Assignment, wall: str, secret: str, known: Path | None = None
) -> Grade:
    """Grades one submission of a batch; a process of the pool keeps its session for the next one.

    `known` is the file of misconceptions.
    """
    key = (assignment.digest, wall, secret, str(known))
    if key not in _SESSIONS:
        misconceptions = None if known is None else Misconceptions.read(known)
        _SESSIONS[key] = Session(assignment, wall=wall, secret=secret, known=misconceptions)
        atexit.register(_SESSIONS[key].close)
    return _SESSIONS[key].grade(found.folder, found.student_id)
