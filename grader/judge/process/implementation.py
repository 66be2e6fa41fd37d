"""Something that answers probes: a submission in its sandbox, or the reference in a plain process."""

import contextlib
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grader.judge.inputs import Inputs
from grader.judge.process.child import Starter
from grader.judge.process.control_groups import delegated
from grader.judge.process.time_budget import PATIENCE, Budget, Budgets, Seconds
from grader.judge.process.worker_process import WorkerProcess
from grader.model.assignment import Device, Limits
from grader.model.errors import GraderFault
from grader.model.frame import RawArray
from grader.model.grade import Outcome, Sandbox, Status

SETUP_SECONDS = 60.0  # nothing of a submission runs in it, so it is bounded only against a broken machine
REFERENCE_LIMITS = Limits(import_seconds=60, case_seconds=600, criterion_cases=2000, answer_mib=1024)


def memory_limit(sandbox: Sandbox, device: Device) -> str:
    """What bounds a submission's memory on this machine, for the record of its grade."""
    if sandbox is Sandbox.BUBBLEWRAP and delegated() is not None:
        return "control group"
    return "resident memory" if device is Device.CUDA else "address space"


@dataclass(frozen=True)
class Subject:
    """What is asked: its modules, in which dtype and on which device, and the files that it brings.

    `compiled` are files that were made of those, which it may read and not write. `failed` is how each case
    ends if it failed before it could be asked.
    """

    modules: tuple[str, ...]
    dtype: str
    device: Device
    files: Mapping[str, bytes] = field(default_factory=dict)
    failed: Outcome | None = None
    compiled: Mapping[str, bytes] = field(default_factory=dict)


