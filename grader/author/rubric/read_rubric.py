"""Reads rubric.yaml: its criteria, and the names that they may use."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.author.rubric.read_cases import read_cases
from grader.author.rubric.rubric_document import Place, RubricDocument, anchors_of, options_of
from grader.author.schema import (
    CriterionModel,
    DefaultsModel,
    ManualCriterionModel,
    PaidHintModel,
    RubricModel,
)
from grader.author.yaml_document import Document
from grader.judge.comparisons import COMPARISONS
from grader.model.assignment import Case, Criterion, Level, PaidHint, Rubric
from grader.model.did_you_mean import did_you_mean
from grader.model.text import exact_text, plural

MAX_CASES = 1000  # per criterion


def load_rubric(path: Path, assignment: str, probes: Mapping[str, tuple[str, ...]], readme: Path) -> Rubric:
    """The rubric at `path`; `probes` are the functions that it may name, with the names of their results."""
    document = RubricDocument(path)
    by_hand = _by_hand(document)
    model: RubricModel = document.parse(
        document.words.whole_rubric, _with_places_held(document.data, by_hand)
    )
    if model.assignment != assignment:
        raise document.fail(
            f"found assignment {model.assignment!r}, expected {assignment!r}", ("assignment",)
        )
    anchors = anchors_of(readme)
    criteria: list[Criterion] = []
    for number, criterion in enumerate(model.criteria):
        place = ("criteria", number)
        if number in by_hand:
            criteria.append(_manual_criterion(document, place, by_hand[number], [c.id for c in criteria]))
            continue
        _check_names(document, place, criterion, [c.id for c in criteria], probes)
        _check_help(document, place, criterion, readme, anchors)
        _check_options(document, place, criterion)
        if criterion.follow_through is not None:
            _check_follow_through(document, place, criterion, criteria)
        loaded = _criterion(document, place, criterion, model.defaults)
        criteria.append(replace(loaded, results=probes[criterion.probe]))
    if len(by_hand) == len(criteria):
        raise document.fail("found no criterion with cases, expected one or more", ("criteria",))
    total = sum(criterion.points for criterion in criteria)
    if total != model.points:
        raise document.fail(
            f"found points {model.points}, expected the sum of the criteria's points, {total}", ("points",)
        )
    return Rubric(model.points, tuple(criteria), path.resolve())


def _by_hand(document: RubricDocument) -> dict[int, ManualCriterionModel]:
    """The criteria of `kind: manual`, by their position."""
    data = document.data.get("criteria") if isinstance(document.data, dict) else None
    return {
        number: document.parse(ManualCriterionModel, each, ("criteria", number))
        for number, each in enumerate(data if isinstance(data, list) else ())
        if isinstance(each, dict) and "kind" in each
    }


def _with_places_held(data: Any, by_hand: Mapping[int, ManualCriterionModel]) -> Any:
    """The rubric with an empty criterion of cases in place of each manual criterion."""
    if not by_hand:
        return data
    placeholders = [
        {"id": by_hand[n].id, "title": "", "points": 1, "probe": "p", "help": "README.md#h", "cases": []}
        if n in by_hand
        else each
        for n, each in enumerate(data["criteria"])
    ]
    return {**data, "criteria": placeholders}


def _manual_criterion(
    document: RubricDocument, place: Place, model: ManualCriterionModel, earlier: Sequence[str]
) -> Criterion:
    if model.id in earlier:
        raise document.fail(f"found criterion {model.id!r} a second time: rename one", (*place, "id"))
    for number, level in enumerate(model.levels):
        if level.points > model.points:
            message = f"found {level.points} points, expected at most the criterion's: {model.points}"
            raise document.fail(message, (*place, "levels", number, "points"))
    levels = tuple(Level(Fraction(str(level.points)), level.text) for level in model.levels)
    return Criterion(
        model.id, model.title, model.points, (), by_hand=True, levels=levels, anonymous=model.anonymous
    )


def _check_names(
    document: RubricDocument,
    place: Place,
    model: CriterionModel,
    earlier: Sequence[str],
    probes: Collection[str],
) -> None:
    """Checks that the criterion's id is unique, and that the probes and criteria that it names exist."""
    if model.id in earlier:
        raise document.fail(f"found criterion {model.id!r} a second time: rename one", (*place, "id"))
    of_options = [(key, probe) for key, probe in options_of(model).items() if key in document.probe_keys]
    for key, probe in (("probe", model.probe), *of_options):
        if probe not in probes:
            expected = ", ".join(sorted(probes)) + did_you_mean(probe, probes)
            message = f"found {key} {probe!r}, expected a function of probes.py: {expected}"
            raise document.fail(message, (*place, key))
    for required in model.requires:
        if required not in earlier:
            message = f"found {required!r}, expected an earlier criterion: {', '.join(earlier) or 'none is'}"
            message += did_you_mean(required, earlier)
            raise document.fail(message, (*place, "requires"))


