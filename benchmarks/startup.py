"""Times commands that have almost nothing to do, against `import numpy`."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.table import Table
from grader.author.load import load
from grader.author.render import render

ROUNDS = 5
ASSIGNMENT = "conv_backward"
GOALS = {"grade": 5, "batch of one": 8, "batch of one that is known": 5}
OF_BENCHMARKS = {"PYTHONDONTWRITEBYTECODE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"}
ROOT = Path(__file__).parents[1]


def measure() -> Table:
    """User and system CPU seconds with all children: the least of some rounds in which all run in turn.

    A killed sandbox counts only with the time that the kernel still reports, which may be nothing.
    """
    with tempfile.TemporaryDirectory() as scratch:
        one = Path(scratch, "class", "ada")
        one.mkdir(parents=True)
        assignment = load(ROOT / "assignments" / ASSIGNMENT)
        solution = render(assignment, "solution").files
        for name in assignment.files:
            (one / name).write_text(solution[name], encoding="utf-8")
        commands = _commands(one, Path(scratch, "gradebook.db"))
        _seconds(commands["grade"])  # the first run fills the caches and is not counted
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            Path(scratch, "gradebook.db").unlink(missing_ok=True)
            for name, words in commands.items():
                seconds[name].append(_seconds(words))
    least = {name: min(each) for name, each in seconds.items()}
    base = least["import numpy"]
    return Table(
        "Starting",
        f"CPU seconds of commands on {ASSIGNMENT}, all processes together, compared with a Python that only\n"
        "imports NumPy. Each number is the least of several rounds in which all commands run in turn.",
        ("command", "CPU s", "ratio", "goal"),
        tuple(
            (name, f"{value:.2f}", f"{value / base:.1f}", str(GOALS.get(name, "")))
            for name, value in least.items()
        ),
    )


def _commands(one: Path, gradebook: Path) -> dict[str, Sequence[str]]:
    grader = (sys.executable, "-P", "-m", "grader")
    batch = (*grader, "batch", str(one.parent), "--assignment", ASSIGNMENT, "--jobs", "1")
    return {
        "import numpy": (sys.executable, "-c", "import numpy"),
        "grade": (*grader, "grade", str(one), "--assignment", ASSIGNMENT),
        "batch of one": (*batch, "--gradebook", f"sqlite:///{gradebook}"),
        "batch of one that is known": (*batch, "--gradebook", f"sqlite:///{gradebook}"),
    }


def _seconds(words: Sequence[str]) -> float:
    # as installed, where a module that was compiled once is not compiled again, and as a user's shell has it
    environment = {name: value for name, value in os.environ.items() if name not in OF_BENCHMARKS}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
