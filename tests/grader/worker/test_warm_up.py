"""A warm-up ends, and leaves the process unchanged."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from grader.model.wire_format import FrameReader

ROOT = Path(__file__).parents[3]
WARM_UP = """
import json, os, resource, sys
import reference.ndarray
from grader.worker.warm_up import warm_up

def state():
    kinds = resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE
    limits = [resource.getrlimit(kind) for kind in kinds]
    return [sys.path[:], os.getcwd(), sorted(sys.modules), limits, os.listdir("/proc/self/fd")]

before = state()
answer = warm_up({"ndarray": sys.argv[1]}, sys.argv[2])
print(json.dumps([before, state(), answer.hex()]))
"""


def warmed_up(ndarray: str, folder: Path) -> tuple[list[object], list[object], bytes]:
    """The state before, the state after, and the last answer, in a process of its own."""
    words = [sys.executable, "-c", WARM_UP, ndarray, str(folder)]
    ran = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
    before, after, answer = json.loads(ran.stdout.splitlines()[-1])
    return before, after, bytes.fromhex(answer)


def test_it_reaches_its_end(tmp_path: Path) -> None:
    (frame,) = FrameReader(1 << 20).feed(warmed_up("reference.ndarray", tmp_path)[2])

    assert frame.header["status"] == "ok", frame.header["error"]
    assert frame.arrays[0].shape == (6,)


@pytest.mark.parametrize("ndarray", ["reference.ndarray", "one_that_is_handed_in"])
def test_it_leaves_the_process_as_it_was(tmp_path: Path, ndarray: str) -> None:
    before, after, _ = warmed_up(ndarray, tmp_path)

    assert before == after


def test_nowhere_to_write_is_no_fault(tmp_path: Path) -> None:
    in_the_way = tmp_path / "a-file"
    in_the_way.write_text("")

    assert warmed_up("reference.ndarray", in_the_way)[2] == b""
