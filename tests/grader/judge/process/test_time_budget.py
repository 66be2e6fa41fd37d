"""A submission's cost is bounded in advance; a function pays only for its own time; waiting is free."""

import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.batch.grading_messages import Grading, Work
from grader.batch.grading_session import GradingSession
from grader.judge.case_selection.other_values import SUFFIX
from grader.judge.inputs import Inputs
from grader.judge.process import implementation, procfs, time_budget
from grader.judge.process.implementation import Implementation
from grader.judge.process.time_budget import (
    IMPORTS,
    PASSES,
    SECOND_TRIES,
    Budget,
    Budgets,
    Seconds,
    most_seconds,
)
from grader.judge.process.worker_process import Clocks, WorkerProcess
from grader.judge.session import Session
from grader.model.assignment import Assignment, Limits
from grader.model.errors import GraderFault
from grader.model.grade import Grade, Outcome, Status
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from tests.waiting import wait_until

MakeSubmission = Callable[..., Implementation]
HELPERS = """\
import os
import time

from ndarray import zeros

calls = []


def burn(seconds):
    start = time.process_time()
    while time.process_time() - start < seconds:
        pass
"""
RIGHT = """

def flip(a, axes):
    {flip}
    axes = [axes] if isinstance(axes, int) else axes
    return a[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(a.ndim))]


def dilate(a, axes, dilation):
    {dilate}
    steps = [dilation + 1 if i in axes else 1 for i in range(a.ndim)]
    out = zeros([n * k for n, k in zip(a.shape, steps)], a.device, a.dtype)
    out[tuple(slice(None, None, k) for k in steps)] = a
    return out
"""
# four criteria in the order in which they run; each has four cases, the last of them hidden
PROBES = """\
def flip(submission, case):
    return submission.flip(submission.array(case.a), case.axes)


def dilate(submission, case):
    return submission.dilate(submission.array(case.a), case.axes, case.dilation)
"""
CRITERION = """\
  - id: {id}
    title: {id}
    points: 4
    probe: {probe}
    help: README.md#flip
    cases:
      - {{id: one, shape: [2, 3], ask: {{axes: [1]{more}}}}}
      - {{id: two, shape: [3, 4], ask: {{axes: [0]{more}}}}}
      - {{id: three, shape: [5, 2], ask: {{axes: [0]{more}}}}}
      - {{id: four, shape: [2, 7], ask: {{axes: [1]{more}}}, visibility: hidden}}
"""
NAMES = {"flip_first": "flip", "dilate_first": "dilate", "flip_last": "flip", "dilate_last": "dilate"}


def source(flip: str = "pass", dilate: str = "pass", top: str = "") -> str:
    return top + HELPERS + RIGHT.format(flip=flip, dilate=dilate)


