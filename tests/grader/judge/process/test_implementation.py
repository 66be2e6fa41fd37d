"""A submission may do anything: its worker ends in one of the statuses, and the next case runs."""

import os
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.judge.differences.probe_values import arrays_of
from grader.judge.inputs import Inputs
from grader.judge.process import procfs
from grader.judge.process.implementation import Implementation
from grader.judge.process.worker_process import WorkerProcess
from grader.model.assignment import Limits
from grader.model.errors import GraderFault
from grader.model.grade import Outcome, Status
from grader.model.surroundings import Sandbox
from tests.waiting import is_running, wait_until

Ask = Callable[..., Outcome]
MakeSubmission = Callable[..., Implementation]

PATIENT = Limits()
SHORT = Limits(import_seconds=2, case_seconds=0.3, wall_factor=2)  # for code that never ends
FORGERIES = """\
    import json, os, secrets
    import numpy as np

    def frame(nonce, arrays=(), status="ok", data=b""):
        header = {"nonce": nonce, "status": status, "error": None, "arrays": list(arrays)}
        text = json.dumps(header).encode()
        return len(text).to_bytes(4, "little") + text + data

    def write_everywhere(data):
        for descriptor in range(64):
            try:
                os.write(descriptor, data)
            except OSError:
                pass
"""


def answers(outcome: Outcome) -> list[list[float]]:
    return [np.asarray(array).tolist() for array in arrays_of(outcome)]


def test_an_honest_answer_comes_back_as_it_was_returned(ask: Ask, inputs: Inputs) -> None:
    outcome = ask("def answer(a): return a + 1")

    assert outcome.status is Status.OK
    assert answers(outcome) == [(inputs.array("a") + 1).tolist()]


def test_the_output_of_a_submission_is_separate_from_its_answer(ask: Ask) -> None:
    outcome = ask(
        """
        import os, sys
        def answer(a):
            print("to stdout")
            print("to stderr", file=sys.stderr)
            os.write(1, b"to descriptor 1")
            return a
        """
    )

    assert outcome.status is Status.OK
    assert all(text in outcome.output for text in ("to stdout", "to stderr", "to descriptor 1"))


def test_prints_that_are_kept_are_cut_and_say_so(ask: Ask) -> None:
    outcome = ask("def answer(a):\n    print('x' * 50_000)\n    return a")

    assert outcome.status is Status.OK
    assert len(outcome.output) < 20_000
    assert outcome.output.endswith("more bytes cut]")


@pytest.mark.parametrize("sandbox", [Sandbox.BUBBLEWRAP, Sandbox.NONE])
@pytest.mark.parametrize(
    "ending",
    {
        "infinite_loop": "while True: pass",
        "sleeps": "import time; time.sleep(60)",
        "ignores_signals": "import signal; [signal.signal(s, signal.SIG_IGN) for s in "
        "(signal.SIGTERM, signal.SIGALRM, signal.SIGINT)]; __import__('time').sleep(60)",
    }.items(),
    ids=lambda item: item[0],
)
def test_a_hang_costs_the_case_that_hangs_and_no_other(
    make_submission: MakeSubmission, inputs: Inputs, ending: tuple[str, str], sandbox: Sandbox
) -> None:
    source = f"""
        def answer(a):
            {ending[1]}
        def other(a):
            return -a
    """
    submission = make_submission(source, sandbox=sandbox, limits=SHORT)

    assert submission.run("answer", inputs).status is Status.TIMEOUT
    after = submission.run("other", inputs)
    assert after.status is Status.OK
    assert answers(after) == [(-inputs.array("a")).tolist()]


