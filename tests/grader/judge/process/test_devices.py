"""A GPU is shown to one submission at a time, and nothing touches it before that submission's own process."""

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from grader.author.load import load
from grader.author.render import Views, render
from grader.judge.differences.probe_values import arrays_of
from grader.judge.inputs import Inputs
from grader.judge.process import devices, sandbox
from grader.judge.process.implementation import Implementation, Subject
from grader.judge.process.sandbox import starter
from grader.judge.session import Session
from grader.model.assignment import Assignment, Limits
from grader.model.errors import GraderFault
from grader.model.grade import Status
from grader.model.surroundings import Device, Sandbox
from tests.folders import in_folder
from tests.grader.judge.conftest import NDARRAY, PROBES

REQUIRED = os.environ.get("BACKFLIP_GPU") == "required"  # `make gpu-test`: without a GPU it fails
NODES = ("dev/nvidiactl", "dev/nvidia0", "dev/nvidia1", "dev/nvidia-uvm")


@pytest.fixture
def with_gpu(tmp_path: Path) -> Path:
    """A machine with the device nodes of two GPUs."""
    for node in NODES:
        (tmp_path / node).parent.mkdir(exist_ok=True)
        (tmp_path / node).touch()
    return tmp_path


def test_the_missing_part_of_a_device_is_named(with_gpu: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    assert devices.why_unavailable(Device.CPU, with_gpu / "empty") == ""
    assert devices.why_unavailable(Device.CUDA, with_gpu) == ""
    assert "/dev/nvidiactl and /dev/nvidia0 missing" in devices.why_unavailable(
        Device.CUDA, with_gpu / "empty"
    )

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "CuPy is not installed" in devices.why_unavailable(Device.CUDA, with_gpu)


def test_the_default_is_the_first_available_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "why_unavailable", lambda device: "not here" if device == "cuda" else "")
    assert devices.first_available((Device.CUDA, Device.CPU)) == "cpu"
    assert devices.first_available((Device.CPU, Device.CUDA)) == "cpu"
    assert devices.first_available((Device.CUDA,)) == "cuda"  # and then the message says what is missing


def test_a_gpus_wall_shows_one_gpu_and_the_cpus_wall_none() -> None:
    def devices_inside(device: str) -> set[str]:
        words = sandbox._outer_sandbox(device)
        binds = zip(words, words[2:], strict=False)  # --dev-bind, the place outside, the place inside
        return {inside for option, inside in binds if option.startswith("--dev-bind")}

    assert devices_inside(Device.CPU) == set()
    assert devices_inside(Device.CUDA) == {"/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm"}
    words = sandbox._outer_sandbox(Device.CUDA)
    index = words.index("--dev")
    closed = next(i for i, pair in enumerate(pairwise(words)) if pair[1] == "/dev" and i > index)
    assert index < words.index("/dev/nvidia0") < closed  # bound into the new /dev, before it is closed


def test_the_launcher_touches_no_gpu(tmp_path: Path, repository: Path) -> None:
    """Loads everything that is loaded before the fork, with a CuPy that ends the process on import."""
    (tmp_path / "cupy.py").write_text("raise SystemExit('CuPy was imported before the fork')")
    (tmp_path / "probes.py").write_text("")
    config = {"paths": [str(tmp_path), str(repository)], "probes": str(tmp_path / "probes.py")}
    config |= {"ndarray": "reference.ndarray"}
    loads = """
    import json, sys
    from pathlib import Path
    from grader.worker import launch
    launch.poison_fresh_memory()
    worker = launch.Worker(json.loads(sys.argv[1]))
    assert worker._ndarray.cuda, "the module that has the device was not loaded"
    print([line for line in Path("/proc/self/maps").read_text().splitlines() if "cuda" in line.lower()])
    """
    words = [sys.executable, "-c", dedent(loads), json.dumps(config)]
    process = subprocess.run(words, capture_output=True, text=True, check=False, cwd=repository)
    assert (process.stdout.strip(), process.returncode) == ("[]", 0), process.stderr


