"""CUDA starts in the sandbox of a machine with a GPU that has only NumPy, pytest and CuPy.

No fixture of another file is used and nothing is imported that a machine may lack: `make gpu-all` runs this.
"""

import os
import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from grader.judge.differences.probe_values import arrays_of
from grader.judge.inputs import Inputs
from grader.judge.process import devices
from grader.judge.process.implementation import Implementation, Subject
from grader.judge.process.sandbox import starter
from grader.model.assignment import Limits
from grader.model.grade import Status
from grader.model.surroundings import Device, Sandbox

ROOT = Path(__file__).parents[4]
MISSING = devices.why_unavailable(Device.CUDA)
REQUIRED = os.environ.get("BACKFLIP_GPU") == "required"
SUBMISSION = b"def answer(a):\n    return a.flip((0, 1)) + a\n"
PROBES = "def answer(submission, case):\n    return submission.answer(submission.array(case.a))\n"


@pytest.fixture
def provided(tmp_path: Path) -> Path:
    """The reference's NDArray as the package `ndarray`, with the kernels of its GPU backend."""
    package = tmp_path / "provided" / "ndarray"
    shutil.copytree(
        ROOT / "reference" / "backends", package / "backends", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "reference" / "ndarray.py", package)
    (package / "__init__.py").write_text("from .ndarray import *\n")
    return package.parent


@pytest.mark.parametrize("device", [Device.CPU, Device.CUDA])
def test_a_submission_computes_on_the_device(device: Device, provided: Path) -> None:
    """Twice: the first worker's leftovers must not keep the next from starting."""
    if device is Device.CUDA and MISSING:
        assert not REQUIRED, MISSING
        pytest.skip(MISSING)
    if not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    probes = provided.parent / "probes.py"
    probes.write_text(PROBES)
    subject = Subject(("conv",), "float32", device, {"conv.py": SUBMISSION})
    a = np.arange(12, dtype="float32").reshape(3, 4)
    with closing(starter(Sandbox.BUBBLEWRAP, probes, "ndarray", provided, device=device)) as started:
        for _ in range(2):
            with Implementation(started, subject, Limits()) as submission:
                outcome = submission.run("answer", Inputs({}, {"a": a}, {"a": ()}))
            assert outcome.status is Status.OK, outcome
            (result,) = arrays_of(outcome)
            np.testing.assert_array_equal(result, np.full((3, 4), 11, "float32"))