@pytest.fixture(scope="module")
def assignment(make_course: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    rubric = "assignment: tiny\npoints: 16\ncriteria:\n" + "".join(
        CRITERION.format(id=id, probe=probe, more=", dilation: 1" if probe == "dilate" else "")
        for id, probe in NAMES.items()
    )
    replaced = {"assignments/tiny/rubric.yaml": rubric, "assignments/tiny/probes.py": PROBES}
    course = make_course(tmp_path_factory.mktemp("budgets") / "course", replaced)
    tiny = load(course / "assignments" / "tiny")
    limits = Limits(import_seconds=0.5, case_seconds=0.3, criterion_cases=2, wall_factor=2, memory_mib=256)
    return replace(Views(tiny).assignment, import_rules=None, limits=limits)


@pytest.fixture(scope="module")
def session(assignment: Assignment) -> Iterator[Session]:
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        session.grade(SubmittedFiles({"conv.py": source().encode()}), "right")  # starts what it keeps
        yield session


@pytest.fixture
def grade(session: Session, patience: None) -> Callable[[str], Grade]:
    return lambda text: session.grade(SubmittedFiles({"conv.py": text.encode()}), "ada")


@pytest.fixture
def took(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Seconds]]:
    """The time of each request, by kind."""
    all_took: dict[str, list[Seconds]] = defaultdict(list)
    ask = WorkerProcess.ask

    def noted(worker: WorkerProcess, header: Mapping[str, str], *words: Any, **named: Any) -> Outcome:
        try:
            return ask(worker, header, *words, **named)
        finally:
            all_took[header["request"]].append(worker.took)

    monkeypatch.setattr(WorkerProcess, "ask", noted)
    return all_took


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For each request, the seconds from the judge's last look but one to its end.

    A limit that the judge enforces was not reached at that look, so no overrun is longer.
    """
    all_late: list[float] = []
    look, exchange = Clocks.look_who_waits, WorkerProcess._exchange
    looks: list[float] = []

    def noted_look(clocks: Clocks) -> None:
        looks.append(time.monotonic())
        look(clocks)

    def noted_exchange(worker: WorkerProcess, request: bytes, most: Seconds) -> Any:
        looks[:] = [time.monotonic()] * 2
        try:
            return exchange(worker, request, most)
        finally:
            all_late.append(time.monotonic() - looks[-2])

    monkeypatch.setattr(Clocks, "look_who_waits", noted_look)
    monkeypatch.setattr(WorkerProcess, "_exchange", noted_exchange)
    return all_late


def statuses(grade: Grade) -> dict[str, list[Status]]:
    return {criterion.id: [result.status for result in criterion.results] for criterion in grade.criteria}


ALL_OK = [Status.OK] * 4
ENDED = [Status.TIMEOUT, *[Status.NOT_RUN] * 3]


@pytest.mark.parametrize("hang", ["while True: pass", "time.sleep(60)"], ids=["loops", "sleeps"])
def test_a_timeout_ends_its_criterion_and_no_other(grade: Callable[[str], Grade], hang: str) -> None:
    graded = grade(source(flip=hang))

    assert statuses(graded) == {
        "flip_first": ENDED,
        "dilate_first": ALL_OK,
        "flip_last": ENDED,
        "dilate_last": ALL_OK,
    }
    assert graded.score == 8
    assert not graded.needs_review
    assert {c.status for c in graded.criteria if c.score == 0} == {Status.TIMEOUT}
    assert {r.rationale for r in graded.criteria[0].results[1:]} == {
        "one ran into a time limit, which ends its criterion"
    }


@pytest.mark.usefixtures("patience")
def test_cases_that_are_slow_use_up_their_criterions_time_and_no_others(assignment: Assignment) -> None:
    """Each case takes 0.22 CPU seconds: two are within the 0.6 seconds of a criterion, the third is not.

    On a busy machine the calls take longer by the clock, so this criterion has more of those seconds.
    """
    limits = replace(assignment.limits, case_seconds=0.6, criterion_cases=1, wall_factor=1000)
    with Session(replace(assignment, limits=limits), sandbox=Sandbox.BUBBLEWRAP) as session:
        graded = session.grade(SubmittedFiles({"conv.py": source(flip="burn(0.11)").encode()}), "ada")

    slow = [Status.OK, Status.OK, Status.TIMEOUT, Status.NOT_RUN]
    assert statuses(graded) == {
        "flip_first": slow,
        "dilate_first": ALL_OK,
        "flip_last": slow,
        "dilate_last": ALL_OK,
    }
    assert graded.criteria[0].results[2].rationale == "the 0.6 CPU seconds of its criterion were used up"


THREADS = "import threading; [threading.Thread(target=burn, args=(60,)).start() for _ in range(9)]; burn(60)"
COSTLY = {
    "burns_in_each_call": source("burn(0.25)", "burn(0.25)"),
    "burns_without_end": source("burn(60)", "burn(60)"),
    "burns_in_threads": source(THREADS, THREADS),
    "sleeps_in_each_call": source("time.sleep(0.5)", "time.sleep(0.5)"),
    "sleeps_without_end": source("time.sleep(60)", "time.sleep(60)"),
    "burns_and_leaves": source("burn(0.25); os._exit(1)", "burn(0.25); os._exit(1)"),
    "sleeps_at_import_and_leaves": source("os._exit(1)", "os._exit(1)", "import time\ntime.sleep(0.8)\n"),
    "burns_at_import_and_leaves": source("os._exit(1)", "os._exit(1)") + "\n\nburn(0.4)\n",
    "sleeps_at_import": source(top="import time\ntime.sleep(60)\n"),
    "burns_at_import": source() + "\n\nburn(60)\n",
}


def total(all_took: list[Seconds]) -> Seconds:
    return Seconds(sum(took.cpu for took in all_took), sum(took.wall for took in all_took))


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("name", COSTLY)
def test_a_submission_costs_no_more_than_was_known_ahead(
    session: Session, assignment: Assignment, took: dict[str, list[Seconds]], late: list[float], name: str
) -> None:
    """Each end may be noticed one look late: each criterion ends once, and one import fails."""
    graded = session.grade_variants(SubmittedFiles({"conv.py": COSTLY[name].encode()}), name, [""])

    limits, criteria = assignment.limits, len(assignment.rubric.criteria)
    wall_late = sum(sorted(late)[-criteria - 1 :])
    cpu_late = wall_late * (10 if name == "burns_in_threads" else 1)
    most, calls, imports = most_seconds(limits, criteria), total(took["call"]), total(took["import"])
    assert 0 < calls.cpu + imports.cpu <= most.cpu + cpu_late
    assert calls.wall + imports.wall <= most.wall + wall_late
    of_criteria = Seconds.of(PASSES * criteria * limits.criterion_cases * limits.case_seconds, limits)
    assert calls.cpu <= of_criteria.cpu + cpu_late
    assert calls.wall <= of_criteria.wall + wall_late
    assert graded.cpu_seconds == pytest.approx(calls.cpu + imports.cpu)


def test_the_cost_of_a_submission_follows_from_its_limits() -> None:
    limits = Limits(import_seconds=10, case_seconds=5, criterion_cases=3, wall_factor=4)

    assert (most_seconds(limits, 15).cpu, most_seconds(limits, 15).wall) == (510, 2040)
    assert most_seconds(limits, 15).waiting == 3 * 2040


@pytest.mark.parametrize("hang", ["while True: pass", "import time; time.sleep(60)"], ids=["loops", "sleeps"])
def test_an_import_that_never_ends_is_tried_once_and_fails_every_case(
    grade: Callable[[str], Grade], took: dict[str, list[Seconds]], hang: str
) -> None:
    graded = grade(source(top=hang + "\n"))

    assert {status for each in statuses(graded).values() for status in each} == {Status.TIMEOUT}
    assert len({result.rationale for c in graded.criteria for result in c.results}) == 1
    assert (len(took["import"]), len(took["call"])) == (1, 0)


def test_a_case_that_its_criterion_ended_is_run_again_and_a_timeout_kept(
    assignment: Assignment,
) -> None:
    """Otherwise the next run would begin where this one ended, with the criterion's full time.

    Two cases of two calls take 0.8 of a criterion's 1.2 CPU seconds, and the third takes the rest. No wall
    time ends a case, so a busy machine changes nothing.
    """
    limits = replace(assignment.limits, case_seconds=0.6, wall_factor=1000)
    assignment = replace(assignment, limits=limits)
    flip, dilate = "burn(60 if a.shape[0] == 5 else 0.2)", "if a.shape[0] == 3: burn(60)"
    slow = {"conv.py": source(flip, dilate).encode()}
    bench = GradingSession(Grading.of(assignment, Sandbox.BUBBLEWRAP, "", None, variants=False))
    try:
        first = bench.grade_work(Work("slow", SubmittedFiles(slow), ("ada",)))
        again = bench.grade_work(Work("slow", SubmittedFiles(slow), ("ada",), first.fresh))
    finally:
        bench.close()

    assert statuses(first.grades[0]) == {
        "flip_first": [Status.OK, Status.OK, Status.TIMEOUT, Status.NOT_RUN],
        "dilate_first": [Status.OK, Status.TIMEOUT, Status.NOT_RUN, Status.NOT_RUN],
        "flip_last": [Status.OK, Status.OK, Status.TIMEOUT, Status.NOT_RUN],
        "dilate_last": [Status.OK, Status.TIMEOUT, Status.NOT_RUN, Status.NOT_RUN],
    }
    assert again.grades == first.grades
    cases = {"dilate_first/one", "dilate_first/two", "dilate_last/one", "dilate_last/two"}
    asked_again = {
        f"{name}/one{SUFFIX}" for name in ("dilate_first", "dilate_last", "flip_first", "flip_last")
    }
    asked_again |= {f"flip_first/two{SUFFIX}", f"flip_last/two{SUFFIX}"}
    assert set(first.addresses[0]) == set(again.addresses[0]) == cases | asked_again
    assert len(first.fresh) == 10
    assert again.fresh == {}


@pytest.mark.parametrize("kind", ["import", "call"])
def test_a_busy_machine_makes_nothing_late(
    make_submission: MakeSubmission, inputs: Inputs, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The kernel reports that a sleeper waited for a core the whole time."""
    sleep = "__import__('time').sleep(1)"
    text = f"{sleep}\ndef answer(a): return a" if kind == "import" else f"def answer(a): {sleep}; return a"
    monkeypatch.setattr(procfs, "waiting_seconds", lambda pid: {pid: time.monotonic()})
    limits = Limits(import_seconds=0.3, case_seconds=0.3, wall_factor=1)

    assert make_submission(text, limits=limits).run("answer", inputs).status is Status.OK