def test_a_hang_at_import_costs_every_case_and_its_time_only_once(
    make_submission: MakeSubmission, inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[str] = []
    ask = WorkerProcess.ask

    def noted(worker: WorkerProcess, header: Mapping[str, str], *words: Any, **named: Any) -> Outcome:
        requests.append(header["request"])
        return ask(worker, header, *words, **named)

    monkeypatch.setattr(WorkerProcess, "ask", noted)
    submission = make_submission("while True: pass", limits=replace(SHORT, import_seconds=0.3))

    first = submission.run("answer", inputs)
    again = [submission.run("answer", inputs) for _ in range(5)]

    assert first.status is Status.TIMEOUT
    assert again == [first] * 5
    assert requests == ["setup", "import"]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the worker in /proc")
@pytest.mark.parametrize("at", ["import", "call"])
def test_a_process_that_the_machine_kills_costs_no_points(
    make_submission: MakeSubmission, inputs: Inputs, at: str
) -> None:
    """The kernel ends processes with SIGKILL if the machine is out of memory; no submission can do that."""
    sleeps = "__import__('time').sleep(60)"
    submission = make_submission(
        f"{sleeps if at == 'import' else ''}\ndef answer(a):\n    {sleeps}\n    return a", limits=PATIENT
    )

    def kill() -> None:
        def worker() -> int | None:
            started = submission._worker
            return None if started is None else started._child._find_worker()  # type: ignore[attr-defined]

        wait_until(lambda: worker() is not None, "the worker runs")
        os.kill(worker() or 0, signal.SIGKILL)

    with ThreadPoolExecutor(1) as pool:
        killed = pool.submit(kill)
        with pytest.raises(GraderFault, match="killed from outside"):
            submission.run("answer", inputs)
        killed.result()


LEAVING = {
    "os._exit(0)": Status.CRASHED,
    "os._exit(1)": Status.CRASHED,
    "os.kill(os.getpid(), 9)": Status.CRASHED,
    "os.abort()": Status.CRASHED,
    "ctypes.string_at(0)": Status.CRASHED,
    "sys.exit(0)": Status.ERROR,
    "exit_by_raising(SystemExit)": Status.ERROR,
    "exit_by_raising(KeyboardInterrupt)": Status.ERROR,
    "exit_by_raising(GeneratorExit)": Status.ERROR,
}
PREAMBLE = """
    import ctypes, os, sys
    def exit_by_raising(kind):
        raise kind
"""


@pytest.mark.parametrize(("leave", "status"), LEAVING.items(), ids=LEAVING)
def test_leaving_early_at_a_call_earns_nothing_and_costs_no_other_case(
    make_submission: MakeSubmission, inputs: Inputs, leave: str, status: Status
) -> None:
    submission = make_submission(
        f"""{PREAMBLE}
    def answer(a):
        {leave}
        return a
    def other(a):
        return a
        """
    )

    outcome = submission.run("answer", inputs)
    assert (outcome.status, outcome.arrays) == (status, ())
    assert outcome.reason
    assert submission.run("other", inputs).status is Status.OK


@pytest.mark.parametrize(("leave", "status"), LEAVING.items(), ids=LEAVING)
def test_leaving_early_at_import_is_the_submissions_doing(ask: Ask, leave: str, status: Status) -> None:
    outcome = ask(f"{PREAMBLE}\n    {leave}")

    assert (outcome.status, outcome.arrays) == (status, ())


def test_a_segmentation_fault_is_named(ask: Ask) -> None:
    outcome = ask("import ctypes\ndef answer(a): ctypes.string_at(0)")

    assert "SIGSEGV" in outcome.reason


def test_an_exit_of_its_own_is_named_with_its_exit_code(ask: Ask) -> None:
    outcome = ask("import os\ndef answer(a): os._exit(7)")

    assert "exit code 7" in outcome.reason


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_printing_without_end_is_an_output_limit(ask: Ask, stream: str) -> None:
    limits = replace(PATIENT, output_kib=64)
    source = f"""
        import sys
        def answer(a):
            while True:
                print('x' * 1000, file=sys.{stream})
    """
    outcome = ask(source, limits=limits)

    assert outcome.status is Status.OUTPUT_LIMIT
    assert "64 KiB" in outcome.reason
    assert len(outcome.output) < 20_000


HOARDING = {
    "one_huge_array": "np.ones(1 << 40)",
    "many_arrays": "[keep.append(np.ones(1 << 20)) for _ in iter(int, 1)]",
    "many_small_objects": "[keep.append([len(keep)]) for _ in iter(int, 1)]",
    "one_growing_string": "(lambda s: [s := s + s for _ in iter(int, 1)])('x')",
    "a_huge_view_returned": "np.broadcast_to(np.float32(0), (1 << 40,))",
}


@pytest.mark.parametrize("place", ["local", "global"])
@pytest.mark.parametrize("hoard", HOARDING.values(), ids=HOARDING)
def test_allocating_without_end_is_a_memory_limit_and_costs_no_other_case(
    make_submission: MakeSubmission, inputs: Inputs, hoard: str, place: str
) -> None:
    limits = replace(PATIENT, memory_mib=256)
    local = "keep = []" if place == "local" else "pass"
    submission = make_submission(
        f"""
        import numpy as np
        keep = []
        def answer(a):
            {local}
            return {hoard}
        def other(a):
            return a
        """,
        limits=limits,
    )

    outcome = submission.run("answer", inputs)
    assert outcome.status is Status.MEMORY, outcome
    assert "MemoryError" in outcome.reason
    if place == "local":
        assert submission.run("other", inputs).status is Status.OK


@pytest.mark.parametrize(
    "answer",
    ["np.zeros(1 << 19, np.float32)", "tuple(np.zeros(1, np.float32) for _ in range(1000))"],
    ids=["one_large_array", "a_thousand_tiny_arrays"],
)
def test_an_answer_that_is_larger_than_is_read_is_an_output_limit(
    make_submission: MakeSubmission, inputs: Inputs, answer: str
) -> None:
    submission = make_submission(
        f"import numpy as np\ndef answer(a): return {answer}\ndef other(a): return a",
        limits=replace(PATIENT, answer_mib=1),
    )

    assert submission.run("answer", inputs).status is Status.OUTPUT_LIMIT
    assert submission.run("other", inputs).status is Status.OK


def test_closing_every_descriptor_is_a_crash_and_costs_no_other_case(
    make_submission: MakeSubmission, inputs: Inputs
) -> None:
    submission = make_submission(
        """
        import os
        def answer(a):
            os.closerange(0, 64)
            return a
        def other(a):
            return a
        """
    )

    assert submission.run("answer", inputs).status is Status.CRASHED
    assert submission.run("other", inputs).status is Status.OK


@pytest.mark.parametrize("place", ["import", "call"])
@pytest.mark.parametrize(
    "data",
    {
        "guessed_nonce": 'frame("0" * 32)',
        "empty_nonce": 'frame("")',
        "null_nonce": "frame(None)",
        "an_answer": 'frame("0" * 32, [{"dtype": "<f4", "shape": [3]}], data=bytes(12))',
        "length_of_2_to_the_31": 'b"\\x00\\x00\\x00\\x80"',
        "garbage": "bytes(range(256)) * 8",
        "a_length_and_no_more": '(100).to_bytes(4, "little")',
        "one_byte": 'b"\\x01"',
    }.items(),
    ids=lambda item: item[0],
)
def test_a_frame_written_to_every_descriptor_never_passes_for_an_answer(
    make_submission: MakeSubmission, inputs: Inputs, data: tuple[str, str], place: str
) -> None:
    call = f"write_everywhere({data[1]})"
    submission = make_submission(
        FORGERIES
        + (f"    {call}\n    def answer(a): return a" if place == "import" else "")
        + (f"    def answer(a):\n        {call}\n        return a" if place == "call" else ""),
        limits=SHORT if place == "call" else replace(SHORT, import_seconds=0.3),
    )

    outcome = submission.run("answer", inputs)
    unfinished = {Status.TIMEOUT} if data[0] in ("a_length_and_no_more", "one_byte") else set()
    assert outcome.status in {Status.FORGED_REPLY} | unfinished
    assert outcome.arrays == ()


def test_a_reply_to_an_earlier_question_is_forged(make_submission: MakeSubmission, inputs: Inputs) -> None:
    """The nonce is on the worker's stack, so the forged reply is valid, but for the previous case."""
    submission = make_submission(
        FORGERIES
        + """
    import sys
    old = []
    def nonce():
        at = sys._getframe()
        while at is not None:
            if "frame" in at.f_locals and hasattr(at.f_locals["frame"], "header"):
                return at.f_locals["frame"].header["nonce"]
            at = at.f_back
    def answer(a):
        old.append(nonce())
        return a
    def other(a):
        assert len(old[0]) == 32
        write_everywhere(frame(old[0]))
        return a
    """
    )

    assert submission.run("answer", inputs).status is Status.OK
    assert submission.run("other", inputs).status is Status.FORGED_REPLY


def test_two_replies_to_one_question_are_forged(make_submission: MakeSubmission, inputs: Inputs) -> None:
    """A submission that finds the nonce may answer for itself, but once."""
    submission = make_submission(
        FORGERIES
        + """
    import sys, time
    def answer(a):
        at = sys._getframe()
        while not hasattr(at.f_locals.get("frame"), "header"):
            at = at.f_back
        reply = frame(at.f_locals["frame"].header["nonce"])
        write_everywhere(reply + reply)
        return a
    """
    )

    assert submission.run("answer", inputs).status is Status.FORGED_REPLY


@pytest.mark.parametrize(
    "shape",
    [[0, 2**39, 2**39], [0] + [2**39] * 15],
    ids=["overflowing_product", "sixteen_axes"],
)
def test_a_forged_array_that_numpy_cannot_hold_is_no_fault_of_the_grader(
    make_submission: MakeSubmission, inputs: Inputs, shape: list[int]
) -> None:
    submission = make_submission(
        FORGERIES
        + f"""
    import sys, time
    def answer(a):
        at = sys._getframe()
        while not hasattr(at.f_locals.get("frame"), "header"):
            at = at.f_back
        nonce = at.f_locals["frame"].header["nonce"]
        write_everywhere(frame(nonce, [{{"dtype": "<f4", "shape": {shape}}}]))
        time.sleep(60)
    """
    )

    assert submission.run("answer", inputs).status is Status.FORGED_REPLY


RAISING = {
    "str_raises": (
        "class Sly(Exception):\n            def __str__(self): raise self\n        raise Sly",
        "Sly",
    ),
    "str_exits": (
        "class Sly(Exception):\n            def __str__(self): raise SystemExit\n        raise Sly",
        "Sly",
    ),
    "str_is_endless": ("raise ValueError('x' * 10_000_000)", "ValueError"),
    "recursion": ("return answer(a)", "RecursionError"),
    "lone_surrogate": ("raise ValueError('\\ud800')", "ValueError"),
    "returns_a_generator": ("return (x for x in [1.0])", "generator"),
    "returns_objects": ("return np.array([object()])", "object"),
    "returns_a_structure": ("return np.zeros(3, 'f4,f4')", "numbers are expected"),
}


@pytest.mark.parametrize(("body", "phrase"), RAISING.values(), ids=RAISING)
def test_an_exception_is_an_error_with_a_reason_and_costs_no_other_case(
    make_submission: MakeSubmission, inputs: Inputs, body: str, phrase: str
) -> None:
    submission = make_submission(
        f"""
    import numpy as np
    def answer(a):
        {body}
    def other(a):
        return a
    """
    )

    outcome = submission.run("answer", inputs)
    assert outcome.status is Status.ERROR
    assert phrase in outcome.reason
    assert len(outcome.reason) < 7000
    assert submission.run("other", inputs).status is Status.OK


@pytest.mark.parametrize("sandbox", [Sandbox.BUBBLEWRAP, Sandbox.NONE])
def test_an_error_names_file_line_and_source_of_the_submission(ask: Ask, sandbox: Sandbox) -> None:
    outcome = ask("import numpy as np\n\ndef answer(a):\n    return a / {}\n", sandbox=sandbox)

    assert outcome.reason.startswith("conv.py:4: TypeError: ")
    assert outcome.reason.endswith("\nreturn a / {}")


def test_an_error_inside_a_provided_file_names_the_submissions_own_line(ask: Ask) -> None:
    outcome = ask("import ndarray\n\ndef answer(a):\n    return ndarray.refuse(a)\n")

    assert outcome.reason == "conv.py:4: ValueError: not with me\nreturn ndarray.refuse(a)"


def test_a_syntax_error_names_file_and_line(ask: Ask) -> None:
    outcome = ask("x = 1\ndef answer(a:\n    return a\n")

    assert outcome.status is Status.ERROR
    assert outcome.reason.startswith("conv.py:2: SyntaxError: ")


def test_a_function_that_is_missing_is_named(ask: Ask) -> None:
    outcome = ask("def another(a): return a")

    assert outcome.status is Status.ERROR
    assert "conv.py defines no answer" in outcome.reason


def test_an_answer_leans_on_no_fresh_memory(ask: Ask) -> None:
    outcome = ask("import numpy as np\ndef answer(a): return np.empty(3, np.float32)")

    assert np.isnan(answers(outcome)).all()


def test_a_thread_that_outlives_its_call_cannot_change_what_was_answered(
    make_submission: MakeSubmission, inputs: Inputs
) -> None:
    submission = make_submission(
        """
        import threading, time
        def late(out):
            while True:
                out += 1
        def answer(a):
            out = a * 0
            threading.Thread(target=late, args=(out,), daemon=True).start()
            return out * 0 + 5
        def other(a):
            return a * 0 + 7
        """
    )

    assert answers(submission.run("answer", inputs)) == [[5.0] * 3]
    assert answers(submission.run("other", inputs)) == [[7.0] * 3]


@pytest.mark.parametrize("sandbox", [Sandbox.BUBBLEWRAP, Sandbox.NONE])
def test_threads_that_a_case_leaves_cost_no_other_case(
    make_submission: MakeSubmission, inputs: Inputs, sandbox: Sandbox
) -> None:
    """A case that left threads once left too few for the next, whose process then ended by itself."""
    source = """
        import threading, time
        calls = []
        def answer(a):
            for _ in range(5):
                threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            return a * 0 + threading.active_count()
        def other(a):
            calls.append(a)
            return a * 0 + len(calls)
    """
    submission = make_submission(source, sandbox=sandbox)

    assert answers(submission.run("other", inputs)) == [[1.0] * 3]
    assert answers(submission.run("other", inputs)) == [[2.0] * 3]  # in the process of the first
    for _ in range(2):
        assert answers(submission.run("answer", inputs)) == [[6.0] * 3]
    assert answers(submission.run("other", inputs)) == [[1.0] * 3]  # in a new process


COUNTS = """
    calls = []
    def answer(a):
        calls.append(a)
        return a * 0 + len(calls)
    def other(a):
        return calls[-1]
"""


def test_hidden_cases_get_the_isolated_worker_once_that_of_the_visible_cases_has_ended(
    make_submission: MakeSubmission, inputs: Inputs
) -> None:
    submission = make_submission(COUNTS)
    submission.run("answer", inputs.absolute())
    submission.run_isolated("answer", inputs.absolute())
    of_visible_cases = submission._worker
    assert of_visible_cases is not None and of_visible_cases.is_alive

    hidden = submission.hidden_worker
    assert not of_visible_cases.is_alive
    assert answers(hidden.run("answer", inputs)) == [[2.0] * 3]  # the second call of that process


def test_no_visible_case_reaches_a_process_that_saw_a_hidden_one(
    make_submission: MakeSubmission, inputs: Inputs
) -> None:
    submission = make_submission(COUNTS)
    submission.run_isolated("answer", inputs.absolute())
    submission.hidden_worker.run("answer", inputs)

    for ask in (submission.run, submission.run_isolated):
        assert answers(ask("answer", inputs.absolute())) == [[1.0] * 3]  # each has seen nothing before


def test_the_process_apart_shares_nothing_with_its_implementation(
    make_submission: MakeSubmission, inputs: Inputs
) -> None:
    submission = make_submission(
        """
        import os
        calls = []
        def answer(a):
            calls.append(1)
            open(f"/tmp/{len(calls)}", "w").close()
            return a * 0 + len([name for name in os.listdir("/tmp") if name != "submission"])
        """
    )

    assert answers(submission.run("answer", inputs)) == [[1.0] * 3]
    assert answers(submission.run("answer", inputs)) == [[2.0] * 3]
    assert answers(submission.run_isolated("answer", inputs)) == [[1.0] * 3]


@pytest.mark.parametrize("sandbox", [Sandbox.BUBBLEWRAP, Sandbox.NONE])
def test_a_worker_that_cannot_be_set_up_is_never_the_submissions_fault(
    make_submission: MakeSubmission, inputs: Inputs, sandbox: Sandbox
) -> None:
    probes = "import a_module_that_is_not_there\n"
    submission = make_submission("def answer(a): return a", probes=probes, sandbox=sandbox)

    for _ in range(2):  # the second case must not find a half-ended worker and blame the student
        with pytest.raises(GraderFault, match="a_module_that_is_not_there"):
            submission.run("answer", inputs)


def descendants(pid: int) -> set[int]:
    pids = set()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            pids |= {child, *descendants(child)}
    return pids


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="macOS has no /proc to look into")
def test_leftover_processes_die_with_their_worker(make_submission: MakeSubmission, inputs: Inputs) -> None:
    submission = make_submission(
        """
        import os, time
        def answer(a):
            for _ in range(20):
                if os.fork() == 0:
                    os.setsid()
                    time.sleep(60)
                    os._exit(0)
            return a
        """
    )
    before = descendants(os.getpid())
    assert submission.run("answer", inputs).status is Status.OK
    started = descendants(os.getpid()) - before
    assert len(started) > 20

    submission.close()
    wait_until(lambda: not any(map(is_running, started)), "none of them runs")


