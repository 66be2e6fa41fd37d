"""The result of `grader verify`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.model.grade import Status


@dataclass(frozen=True)
class Finding:
    """A promise that does not hold: where to fix it, and the problem."""

    source: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Gain:
    """A cheat: what it does, the points it gained, its limit in words, and whether it gained more."""

    cheat: str
    does: str
    points: float
    may_gain: str
    is_too_much: bool


@dataclass(frozen=True)
class Verification:
    """The kill matrix and the problems found.

    `kills[mutant]` maps each case (criterion/case) that the mutant fails to how it ended. `tolerances` gives,
    for each real-valued case, the largest share of its bound that rounding used. `conflicting_pairs` are the
    pairs of mutants that cannot be combined, each with the reason. `gains` are those of the cheats made from
    the solution.
    """

    assignment: str
    cases: tuple[str, ...]
    kills: Mapping[str, Mapping[str, Status]]
    findings: tuple[Finding, ...] = ()
    tolerances: Mapping[str, float] = field(default_factory=dict)
    conflicting_pairs: tuple[tuple[str, str, str], ...] = ()
    gains: tuple[Gain, ...] = ()

    @property
    def survivors(self) -> tuple[str, ...]:
        """The mutants that no case distinguishes from the solution."""
        return tuple(name for name, killed in self.kills.items() if not killed)


@dataclass(frozen=True)
class RedTeam:
    """The gains of attacks and cheats on an assignment, and those that gained more than they may."""

    assignment: str
    gains: tuple[Gain, ...]
    findings: tuple[Finding, ...] = ()
