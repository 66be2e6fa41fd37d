"""Loads rubric.yaml: criteria, cases, and what they may name."""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.author.conditions import CONDITIONS
from grader.author.extent import MAX_ELEMENTS, elements
from grader.author.schema import (
    CASES,
    DIFFERENTIABLE,
    LINEAR,
    CaseModel,
    CriterionModel,
    DefaultsModel,
    RubricModel,
)
from grader.author.yaml_document import Document, read
from grader.model.assignment import Case, Criterion, Rubric

MAX_CASES = 1000  # of a criterion


def lines_of(rubric: Path) -> dict[str, int]:
    """The line of each criterion (by id) and of each case (by criterion/case) of a rubric."""
    document, lines = Document(rubric), {}
    for number, criterion in enumerate(document.data["criteria"]):
        place = ("criteria", number)
        lines[criterion["id"]] = document.line(place) or 1
        for position, case in enumerate(criterion["cases"]):
            names = [case["id"], *(f"{case['id']}-{i + 1}" for i in range(case.get("draw", 0)))]
            line = document.line((*place, "cases", position)) or 1
            lines |= {f"{criterion['id']}/{name}": line for name in names}
    return lines


def _anchors(readme: Path) -> set[str]:
    """The anchors of a Markdown file's headings, made as GitHub makes them."""
    text = read(readme, "no such file: help texts point into it")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)  # a comment in code is no heading
    titles = [line.lstrip("#").strip() for line in text.splitlines() if re.match(r"#{1,6} ", line)]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def load_rubric(path: Path, assignment: str, probes: set[str], readme: Path) -> Rubric:
    """The rubric at `path`; `probes` are the functions that its probes may name."""
    document = Document(path)
    model: RubricModel = document.parse(RubricModel, document.data)
    if model.assignment != assignment:
        raise document.fail(
            f"found assignment {model.assignment!r}, expected {assignment!r}", ("assignment",)
        )
    anchors = _anchors(readme)
    criteria: list[Criterion] = []
    for number, criterion in enumerate(model.criteria):
        place = ("criteria", number)
        known = [c.id for c in criteria]
        if criterion.id in known:
            raise document.fail(
                f"found criterion {criterion.id!r} a second time: ids are unique", (*place, "id")
            )
        for key, probe in (
            ("probe", criterion.probe),
            ("adjoint_of", criterion.adjoint_of),
            ("gradient_of", criterion.gradient_of),
        ):
            if probe is not None and probe not in probes:
                expected = ", ".join(sorted(probes))
                message = f"found {key} {probe!r}, expected a function of probes.py: {expected}"
                raise document.fail(message, (*place, key))
        for required in criterion.requires:
            if required not in known:
                message = (
                    f"found {required!r}, expected an earlier criterion: {', '.join(known) or 'none is'}"
                )
                raise document.fail(message, (*place, "requires"))
        anchor = criterion.help.partition("#")[2]
        if anchor not in anchors:
            message = f"found #{anchor}, expected a heading of {readme.name}: {', '.join(sorted(anchors))}"
            raise document.fail(message, (*place, "help"))
        if criterion.follow_through is not None:
            _check_follow_through(document, place, criterion, criteria)
        for compare, key in (("adjoint", "adjoint_of"), ("finite_difference", "gradient_of")):
            named = getattr(criterion, key) is not None
            if key == "adjoint_of" and criterion.follow_through is not None:
                continue
            if (criterion.compare == compare) != named or (named and criterion.wrt is None):
                message = f"found one without the others, expected compare: {compare} with {key} and wrt"
                raise document.fail(message, (*place, "compare"))
        alone = criterion.adjoint_of is None and criterion.gradient_of is None
        if criterion.wrt is not None and alone:
            message = "found wrt alone, expected compare: adjoint or finite_difference with it"
            raise document.fail(message, (*place, "wrt"))
        criteria.append(_criterion(document, place, criterion, model.defaults))
    total = sum(criterion.points for criterion in criteria)
    if total != model.points:
        raise document.fail(
            f"found points {model.points}, expected the sum of the criteria's: {total}", ("points",)
        )
    return Rubric(model.points, tuple(criteria), path.resolve())


def _check_follow_through(
    document: Document, place: tuple[Hashable, ...], model: CriterionModel, earlier: Sequence[Criterion]
) -> None:
    """What a share for the gradient of a wrong forward pass needs: that pass, and an exact comparison."""
    if model.adjoint_of is None or model.wrt is None or model.gradient_of is not None:
        message = (
            "found follow_through alone, expected adjoint_of and wrt with it: which forward, which input"
        )
        raise document.fail(message, (*place, "follow_through"))
    if model.compare not in (None, "exact"):
        message = (
            f"found follow_through with compare: {model.compare}, expected exact: it is for what is wrong"
        )
        raise document.fail(message, (*place, "follow_through"))
    probes = sorted({c.probe for c in earlier if not c.adjoint_of and not c.gradient_of})
    if model.adjoint_of not in probes:
        expected = ", ".join(probes) or "none is"
        message = f"found adjoint_of {model.adjoint_of!r}, expected an earlier criterion's probe: {expected}"
        raise document.fail(message, (*place, "adjoint_of"))


