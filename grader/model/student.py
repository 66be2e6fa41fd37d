"""A student, their submissions with times, and manual adjustments of their grade."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

ON_TIME = "on time"
# columns of adjustments.csv, which a report writes and `grader adjust` reads
ADJUSTMENT_COLUMNS = (
    "student_id", "assignment", "criterion", "points", "reason", "author",
    "applies_to", "may_exceed", "submission",
)  # fmt: skip
NO_SUBMISSION = "none"  # in its column `submission`: none counted when the adjustment was made


@dataclass(frozen=True, slots=True)
class Student:
    """A student on the roster; without a roster, only an id is known.

    `extension` is how much later than others they may submit: hours ("36h"), days ("2d"), or "". `group` is
    the name of a group that students may share, or "". `login` is the name by which they sign in, or "".
    """

    id: str
    name: str = ""
    email: str = ""
    section: str = ""
    extension: str = ""
    group: str = ""
    login: str = ""

    @property
    def label(self) -> str:
        """The id and name, as in `1042 (Grace Hopper)`; only the id if the name is unknown or the same."""
        return f"{self.id} ({self.name})" if self.name and self.name != self.id else self.id


@dataclass(frozen=True, slots=True)
class Submission:
    """One set of files that a student submitted at one time.

    `files` is the hex SHA-256 over the files' names and contents. `sequence` distinguishes and sorts several
    submissions of one student. `submitted_at` is ISO 8601 with its offset from UTC (without one if the course
    has no time zone), "" if unknown; `late` is the LMS's word on it, None if it says nothing. `doubt` says
    why it needs review before its grade counts, "" if there is no reason or an instructor has accepted it.
    """

    student_id: str
    assignment: str
    files: str
    sequence: str = ""
    submitted_at: str = ""
    late: bool | None = False
    doubt: str = ""

    @property
    def id(self) -> str:
        """A digest of student, assignment, sequence and files."""
        words = "\0".join((self.student_id, self.assignment, self.sequence, self.files))
        return hashlib.sha256(words.encode()).hexdigest()[:32]


class AppliesTo(StrEnum):
    """What an adjustment is for."""

    SUBMISSION = "submission"
    STUDENT = "student"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points added to a criterion's score by hand, or taken from it; "" is the whole assignment.

    It `applies_to` one submission, or to the student whichever submission counts. `submission` is the id of
    that one, "" if none counted; None means the one that counts when the adjustment is entered. If it
    `may_exceed`, the total may be below 0 or above the points offered.
    """

    student_id: str
    assignment: str
    criterion: str
    points: Fraction
    reason: str
    author: str
    applies_to: AppliesTo = AppliesTo.SUBMISSION
    may_exceed: bool = False
    submission: str | None = None

    def is_for(self, submission: Submission | None) -> bool:
        """True if it applies while this submission counts."""
        if self.applies_to is AppliesTo.STUDENT or self.submission is None:
            return True
        return self.submission == ("" if submission is None else submission.id)


@dataclass(frozen=True, slots=True)
class TimeRuling:
    """A ruling on when a submission counts as submitted: at `time` (ISO 8601 with offset), or `ON_TIME`."""

    submission: str
    time: str
    reason: str
    author: str
