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
from grader.model.surroundings import Device


class Visibility(StrEnum):
    """The rule for who sees a case's values, and when; the words are Gradescope's."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"


class Data(StrEnum):
    """The numbers that a case draws: small integers, whose sums are exact, or real numbers from N(0, 1)."""

    INTEGERS = "integers"
    NORMAL = "normal"


@dataclass(frozen=True)
class Limits:
    """The limits of one submission. Seconds are CPU seconds; wall time may be `wall_factor` times as long.

    All cases of a criterion together may take `criterion_cases` times `case_seconds`.
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
    function_calls: int = 2000


# None of them does an exercise. The sandbox limits what a process may do to others (os, sys).
DEFAULT_IMPORTS = (
    "numpy", "abc", "bisect", "cmath", "collections", "contextlib", "copy", "dataclasses", "decimal",
    "enum", "fractions", "functools", "heapq", "itertools", "math", "numbers", "operator", "os", "pprint",
    "random", "re", "statistics", "string", "sys", "textwrap", "time", "typing", "warnings",
)  # fmt: skip


@dataclass(frozen=True)
class ImportRules:
    """The modules and functions that a submission may use for the exercise.

    `imports` are the modules that it may import besides its own files and those that the assignment provides.
    `forbidden` are the functions, by their dotted names, that are the exercise itself.
    """

    imports: tuple[str, ...] = DEFAULT_IMPORTS
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubmissionLimits:
    """The limit on submissions: `at_most` N times (None: any), each `cooldown` after the last."""

    at_most: int | None = None
    cooldown: timedelta = timedelta()


OWN_TEST = "test"  # the kind of a case that is one of the author's pytest tests
OWN_KINDS, OWN_COMPARISONS = "kinds.py", "comparisons.py"  # files in which an assignment defines its own
OWN_FUNCTIONS = "functions.py"  # and the one with the functions that its cases pass to submissions
OWN_FILES = (OWN_KINDS, OWN_COMPARISONS, OWN_FUNCTIONS)
SCENARIO = "scenario"  # the grader's own probe, and the key of a case's steps for it


@dataclass(frozen=True)
class Case:
    """One set of inputs to a probe.

    `kind` names a module of `grader.judge.kinds`, and `parameters` holds what that kind needs, in the
    rubric's own words. `compare` names a module of `grader.judge.comparisons`, and `options` holds the keys
    that comparisons add to a case. `ask` holds plain values for the probe, `random` the ranges of drawn ones.
    `weight` is its share of the criterion's points. `covers` names the conditions that the case tests
    (`grader.author.covers_conditions`). `help` is the heading that explains it, if that is not its
    criterion's. `is_drawn`: its shapes are random. `follow_through` is the share of its
    points for a gradient that is right for a wrong forward pass. If the assignment defines the kind or the
    comparison itself, `kind_source` and `comparison_source` are the Python that defines it. `functions` are
    those that it passes to the probe, by name: {"use": function, "given": fixed arguments, "seeded": whether
    it takes the case's seed}, or a list of these in any order; `functions_source` is their Python.
    `shapes_of` names the visible case whose shapes it has, if it asks that one again with other values.
    """

    id: str
    criterion: str
    probe: str
    kind: str
    parameters: Mapping[str, Any]
    data: Data = Data.INTEGERS
    compare: str = "exact"
    visibility: Visibility = Visibility.VISIBLE
    weight: int = 1
    covers: tuple[str, ...] = ()
    help: str = ""
    is_drawn: bool = False
    follow_through: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict)
    ask: Mapping[str, Any] = field(default_factory=dict)
    random: Mapping[str, Any] = field(default_factory=dict)
    kind_source: str = ""
    comparison_source: str = ""
    functions: Mapping[str, Any] = field(default_factory=dict)
    functions_source: str = ""
    shapes_of: str = ""

    @property
    def name(self) -> str:
        """`criterion/case`, unique in the rubric."""
        return f"{self.criterion}/{self.id}"

    @property
    def is_own_test(self) -> bool:
        """True if the case is one of the author's pytest tests, which has neither a kind nor a comparison."""
        return self.kind == OWN_TEST


