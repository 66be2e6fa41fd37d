"""An implementation that runs probes: a submission in its sandbox, or the reference in a plain process."""

import contextlib
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from grader.judge.inputs import Inputs
from grader.judge.process.child import Starter
from grader.judge.process.control_groups import delegated_group
from grader.judge.process.function_calls import FunctionProcess, Functions
from grader.judge.process.time_budget import PATIENCE, Budget, Budgets, Seconds
from grader.judge.process.worker_process import AnswerCall, WorkerProcess
from grader.model.assignment import Limits
from grader.model.errors import GraderFault
from grader.model.grade import Outcome, Status
from grader.model.surroundings import Device, Sandbox
from grader.model.wire_format import RawArray

SETUP_SECONDS = 60.0  # runs no code of a submission, so this limit guards only against a broken machine
ROOM = 3  # an edit may take this part of a case's time; only one that heeds no alarm is killed
REFERENCE_LIMITS = Limits(
    import_seconds=60, case_seconds=600, criterion_cases=2000, answer_mib=1024, function_calls=100_000
)


def memory_limit(sandbox: Sandbox, device: Device) -> str:
    """The mechanism that bounds a submission's memory on this machine, for the record of its grade."""
    if sandbox is Sandbox.BUBBLEWRAP and delegated_group() is not None:
        return "control group"
    return "resident memory" if device is Device.CUDA else "address space"


@dataclass(frozen=True)
class Subject:
    """The code to run: its modules, dtype and device, and its files.

    `compiled` are files made from those, which it may read but not write. `failed` is the outcome of every
    case if the subject failed before its first request.
    """

    modules: tuple[str, ...]
    dtype: str
    device: Device
    files: Mapping[str, bytes] = field(default_factory=dict)
    failed: Outcome | None = None
    compiled: Mapping[str, bytes] = field(default_factory=dict)


class CodeEdit(NamedTuple):
    """Other code for one function: its module, its name (`Class.method`), its first line, its definition."""

    module: str
    function: str
    line: int
    source: str


