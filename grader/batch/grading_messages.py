"""The messages to the processes that grade: one `Grading`, then one `Work` after the other.

Everything is sent as bytes and by content, so a process on this machine and one across a network do the same.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from grader.judge.code_digest import code_digest, files_below
from grader.judge.kernels import find_nvrtc
from grader.judge.verdict.misconceptions import Misconceptions
from grader.model.assignment import Assignment
from grader.model.grade import CheckResult, Grade
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox

LEFT_OUT = ("mutants.py", "mutants.cu")  # their answers are in the misconceptions


@dataclass(frozen=True)
class Grading:
    """The message on how a class is graded: `course` holds, by path, the course's files for grading.

    `variants` gives each student's hidden cases their own numbers. `nvrtc` is the version of NVIDIA's
    compiler that reads kernels: a grade's notes depend on it, but no case's result does.
    """

    assignment: Assignment
    course: Mapping[str, bytes]
    sandbox: Sandbox
    secret: str
    misconceptions: Misconceptions | None
    variants: bool
    code: str
    nvrtc: str = ""

    @staticmethod
    def of(
        assignment: Assignment,
        sandbox: Sandbox,
        secret: str,
        misconceptions: Misconceptions | None,
        variants: bool,
    ) -> "Grading":
        """Reads the files to send: the assignment's own, and the package of its oracle."""
        root = assignment.folder.parent.parent
        oracle = root / assignment.oracle.partition(".")[0]
        paths = [p for p in assignment.folder.iterdir() if p.is_file() and p.name not in LEFT_OUT]
        paths += files_below(oracle)
        course = {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(paths)}
        compiler = find_nvrtc.version() if any(name.endswith(".cu") for name in assignment.files) else ""
        return Grading(assignment, course, sandbox, secret, misconceptions, variants, code_digest(), compiler)

    @cached_property
    def digest(self) -> str:
        """A digest of everything that a grade depends on, except the student and the submission."""
        provided = {**self.course, **self.assignment.provided}
        parts = {
            "assignment": [self.assignment.name, self.assignment.digest],
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in provided.items()},
            "sandbox": self.sandbox,
            "secret": self.secret,
            "misconceptions": self.misconceptions
            and [self.misconceptions.to_json(), dict(self.misconceptions.right_versions)],
            "variants": self.variants,
            "code": self.code,
            "nvrtc": self.nvrtc,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Work:
    """One set of files and the students who submitted it.

    `key` identifies it within a batch; `cached` are results that the gradebook has, by address.
    """

    key: str
    files: SubmittedFiles
    students: tuple[str, ...]
    cached: Mapping[str, CheckResult] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkResult:
    """A grade for each student, the addresses of its cases, and the results that were not cached.

    `key` is that of the work; `seconds` is the CPU time that the submission took.
    """

    key: str
    grades: tuple[Grade, ...]
    addresses: tuple[Mapping[str, str], ...]
    fresh: Mapping[str, CheckResult]
    seconds: float = 0.0