@dataclass(frozen=True)
class Level:
    """One level of a manual criterion: its points, and the text that explains them."""

    points: Fraction
    text: str


@dataclass(frozen=True)
class PaidHint:
    """A hint that an instructor gives on the desk, and the points it costs the student."""

    cost: Fraction
    text: str


@dataclass(frozen=True)
class Criterion:
    """One row of the rubric, worth `points`, which its cases share by weight.

    `hints` are revealed one by one when a student asks. `paid_hints` stay with the instructor; a handout's
    copy of the rubric has only their number, `withheld_hints`.
    `requires` names earlier criteria that must pass before this one runs. `options` holds the keys that
    comparisons add to a criterion: the probe of a forward pass, and the input that a gradient is with respect
    to. `withheld` is the weight of the hidden cases that a handout's copy of the rubric leaves out,
    `withheld_cases` their number. `results` names the values that its probe returns, if it gives names.
    A criterion `by_hand` has no cases: a grader gives its points, by its `levels` or otherwise, and without
    seeing a name if it is `anonymous`.
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
        """The weight of all its cases, withheld ones included."""
        return self.withheld + sum(case.weight for case in self.cases)

    def help_for(self, case: Case) -> str:
        """The heading of the handout that explains a case."""
        return case.help or self.help


@dataclass(frozen=True)
class Rubric:
    """The criteria in the author's order; their points add up to `points`."""

    points: int
    criteria: tuple[Criterion, ...]
    source: Path

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases of all criteria, in order."""
        return tuple(case for criterion in self.criteria for case in criterion.cases)


NDARRAY = "ndarray"  # the package that a handout brings, and the module that students write
NUMPY_ARRAYS = "grader.worker.numpy_arrays"


@dataclass(frozen=True)
class Assignment:
    """One homework, loaded and checked.

    `files` are the names that students submit. `provided` maps paths to bytes, for every file that always
    comes from the assignment, whatever a submission holds. `frozen` is the file of expected arrays if there
    is no reference (in a handout), else None. `tests` are the author's own pytest files. `import_rules` None
    sets no rules; a loaded assignment always has some. `library` is the folder with the oracle's package, if
    that is not installed. `digest` covers everything that a grade depends on. In a handout, `python` is the
    version that the course grades with, and `provided_digests` and `unwritten_digests` hold the SHA-256 of
    each provided file and of each file to submit as they were handed out.
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
    submission_limits: SubmissionLimits = SubmissionLimits()
    provided_digests: Mapping[str, str] = field(default_factory=dict)
    unwritten_digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that answer probes: submitted Python files, and each CUDA file's host module."""
        return tuple(name.rpartition(".")[0] for name in self.files)

    @property
    def ndarray(self) -> str:
        """The module of a submission's arrays: provided, submitted, or else NumPy."""
        is_there = NDARRAY in self.modules or any(name.startswith(f"{NDARRAY}/") for name in self.provided)
        return NDARRAY if is_there else NUMPY_ARRAYS

    @property
    def probes(self) -> Path:
        """The file with the probes."""
        return self.folder / "probes.py"

    def criterion(self, id: str) -> Criterion:
        """The criterion with that id; KeyError if there is none."""
        for criterion in self.rubric.criteria:
            if criterion.id == id:
                return criterion
        raise KeyError(id)


@dataclass(frozen=True)
class Course:
    """course.yaml, loaded and checked; `variants`: each student's hidden cases have their own numbers.

    `python` is the version that grades submissions, such as 3.11; by default the one that generates.
    """

    title: str
    assignments: tuple[str, ...]
    variants: bool = False
    policies: Policies = field(default_factory=Policies)
    python: str = f"3.{sys.version_info[1]}"
