"""What holding an assignment to its promises came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """A promise that does not hold: where to mend it, and what is wrong."""

    source: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Verification:
    """The kill matrix and what is wrong: `kills[mutant]` are the cases (criterion/case) that it fails."""

    assignment: str
    cases: tuple[str, ...]
    kills: Mapping[str, frozenset[str]]
    findings: tuple[Finding, ...]

    @property
    def survivors(self) -> tuple[str, ...]:
        """The mutants that no case tells from the solution."""
        return tuple(name for name, killed in self.kills.items() if not killed)
