"""Times the same trivial exercise in nbgrader and Otter; `make bench-peers` writes docs/benchmarks-peers.md.

Both are installed into throw-away environments, from the package registry that pip is set up for.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any, Protocol

from benchmarks.exercise import NAME, SOLUTION, hand_in, make_course
from benchmarks.grading import ROOT
from benchmarks.table import Table

PAGE = ROOT / "docs" / "benchmarks-peers.md"
ROUNDS = 3
POINTS = 10
CASES = {  # as in benchmarks.exercise, with the numbers that a notebook's author would take
    "one-axis": "a = np.arange(6.0).reshape(2, 3)\nassert np.array_equal(flip(a, (1,)), a[:, ::-1])",
    "other-axis": "a = np.arange(12.0).reshape(3, 4)\nassert np.array_equal(flip(a, (0,)), a[::-1])",
}
ABOUT = """\
Each tool grades correct submissions to one exercise, `flip`, with two cases, by its own command on the same
machine. Seconds are wall time for one submission: the time of the command, from its start to its end, divided
by the number of submissions. Each figure is the median over rounds in which all tools ran in turn. We checked
every score. nbgrader and Otter run a submission as the user who grades, in one process with the tests.
Backflip runs each submission in its own sandbox."""


class Peer(Protocol):
    """A tool that grades the exercise."""

    name: str
    submissions: int  # for one command: enough for some seconds

    def prepare(self, folder: Path) -> None:
        """Installs it and writes the exercise and the submissions."""

    def grade(self) -> None:
        """Runs its command, or commands, and checks the scores."""


class Backflip:
    """This repository, as it is installed here."""

    name = "Backflip: `grader batch --jobs 1`"
    submissions = 60

    def prepare(self, folder: Path) -> None:
        """Writes the course; the first command fills the caches for later ones."""
        make_course(folder)
        hand_in(folder / "submitted", self.submissions)
        self.folder, self.rounds = folder, 0
        self.grade()

    def grade(self) -> None:
        """Grades into a new gradebook each time: an existing one would be as fast, and prove less."""
        self.rounds += 1
        words = ["batch", "submitted", "--assignment", NAME, "--jobs", "1"]
        words += ["--gradebook", f"sqlite:///{self.folder}/{self.rounds}.db"]
        run([sys.executable, "-m", "grader", *words], self.folder)
        with closing(sqlite3.connect(self.folder / f"{self.rounds}.db")) as book:
            (graded,) = book.execute("select count(*) from grades where score = max_score").fetchone()
        assert graded == self.submissions


class Nbgrader:
    """nbgrader: notebooks, one command for a class."""

    submissions = 6

    def prepare(self, folder: Path) -> None:
        """Writes the instructor's notebook, makes the release, and submits."""
        self.folder, self.tools = folder, install(folder / "tools", "nbgrader")
        self.name = f"nbgrader {version('nbgrader', self.tools)}: `nbgrader autograde`"
        _write(
            folder / "source" / NAME / "flip.ipynb",
            notebook(f"### BEGIN SOLUTION\n{SOLUTION}### END SOLUTION"),
        )
        self._run("generate_assignment")
        for number in range(self.submissions):
            path = folder / "submitted" / f"student-{number}" / NAME / "flip.ipynb"
            _write(path, notebook(f"{SOLUTION}# {number}"))

    def grade(self) -> None:
        """Runs with --force, else nbgrader would skip what it has graded before."""
        self._run("autograde", "--force")
        with closing(sqlite3.connect(self.folder / "gradebook.db")) as book:
            (score,) = book.execute("select sum(auto_score) from grade").fetchone()
        assert score == POINTS * self.submissions

    def _run(self, command: str, *words: str) -> None:
        run([self.tools / "nbgrader", command, NAME, *words], self.folder, self.tools)


class Otter:
    """Otter-Grader: a notebook, one command for each; its slower container is not used."""

    submissions = 2

    def prepare(self, folder: Path) -> None:
        """Writes the tests and packs them up."""
        self.folder, self.tools = folder, install(folder / "tools", "otter-grader", "ipykernel")
        self.name = f"Otter {version('otter-grader', self.tools)}: `otter run`"
        doctests = [
            {"code": doctest(case), "hidden": number > 0} for number, case in enumerate(CASES.values())
        ]
        suites = [{"type": "doctest", "cases": doctests}]
        test = {"name": "flip", "points": POINTS, "suites": suites}
        _write(folder / "tests" / "flip.py", f"OK_FORMAT = True\n\ntest = {test!r}\n")
        self._run("generate", "-t", "tests", "--no-environment", "-o", "autograder.zip")
        for number in range(self.submissions):
            _write(
                folder / f"student-{number}.ipynb",
                plain_notebook(f"import numpy as np\n\n{SOLUTION}# {number}"),
            )
            (folder / f"result-{number}").mkdir()

    def grade(self) -> None:
        """One command for each submission."""
        for number in range(self.submissions):
            words = ("-a", "autograder.zip", "-o", f"result-{number}", "--no-logo")
            self._run("run", *words, f"student-{number}.ipynb")
            results = json.loads((self.folder / f"result-{number}" / "results.json").read_text())
            assert sum(test.get("score", 0) for test in results["tests"]) == POINTS

    def _run(self, *words: str) -> None:
        run([self.tools / "otter", *words], self.folder, self.tools)


