"""A course: its assignments in order, and the policies that turn points into scores."""

from dataclasses import dataclass, field

from grader.model.policies import Policies


@dataclass(frozen=True)
class Course:
    """course.yaml, loaded and checked; `variants`: hidden cases have numbers of each student's own."""

    title: str
    assignments: tuple[str, ...]
    variants: bool = False
    policies: Policies = field(default_factory=Policies)
