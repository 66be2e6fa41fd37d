"""Runs a whole class through `grader batch`, into a gradebook: speed, memory, storage, and a second run.

`python -m benchmarks.batch N` measures N submissions of conv_backward alone, for instance 10,000.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.__main__ import processor
from benchmarks.exercise import NAME, SOLUTION, make_course
from benchmarks.table import Table
from grader.author.load import load
from grader.author.render import Views, render
from grader.batch.gradebook import Gradebook, GradeEntry

ROOT = Path(__file__).parents[1]
JOBS = 2
REAL = "conv_backward"
LOOK_SECONDS = 0.05  # how often the coordinator's memory is sampled
CLASSES = ((REAL, 1000), (REAL, 10_000), (NAME, 1000))
COPIED = 200  # grades, to time their writing
LARGE = 100_000  # submissions that docs/scaling.md plans
PLAN = ROOT / "docs" / "scaling.md"
PAGE = """\
# A class of {large:,}

This page helps you plan machines for a large class. `make bench` writes it. Every number in it was measured,
or follows from measurements, on this processor: {processor}.

{table}
## Cores and hours

A submission of `{assignment}` takes {core_ms:.0f} ms of a core. Submissions do not depend on each
other, so more cores need fewer hours: on one machine with `--jobs`, on many with `--cluster`
([cluster.md](cluster.md)). The coordinator writes a grade in {write_ms:.1f} ms, so one gradebook takes
at most {writes:,.0f} grades per second.

| cores | hours | per second |  |
| ---: | ---: | ---: | --- |
{rows}

## Storage and memory

- The gradebook takes {each_kib:.1f} KiB for each submission: {storage:.1f} GiB.
- The coordinator holds the names and digests of all submissions, {grows:.1f} KiB for each, and the
  files of only those that are being graded: {memory:.0f} MiB.
- A run in which every result is known takes {again:.0f} s. A run that was interrupted needs this time
  before it continues.
"""

ABOUT = f"""\
We run the command `grader batch --jobs {JOBS}` from a folder of submissions to a gradebook in SQLite.
Each submission is a correct solution in its own sandbox, and no two are equal. *Each* is the time from one
grade to the next. *Start* is everything else: starting Python, testing the sandbox, reading and hashing the
class, and each process's first submission. *Again* is a second run, which finds every result and runs no
submission. *Memory* is the most that the coordinator held at any time (resident). *Storage* is the
gradebook's size for each submission."""


@dataclass(frozen=True)
class Measured:
    """One class: seconds for each submission, the start, a second run, one grade's writing; MiB; KiB each."""

    assignment: str
    count: int
    each: float
    start: float
    again: float
    memory_mib: float
    storage_kib: float
    write: float


def measure() -> Table:
    """The table: a real assignment, and a trivial one for the costs that do not depend on the exercise."""
    measured = [measure_class(*what) for what in CLASSES]
    PLAN.write_text(plan(measured), encoding="utf-8")
    return table(measured)


def plan(measured: Sequence[Measured]) -> str:
    """docs/scaling.md: the needs of a very large class, computed from the measurements."""
    few, many = sorted((m for m in measured if m.assignment == REAL), key=lambda m: m.count)
    grows = (many.memory_mib - few.memory_mib) / (many.count - few.count)  # MiB for one more submission
    core_seconds = many.each * JOBS
    again = (many.again - few.again) / (many.count - few.count)
    rows = []
    for cores in (2, 8, 32, 64, 128):
        seconds = max(core_seconds / cores, many.write)
        limit = "the gradebook's writer is the limit" if seconds == many.write else ""
        rows.append((f"{cores:,}", f"{LARGE * seconds / 3600:,.2f}", f"{1 / seconds:,.0f}", limit))
    return PAGE.format(
        large=LARGE,
        processor=processor(),
        table=table(list(measured)).markdown(),
        assignment=REAL,
        core_ms=1e3 * core_seconds,
        rows="\n".join("| " + " | ".join(row) + " |" for row in rows),
        storage=LARGE * many.storage_kib / 1024 / 1024,
        each_kib=many.storage_kib,
        memory=many.memory_mib + grows * (LARGE - many.count),
        grows=1024 * grows,
        again=many.again + again * (LARGE - many.count),
        write_ms=1e3 * many.write,
        writes=1 / many.write,
    )


def table(measured: list[Measured]) -> Table:
    """The measurements, one row per class."""
    header = ("assignment", "submissions", "each, ms", "per second", "start, s", "again, s", "memory, MiB")
    rows = tuple(
        (
            m.assignment, f"{m.count:,}", f"{1e3 * m.each:.1f}", f"{1 / m.each:.1f}", f"{m.start:.1f}",
            f"{m.again:.1f}", f"{m.memory_mib:.0f}", f"{m.storage_kib:.1f}",
        )
        for m in measured
    )  # fmt: skip
    return Table("A class", ABOUT, (*header, "storage, KiB each"), rows)


