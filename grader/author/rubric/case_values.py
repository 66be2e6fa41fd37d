"""Checks the values that a case passes to its probe, and the steps of a scenario."""

import re
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any

from grader.author.course_files import read_text
from grader.author.schema import CriterionModel
from grader.author.yaml_document import Document
from grader.judge.case_model import CaseModel
from grader.model.assignment import OWN_COMPARISONS, OWN_KINDS, SCENARIO
from grader.model.did_you_mean import did_you_mean


def ask_values(
    document: Document,
    place: tuple[Hashable, ...],
    model: CaseModel,
    criterion: CriterionModel,
    arrays: Sequence[str],
) -> dict[str, Any]:
    """The values that a case writes for its probe, and the steps of its scenario, if it has one."""
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
            value_name = each["case"] if isinstance(each, dict) and list(each) == ["case"] else None
            if value_name is not None and value_name not in values | set(arrays):
                expected = ", ".join(sorted(values)) or "none: it has neither `ask` nor `random`"
                message = f"found {{case: {value_name}}}, expected a value of the case: {expected}"
                raise document.fail(message, (*place, "scenario", number))
    return {**(model.ask or {}), **({SCENARIO: steps} if steps else {})}


def code_that_reads_values(folder: Path) -> str:
    """The Python that may read the values of a case: the probes, and the assignment's own extensions."""
    files = (folder / name for name in ("probes.py", OWN_KINDS, OWN_COMPARISONS))
    return "\n".join(read_text(file) for file in files if file.is_file())


def check_stand_under_ask(
    document: Document, place: tuple[Hashable, ...], unknown: Iterable[str], probes: str
) -> None:
    """Checks that no unknown key of a case is a value that the probes read from it."""
    for key in sorted(unknown):
        if re.search(rf"\bcase(\.|, [\"']){re.escape(key)}\b", probes):
            message = f"found the key {key!r}, expected it under `ask`, with the other values for the probe: "
            raise document.fail(f"{message}write `ask: {{{key}: ...}}`", (*place, key))


def check_are_unique(document: Document, place: tuple[Hashable, ...], names: Iterable[str]) -> None:
    """Checks that no two values of a case have one name."""
    if twice := sorted(name for name, times in Counter(names).items() if times > 1):
        raise document.fail(f"found {twice[0]!r} twice, expected one value of that name: rename one", place)


def check_are_free(
    document: Document, place: tuple[Hashable, ...], model: CaseModel, names_in_use: Collection[str]
) -> None:
    """Checks that no value of a case has the name of an array or of a drawn value of the case."""
    for key in ("ask", "random", "functions"):
        for name in getattr(model, key) or ():
            if name in names_in_use:
                message = f"found {name!r}, expected another name: `case.{name}` is taken in such a case"
                raise document.fail(message, (*place, key, name))


def check_are_read(document: Document, place: tuple[Hashable, ...], model: CaseModel, probes: str) -> None:
    """Checks that the probes read each value of the case; the steps of a scenario name theirs.

    A value is read as an attribute, or by its name in quotes, as `getattr` takes it.
    """
    if model.scenario is not None:
        return
    for key in ("ask", "random", "functions"):
        for name in getattr(model, key) or ():
            if not re.search(rf"\.{re.escape(name)}\b|([\"']){re.escape(name)}\1", probes):
                read_names = dict.fromkeys(re.findall(r"\bcase(?:\.|, [\"'])(\w+)", probes))
                message = f"found {name!r}, expected a value that a probe reads as `case.{name}`"
                raise document.fail(message + did_you_mean(name, read_names), (*place, key, name))