def test_a_timed_question_is_asked_once_even_of_a_process_that_has_not_started(
    make_submission: MakeSubmission, inputs: Inputs
) -> None:
    """Else an answer could be kept where no clock runs, and given back where one does."""
    submission = make_submission("""
        calls = []
        def answer(a):
            calls.append(a)
            return a + len(calls)
    """)

    outcome, _ = submission.run_timed("answer", inputs)

    assert answers(outcome) == [(inputs.array("a") + 1).tolist()]


def test_a_process_that_leaves_before_its_use_is_measured_has_crashed(
    make_submission: MakeSubmission, inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = make_submission("def answer(a): return a")
    times = iter([1.0, 0.0])  # as of a process that has gone after its answer
    monkeypatch.setattr(submission, "_cpu_seconds", lambda: next(times))
    timed, _ = submission.run_timed("answer", inputs)
    memory = iter([(1 << 20, 1 << 20), (0, 0)])
    monkeypatch.setattr(WorkerProcess, "resident", lambda _: next(memory))
    measured, _ = submission.run_measured("answer", inputs)

    assert [timed.status, measured.status] == [Status.CRASHED, Status.CRASHED]
    assert "right after its answer" in timed.reason


def test_a_timed_run_that_a_busy_machine_cut_off_is_timed_again_in_a_new_process(
    make_submission: MakeSubmission, inputs: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new process has used less CPU time than the old one, and has not crashed."""
    monkeypatch.setattr(procfs, "waiting_seconds", lambda _: {})
    source = f"""
        import os, time
        def other(a):
            while time.process_time() < 1.0:
                pass
            return a
        def answer(a):
            if not os.path.exists({str(tmp_path / "once")!r}):
                open({str(tmp_path / "once")!r}, "w").close()
                time.sleep(600)
            return a
    """
    limits = Limits(case_seconds=2, wall_factor=2)
    submission = make_submission(source, sandbox=Sandbox.NONE, limits=limits)
    assert submission.run("other", inputs).status is Status.OK

    outcome, seconds = submission.run_timed("answer", inputs)

    assert outcome.status is Status.OK
    assert 0 <= seconds < 1