@pytest.fixture
def on_gpu(tmp_path: Path) -> Iterator[Implementation]:
    """A submission to an assignment whose GPU is made of NumPy."""
    provided = tmp_path / "provided"
    provided.mkdir()
    (provided / "ndarray.py").write_text(NDARRAY.replace("def cpu()", "def cuda()"))
    (tmp_path / "probes.py").write_text(PROBES)
    source = """
    import resource
    import time
    import numpy as np

    def answer(a):
        return np.array(resource.getrlimit(resource.RLIMIT_AS), np.int64)

    def other(a):
        kept = [np.ones(1 << 22) for _ in range(30)]
        time.sleep(1)
        return a
    """
    subject = Subject(("conv",), "float32", Device.CUDA, {"conv.py": dedent(source).encode()})
    with closing(starter(Sandbox.BUBBLEWRAP, tmp_path / "probes.py", "ndarray", provided)) as started:
        yield Implementation(started, subject, Limits(memory_mib=512))


def test_on_a_gpu_memory_is_limited_but_address_space_is_not(on_gpu: Implementation) -> None:
    inputs = Inputs({}, {"a": np.zeros(1, np.float32)}, {"a": ()})
    with on_gpu:
        outcome = on_gpu.run("answer", inputs)
        assert [array.tolist() for array in arrays_of(outcome)] == [[-1, -1]], outcome
        outcome = on_gpu.run("other", inputs)  # 960 MiB
        assert (outcome.status, "512 MiB" in outcome.reason) == (Status.MEMORY, True), outcome


def test_a_device_that_does_not_start_is_not_the_submissions_fault(tmp_path: Path) -> None:
    (tmp_path / "ndarray.py").write_text("def cuda():\n    raise RuntimeError('no GPU in this process')\n")
    (tmp_path / "probes.py").write_text("")
    subject = Subject(("conv",), "float32", Device.CUDA, {"conv.py": b""})
    with (
        closing(starter(Sandbox.NONE, tmp_path / "probes.py", "ndarray", tmp_path)) as started,
        Implementation(started, subject, Limits()) as submission,
        pytest.raises(GraderFault, match="no GPU in this process"),
    ):
        submission.start()


@pytest.fixture
def tiny(course: Path) -> Assignment:
    return replace(load(course / "assignments" / "tiny"), devices=(Device.CUDA,))


def test_a_gpu_has_one_submission_at_a_time(
    tiny: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    with (
        # not opened: that would start a worker on a GPU, which may not be there
        contextlib.closing(Session(tiny, sandbox=Sandbox.NONE, device=Device.CUDA)) as one,
        contextlib.closing(Session(tiny, sandbox=Sandbox.NONE, device=Device.CUDA)) as two,
    ):
        has_turn = threading.Event()

        def take() -> None:
            with two.setup._turn():
                has_turn.set()

        with one.setup._turn():
            waiting = threading.Thread(target=take)
            waiting.start()
            assert not has_turn.wait(0.2)
        assert has_turn.wait(5)
        waiting.join()


@pytest.mark.skipif(
    not REQUIRED and devices.why_unavailable(Device.CUDA) != "", reason="there is no GPU here"
)
def test_a_solution_is_graded_on_a_real_gpu_behind_the_wall(repository: Path, tmp_path: Path) -> None:
    """CUDA starts with its own /proc and without the denied system calls."""
    assert devices.why_unavailable(Device.CUDA) == ""
    assignment = load(repository / "assignments" / "conv_forward")
    kernels = {
        f"ndarray/backends/kernels/{f.name}": f.read_bytes()
        for f in (repository / "reference/backends/kernels").iterdir()
    }
    # CUDA's driver holds far more of the host's memory than a case is allowed.
    criteria = tuple(
        replace(each, cases=tuple(case for case in each.cases if "peak_memory" not in case.options))
        for each in assignment.rubric.criteria
    )
    assignment = replace(
        assignment,
        rubric=replace(assignment.rubric, criteria=criteria),
        devices=(Device.CUDA,),
        provided={**Views(assignment).assignment.provided, **kernels},
    )
    files = render(assignment, "solution").files
    for name in assignment.files:
        (tmp_path / name).write_text(str(files[name]), encoding="utf-8")
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        grade = session.grade(in_folder(tmp_path), "solution")

    assert (grade.device, grade.passed) == ("cuda", True), grade