def test_a_machine_that_never_runs_a_submission_is_the_graders_fault(
    make_submission: MakeSubmission, inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procfs, "waiting_seconds", lambda pid: {pid: time.monotonic()})
    monkeypatch.setattr(time_budget, "WAITING", 3.0)
    limits = Limits(import_seconds=5, case_seconds=0.3, wall_factor=1)
    submission = make_submission("import time\n\ndef answer(a): time.sleep(60)", limits=limits)

    with pytest.raises(GraderFault, match="the machine is too busy"):
        submission.run("answer", inputs)


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="this kernel tells no waiting")
def test_the_kernel_tells_waiting_from_sleeping() -> None:
    """Two processes share one core until one has waited for a while; the third, their parent, only sleeps."""
    script = """
import os, signal
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
for _ in range(2):
    if os.fork() == 0:
        while True:
            pass
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", script], start_new_session=True) as process:
        sleeper = process.pid

        def most_waited() -> float:
            return max((seconds for pid, seconds in waited().items() if pid != sleeper), default=0.0)

        def waited() -> dict[int, float]:
            return procfs.waiting_seconds(sleeper)

        wait_until(lambda: len(waited()) == 3 and procfs.fields_of(sleeper)[0] == "S", "the third sleeps")
        before = waited()[sleeper]
        wait_until(lambda: most_waited() > 0.25, "another waits")
        after = waited()[sleeper]
        os.killpg(sleeper, signal.SIGKILL)

    assert after == before


def test_threads_that_keep_each_other_waiting_count_once() -> None:
    class Sixty:
        """Sixty threads, each of which waits 0.5 seconds between two looks."""

        looks = -1

        def cpu_seconds(self, *, with_descendants: bool) -> float:
            return 0.0

        def waiting_seconds(self) -> dict[int, float]:
            self.looks += 1
            return {thread: 7 + 0.5 * self.looks for thread in range(60)}

    clocks = Clocks(Sixty())  # type: ignore[arg-type]
    for _ in range(4):
        clocks.look_who_waits()
    assert clocks.read().waiting == pytest.approx(
        1.5
    )  # waiting before the first look does not belong to this call


def test_without_times_of_waiting_any_two_late_runs_are_tried_again(
    make_submission: MakeSubmission,
    inputs: Inputs,
    took: dict[str, list[Seconds]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(procfs, "waiting_seconds", lambda pid: {})
    text = "import time\n\ndef answer(a): time.sleep(60)"
    limits = Limits(case_seconds=0.1, criterion_cases=100, wall_factor=2)
    submission = make_submission(text, limits=limits)

    for run in (submission.run, submission.run_isolated, submission.hidden_worker.run, submission.run):
        assert run("answer", inputs).status is Status.TIMEOUT
    assert len(took["call"]) == 4 + SECOND_TRIES


def test_without_waiting_times_a_sleeping_import_is_tried_twice(
    make_submission: MakeSubmission,
    inputs: Inputs,
    took: dict[str, list[Seconds]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(procfs, "waiting_seconds", lambda pid: {})
    limits = Limits(import_seconds=0.1, wall_factor=2)
    submission = make_submission("import time\n\ntime.sleep(60)", limits=limits)

    for ask in (submission.run, submission.run, submission.run_isolated):
        assert ask("answer", inputs).status is Status.TIMEOUT
    assert submission.hidden_worker.run("answer", inputs).status is Status.TIMEOUT
    assert len(took["import"]) == 2


def test_without_waiting_times_a_second_try_has_patience(
    make_submission: MakeSubmission, inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procfs, "waiting_seconds", lambda pid: {})
    monkeypatch.setattr(implementation, "PATIENCE", 1000)  # more than a busy machine needs
    text = "import time\n\ndef answer(a):\n    time.sleep(0.7)\n    return a"
    submission = make_submission(text, limits=Limits(case_seconds=0.25, wall_factor=2))

    assert submission.run("answer", inputs).status is Status.OK
    assert submission.run("answer", inputs).status is Status.OK
    assert submission.run("answer", inputs).status is Status.TIMEOUT


def test_an_import_uses_the_criterions_time_only_after_all_free_imports() -> None:
    limits = Limits(import_seconds=10)
    budgets = Budgets(limits)
    for _ in range(IMPORTS):
        assert budgets.for_import() is not budgets.for_call()
        budgets.for_import().charge(Seconds.of(limits.import_seconds, limits))

    assert budgets.for_import() is budgets.for_call()


def test_a_budget_gives_what_is_left() -> None:
    budget = Budget(Seconds(15, 60, 180))
    most = Seconds(5, 20, 60)
    budget.charge(Seconds(12, 1, 0))
    assert budget.allow(most) == Seconds(3, 20, 60)
    budget.charge(Seconds(3.5, 1, 0))
    assert budget.is_empty