def _check_help(
    document: RubricDocument, place: Place, model: CriterionModel, readme: Path, anchors: Set[str]
) -> None:
    """Checks that a criterion and its cases refer to headings of the README."""
    helps: dict[Place, object] = {place: model.help}
    helps |= {(*place, "cases", n): one["help"] for n, one in enumerate(model.cases) if "help" in one}
    for here, help in helps.items():
        if (anchor := str(help).partition("#")[2]) not in anchors:
            message = f"found #{anchor}, expected a heading of {readme.name}: "
            message += ", ".join(sorted(anchors)) + did_you_mean(anchor, anchors)
            raise document.fail(message, (*here, "help"))


def _check_options(document: RubricDocument, place: Place, model: CriterionModel) -> None:
    """Checks that a criterion has the keys that its comparison requires, and none of other comparisons."""
    options, compare = options_of(model), model.compare or ""
    comparison = document.comparisons.get(compare)
    for key in () if comparison is None else comparison.requires_of_criterion:
        if key not in options:
            raise document.fail(f"`compare: {compare}` also needs `{key}`: add it", (*place, "compare"))
    takes = set() if comparison is None else set(comparison.criterion_keys().model_fields)
    if model.follow_through is not None:
        takes |= set(COMPARISONS["adjoint"].criterion_keys().model_fields)
    for key in options:
        if key not in takes:
            names = [
                one.name for one in document.comparisons.values() if key in one.criterion_keys().model_fields
            ]
            words = " or ".join(f"`compare: {name}`" for name in names)
            raise document.fail(f"`{key}` goes with {words}: add it, or remove `{key}`", (*place, key))


def _check_follow_through(
    document: RubricDocument, place: Place, model: CriterionModel, earlier: Sequence[Criterion]
) -> None:
    """Checks that `follow_through` has a forward pass to follow, and an exact comparison."""
    here, options = (*place, "follow_through"), options_of(model)
    for key in COMPARISONS["adjoint"].requires_of_criterion:
        if key not in options:
            raise document.fail(f"`follow_through` also needs `{key}`: add it", here)
    if model.compare is not None and not document.comparisons[model.compare].is_exact:
        message = f"found follow_through with compare: {model.compare}, expected compare: exact"
        raise document.fail(message, here)
    probes = sorted({c.probe for c in earlier if not document.probe_keys & c.options.keys()})
    if options["adjoint_of"] not in probes:
        probe, expected = options["adjoint_of"], ", ".join(probes) or "none is"
        message = f"found adjoint_of {probe!r}, expected an earlier criterion's probe: {expected}"
        message += did_you_mean(probe, probes)
        raise document.fail(message, (*place, "adjoint_of"))


def _criterion(
    document: RubricDocument, place: Place, model: CriterionModel, defaults: DefaultsModel
) -> Criterion:
    cases: dict[str, Case] = {}
    for number, data in enumerate(model.cases):
        here = (*place, "cases", number)
        for case in read_cases(document, here, data, model, defaults):
            if case.id in cases:
                raise document.fail(f"found case {case.id!r} a second time: rename one", (*here, "id"))
            if len(cases) == MAX_CASES:
                message = f"found more than {MAX_CASES} cases in one criterion, counting drawn ones"
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
        hints=tuple(hint for hint in model.hints if isinstance(hint, str)),
        paid_hints=_paid_hints(document, place, model),
        withheld_hints=model.withheld_hints,
        requires=tuple(model.requires),
        options=options_of(model),
        withheld=model.withheld,
        withheld_cases=model.withheld_cases,
    )


def _paid_hints(document: Document, place: Place, model: CriterionModel) -> tuple[PaidHint, ...]:
    """The hints that cost points; together they cost no more than the criterion offers."""
    hints = []
    for number, hint in enumerate(model.hints):
        if isinstance(hint, PaidHintModel):
            hints.append(PaidHint(Fraction(str(hint.cost)), hint.text))
            cost = sum((one.cost for one in hints), Fraction(0))
            if cost > model.points:
                message = f"found hints that cost {exact_text(cost)} points up to here, expected at most the "
                message += f"{plural(model.points, 'point')} of the criterion"
                raise document.fail(message, (*place, "hints", number))
    return tuple(hints)