def measure_class(assignment: str, count: int) -> Measured:
    """Grades a class of the given size twice."""
    with tempfile.TemporaryDirectory(prefix="backflip-") as folder:
        root = Path(folder, "course")
        if assignment == NAME:
            root.mkdir()
            make_course(root)
            files = {"conv.py": SOLUTION}
        else:
            root = ROOT
            loaded = Views(load(ROOT / "assignments" / assignment)).assignment
            rendered = render(loaded, "solution").files
            files = {name: rendered[name] for name in loaded.files}
        database = Path(folder, "gradebook.db")
        command = [sys.executable, "-m", "grader", "batch", str(Path(folder, "class")), "--jobs", str(JOBS)]
        command += ["--assignment", assignment, "--gradebook", f"sqlite:///{database}"]
        hand_in(Path(folder, "warm"), files, 1)  # the mutants' answers are computed once per assignment
        run([*command[:4], str(Path(folder, "warm")), *command[5:-1], f"sqlite:///{folder}/warm.db"], root)
        hand_in(Path(folder, "class"), files, count)
        first, second = run(command, root), run(command, root)
        assert first.lines[-2].startswith(f"{count} graded"), first.lines
        assert second.lines[-2] == f"nothing to run, {count} graded before", second.lines
        # the first tenth is left out: it includes the start of every process
        (begun, done), (ended, last) = first.progress[0], first.progress[-1]
        each = (ended - begun) / (last - done)
        size = sum(path.stat().st_size for path in Path(folder).glob("gradebook.db*"))
        return Measured(
            assignment,
            count,
            each,
            start=first.seconds - each * count,
            again=second.seconds,
            memory_mib=max(first.memory_mib, second.memory_mib),
            storage_kib=size / 1024 / count,
            write=time_writing(f"sqlite:///{database}", f"sqlite:///{folder}/copy.db"),
        )


def time_writing(url: str, other: str) -> float:
    """Seconds that the coordinator takes to write one grade: it copies some to another gradebook."""
    with Gradebook(url, create=False) as book, Gradebook(other) as copy:
        rows = [row for row in book.grades()[:COPIED] if row.grade and row.submission and row.student]
        copy.hand_in([r.student for r in rows if r.student], [r.submission for r in rows if r.submission])
        seconds = 0.0
        for row in rows:
            assert row.grade is not None and row.submission is not None
            fresh = book.results(row.submission.files)
            start = time.perf_counter()
            copy.record(row.submission, GradeEntry(row.grade, "copy", {}, fresh))
            seconds += time.perf_counter() - start
    return seconds / len(rows)


def hand_in(root: Path, files: Mapping[str, str], count: int) -> None:
    """Writes a folder for each student; no two files are the same."""
    for number in range(count):
        student = root / f"student-{number:05}"
        student.mkdir(parents=True)
        for name, text in files.items():
            (student / name).write_text(f"{text}# {student.name}\n", encoding="utf-8")


@dataclass(frozen=True)
class Run:
    """A command that succeeded: seconds, peak memory, output lines, and (seconds, graded) along the way."""

    seconds: float
    memory_mib: float
    lines: list[str]
    progress: list[tuple[float, int]]


def run(command: list[str], folder: Path) -> Run:
    """Runs a batch and observes it meanwhile."""
    start, peak = time.perf_counter(), 0.0
    lines: list[str] = []
    progress: list[tuple[float, int]] = []
    with tempfile.TemporaryFile("w+") as out:
        batch = subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        while batch.poll() is None:
            peak = max(peak, resident_mib(batch.pid))
            out.seek(0)
            lines = out.read().splitlines()
            counts = [int(words[1]) for words in map(str.split, lines) if words[:1] == ["graded"]]
            if counts and (not progress or counts[-1] > progress[-1][1]):
                progress.append((time.perf_counter() - start, counts[-1]))
            time.sleep(LOOK_SECONDS)
        seconds = time.perf_counter() - start
        out.seek(0)
        lines = out.read().splitlines()
    if batch.returncode:
        raise RuntimeError("\n".join(lines))
    return Run(seconds, peak, lines, progress or [(0.0, 0), (seconds, 1)])


def resident_mib(pid: int) -> float:
    """The peak resident memory of a process so far; 0 if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return next(
        (int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0
    )


if __name__ == "__main__":
    print(table([measure_class(REAL, int(sys.argv[1]))]).markdown())
