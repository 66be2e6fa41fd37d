"""The result of `grader verify`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.model.grade import Status


@dataclass(frozen=True)
class Finding:
    """A promise that does not hold: where to fix it, and what is wrong."""

    source: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Gain:
    """What a cheat does, the points that it gained, what it may gain in words, and whether it gained more."""

    cheat: str
    does: str
    points: float
    may_gain: str
    is_too_much: bool


@dataclass(frozen=True)
class Verification:
    """The kill matrix and what is wrong.

    `kills[mutant]` are the cases (criterion/case) that it fails, each with how it ended there. `tolerances`
    says of each real-valued case which share of its bound rounding took at most. `apart` are the pairs of
    mutants that do not compose, each with the reason: of those no solution with both is known. `gains` are
    those of the cheats that were made of the solution.
    """

    assignment: str
    cases: tuple[str, ...]
    kills: Mapping[str, Mapping[str, Status]]
    findings: tuple[Finding, ...] = ()
    tolerances: Mapping[str, float] = field(default_factory=dict)
    apart: tuple[tuple[str, str, str], ...] = ()
    gains: tuple[Gain, ...] = ()

    @property
    def survivors(self) -> tuple[str, ...]:
        """The mutants that no case tells from the solution."""
        return tuple(name for name, killed in self.kills.items() if not killed)


@dataclass(frozen=True)
class RedTeam:
    """What attacks and cheats gained on an assignment, and where one gained more than it may."""

    assignment: str
    gains: tuple[Gain, ...]
    findings: tuple[Finding, ...] = ()
