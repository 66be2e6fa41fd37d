"""The ways of comparing an answer, one module each, found by name.

A module defines one subclass of `grader.judge.comparison.Comparison`, named like the module. The class says
which keys it adds to a rubric, how often inputs are drawn, whether the reference must answer, and whether a
handout may contain such a case. It makes the digest that is equal for equal answers, compares them, and holds
its own section of the docs.
May import: grader.model, and of the judge `comparison`, `differences` and the modules that a kind may import;
NumPy, pydantic.
"""

from collections.abc import Mapping

from grader.judge.comparison import Comparison
from grader.judge.discover_subclasses import defined_by, instances
from grader.model.assignment import OWN_COMPARISONS, Case

COMPARISONS: Mapping[str, Comparison] = instances(Comparison, __path__, __name__)  # type: ignore[type-abstract]
AROUND = {one.chosen_by: one for one in COMPARISONS.values() if one.chosen_by}


def compared_by(case: Case) -> Comparison:
    """The comparison that a case names: one of these, or one of the assignment's own."""
    if case.comparison_source:
        definitions = defined_by(case.comparison_source, Comparison, OWN_COMPARISONS)  # type: ignore[type-abstract]
        return definitions[case.compare]
    return COMPARISONS[case.compare]


def comparison_of(case: Case) -> Comparison:
    """The comparison of a case: the one that it names, or the one around that (see `chosen_by`)."""
    around = [one for key, one in AROUND.items() if key in case.options]
    return around[0] if around else compared_by(case)


def draws(case: Case) -> int:
    """How often the inputs of a case are drawn."""
    follow_through = COMPARISONS["adjoint"].draws if case.follow_through else 1
    return max(comparison_of(case).draws, follow_through)


def judged_draws(case: Case) -> range:
    """The draws that are compared with the reference's answers; none if no expected value is needed."""
    comparison = comparison_of(case)
    return range(comparison.draws if comparison.needs_expected else 0)
