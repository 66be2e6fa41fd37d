"""Prepares once what grading an assignment needs: oracle, rules, kernel compiler, launcher."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from grader.judge.comparison import DTYPE, Oracle
from grader.judge.comparisons import comparison_of
from grader.judge.import_rules.cuda_source import as_compiled
from grader.judge.import_rules.read_sources import SourceReader, without_host_code
from grader.judge.import_rules.terms import Terms
from grader.judge.process.bytecode import add_bytecode
from grader.judge.process.devices import first_available
from grader.judge.process.function_calls import FunctionProcess
from grader.judge.process.implementation import Implementation, Subject
from grader.judge.process.machine_lock import turn
from grader.judge.process.plain_worker import PlainChild
from grader.judge.process.sandbox import starter
from grader.judge.process.scratch_folder import ScratchFolder
from grader.judge.process.user_cache import UserCache
from grader.judge.verdict.oracles import FrozenOracle, ReferenceOracle
from grader.model.assignment import NUMPY_ARRAYS, Assignment, Limits
from grader.model.errors import GraderFault, NoSandbox, UserError
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Device, Sandbox

if TYPE_CHECKING:
    from grader.judge.kernels.builder import Builder


class Candidate(NamedTuple):
    """A submission that can be run; the reason why it must not run, or ""; notes on its files."""

    implementation: Implementation
    refusal: str
    notes: tuple[str, ...]


class GradingSetup:
    """Everything that grading one assignment's submissions needs.

    `secret` seeds the hidden cases. `early` is a worker without a sandbox that waits for its configuration.
    """

    def __init__(
        self,
        assignment: Assignment,
        sandbox: Sandbox,
        secret: str = "",
        device: Device | None = None,
        early: PlainChild | None = None,
    ) -> None:
        self.assignment = assignment
        self.sandbox = sandbox
        self.device = device or first_available(assignment.devices)
        self.oracle = _oracle(assignment, secret)
        self.kernels = next((name for name in assignment.files if name.endswith(".cu")), "")
        self._functions = FunctionProcess()
        self._folder = ScratchFolder()
        provided = _write_provided(assignment, Path(self._folder.name) / "provided")
        terms = None if assignment.import_rules is None else Terms.of(assignment, assignment.import_rules)
        self._reading = None if terms is None else SourceReader(terms)
        import_rules = None if terms is None else terms.for_worker()
        self._builder = self._builder_of(self.kernels, provided) if self.kernels else None
        self._starter = starter(
            sandbox, assignment.probes, assignment.ndarray, provided, import_rules, self.device, early
        )

    def begin(self, workers: int = 1) -> None:
        """Starts everything that the next submission needs, in parallel, without waiting."""
        self._starter.begin(workers)
        if self._reading is not None:
            self._reading.begin()

    def close(self) -> None:
        """Ends the oracle and the launcher and removes staged files."""
        self.oracle.close()
        self._functions.close()
        if self._builder is not None:
            self._builder.close()
        self._starter.close()
        self._folder.cleanup()

    def check_sandbox(self) -> None:
        """Raises UserError, with the reason, if no worker can be started; NoSandbox if no course's can."""
        self.begin(2 if self._runs_apart() else 1)
        if self.sandbox is not Sandbox.NONE:
            self._check_start()
        if self._builder is not None and (reason := self._builder.missing()):
            raise UserError(reason)

    def _runs_apart(self) -> bool:
        """True if some case also needs a process that shares nothing with the others."""
        cases = self.assignment.rubric.cases
        return any(comparison_of(case).runs_apart for case in cases if not case.is_own_test)

    def _check_start(self) -> None:
        with self._implementation(Subject((), DTYPE, self.device)) as empty:
            try:
                empty.start()
            except GraderFault as fault:
                reason = " ".join(str(fault).split())
                kind = UserError if _sandbox_starts() else NoSandbox
                raise kind(
                    f"{self.sandbox}: {reason}; --sandbox none grades your own code without it"
                ) from fault

    @contextlib.contextmanager
    def candidate(self, submission: SubmittedFiles, variants: int = 1) -> Iterator[Candidate]:
        """A submission on the device, checked against the assignment's rules, with its kernels compiled."""
        files, refusal = submission.all_of(self.assignment.files)
        notes = submission.notes
        files = {n: as_compiled(c) if n.endswith(".cu") else c for n, c in files.items()}
        for name in [name for name in files if name.endswith(".cu")]:
            files[name], note = without_host_code(name, files[name])
            notes = (*notes, note) if note else notes
        if self._builder is not None and not refusal:
            self._builder.expect(self.kernels, files[self.kernels])
        if self._reading is not None and not refusal:
            refusal = self._reading.refusal(files)
        subject = Subject(self.assignment.modules, DTYPE, self.device, files)
        if self._builder is not None and not refusal:
            build = self._builder.build(self.kernels, files[self.kernels])
            subject = replace(subject, failed=build.failed, compiled=build.files)
            refusal = build.refusal
            notes = (*notes, *build.notes)
        criteria = len(self.assignment.rubric.criteria) * variants
        implementation = Implementation(
            self._starter,
            subject,
            self.assignment.limits,
            criteria,
            self._functions,
        )
        with self._turn(), implementation:
            yield Candidate(implementation, refusal, notes)

    @contextlib.contextmanager
    def of_course(self, submission: SubmittedFiles, criteria: int) -> Iterator[Implementation]:
        """The course's own files, which are exempt from the rules."""
        files, _ = submission.all_of(self.assignment.files)
        subject = Subject(self.assignment.modules, DTYPE, self.device, files)
        with self._implementation(subject, criteria) as implementation:
            yield implementation

    def _implementation(self, subject: Subject, criteria: int = 1) -> Implementation:
        limits, functions = self.assignment.limits, self._functions
        return Implementation(self._starter, subject, limits, criteria=criteria, functions=functions)

    def _builder_of(self, kernels: str, provided: Path) -> "Builder":
        from grader.judge.kernels.builder import Builder  # most assignments have no kernels

        return Builder(self.sandbox, provided, kernels.removesuffix(".cu"), self._refusal_of_macros)

    def _refusal_of_macros(self, name: str, expanded: bytes) -> str:
        """The forbidden code that macros bring into a submission's kernels; "" if there is none."""
        return "" if self._reading is None else self._reading.refusal_of_macros(name, expanded)

    def _turn(self) -> contextlib.AbstractContextManager[None]:
        """Waits, without a limit, for a turn on a device that all gradings on this machine share."""
        if self.device is Device.CUDA:
            return turn("gpu-0")
        return contextlib.nullcontext()


def _oracle(assignment: Assignment, secret: str) -> Oracle:
    if assignment.frozen is not None:
        return FrozenOracle(assignment.frozen)
    return ReferenceOracle(assignment, secret)


def _sandbox_starts() -> bool:
    """True if a worker starts in the sandbox with nothing of a course in it."""
    folder = ScratchFolder()
    probes = Path(folder.name, "probes.py")
    probes.touch()
    empty_starter = starter(Sandbox.BUBBLEWRAP, probes, NUMPY_ARRAYS)
    try:
        with Implementation(empty_starter, Subject((), DTYPE, Device.CPU), Limits()) as empty:
            empty.start()
    except GraderFault:
        return False
    finally:
        empty_starter.close()
        folder.cleanup()
    return True


def _write_provided(assignment: Assignment, folder: Path) -> Path:
    folder.mkdir()  # created even if there is nothing to provide
    for name, content in assignment.provided.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    add_bytecode(folder, UserCache("bytecode"))
    return folder
