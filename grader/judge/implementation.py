"""Something that answers probes: a submission behind its wall, or the reference in a plain process."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.judge.cases import Inputs
from grader.judge.cgroup import delegated
from grader.judge.launcher import Starter
from grader.judge.turns import Room
from grader.judge.worker_process import WorkerProcess
from grader.model.assignment import Limits
from grader.model.errors import GraderFault
from grader.model.frame import RawArray
from grader.model.grade import Outcome, Status

SETUP_SECONDS = 60.0  # nothing of a submission runs in it, so it is bounded only against a broken machine
PATIENCE = 4  # a second try after a wall timeout waits so many times longer
REFERENCE_LIMITS = Limits(import_seconds=60, case_seconds=600, total_seconds=10**6, answer_mib=1024)


def memory_limit(wall: str, device: str) -> str:
    """What bounds a submission's memory on this machine, for the record of its grade."""
    if wall == "bubblewrap" and delegated() is not None:
        return "control group"
    return "resident memory" if device == "cuda" else "address space"


@dataclass(frozen=True)
class Subject:
    """What is asked: its modules, in which dtype and on which device, and the files that it brings.

    `compiled` are files that were made of those, which it may read and not write. `failed` is how each case
    ends where it came to nothing before it could be asked.
    """

    modules: tuple[str, ...]
    dtype: str
    device: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    failed: Outcome | None = None
    compiled: Mapping[str, bytes] = field(default_factory=dict)


@dataclass
class Patience:
    """Whether what is late is tried again; a submission's processes share it."""

    is_left: bool = True


