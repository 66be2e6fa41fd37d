"""Times what a student waits for in a handout: `make grade`, the smallest case, `make watch`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from itertools import cycle, islice
from pathlib import Path
from shutil import copytree
from statistics import median
from typing import IO

from benchmarks.table import Table
from grader.__main__ import main as grader

ASSIGNMENT = "conv_backward"
FILE = "conv.py"
ROUNDS = 9
GRADE_GOAL = "ratio ≤ 5"
WATCH_GOAL = "≤ 300 ms"
SAVES = {"conv": "every case", "flip": "the cases that call it", "dilate": "the cases that call it"}
DONE = "waiting for the next save"

ABOUT = f"""\
Milliseconds of wall time in the handout of {ASSIGNMENT}, set up as a student sets it up, with the solution
in place. Numbers are medians of {ROUNDS} rounds in which all commands run in turn. In the second grade one
function is wrong, so the grader also looks for the smallest case that fails. A save under `make watch`
changes one function; its time ends with the last line of the new grade."""


def measure() -> Table:
    """The table: milliseconds, their ratio to importing NumPy, and the goal."""
    with tempfile.TemporaryDirectory(prefix="backflip-") as scratch:
        home = _handout(Path(scratch))
        commands = {
            "import numpy": (home / ".venv/bin/python", "-c", "import numpy"),
            "make grade": ("make", "grade"),
        }
        seconds = _in_turn(home, commands)
        right = (home / FILE).read_text(encoding="utf-8")
        (home / FILE).write_text(_with(right, "flip", "return a"), encoding="utf-8")
        seconds["make grade, and the smallest case"] = _in_turn(home, {"": ("make", "grade")})[""]
        (home / FILE).write_text(right, encoding="utf-8")
        saves = {f"a save that changes {name}: {what}": name for name, what in SAVES.items()}
        seconds |= _saves(home, saves)
    base = median(seconds["import numpy"])
    goals = {"make grade": GRADE_GOAL, **dict.fromkeys(saves, WATCH_GOAL)}
    return Table(
        "A handout",
        ABOUT,
        ("what", "ms", "ratio", "goal"),
        tuple(
            (name, f"{median(each) * 1000:.0f}", f"{median(each) / base:.1f}", goals.get(name, ""))
            for name, each in seconds.items()
        ),
    )


def _handout(scratch: Path) -> Path:
    """A generated handout with its own environment; the first grade sets it up and fills the caches."""
    with redirect_stdout(sys.stderr):
        if grader(["generate", ASSIGNMENT, "--out", str(scratch / "build")]):
            raise RuntimeError(f"{ASSIGNMENT} could not be generated")
    home = scratch / "home"
    copytree(scratch / "build" / "release" / ASSIGNMENT, home)
    (home / FILE).write_bytes((scratch / "build" / "solution" / ASSIGNMENT / FILE).read_bytes())
    for _ in range(2):
        _seconds(home, ("make", "grade"))
    return home


def _in_turn(home: Path, commands: Mapping[str, Sequence[str | Path]]) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, words in commands.items():
            seconds[name].append(_seconds(home, words))
    return seconds


def _seconds(home: Path, words: Sequence[str | Path]) -> float:
    started = time.perf_counter()
    subprocess.run(words, cwd=home, env=_environment(), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def _environment() -> dict[str, str]:
    """A student's: nothing of the environment that the benchmark itself runs in."""
    virtual_environment = ("PYTHON", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(virtual_environment)}


def _saves(home: Path, saves: dict[str, str]) -> dict[str, list[float]]:
    """The seconds from a save to the end of the grade that follows, for each of the functions to change."""
    right = (home / FILE).read_text(encoding="utf-8")
    seconds: dict[str, list[float]] = {name: [] for name in saves}
    with _watching(home) as lines:
        _next_grade(lines)
        for number, (name, function) in enumerate(islice(cycle(saves.items()), ROUNDS * len(saves))):
            time.sleep(0.5)  # meanwhile the watch prepares its processes
            started = time.perf_counter()
            (home / FILE).write_text(_with(right, function, f"{number}"), encoding="utf-8")
            _next_grade(lines)
            seconds[name].append(time.perf_counter() - started)
            right = (home / FILE).read_text(encoding="utf-8")
    return seconds


@contextmanager
def _watching(home: Path) -> Iterator[IO[str]]:
    with subprocess.Popen(
        ("make", "watch"), cwd=home, env=_environment(), stdout=subprocess.PIPE, text=True, process_group=0
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout
        finally:
            os.killpg(process.pid, 15)


def _next_grade(lines: IO[str]) -> None:
    """Reads up to the line that ends a grade; RuntimeError if the watch ends first."""
    if not any(DONE in line for line in lines):
        raise RuntimeError("make watch has ended")


def _with(source: str, function: str, statement: str) -> str:
    """The source with a statement at the beginning of a function's body, behind its docstring."""
    before, start, rest = source.partition(f"def {function}(")
    signature, quotes, body = rest.partition('"""')
    docstring, end, body = body.partition('"""')
    return f"{before}{start}{signature}{quotes}{docstring}{end}\n    {statement}{body}"
