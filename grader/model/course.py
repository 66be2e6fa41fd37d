"""A course: its assignments in order, and the policies that turn points into scores."""

import sys
from dataclasses import dataclass, field

from grader.model.policies import Policies


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