class Implementation:
    """Runs probes on one subject; starts its worker when first asked and again after it died.

    A worker that had to be killed costs the case that killed it; an import that failed costs every case,
    once. `total_seconds` of CPU time bound all calls together. What the clock ended while its CPU time was
    not used up is tried once more in a fresh worker, with patience, and while every other grader of this user
    on this machine waits, though no longer than a case may take: the machine may have been too busy for it. A
    second try that is late too shows that it was not the machine, and uses up the patience.
    """

    def __init__(
        self,
        starter: Starter,
        subject: Subject,
        limits: Limits,
        ahead: Callable[[], Iterable[tuple[str, Inputs]]] = tuple,
    ) -> None:
        """`ahead` tells which probes `run_apart` is going to be asked for, and with which inputs."""
        self._starter = starter
        self._subject = subject
        self._limits = limits
        self._ahead = ahead
        self._worker: WorkerProcess | None = None
        self._import_failed = subject.failed
        self._spent_seconds = 0.0
        self._patience = Patience()
        self._room = Room("graders")
        self._answered: dict[tuple[str, str, str], Outcome] = {}
        self._apart: Implementation | None = None
        self._veiled: Implementation | None = None

    @property
    def veiled(self) -> "Implementation":
        """The same subject in a process for hidden cases alone: what they ask is shown nowhere else.

        It is the process apart, once that has been asked all that visible cases are known to ask of it: so a
        submission takes one process less. Where one apart is needed again, another takes its place.
        """
        if self._veiled is None:
            for probe, inputs in self._ahead():
                outcome = self._answered[probe, inputs.digest, ""] = self.run_apart(probe, inputs)
                if outcome.status is not Status.OK:
                    break  # what cannot answer may not be worth asking, nor cheap
            self._veiled, self._apart = self._apart or self._another(), None
            self._veiled._import_failed = self._veiled._import_failed or self._import_failed
        return self._veiled

    def _another(self) -> "Implementation":
        other = Implementation(self._starter, self._subject, self._limits)
        other._patience = self._patience
        return other

    def run_apart(self, probe: str, inputs: Inputs, dtype: str = "") -> Outcome:
        """The same as `run`, by a process that shares nothing with this one and sees no hidden case."""
        key = probe, inputs.digest, dtype
        if key in self._answered:
            return self._answered[key]
        self._apart = self._apart or self._another()
        return self._apart.run(probe, inputs, dtype)

    def run(self, probe: str, inputs: Inputs, dtype: str = "") -> Outcome:
        """What the subject's probe returns for these inputs, in its own dtype where none is given."""
        spent = self._spent_seconds
        with self._room.shared():
            outcome = self._run(probe, inputs, dtype, 1)
        if self._patience.is_left and self._worker is not None and self._worker.is_late:
            self._import_failed = None
            with self._room.alone(self._limits.case_seconds * self._limits.wall_factor):
                outcome = self._run(probe, inputs, dtype, PATIENCE)
            self._patience.is_left = not self._worker.is_late
            if self._patience.is_left:
                self._spent_seconds = spent  # it was kept waiting
        return outcome

    def run_timed(self, probe: str, inputs: Inputs, dtype: str = "") -> tuple[Outcome, float]:
        """The same with its CPU seconds, told from outside: those of the worker and all its descendants."""
        if self._worker is None or not self._worker.is_alive:
            self.run(probe, inputs, dtype)  # an import is not timed
        before = self._cpu_seconds()
        outcome = self.run(probe, inputs, dtype)
        return outcome, self._cpu_seconds() - before

    def _cpu_seconds(self) -> float:
        return self._worker.cpu_seconds(with_descendants=True) if self._worker is not None else 0.0

    def _run(self, probe: str, inputs: Inputs, dtype: str, patience: float) -> Outcome:
        if self._import_failed is not None:
            return self._import_failed
        if self.cpu_seconds() >= self._limits.total_seconds:
            return Outcome(
                Status.TIMEOUT, reason=f"its {self._limits.total_seconds:g} seconds in all were used up"
            )
        is_alive = self._worker is not None and self._worker.is_alive
        started = None if is_alive else self.start(patience)
        if started is not None and started.status is not Status.OK:
            self._import_failed = started
            return started
        header = {
            "request": "call",
            "probe": probe,
            "case": inputs.fields(),
            "dtype": dtype or self._subject.dtype,
            "device": self._subject.device,
        }
        return self._ask(header, self._limits.case_seconds, patience, inputs)

    def close(self) -> None:
        """Ends the worker, the one apart and the veiled one."""
        for other in (self._apart, self._veiled):
            if other is not None:
                other.close()
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def __enter__(self) -> "Implementation":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, patience: float = 1) -> Outcome:
        """Starts a worker and imports the subject; raises GraderFault where the worker itself fails."""
        limits = self._limits
        if self._worker is not None:
            self._worker.close()  # its launcher may have died because of a sibling
        child = self._starter.start(self._subject.compiled)
        processes = limits.processes if child.is_walled else 0  # else they are the user's own, too
        self._worker = WorkerProcess(
            child, limits.answer_mib << 20, limits.output_kib << 10, processes, limits.memory_mib << 20
        )
        is_enclosed = child.enclose(limits.memory_mib << 20, processes)
        has_room = is_enclosed or self._subject.device == "cuda"  # CUDA reserves address space
        header = {
            "request": "setup",
            "folder": child.folder,
            "device": self._subject.device,
            "files": list(self._subject.files),
            "limits": {
                "memory_bytes": 0 if has_room else limits.memory_mib << 20,
                "cpu_seconds": int(limits.total_seconds + SETUP_SECONDS),
                "file_bytes": limits.file_mib << 20,
                "open_files": limits.open_files,
                "processes": processes,
                "answer_bytes": limits.answer_mib << 20,
            },
        }
        files = [RawArray("|u1", (len(content),), content) for content in self._subject.files.values()]
        outcome = self._worker.ask(header, files, cpu_seconds=SETUP_SECONDS, wall_seconds=SETUP_SECONDS)
        if outcome.status is not Status.OK:
            self._worker.close()  # else the next case would ask a worker that has imported nothing
            raise GraderFault(f"a worker could not be set up: {outcome.reason} {outcome.output}".strip())
        header = {"request": "import", "modules": self._subject.modules}
        return self._ask(header, limits.import_seconds, patience)

    def cpu_seconds(self) -> float:
        """CPU seconds that all its workers have used."""
        alive = self._worker is not None and self._worker.is_alive
        return self._spent_seconds + (self._worker.cpu_seconds() if alive and self._worker else 0.0)

    def _ask(
        self, header: Mapping[str, Any], seconds: float, patience: float, inputs: Inputs | None = None
    ) -> Outcome:
        assert self._worker is not None
        started = time.monotonic()
        outcome = self._worker.ask(
            header,
            inputs.raw if inputs is not None else (),
            cpu_seconds=seconds,
            wall_seconds=seconds * self._limits.wall_factor * patience,
        )
        if not self._worker.is_alive:  # nobody can tell any more; it was not more than the clock's
            elapsed = time.monotonic() - started
            self._spent_seconds += self._worker.cpu_seconds() + min(seconds, elapsed)
        return outcome
