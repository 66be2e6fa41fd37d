"""The result of `grader verify`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from grader.model.grade import Status


class Weight(StrEnum):
    """How much a finding matters, in the order of a report."""

    POINTS = "points"  # a grade is wrong: points for no work, or none for right work
    PROOF = "proof"  # a wrong version earns full points, or a case proves nothing
    HELP = "help"  # a student lacks a hint or a heading


@dataclass(frozen=True)
class Finding:
    """A promise that does not hold: where to fix it, the problem, and how much it matters."""

    source: Path
    line: int
    message: str
    weight: Weight = Weight.PROOF

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
    def by_weight(self) -> tuple[Finding, ...]:
        """The findings, those that matter most first."""
        order = list(Weight)
        return tuple(sorted(self.findings, key=lambda finding: order.index(finding.weight)))

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
