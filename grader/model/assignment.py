"""An assignment as its author wrote it (rubric, criteria, cases, limits), and a course of assignments."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.model.late_policy import Policies


class Device(StrEnum):
    """What a submission is graded on: the CPU, a GPU, or the emulator of one."""

    CPU = "cpu"
    CUDA = "cuda"
    EMULATED = "emulated"


class Visibility(StrEnum):
    """Who sees a case's values, and when; the words are Gradescope's."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds are CPU seconds; wall time may be `wall_factor` times as long.

    A criterion may take `criterion_cases` times `case_seconds`, all its cases together.
    """

    import_seconds: float = 10.0
    case_seconds: float = 5.0
    criterion_cases: float = 3.0
    wall_factor: float = 4.0
    memory_mib: int = 2048
    file_mib: int = 16
    open_files: int = 64
    processes: int = 64
    output_kib: int = 1024
    answer_mib: int = 64


# None of them does an exercise. What a process may do to others (os, sys) is the sandbox's business.
DEFAULT_IMPORTS = (
    *("numpy", "abc", "bisect", "collections", "contextlib", "copy", "dataclasses", "decimal", "enum"),
    *("fractions", "functools", "heapq", "itertools", "math", "numbers", "operator", "os", "random"),
    *("statistics", "string", "sys", "textwrap", "time", "typing", "warnings"),
)


@dataclass(frozen=True)
class ImportRules:
    """What a submission may use to do the exercise.

    `imports` are the modules it may import beside its own files and what the assignment provides;
    `forbidden` the functions, by their dotted names, that are the exercise itself.
    """

    imports: tuple[str, ...] = DEFAULT_IMPORTS
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attempts:
    """How often a student may submit: `at_most` N times (None: any), each `cooldown` after the last."""

    at_most: int | None = None
    cooldown: timedelta = timedelta()


OWN_TEST = "test"  # the kind of a case that is a pytest test of the author's
OWN_KINDS, OWN_COMPARISONS = "kinds.py", "comparisons.py"  # what an assignment defines itself
SCENARIO = "scenario"  # the grader's own probe, and what a case asks it: the steps that it takes


@dataclass(frozen=True)
class Case:
    """One set of inputs to a probe.

    `kind` names a module of `grader.judge.kinds`, and `parameters` holds what that kind needs, in the
    rubric's own words. `compare` names a module of `grader.judge.comparisons`, and `options` holds the keys
    that comparisons add to a case. `ask` holds plain values for the probe, `random` the ranges of drawn ones.
    `weight` is its share of the criterion's points. `covers` names the conditions for which the case is there
    (see `grader.author.conditions`); `drawn`: of random shapes. `follow_through` is the share of its points
    for a gradient that is right for a forward pass that is wrong. Where the assignment brings the kind or the
    comparison itself, `kind_source` and `comparison_source` are the Python that defines it.
    """

    id: str
    criterion: str
    probe: str
    kind: str
    parameters: Mapping[str, Any]
    data: str = "integers"
    compare: str = "exact"
    visibility: Visibility = Visibility.VISIBLE
    weight: int = 1
    covers: tuple[str, ...] = ()
    drawn: bool = False
    follow_through: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict)
    ask: Mapping[str, Any] = field(default_factory=dict)
    random: Mapping[str, Any] = field(default_factory=dict)
    kind_source: str = ""
    comparison_source: str = ""

    @property
    def name(self) -> str:
        """`criterion/case`, unique in the rubric."""
        return f"{self.criterion}/{self.id}"


@dataclass(frozen=True)
class Level:
    """One level of a manual criterion: its points, and the text that explains them."""

    points: Fraction
    text: str


@dataclass(frozen=True)
class PaidHint:
    """A hint that an instructor gives on the desk, and the points that it costs the student."""

    cost: Fraction
    text: str


@dataclass(frozen=True)
class Criterion:
    """One row of the rubric: what earns `points`, shared over its cases by weight.

    `hints` are revealed one by one where a student asks. `paid_hints` stay with the instructor; a handout's
    copy of the rubric has only their number, `withheld_hints`.
    `requires` names earlier criteria without which this one is not run. `options` holds the keys that
    comparisons add to a criterion: the probe of a forward pass, and the input that a gradient is with respect
    to. `withheld` is the weight of the hidden cases that a handout's copy of the rubric leaves out,
    `withheld_cases` their number. `results` are the names of what its probe returns, as far as it says them.
    One `by_hand` has no cases: a person gives its points, by its `levels` or otherwise, and where it is
    `anonymous` without seeing a name.
    """

    id: str
    title: str
    points: int
    cases: tuple[Case, ...]
    probe: str = ""
    help: str = ""
    hints: tuple[str, ...] = ()
    paid_hints: tuple[PaidHint, ...] = ()
    withheld_hints: int = 0
    requires: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    withheld: int = 0
    withheld_cases: int = 0
    by_hand: bool = False
    levels: tuple[Level, ...] = ()
    anonymous: bool = False
    results: tuple[str, ...] = ()

    @property
    def weight(self) -> int:
        """The weight of all its cases, those withheld included."""
        return self.withheld + sum(case.weight for case in self.cases)


@dataclass(frozen=True)
class Rubric:
    """The criteria in the author's order; their points add up to `points`."""

    points: int
    criteria: tuple[Criterion, ...]
    source: Path


