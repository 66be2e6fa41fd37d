"""Checks the steps of a scenario against their case and criterion."""

from collections.abc import Hashable, Sequence
from typing import Any

from grader.author.schema import CriterionModel
from grader.author.yaml_document import Document
from grader.judge.case_model import CaseModel
from grader.model.assignment import SCENARIO


def steps_of(
    document: Document,
    place: tuple[Hashable, ...],
    model: CaseModel,
    criterion: CriterionModel,
    arrays: Sequence[str],
) -> dict[str, Any]:
    """The scenario of a case for its probe; empty if the criterion has a probe of the author's."""
    if (model.scenario is not None) != (criterion.probe == SCENARIO):
        message = f"found `scenario` with `probe: {criterion.probe}`, expected `probe: {SCENARIO}`"
        if model.scenario is None:
            message = f"`probe: {SCENARIO}` also needs `scenario` in each case: add it"
        raise document.fail(message, place)
    values = {*(model.ask or {}), *(model.random or {}), *(model.functions or {})}
    if SCENARIO in values:
        raise document.fail(f"found a value named {SCENARIO!r}, which holds the steps: rename it", place)
    steps = [] if model.scenario is None else [step.model_dump(exclude_unset=True) for step in model.scenario]
    for number, step in enumerate(steps):
        arguments = step.get("given", [])
        for each in [*(arguments.values() if isinstance(arguments, dict) else arguments), step.get("to")]:
            named = each["case"] if isinstance(each, dict) and list(each) == ["case"] else None
            if named is not None and named not in values | set(arrays):
                expected = ", ".join(sorted(values)) or "none: it has neither `ask` nor `random`"
                message = f"found {{case: {named}}}, expected a value of the case: {expected}"
                raise document.fail(message, (*place, "scenario", number))
    return {SCENARIO: steps} if steps else {}
