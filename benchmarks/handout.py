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

ASSIGNMENT, FILE = "conv_backward", "conv.py"
KERNELS, KERNELS_FILE, KERNEL = "cuda_kernels", "kernels.cu", "matmul"
ROUNDS = 9
GRADE_GOAL = "ratio ≤ 5"
WATCH_GOAL = "≤ 300 ms"
SAVES = {"conv": "every case", "flip": "the cases that call it", "dilate": "the cases that call it"}
DONE = "waiting for the next save"
MAKE, NUMPY = ("make", "grade"), (".venv/bin/python", "-c", "import numpy")

ABOUT = f"""\
Milliseconds of wall time in the handouts of {ASSIGNMENT} and {KERNELS}, set up as a student sets them up,
with the solution in place. Numbers are medians of {ROUNDS} rounds in which all commands run in turn. A ratio
compares them with importing NumPy. In the second grade one function is wrong, so the grader also looks for
the smallest case that fails. A save under `make watch` changes one function; its time ends with the last line
of the new grade. Kernels are compiled again after an edit, and otherwise found in the cache."""


def measure() -> Table:
    """The table: milliseconds, their ratio to importing NumPy, and the goal."""
    with tempfile.TemporaryDirectory(prefix="backflip-") as scratch:
        rows = (*_of_functions(Path(scratch, ASSIGNMENT)), *_of_kernels(Path(scratch, KERNELS)))
    return Table("A handout", ABOUT, ("what", "ms", "ratio", "goal"), rows)


def _of_functions(scratch: Path) -> Iterator[tuple[str, ...]]:
    home = _handout(scratch, ASSIGNMENT, FILE)
    seconds = _in_turn(home, {"import numpy": NUMPY, "make grade": MAKE})
    right = (home / FILE).read_text(encoding="utf-8")
    (home / FILE).write_text(_with(right, "flip", "return a"), encoding="utf-8")
    seconds["make grade, and the smallest case"] = _in_turn(home, {"": MAKE})[""]
    (home / FILE).write_text(right, encoding="utf-8")
    saves = {f"a save that changes {name}: {what}": name for name, what in SAVES.items()}
    seconds |= _saves(home, saves)
    base = median(seconds["import numpy"])
    goals = {"make grade": GRADE_GOAL, **dict.fromkeys(saves, WATCH_GOAL)}
    for name, each in seconds.items():
        yield _row(name, each, base, goals.get(name, ""))


def _of_kernels(scratch: Path) -> Iterator[tuple[str, ...]]:
    home = _handout(scratch, KERNELS, KERNELS_FILE)
    warm = {
        "": NUMPY,
        f"{KERNELS}: make grade": MAKE,
        f"{KERNELS}: make grade EXERCISE={KERNEL}": (*MAKE, f"EXERCISE={KERNEL}"),
    }
    seconds = _in_turn(home, warm)
    base = median(seconds.pop(""))
    right = (home / KERNELS_FILE).read_text(encoding="utf-8")
    after_an_edit = []
    for number in range(ROUNDS):
        edited = _with(right, KERNEL, f"if (m < -{number}) return;", begins="{")
        (home / KERNELS_FILE).write_text(edited, encoding="utf-8")
        after_an_edit.append(_seconds(home, MAKE))
    seconds[f"{KERNELS}: make grade after an edit"] = after_an_edit
    for name, each in seconds.items():
        yield _row(name, each, base)


def _row(name: str, seconds: Sequence[float], base: float, goal: str = "") -> tuple[str, ...]:
    return name, f"{median(seconds) * 1000:.0f}", f"{median(seconds) / base:.1f}", goal


def _handout(scratch: Path, assignment: str, file: str) -> Path:
    """A generated handout with its own environment; the first grade sets it up and fills the caches."""
    with redirect_stdout(sys.stderr):
        if grader(["generate", assignment, "--out", str(scratch / "build")]):
            raise RuntimeError(f"{assignment} could not be generated")
    home = scratch / "home"
    copytree(scratch / "build" / "release" / assignment, home)
    (home / file).write_bytes((scratch / "build" / "solution" / assignment / file).read_bytes())
    for _ in range(2):
        _seconds(home, MAKE)
    return home


def _in_turn(home: Path, commands: Mapping[str, Sequence[str]]) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, words in commands.items():
            seconds[name].append(_seconds(home, words))
    return seconds


def _seconds(home: Path, words: Sequence[str]) -> float:
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


def _with(source: str, function: str, statement: str, begins: str = '"""') -> str:
    """The source with a statement at the beginning of a function's body.

    It is placed behind the docstring of a function in Python, or behind the brace with which a kernel
    `begins`.
    """
    before, name, rest = source.partition(f" {function}(")
    signature, start, body = rest.partition(begins)
    docstring, end, body = body.partition(begins) if begins == '"""' else ("", "", body)
    return f"{before}{name}{signature}{start}{docstring}{end}\n    {statement}{body}"