NDARRAY = "ndarray"  # the package that a handout brings, and the module that students write
NUMPY_ARRAYS = "grader.worker.numpy_arrays"


@dataclass(frozen=True)
class Assignment:
    """One homework, loaded and checked.

    `files` are the names that students submit; `provided` maps the path of every file that comes from the
    assignment, whatever a submission holds, to its bytes. `frozen` is the file of expected arrays
    where there is no reference (in a handout), else None. `tests` are the author's own, pytest's files.
    `import_rules` None holds a submission to nothing, which no loaded assignment does. `library` is the
    folder in which the oracle's package lies where it is not installed. `digest` is over all that a grade
    depends on. `python` is the version that the course grades with, where this is a handout.
    """

    name: str
    title: str
    folder: Path
    files: tuple[str, ...]
    rubric: Rubric
    oracle: str
    devices: tuple[Device, ...] = (Device.CPU,)
    limits: Limits = field(default_factory=Limits)
    import_rules: ImportRules | None = None
    provided: Mapping[str, bytes] = field(default_factory=dict)
    frozen: Path | None = None
    library: Path | None = None
    tests: tuple[Path, ...] = ()
    digest: str = ""
    python: str = ""
    attempts: Attempts = Attempts()

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that answer probes: submitted Python files, and the provided host of each CUDA file."""
        return tuple(name.rpartition(".")[0] for name in self.files)

    @property
    def ndarray(self) -> str:
        """The module of a submission's arrays: the provided or submitted one, or else NumPy."""
        is_there = NDARRAY in self.modules or any(name.startswith(f"{NDARRAY}/") for name in self.provided)
        return NDARRAY if is_there else NUMPY_ARRAYS

    @property
    def probes(self) -> Path:
        """The file that says what is asked of a submission."""
        return self.folder / "probes.py"

    def criterion(self, id: str) -> Criterion:
        """The criterion of that id; KeyError where there is none."""
        for criterion in self.rubric.criteria:
            if criterion.id == id:
                return criterion
        raise KeyError(id)


@dataclass(frozen=True)
class Course:
    """course.yaml, loaded and checked; `variants`: hidden cases have numbers of each student's own.

    `python` is the version that submissions are graded with, such as 3.11; by default the one that generates.
    """

    title: str
    assignments: tuple[str, ...]
    variants: bool = False
    policies: Policies = field(default_factory=Policies)
    python: str = f"3.{sys.version_info[1]}"