class Implementation:
    """Runs probes on one subject; starts its worker when first asked and again after it died.

    A worker that had to be killed costs the case that killed it; an import that failed costs every case,
    once. Calls and imports take from budgets (see `time_budget.py`), so that no function uses up
    the time of another. The wall clock stops while the worker waits for a core. Where the machine does not
    tell that, what the wall clock ended is tried once more in a fresh worker, with patience: the machine may
    have been too busy. That happens twice for a submission, whatever it does.
    """

    def __init__(
        self,
        starter: Starter,
        subject: Subject,
        limits: Limits,
        prepare: Callable[[], Iterable[tuple[str, str, Inputs]]] = tuple,
        criteria: int = 1,
    ) -> None:
        """`prepare` yields what `run_isolated` will be asked: the criterion, the probe and the inputs.

        `criteria` is how many it is run for: their budgets bound its processes.
        """
        self._starter = starter
        self._subject = subject
        self._limits = limits
        self._prepare = prepare
        self._worker: WorkerProcess | None = None
        self._import_failed = subject.failed
        self.budgets = Budgets(limits, criteria)
        self._answered: dict[tuple[str, str, str], Outcome] = {}
        self._is_late = False  # whether the last run was
        self._idle_bytes = 0  # what the worker held before it imported the subject
        self._isolated_worker: Implementation | None = None
        self._hidden_worker: Implementation | None = None
        self._family = [self]  # all that run this submission

    @property
    def subject(self) -> Subject:
        """What is asked."""
        return self._subject

    @property
    def hidden_worker(self) -> "Implementation":
        """The same subject in a process for hidden cases alone: what they ask is shown nowhere else.

        It is the process apart, once that has been asked all that visible cases are known to ask of it: so a
        submission takes one process less. Where one apart is needed again, another takes its place.
        """
        if self._hidden_worker is None:
            for criterion, probe, inputs in () if self.cannot_start else self._prepare():
                with self.budgets.within(criterion) as budget:
                    outcome = self.run_isolated(probe, inputs)
                if budget.is_used_up:
                    break  # that says nothing about this question
                self._answered[probe, inputs.digest, ""] = outcome
                if outcome.status is not Status.OK:
                    break  # what cannot answer may not be worth asking, nor cheap
            self._hidden_worker, self._isolated_worker = self._isolated_worker or self._another(), None
            self._hidden_worker._import_failed = self._hidden_worker._import_failed or self._import_failed
        return self._hidden_worker

    @property
    def cannot_start(self) -> bool:
        """Whether the import failed, so that every case ends as that did."""
        return self._import_failed is not None

    def beside(self, files: Mapping[str, bytes]) -> "Implementation":
        """Other files in a process of their own, on the same budgets."""
        return self._relative(replace(self._subject, files=files))

    def _another(self) -> "Implementation":
        other = self._relative(self._subject)
        other._import_failed = self._import_failed
        return other

    def _relative(self, subject: Subject) -> "Implementation":
        other = Implementation(self._starter, subject, self._limits)
        other.budgets, other._family = self.budgets, self._family
        self._family.append(other)
        return other

    def run_isolated(self, probe: str, inputs: Inputs, dtype: str = "") -> Outcome:
        """The same as `run`, by a process that shares nothing with this one and sees no hidden case."""
        key = probe, inputs.digest, dtype
        if key in self._answered:
            return self._answered[key]
        self._isolated_worker = self._isolated_worker or self._another()
        return self._isolated_worker.run(probe, inputs, dtype)

    def run(self, probe: str, inputs: Inputs, dtype: str = "") -> Outcome:
        """What the subject's probe returns for these inputs, in its own dtype where none is given."""
        outcome = self._run(probe, inputs, dtype)
        if self._is_late and self.budgets.second_tries:
            self.budgets.second_tries -= 1
            self._import_failed = None
            outcome = self._run(probe, inputs, dtype, PATIENCE)
        return outcome

    def run_timed(self, probe: str, inputs: Inputs, dtype: str = "") -> tuple[Outcome, float]:
        """The same with its CPU seconds, told from outside: those of the worker and all its descendants."""
        if self._worker is None or not self._worker.is_alive:
            self.run(probe, inputs, dtype)  # an import is not timed
        before = self._cpu_seconds()
        outcome = self.run(probe, inputs, dtype)
        return outcome, self._cpu_seconds() - before

    def run_measured(self, probe: str, inputs: Inputs) -> tuple[Outcome, int]:
        """The same in a process of its own, with the most bytes of memory that it held beyond an idle worker.

        They are told from outside, and all of them count that the process ever held: those of the import, of
        the inputs, and of the answer. 0 where the machine does not tell.
        """
        apart = self._another()
        try:
            outcome = apart.run(probe, inputs)
            most = apart._worker.resident()[1] if apart._worker is not None else 0
            return outcome, max(0, most - apart._idle_bytes) if most and apart._idle_bytes else 0
        finally:
            apart.close()
            self._family.remove(apart)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """No process of the submission runs meanwhile, so that none disturbs what is timed."""
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

    def _run(self, probe: str, inputs: Inputs, dtype: str, patience: int = 1) -> Outcome:
        self._is_late = False
        if self._import_failed is not None:
            return self._import_failed
        if self.budgets.for_call().is_empty:
            return Outcome(Status.TIMEOUT, reason=self.budgets.for_call().use_up())
        if self._worker is None or not self._worker.is_alive:
            budget = self.budgets.for_import()
            started = self._start(budget, patience)
            if started.status is not Status.OK:
                is_cut = started.status is Status.TIMEOUT and budget.is_used_up
                self._import_failed = None if is_cut else started
                return started
        header = {
            "request": "call",
            "probe": probe,
            "case": inputs.fields(),
            "dtype": dtype or self._subject.dtype,
            "device": self._subject.device,
        }
        return self._ask(header, self._limits.case_seconds, self.budgets.for_call(), patience, inputs)

    def close(self) -> None:
        """Ends the worker, the isolated one and the one for hidden cases."""
        for other in (self._isolated_worker, self._hidden_worker):
            if other is not None:
                other.close()
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def __enter__(self) -> "Implementation":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> Outcome:
        """Starts a worker and imports the subject; raises GraderFault where the worker itself fails."""
        return self._start(self.budgets.for_import())

    def _start(self, budget: Budget, patience: int = 1) -> Outcome:
        limits = self._limits
        if self._worker is not None:
            self._worker.close()  # its launcher may have died because of a sibling
        child = self._starter.start(self._subject.compiled)
        processes = limits.processes if child.is_sandboxed else 0  # else they are the user's own, too
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
            self._worker.close()  # else the next case would ask a worker that has imported nothing
            raise GraderFault(f"a worker could not be set up: {outcome.reason} {outcome.output}".strip())
        self._idle_bytes, _ = self._worker.resident()
        header = {"request": "import", "modules": self._subject.modules}
        return self._ask(header, limits.import_seconds, budget, patience)

    def _ask(
        self,
        header: Mapping[str, Any],
        seconds: float,
        budget: Budget,
        patience: int,
        inputs: Inputs | None = None,
    ) -> Outcome:
        """The answer to one request, within what it may take by itself and what is left of its budget."""
        assert self._worker is not None
        most = Seconds.of(seconds, self._limits)
        allowed = budget.allow(most)
        raw = inputs.raw if inputs is not None else ()
        try:
            outcome = self._worker.ask(header, raw, most=replace(allowed, wall=allowed.wall * patience))
        finally:
            self._is_late = self._worker.is_late
            self._charge(budget, is_forgiven=self._is_late or patience > 1)
        if outcome.status is Status.TIMEOUT:
            by_cpu = self._worker.took.cpu >= allowed.cpu
            if allowed.cpu < most.cpu if by_cpu else allowed.wall < most.wall:
                return replace(outcome, reason=budget.use_up())
        return outcome

    def _charge(self, budget: Budget, *, is_forgiven: bool) -> None:
        """Takes what the worker took from the budget; no wall time that may have been the machine's."""
        assert self._worker is not None
        took = self._worker.took
        self.budgets.cpu_seconds += took.cpu
        budget.charge(replace(took, wall=0.0) if is_forgiven else took)
