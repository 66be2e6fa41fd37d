"""The terms of an assignment's import rules, which the judge sends to the process that reads submissions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the reader process starts three times as fast without them
    from grader.model.assignment import Assignment, ImportRules

MAX_SOURCE_BYTES = 256 * 1024  # parsing takes about 200 times the memory of the source


@dataclass(frozen=True)
class Terms:
    """The terms of an assignment's import rules: the modules to allow and the functions to forbid.

    Modules go by the first part of their names; `own` are those of the submission itself, and
    `forbidden` are the functions that students must write themselves.
    """

    imports: Sequence[str]
    provided: Sequence[str]
    submitted: Sequence[str]
    forbidden: Sequence[str]

    @classmethod
    def of(cls, assignment: "Assignment", rules: "ImportRules") -> "Terms":
        """The terms of an assignment under its import rules."""
        provided = {name.partition("/")[0].removesuffix(".py") for name in assignment.provided}
        besides = provided - {*rules.imports, *assignment.modules}
        return cls(
            tuple(rules.imports), tuple(sorted(besides)), tuple(assignment.modules), tuple(rules.forbidden)
        )

    @property
    def importable(self) -> frozenset[str]:
        """All modules that may be imported."""
        return frozenset((*self.imports, *self.provided, *self.submitted, "__future__"))

    def for_worker(self) -> dict[str, tuple[str, ...]]:
        """The data that `grader.worker.import_guard` needs."""
        return {"allowed": tuple(sorted(self.importable)), "forbidden": tuple(self.forbidden)}