class Implementation:
    """Runs probes on one subject; starts its worker for the first request and again after it died.

    A worker that had to be killed costs the case that killed it, and one in which a case left threads is
    replaced before the next; an import that failed costs every case, once. Calls and imports take from
    budgets (see `time_budget.py`), so that no function uses up the time of another. The wall clock stops
    while the worker waits for a core. If the machine does not report this, a run that the wall clock ended
    is repeated in a fresh worker with a longer limit, because the machine may have been too busy. That
    happens at most twice for a submission.
    """

    def __init__(
        self,
        starter: Starter,
        subject: Subject,
        limits: Limits,
        criteria: int = 1,
        functions: FunctionProcess | None = None,
    ) -> None:
        """`criteria` is the number of criteria it is run for: their budgets bound its processes.

        `functions` runs the functions that cases pass, and its owner closes it; by default there is a new
        one.
        """
        self._starter = starter
        self._subject = subject
        self._limits = limits
        self._worker: WorkerProcess | None = None
        self._import_failed = subject.failed
        self.budgets = Budgets(limits, criteria)
        self._is_late = False  # True if the last run was
        self._idle_bytes = 0  # the worker's memory before it imported the subject
        self._idle_threads = 0  # its threads once it has imported the subject
        self._isolated_worker: Implementation | None = None
        self._hidden_worker: Implementation | None = None
        self._family = [self]  # all that run this submission
        self._own_process = FunctionProcess()
        self._functions = Functions(functions or self._own_process, limits.function_calls, self.budgets)

    @property
    def subject(self) -> Subject:
        """The code that is run."""
        return self._subject

    @property
    def hidden_worker(self) -> "Implementation":
        """The same subject in a process for hidden cases only, so that no other process sees their inputs.

        Its caller has run all visible cases, so their process ends here: none that shows what it prints runs
        next to one that knows a hidden input. The isolated process saves starting a new one.
        """
        if self._hidden_worker is None:
            self._end_worker()
            self._hidden_worker, self._isolated_worker = self._isolated_worker or self._another(), None
            self._hidden_worker._import_failed = self._hidden_worker._import_failed or self._import_failed
        return self._hidden_worker

    @property
    def cannot_start(self) -> bool:
        """True if the import failed, so that every case ends in the same way."""
        return self._import_failed is not None

    def with_files(self, files: Mapping[str, bytes]) -> "Implementation":
        """Other files in a separate process, on the same budgets."""
        return self._relative(replace(self._subject, files=files))

    def _another(self) -> "Implementation":
        other = self._relative(self._subject)
        other._import_failed = self._import_failed
        return other

    def limited(self, limits: Limits) -> "Implementation":
        """The same subject in a separate process, with limits and budgets of its own."""
        return Implementation(self._starter, self._subject, limits)

    def _relative(self, subject: Subject) -> "Implementation":
        other = Implementation(self._starter, subject, self._limits)
        other.budgets, other._family, other._functions = self.budgets, self._family, self._functions
        self._family.append(other)
        return other

    def run_isolated(self, probe: str, inputs: Inputs, dtype: str = "") -> Outcome:
        """Like `run`, in a process that shares nothing with this one and sees no hidden case."""
        self._isolated_worker = self._isolated_worker or self._another()
        return self._isolated_worker.run(probe, inputs, dtype)

    def run(self, probe: str, inputs: Inputs, dtype: str = "") -> Outcome:
        """The result of the subject's probe for these inputs, by default in the subject's own dtype."""
        return self._twice_if_late(lambda patience: self._run(probe, inputs, dtype, patience))

    def run_edited(self, edits: Sequence[CodeEdit], probe: str, inputs: Inputs, dtype: str = "") -> Outcome:
        """Like `run`, with other code in some functions for this one request.

        Code that cannot be compiled, or that takes a third of a case's CPU seconds, ends in an error.
        """
        return self._run(probe, inputs, dtype, more={"edits": [edit._asdict() for edit in edits]})

    def run_alternatives(
        self, alternatives: Sequence[Sequence[CodeEdit]], probe: str, inputs: Inputs, results: int
    ) -> Outcome:
        """Like `run_edited` for each of several lists of edits, in one request.

        The answers are several arrays each, `results`. See `Worker._call_edited` for the reply; the judge
        must check it. It takes a third of a case's CPU seconds, and one edit more.
        """
        lists = [[edit._asdict() for edit in edits] for edits in alternatives]
        more = {"request": "call_edited", "alternatives": lists, "results": results}
        return self._run(probe, inputs, "", more=more)

    def run_timed(self, probe: str, inputs: Inputs, dtype: str = "") -> tuple[Outcome, float]:
        """Like `run`, with the CPU seconds of the worker and its descendants, measured from outside.

        The import is not timed. The submission sees the inputs only once, so it cannot keep an answer.
        """
        seconds = 0.0

        def attempt(patience: int) -> Outcome:
            nonlocal seconds
            begun = self._begin(patience)
            if begun.status is not Status.OK:
                return begun
            before = self._cpu_seconds()
            outcome = self._run(probe, inputs, dtype, patience)
            seconds = self._cpu_seconds() - before
            return _or_gone(outcome, is_gone=seconds < 0)

        return self._twice_if_late(attempt), seconds

    def run_measured(self, probe: str, inputs: Inputs) -> tuple[Outcome, int]:
        """Like `run`, in a separate process, with its peak memory in bytes beyond that of an idle worker.

        It is measured from outside and includes everything that the process ever held: the import, the
        inputs, and the answer. Files would be memory that does not count, so it may write none. 0 if the
        machine does not report it.
        """
        another = self._another()
        another._limits = replace(self._limits, file_mib=0)
        try:
            outcome = another.run(probe, inputs)
            most = another._worker.resident()[1] if another._worker is not None else 0
            is_reported = another._idle_bytes > 0
            beyond = max(0, most - another._idle_bytes) if most and is_reported else 0
            return _or_gone(outcome, is_gone=is_reported and not most), beyond
        finally:
            another.close()
            self._family.remove(another)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Stops all of the submission's processes, so that none disturbs a timed run."""
        self._signal_all(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: int) -> None:
        for one in self._family:
            if one._worker is not None:
                one._worker.send_signal(number)

    def _cpu_seconds(self) -> float:
        return self._worker.cpu_seconds(with_descendants=True) if self._worker is not None else 0.0

    def _twice_if_late(self, attempt: Callable[[int], Outcome]) -> Outcome:
        """The outcome of an attempt with usual patience, or of a second one if a busy machine cut it off."""
        outcome = attempt(1)
        if self._is_late and self.budgets.second_tries:
            self.budgets.second_tries -= 1
            self._import_failed = None
            outcome = attempt(PATIENCE)
        return outcome

    def _begin(self, patience: int = 1) -> Outcome:
        """Starts a worker, unless one runs: OK, or the outcome of any question."""
        self._is_late = False
        if self._import_failed is not None:
            return self._import_failed
        if self.budgets.for_call().is_empty:
            return Outcome(Status.TIMEOUT, reason=self.budgets.for_call().use_up())
        if not self._is_ready():
            budget = self.budgets.for_import()
            started = self._start(budget, patience)
            if started.status is not Status.OK:
                is_cut = started.status is Status.TIMEOUT and budget.is_used_up
                self._import_failed = None if is_cut else started
                return started
        return Outcome(Status.OK)

    def _is_ready(self) -> bool:
        """True if a worker runs without threads that an earlier case has left.

        Such threads use up what the process may start and hold, so they would cost the next case its points.
        """
        if self._worker is None or not self._worker.is_alive:
            return False
        return self._worker.threads() <= self._idle_threads

    def _run(
        self, probe: str, inputs: Inputs, dtype: str, patience: int = 1, more: Mapping[str, Any] | None = None
    ) -> Outcome:
        begun = self._begin(patience)
        if begun.status is not Status.OK:
            return begun
        case, answer_call = inputs.fields(), None
        if inputs.functions:
            calls = self._functions.of(inputs)
            case["functions"], answer_call = calls.numbers, calls.answer
        header: dict[str, Any] = {
            "request": "call",
            "probe": probe,
            "case": case,
            "dtype": dtype or self._subject.dtype,
            "device": self._subject.device,
        }
        if more:
            header |= {"seconds": self._limits.case_seconds / ROOM, **more}
        budget = self.budgets.for_call()
        return self._ask(header, self._limits.case_seconds, budget, patience, inputs, answer_call)

    def close(self) -> None:
        """Ends the worker, the isolated one and the one for hidden cases."""
        for other in (self._isolated_worker, self._hidden_worker):
            if other is not None:
                other.close()
        self._end_worker()
        self._own_process.close()

    def _end_worker(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def __enter__(self) -> "Implementation":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> Outcome:
        """Starts a worker and imports the subject; raises GraderFault if the worker itself fails."""
        return self._start(self.budgets.for_import())

    def _start(self, budget: Budget, patience: int = 1) -> Outcome:
        limits = self._limits
        if self._worker is not None:
            self._worker.close()  # a sibling may have killed its launcher
        child = self._starter.start(self._subject.compiled)
        processes = limits.processes if child.is_sandboxed else 0  # otherwise the user's own count, too
        self._worker = WorkerProcess(
            child, limits.answer_mib << 20, limits.output_kib << 10, processes, limits.memory_mib << 20
        )
        is_enclosed = child.enclose(limits.memory_mib << 20, processes)
        has_room = is_enclosed or self._subject.device is Device.CUDA  # CUDA reserves address space
        header = {
            "request": "setup",
            "folder": child.folder,
            "device": self._subject.device,
            "files": list(self._subject.files),
            "is_course": not self._subject.files,
            "limits": {
                "memory_bytes": 0 if has_room else limits.memory_mib << 20,
                "cpu_seconds": int(self.budgets.most.cpu + SETUP_SECONDS),
                "file_bytes": limits.file_mib << 20,
                "open_files": limits.open_files,
                "processes": processes,
                "answer_bytes": limits.answer_mib << 20,
            },
        }
        files = [RawArray("|u1", (len(content),), content) for content in self._subject.files.values()]
        setup = Seconds(SETUP_SECONDS, SETUP_SECONDS, SETUP_SECONDS)
        outcome = self._worker.ask(header, files, most=setup)
        if outcome.status is not Status.OK:
            self._worker.close()  # else the next case would use a worker that has imported nothing
            raise GraderFault(f"a worker could not be set up: {outcome.reason} {outcome.output}".strip())
        self._idle_bytes, _ = self._worker.resident()
        header = {"request": "import", "modules": self._subject.modules}
        outcome = self._ask(header, limits.import_seconds, budget, patience)
        self._idle_threads = self._worker.threads()
        return outcome

    def _ask(
        self,
        header: Mapping[str, Any],
        seconds: float,
        budget: Budget,
        patience: int,
        inputs: Inputs | None = None,
        answer_call: AnswerCall | None = None,
    ) -> Outcome:
        """The answer to one request, within its own limit and the rest of its budget."""
        assert self._worker is not None
        most = Seconds.of(seconds, self._limits)
        allowed = budget.allow(most)
        raw = inputs.raw if inputs is not None else ()
        try:
            patient = replace(allowed, wall=allowed.wall * patience)
            outcome = self._worker.ask(header, raw, most=patient, answer_call=answer_call)
        finally:
            self._is_late = self._worker.is_late
            self._charge(budget, is_forgiven=self._is_late or patience > 1)
        if outcome.status is Status.TIMEOUT:
            is_cpu_limit = self._worker.took.cpu >= allowed.cpu
            if allowed.cpu < most.cpu if is_cpu_limit else allowed.wall < most.wall:
                return replace(outcome, reason=budget.use_up())
        return outcome

    def _charge(self, budget: Budget, *, is_forgiven: bool) -> None:
        """Charges the worker's time to the budget, except wall time that a busy machine may have caused."""
        assert self._worker is not None
        took = self._worker.took
        self.budgets.cpu_seconds += took.cpu
        budget.charge(replace(took, wall=0.0) if is_forgiven else took)


def _or_gone(outcome: Outcome, *, is_gone: bool) -> Outcome:
    """The outcome, but CRASHED if the process answered and ended before its use was measured."""
    if outcome.status is not Status.OK or not is_gone:
        return outcome
    reason = "the process ended right after its answer, so its use could not be measured"
    return Outcome(Status.CRASHED, reason=reason, output=outcome.output)
