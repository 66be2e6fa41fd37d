"""A student, their submissions with times, and manual adjustments of their grade."""

import hashlib
from dataclasses import dataclass
from fractions import Fraction

ON_TIME = "on time"
# of adjustments.csv, which a report writes and `grader adjust` reads
ADJUSTMENT_COLUMNS = (
    *("student_id", "assignment", "criterion", "points", "reason", "author"),
    *("applies_to", "may_exceed", "submission"),
)
NO_SUBMISSION = "none"  # in its column `submission`: none counted when the adjustment was made


@dataclass(frozen=True, slots=True)
class Student:
    """Someone on the roster; without one all that is known is an id.

    `extension` is how much later than others they may hand in: hours ("36h"), days ("2d"), or "". `group` is
    the name of a group that students may share, "" without one.
    """

    id: str
    name: str = ""
    email: str = ""
    section: str = ""
    extension: str = ""
    group: str = ""

    @property
    def label(self) -> str:
        """`1042 (Grace Hopper)`: the id, and the name where it is known and another."""
        return f"{self.id} ({self.name})" if self.name and self.name != self.id else self.id


@dataclass(frozen=True, slots=True)
class Submission:
    """One set of files that a student submitted at one time.

    `files` is the hex SHA-256 over the files' names and contents. `sequence` tells several submissions of one
    student apart and sorts them. `submitted_at` is ISO 8601 with its offset from UTC (without one where the
    course has no time zone), "" where it is not known; `late` is what the LMS said of it. `doubt` says why a
    person must look before its grade counts, "" where there is no reason or a person has accepted it.
    """

    student_id: str
    assignment: str
    files: str
    sequence: str = ""
    submitted_at: str = ""
    late: bool = False
    doubt: str = ""

    @property
    def id(self) -> str:
        """The same for the same student, assignment, sequence and files; another one for others."""
        words = "\0".join((self.student_id, self.assignment, self.sequence, self.files))
        return hashlib.sha256(words.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points that a person adds to a criterion's score, or takes from it; "" is the whole assignment.

    It `applies_to` one submission, or to the student whichever submission counts. `submission` is the id of
    that one, "" where none counted; None means the one that counts when the adjustment is entered. Where it
    `may_exceed`, the total may lie below 0 or above the points offered.
    """

    student_id: str
    assignment: str
    criterion: str
    points: Fraction
    reason: str
    author: str
    applies_to: str = "submission"
    may_exceed: bool = False
    submission: str | None = None

    def is_for(self, submission: Submission | None) -> bool:
        """Whether it applies while this submission counts."""
        if self.applies_to == "student" or self.submission is None:
            return True
        return self.submission == ("" if submission is None else submission.id)


@dataclass(frozen=True, slots=True)
class TimeRuling:
    """When a submission counts as submitted: at `time` (ISO 8601 with its offset), or `ON_TIME`."""

    submission: str
    time: str
    reason: str
    author: str
