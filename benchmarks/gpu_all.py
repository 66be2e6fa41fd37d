"""Runs everything that needs a GPU, within eight minutes: `make gpu-all PYTHON=python3`.

It needs NumPy, pytest, CuPy and, for the benchmark, torch; nothing is installed, and no `.venv` is made or
read. If hypothesis is in `build/gpu` (`make gpu-packages`), the property-based tests run too.
The results replace the section "On a GPU" of docs/benchmarks.md.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.page import write

ROOT = Path(__file__).parents[1]
TITLE = "## On a GPU"
ABOUT = "`make gpu-all` writes this section."
LAWS = ("tests/reference/test_cuda.py", "tests/reference/emulator/test_gpu.py")
SANDBOX = ("tests/grader/judge/process/test_gpu.py",)
PYTEST = (sys.executable, "-m", "pytest", "-q", "-W", "default", "-p", "no:cacheprovider")
SANITIZERS = ("memcheck", "racecheck", "initcheck")
DESCRIBE = """
import importlib.util
for name in ("numpy", "pytest", "cupy"):
    if importlib.util.find_spec(name) is None:
        raise SystemExit(f"{name} is not installed for this Python, and gpu-all needs NumPy, pytest and CuPy")
from reference.backends.cupy import import_cupy
try:
    cupy = import_cupy()
except RuntimeError as error:
    raise SystemExit(str(error))
properties = cupy.cuda.runtime.getDeviceProperties(0)
version = cupy.cuda.runtime.runtimeGetVersion()
cuda = f"{version // 1000}.{version % 1000 // 10}"
print(f"{properties['name'].decode()}, CUDA {cuda}, CuPy {cupy.__version__}")
"""
COMPARE = """
import importlib.util
if importlib.util.find_spec("torch") is None:
    raise SystemExit("torch is not installed for this Python, so nothing was compared")
from benchmarks.__main__ import main
main(["gpu", "gpu_family"])
"""


@dataclass(frozen=True)
class Step:
    """A step: its name, the command, and its time limit in seconds."""

    name: str
    command: Sequence[str]
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """The outcome of a step: its last line in words, and whether it succeeded."""

    step: Step
    passed: bool
    words: str
    output: str
    seconds: float


def steps() -> Iterator[Step]:
    """All steps; their limits add up to eight minutes."""
    laws = (*PYTEST, "--confcutdir", "tests/reference", *LAWS)
    yield Step("the machine", (sys.executable, "-c", DESCRIBE), 30)
    yield Step("laws of the backend, agreement with the emulator", laws, 150)
    yield Step("a submission in the sandbox", (*PYTEST, "--noconftest", *SANDBOX), 60)
    if sanitizer := shutil.which("compute-sanitizer") or shutil.which(
        "/usr/local/cuda/bin/compute-sanitizer"
    ):
        few = ("-k", "convolution_and_its_gradients or a_gpu_and_the_emulator_compute")
        for tool in SANITIZERS:
            options = ("--tool", tool, "--error-exitcode", "1")
            yield Step(f"compute-sanitizer {tool}", (sanitizer, *options, *laws, *few), 50)
    yield Step("convolution against torch", (sys.executable, "-c", COMPARE), 90)


def run(step: Step) -> Outcome:
    """Runs a step to its end, or until its time limit."""
    packages = str(ROOT / "build" / "gpu")
    environment = {**os.environ, "BACKFLIP_GPU": "required", "PYTHONPATH": f"{ROOT}{os.pathsep}{packages}"}
    start = time.monotonic()
    try:
        done = subprocess.run(
            step.command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=step.seconds,
            check=False,
        )
        output, passed = done.stdout.decode("utf-8", "replace"), done.returncode == 0
    except subprocess.TimeoutExpired as expired:
        output = (
            f"{(expired.stdout or b'').decode('utf-8', 'replace')}\nended after {step.seconds:.0f} seconds"
        )
        passed = False
    lines = [line.strip("= ") for line in output.splitlines() if line.strip("= ")] or ["nothing was printed"]
    return Outcome(step, passed, lines[-1], output, time.monotonic() - start)


def section(outcomes: Sequence[Outcome]) -> str:
    """The section of docs/benchmarks.md: a line for each step, then what was measured."""
    rows = [
        f"| {each.step.name} | {_mark(each)} | {_cell(each)} | {each.seconds:.0f} s |\n" for each in outcomes
    ]
    head = f"{TITLE}\n\n{ABOUT}\n\n| step | | last line | time |\n|---|---|---|---|\n"
    tables = [each.output.strip() for each in outcomes if each.passed and each.words.startswith("|")]
    return (
        head + "".join(rows) + "".join(f"\n{re.sub('^## ', '### ', table, flags=re.M)}\n" for table in tables)
    )


def _mark(outcome: Outcome) -> str:
    return "passed" if outcome.passed else "FAILED"


def _cell(outcome: Outcome) -> str:
    return "its table is below" if outcome.words.startswith("|") else outcome.words.replace("|", "\\|")


def main() -> int:
    """Runs all steps, prints them, and writes the section; 1 if one failed."""
    outcomes = []
    for step in steps():
        outcomes.append(outcome := run(step))
        print(f"{_mark(outcome)}  {step.name}: {outcome.words}", flush=True)
        if not outcome.passed and outcome.output.strip() != outcome.words:
            print(outcome.output, flush=True)
        if not outcome.passed and step.name == "the machine":
            print("No GPU was found through CuPy: nothing was tried, and docs/benchmarks.md is as it was.")
            return 1
    write(section(outcomes))
    print("docs/benchmarks.md holds this run.")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
