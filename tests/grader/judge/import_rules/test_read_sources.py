"""A submission that exhausts its reader is refused and affects no other: each has its own child process."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.judge.import_rules import rules
from grader.judge.import_rules.read_sources import MAX_EXPANDED_BYTES, SourceReader
from grader.judge.import_rules.terms import Terms
from grader.model.errors import GraderFault
from tests.waiting import is_running, wait_until

TERMS = Terms(("numpy",), (), (), ("numpy.flip",))
HONEST = {"conv.py": b"import numpy as np\nx = np.zeros(3)\n"}
SLOW = b"import numpy as np\n" + b"np.lib\n" * 25_000
LARGE = b"x = [" + b"1," * 100_000 + b"]"


@pytest.fixture(scope="module")
def reading() -> SourceReader:
    return SourceReader(TERMS)


def test_refusals_are_the_same_with_and_without_a_child(reading: SourceReader) -> None:
    files = {"conv.py": b"\nimport scipy"}

    assert reading.refusal(files) == rules.Rules(TERMS).refusal(files) != ""
    assert reading.refusal(HONEST) == ""
    assert reading.refusal({}) == ""


def test_a_file_that_uses_up_the_time_for_reading_is_named(reading: SourceReader) -> None:
    slow = {f"slow_{part}.py": SLOW for part in range(40)}  # some twenty seconds; the limit ends it after one
    refusal = SourceReader(TERMS, cpu_seconds=0).refusal({**HONEST, **slow})

    assert refusal.startswith("slow_")
    assert "reading it takes more than 0 seconds of CPU time: write it more simply" in refusal
    assert reading.refusal(HONEST) == ""


def test_a_submission_that_uses_up_its_memory_is_refused(reading: SourceReader) -> None:
    refusal = SourceReader(TERMS, memory_bytes=8 << 20).refusal({**HONEST, "large.py": LARGE})

    assert refusal.startswith("large.py: ")
    assert "memory" in refusal or "too tangled" in refusal
    assert reading.refusal(HONEST) == ""


def test_a_macros_expansion_is_refused_without_an_invented_line(reading: SourceReader) -> None:
    refusal = reading.refusal_of_macros("kernels.cu", b'\n\nasm("nop");')

    assert refusal.startswith("kernels.cu: `asm` gets around")
    assert "more than" in reading.refusal_of_macros("kernels.cu", b" " * (MAX_EXPANDED_BYTES + 1))


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_a_reader_that_was_killed_is_started_again(reading: SourceReader) -> None:
    reading.refusal(HONEST)
    (reader,) = (pid for pid in children(os.getpid()) if "reader_process" in command(pid))
    os.kill(reader, signal.SIGKILL)

    assert reading.refusal(HONEST) == ""


LONG = """
from grader.judge.import_rules.read_sources import SourceReader
from grader.judge.import_rules.terms import Terms

reading = SourceReader(Terms(("numpy",), (), (), ()), cpu_seconds=600, memory_bytes=16 << 30)
reading._read({"a.py": b"np.lib\\n" * 3_000_000}, 1 << 30)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_no_reader_outlives_a_judge_that_was_killed() -> None:
    """Not even one in the middle of a source."""
    judge = subprocess.Popen([sys.executable, "-c", LONG])
    wait_until(lambda: any(seconds_of(pid) > 2 for pid in children(judge.pid)), "a reader is in its source")
    (reader,) = children(judge.pid)
    judge.kill()
    judge.wait()

    wait_until(lambda: not is_running(reader), "the reader has ended")


def seconds_of(pid: int) -> float:
    """CPU seconds so far, by its own clock: it starts in less than one."""
    return time.clock_gettime((~pid << 3) | 2)


def test_an_error_of_the_reader_is_no_fault_of_the_submission(reading: SourceReader) -> None:
    with pytest.raises(GraderFault, match="reader of submissions failed"):
        reading._read({"a.py": b""}, None)  # type: ignore[arg-type]