def _criterion(
    document: Document, place: tuple[Hashable, ...], model: CriterionModel, defaults: DefaultsModel
) -> Criterion:
    cases: dict[str, Case] = {}
    for number, data in enumerate(model.cases):
        here = (*place, "cases", number)
        for case in _cases(document, here, data, model, defaults):
            if case.id in cases:
                raise document.fail(f"found case {case.id!r} a second time: ids are unique", (*here, "id"))
            if len(cases) == MAX_CASES:
                message = f"found more than {MAX_CASES} cases of one criterion, those that are drawn included"
                raise document.fail(message, here)
            cases[case.id] = case
    if not cases and not model.withheld:
        raise document.fail("found no case, expected one or more", (*place, "cases"))
    return Criterion(
        id=model.id,
        title=model.title,
        points=model.points,
        cases=tuple(cases.values()),
        probe=model.probe,
        help=model.help,
        requires=tuple(model.requires),
        adjoint_of=model.adjoint_of or "",
        gradient_of=model.gradient_of or "",
        wrt=model.wrt or "",
        withheld=model.withheld,
        withheld_cases=model.withheld_cases,
    )


def _cases(
    document: Document,
    place: tuple[Hashable, ...],
    data: dict[str, Any],
    criterion: CriterionModel,
    defaults: DefaultsModel,
) -> Iterable[Case]:
    keys = [key for key in CASES if key in data]
    if len(keys) != 1:
        raise document.fail(
            f"found {', '.join(keys) or 'none'}, expected one of the keys {', '.join(CASES)}", place
        )
    kind, kind_model = CASES[keys[0]]
    if criterion.adjoint_of is not None and (kind not in LINEAR or data.get("bias")):
        found = f"{kind}, with a bias" if data.get("bias") else kind
        message = f"found {found}, expected a convolution or a matmul without bias: that has a transpose"
        raise document.fail(message, place)
    if criterion.wrt is not None and criterion.wrt not in DIFFERENTIABLE[kind]:
        expected = ", ".join(DIFFERENTIABLE[kind])
        raise document.fail(f"found wrt {criterion.wrt!r}, expected one of {expected}", (*place[:2], "wrt"))
    model = document.parse(kind_model, data, place)
    for condition in model.covers:
        if condition not in CONDITIONS:
            message = f"found {condition!r}, expected one of {', '.join(CONDITIONS)}"
            raise document.fail(message, (*place, "covers"))
    own = model.model_dump(exclude_none=True, exclude=set(CaseModel.model_fields))
    count = own.pop("draw", None)
    if keys[0] == "x":
        own.setdefault("batch", defaults.batch)
        if _is_empty(own):
            raise document.fail("found a kernel larger than the padded input: there is no output", place)
    if (size := elements(kind, own, model.view, count is not None)) > MAX_ELEMENTS:
        message = (
            f"found arrays of {size} elements, expected at most {MAX_ELEMENTS} in a case's inputs and result"
        )
        raise document.fail(f"{message} (64 MiB of float32): choose smaller lengths", place)
    if "length" in own and own["length"][0] > own["length"][1]:
        raise document.fail(f"found length {own['length']}, expected [from, to]", (*place, "length"))
    if criterion.compare == "adjoint" and (model.data or defaults.data) != "integers":
        raise document.fail("found data: normal, expected integers: an adjoint is compared exactly", place)
    if criterion.compare == "finite_difference" and (model.data or defaults.data) != "normal":
        raise document.fail("found integers, expected data: normal: integers lie on ReLU's kink", place)
    compare = model.compare or criterion.compare or defaults.compare
    if model.at_most and compare not in ("exact", "bound", "close"):
        message = (
            f"found at_most with compare: {compare}, expected a comparison with the reference, which is timed"
        )
        raise document.fail(message, (*place, "at_most"))
    if (compare == "budget") != ("budget" in own):
        raise document.fail("found one without the other, expected compare: budget with a budget", place)
    numbers = model.data or defaults.data
    is_exact = compare == "exact" and numbers == "integers"  # what an adjoint can be held against
    for id in [model.id] if count is None else [f"{model.id}-{i + 1}" for i in range(count)]:
        yield Case(
            id=id,
            criterion=criterion.id,
            probe=criterion.probe,
            kind=kind,
            parameters={**own, "view": tuple(model.view)},
            data=numbers,
            compare=compare,
            visibility=model.visibility or defaults.visibility,
            weight=model.weight,
            covers=tuple(model.covers),
            drawn=count is not None,
            at_most=float(model.at_most.partition(" ")[0]) if model.at_most else 0.0,
            follow_through=(criterion.follow_through or 0.0) if is_exact else 0.0,
        )


def _is_empty(conv: Mapping[str, Any]) -> bool:
    padding = conv["padding"] if isinstance(conv["padding"], list) else [conv["padding"]] * 2
    return any(conv["x"][i] + 2 * padding[i] < conv["w"][i] for i in range(2))
