"""The kinds of cases, one module each, found by name.

A module defines one subclass of `grader.judge.kind.Kind`, named like the module. The class holds the keys of
such a case in a rubric. It draws the inputs, describes them in words, finds the slip that explains a wrong
shape, and lists the conditions that such cases may cover.
May import: grader.model, and of the judge `kind`, `case_model` and `inputs`; NumPy, pydantic.
"""

from collections.abc import Mapping

from grader.judge.discover_subclasses import defined_by, instances
from grader.judge.kind import Kind
from grader.model.assignment import OWN_KINDS, Case

KINDS: Mapping[str, Kind] = instances(Kind, __path__, __name__)  # type: ignore[type-abstract]


def gives_arrays(case: Case) -> bool:
    """True if a case may give its probe an array; an author's own test may do anything."""
    return case.is_own_test or bool(kind_of(case).arrays_of(case.parameters))


def kind_of(case: Case) -> Kind:
    """The kind of a case: one of these, or one of the assignment's own."""
    if case.kind_source:
        return defined_by(case.kind_source, Kind, OWN_KINDS)[case.kind]  # type: ignore[type-abstract]
    return KINDS[case.kind]
