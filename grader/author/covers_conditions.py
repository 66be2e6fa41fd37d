"""Defines the conditions that a rubric's `covers` may name, each as a predicate on a case.

Conditions for one kind of case are in its module of `grader.judge.kinds`; here are those for every kind.
"""

from collections.abc import Callable, Mapping

from grader.judge.inputs import Inputs
from grader.judge.kind import Condition, Kind
from grader.judge.kinds import KINDS, kind_of
from grader.model.assignment import Case


def _zero_size(case: Case, inputs: Inputs) -> bool:
    return any(base.size == 0 for base in inputs.bases.values())


def _length(law: Callable[[int], bool]) -> Condition:
    """True if a law holds for the length of some array's axis."""
    return lambda case, inputs: any(law(n) for name in inputs.bases for n in inputs.array(name).shape)


def _is_prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def _of(kind: Kind, condition: Condition) -> Condition:
    """The same condition, limited to cases of one kind."""
    return lambda case, inputs: case.kind == kind.name and condition(case, inputs)


OF_EVERY_KIND: Mapping[str, Condition] = {
    "view": lambda case, inputs: bool(case.parameters.get("view")),
    "zero_size": _zero_size,
    "one_element": lambda case, inputs: any(base.size == 1 for base in inputs.bases.values()),
    "under_a_warp": _length(lambda n: n == 31),
    "over_a_warp": _length(lambda n: n == 33),
    "over_a_block": _length(lambda n: n == 257),
    "prime": lambda case, inputs: all(_is_prime(n) for b in inputs.bases.values() for n in b.shape),
    "unmodified_input": lambda case, inputs: "inputs" in case.probe,
}
CONDITIONS: Mapping[str, Condition] = {
    **{name: _of(kind, law) for kind in KINDS.values() for name, law in kind.conditions.items()},
    **OF_EVERY_KIND,
}


def law_of(case: Case, condition: str) -> Condition:
    """The law of a condition for a case; the assignment's own kinds have their own conditions."""
    return kind_of(case).conditions.get(condition) or CONDITIONS[condition]