def measure() -> Table:
    """The table; for a tool that cannot be installed or run, the reason replaces its figures."""
    ours = Backflip()
    peers: list[Peer] = [ours, Nbgrader(), Otter()]
    seconds: dict[Peer, list[float]] = {peer: [] for peer in peers}
    failed: dict[Peer, str] = {}
    with tempfile.TemporaryDirectory(prefix="backflip-") as folder:
        for peer in peers:
            try:
                peer.prepare(Path(folder, type(peer).__name__))
            except (subprocess.CalledProcessError, OSError) as error:
                failed[peer] = reason(error)
        for _ in range(ROUNDS):
            for peer in peers:
                if peer in failed:
                    continue
                start = time.perf_counter()
                try:
                    peer.grade()
                except (subprocess.CalledProcessError, OSError) as error:
                    failed[peer] = reason(error)
                seconds[peer].append((time.perf_counter() - start) / peer.submissions)
    assert ours not in failed, failed[ours]
    rows = []
    for peer in peers:
        name = getattr(peer, "name", type(peer).__name__)
        if peer in failed:
            rows.append((name, "", failed[peer], ""))
        else:
            mine, theirs = median(seconds[ours]), median(seconds[peer])
            rows.append((name, str(peer.submissions), f"{theirs:.3f}", f"{theirs / mine:.1f}"))
    header = ("tool and command", "submissions", "seconds a submission", "times as long as ours")
    return Table("Compared with other autograders", ABOUT, header, tuple(rows))


def install(folder: Path, *packages: str) -> Path:
    """Makes an environment with these packages and NumPy; returns the folder of its commands."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    venv.create(folder, with_pip=True)
    run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", *packages, "numpy"], folder)
    return folder / "bin"


def version(package: str, tools: Path) -> str:
    """The package's version in that environment."""
    code = f"import importlib.metadata; print(importlib.metadata.version({package!r}))"
    return run([tools / "python", "-c", code], tools).strip()


def run(words: Sequence[str | Path], folder: Path, tools: Path | None = None) -> str:
    """The output of a command, run with `tools` first on its path and without the user's settings."""
    environment = dict(os.environ)
    if tools is not None:
        environment |= {"HOME": str(folder), "PATH": f"{tools}{os.pathsep}{environment['PATH']}"}
    done = subprocess.run(
        [str(word) for word in words], cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def reason(error: subprocess.CalledProcessError | OSError) -> str:
    """The last line that a failed command printed, in a form for the table."""
    output = (
        (error.stderr or error.stdout or "")
        if isinstance(error, subprocess.CalledProcessError)
        else str(error)
    )
    lines = [line.strip() for line in output.splitlines() if line.strip()] or [f"{error}"]
    return f"not run: {lines[-1][:200].replace('|', '/')}"


def doctest(case: str) -> str:
    """A case as a doctest, which passes if it prints nothing."""
    return "\n".join(f">>> {line}" for line in case.splitlines())


def notebook(answer: str) -> str:
    """The exercise as nbgrader's notebook: a cell for the answer and one for each case, the second hidden."""
    first, second = CASES.items()
    hidden = f"### BEGIN HIDDEN TESTS\n{second[1]}\n### END HIDDEN TESTS"
    graded = {"grade": True, "solution": False, "locked": True, "points": POINTS / 2}
    return plain_notebook(
        "import numpy as np",
        (answer, {"grade_id": "flip", "grade": False, "solution": True, "locked": False}),
        (first[1], {"grade_id": first[0], **graded}),
        (hidden, {"grade_id": second[0], **graded}),
    )


def plain_notebook(*cells: str | tuple[str, Mapping[str, Any]]) -> str:
    """A notebook (nbformat 4.5) of code cells, some with nbgrader's metadata."""
    notebook_cells: list[dict[str, Any]] = []
    for number, cell in enumerate(cells):
        source, wanted = (cell, None) if isinstance(cell, str) else cell
        metadata = {"nbgrader": {"schema_version": 3, "task": False, **wanted}} if wanted else {}
        notebook_cells.append(
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": metadata,
                "source": source,
                "execution_count": None,
                "outputs": [],
            }
        )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": notebook_cells}
    return json.dumps(whole)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    text = measure().markdown()
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(f"<!-- Written by `make bench-peers`. -->\n{text}", encoding="utf-8")
    print(text)
