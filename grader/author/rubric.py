"""Loads rubric.yaml: criteria, cases, and the names that they may use."""

import re
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.author import case_values
from grader.author.case_size import check_size, elements
from grader.author.course_files import read_text
from grader.author.covers_conditions import CONDITIONS
from grader.author.extensions.own_functions import OwnFunctions
from grader.author.schema import (
    CriterionModel,
    DefaultsModel,
    ManualCriterionModel,
    PaidHintModel,
    RubricModel,
    vocabulary_of,
)
from grader.author.yaml_document import Document
from grader.judge.case_model import CaseModel
from grader.judge.comparison import Comparison
from grader.judge.comparisons import AROUND, COMPARISONS, compared_by
from grader.judge.kind import Kind
from grader.model.assignment import OWN_COMPARISONS, OWN_KINDS, Case, Criterion, Data, Level, PaidHint, Rubric
from grader.model.did_you_mean import did_you_mean, one_of
from grader.model.text import exact_text, plural

Place = tuple[Hashable, ...]

MAX_CASES = 1000  # per criterion


class RubricDocument(Document):
    """rubric.yaml, with the kinds, comparisons and functions that it may use."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.words = vocabulary_of(path.parent)
        self.functions = OwnFunctions(path.parent)
        self.probes = case_values.code_that_reads_values(path.parent)

    @property
    def comparisons(self) -> Mapping[str, Comparison]:
        """The ways of comparing, by name."""
        return self.words.comparisons

    @property
    def probe_keys(self) -> set[str]:
        """The keys of comparisons that name a probe."""
        return {key for one in self.comparisons.values() for key in one.probe_keys}


def lines_of(rubric: Path) -> dict[str, int]:
    """The line of each criterion (by id) and of each case (by criterion/case) of a rubric."""
    document, lines = Document(rubric), {}
    for number, criterion in enumerate(document.data["criteria"]):
        place = ("criteria", number)
        lines[criterion["id"]] = document.line(place) or 1
        for position, case in enumerate(criterion.get("cases", ())):
            names = [case["id"], *(f"{case['id']}-{i + 1}" for i in range(case.get("draw", 0)))]
            line = document.line((*place, "cases", position)) or 1
            lines |= {f"{criterion['id']}/{name}": line for name in names}
    return lines


def anchors_of(readme: Path) -> set[str]:
    """The anchors of a Markdown file's headings, made as GitHub makes them."""
    text = read_text(readme, "no such file: each `help` points to one of its headings")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)  # a comment in code is no heading
    titles = [line.lstrip("#").strip() for line in text.splitlines() if re.match(r"#{1,6} ", line)]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


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
        helps: dict[Place, object] = {place: criterion.help}
        helps |= {(*place, "cases", n): one["help"] for n, one in enumerate(criterion.cases) if "help" in one}
        for here, help in helps.items():
            if (anchor := str(help).partition("#")[2]) not in anchors:
                message = f"found #{anchor}, expected a heading of {readme.name}: "
                message += ", ".join(sorted(anchors)) + did_you_mean(anchor, anchors)
                raise document.fail(message, (*here, "help"))
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
            f"found points {model.points}, expected the sum of the criteria's: {total}", ("points",)
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
        raise document.fail(f"found criterion {model.id!r} a second time: ids are unique", (*place, "id"))
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
        raise document.fail(f"found criterion {model.id!r} a second time: ids are unique", (*place, "id"))
    of_options = [(key, probe) for key, probe in _options(model).items() if key in document.probe_keys]
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


def _options(model: CriterionModel) -> dict[str, Any]:
    """The keys that comparisons add to a criterion, as far as it has them."""
    keys_of_comparisons = set(type(model).model_fields) - set(CriterionModel.model_fields)
    return model.model_dump(include=keys_of_comparisons, exclude_none=True)


def _check_options(document: RubricDocument, place: Place, model: CriterionModel) -> None:
    """Checks that a criterion has the keys that its comparison requires, and none of other comparisons."""
    options, compare = _options(model), model.compare or ""
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
    here, options = (*place, "follow_through"), _options(model)
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
        for case in _cases(document, here, data, model, defaults):
            if case.id in cases:
                raise document.fail(f"found case {case.id!r} a second time: ids are unique", (*here, "id"))
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
        options=_options(model),
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


def _cases(
    document: RubricDocument,
    place: Place,
    data: dict[str, Any],
    criterion: CriterionModel,
    defaults: DefaultsModel,
) -> Iterator[Case]:
    """The case at a place, or the cases that it draws."""
    kind, kind_model = _kind(document, place, data)
    case_values.check_stand_under_ask(document, place, data.keys() - kind_model.model_fields, document.probes)
    model = document.parse(kind_model, data, place)
    for condition in model.covers:
        if condition not in (conditions := {**CONDITIONS, **kind.conditions}):
            message = f"found {condition!r}, expected {one_of(condition, conditions)}"
            raise document.fail(message, (*place, "covers"))
    of_comparisons = {key for keys in document.words.case_keys for key in keys.model_fields}
    parameters = model.model_dump(exclude_none=True, exclude=set(CaseModel.model_fields) | of_comparisons)
    count = parameters.pop("draw", None)
    parameters = kind.complete(parameters, defaults.batch)
    free = [name for name in kind.arrays_of(parameters) if name not in kind.fixed_of(parameters)]
    if complaint := _complaint_about_wide(model, free) or kind.complaint(parameters):
        raise document.fail(complaint, place)
    check_size(document, place, elements(kind, parameters, model.view, count is not None))
    compare = model.compare or criterion.compare or defaults.compare
    functions, functions_source = document.functions.of_case(document, place, model)
    case = Case(
        id=model.id,
        criterion=criterion.id,
        probe=criterion.probe,
        kind=kind.name,
        parameters={**parameters, "view": tuple(model.view), **({"wide": model.wide} if model.wide else {})},
        data=model.data or defaults.data,
        compare=compare,
        visibility=model.visibility or defaults.visibility,
        weight=model.weight,
        covers=tuple(model.covers),
        help=model.help or "",
        is_drawn=count is not None or kind.draws_lengths(parameters) or bool(model.random or functions),
        options={
            **_shared(document, criterion, compare),
            **model.model_dump(include=of_comparisons, exclude_none=True),
        },
        ask=case_values.ask_values(document, place, model, criterion, kind.arrays_of(parameters)),
        random={name: each.model_dump(exclude_none=True) for name, each in (model.random or {}).items()},
        kind_source=document.words.sources.get(OWN_KINDS, {}).get(kind.name, ""),
        comparison_source=document.words.sources.get(OWN_COMPARISONS, {}).get(compare, ""),
        functions=functions,
        functions_source=functions_source,
    )
    case_values.check_are_unique(document, place, [*case.ask, *case.random, *functions, *parameters])
    names_in_use = {*kind.arrays_of(parameters), *kind.values, *compared_by(case).extra_names}
    case_values.check_are_free(document, place, model, names_in_use)
    case_values.check_are_read(document, place, model, document.probes)
    case = replace(case, follow_through=_share(case, criterion))
    _check_comparison(document, place, case, kind, criterion)
    for id in [case.id] if count is None else [f"{case.id}-{i + 1}" for i in range(count)]:
        yield replace(case, id=id)


def _shared(document: RubricDocument, criterion: CriterionModel, compare: str) -> dict[str, Any]:
    """The keys that a criterion sets for all its cases, and that a case could set itself."""
    case_fields = document.comparisons[compare].case_keys().model_fields
    return {key: value for key, value in _options(criterion).items() if key in case_fields}


def _complaint_about_wide(model: CaseModel, arrays: Sequence[str]) -> str:
    """The problem with the array that should hold wide integers; "" if there is none."""
    if model.wide is None or model.wide in arrays:
        return ""
    expected = (", ".join(arrays) or "none: such a case draws no integers") + did_you_mean(model.wide, arrays)
    return f"found wide {model.wide!r}, expected an array of the case: {expected}"


def _kind(document: RubricDocument, place: Place, data: dict[str, Any]) -> tuple[Kind, type[CaseModel]]:
    kinds = document.words.cases
    keys = [key for key in kinds if key in data]
    keys = [key for key in keys if not kinds[key][0].yields] or keys[:1]
    fields = {field for _, model in kinds.values() for field in model.model_fields}
    near = next(filter(None, (did_you_mean(key, kinds) for key in data if key not in fields)), "")
    if len(keys) != 1 or (near and kinds[keys[0]][0].yields):
        message = f"found {', '.join(keys) or 'none'}, expected one of the keys {', '.join(kinds)}{near}"
        raise document.fail(message, place)
    return kinds[keys[0]]


def _share(case: Case, criterion: CriterionModel) -> float:
    """The share earned by the gradient of a wrong forward pass: only an exact integer case shows it."""
    is_exact = compared_by(case).is_exact and case.data is Data.INTEGERS
    return (criterion.follow_through or 0.0) if is_exact else 0.0


def _check_comparison(
    document: RubricDocument, place: Place, case: Case, kind: Kind, criterion: CriterionModel
) -> None:
    """Checks that the comparison can judge the case's kind, data and keys."""
    comparison, options = compared_by(case), _options(criterion)
    judges = [comparison, *([COMPARISONS["adjoint"]] if criterion.follow_through else [])]
    for complaint in (judge.complaint(case, kind) for judge in judges):
        if complaint:
            raise document.fail(complaint, place)
    differentiable = kind.differentiable_of(case.parameters)
    input_keys = {key for one in document.comparisons.values() for key in one.input_keys}
    for key in options:
        if key in input_keys and options[key] not in differentiable:
            expected = ", ".join(differentiable) or "none: such a case has no gradient"
            message = f"found {key} {options[key]!r}, expected one of {expected}"
            raise document.fail(message, (*place[:2], key))
    if comparison.data and case.data != comparison.data[0]:
        expected, why = comparison.data
        message = f"found data: {case.data}, expected {expected} with compare: {case.compare}: {why}"
        raise document.fail(message, place)
    for key in comparison.requires_of_case:
        if key not in case.options:
            raise document.fail(f"`compare: {case.compare}` also needs `{key}` in each case: add it", place)
    for key in case.options:
        _check_option(document, place, key, case.compare)


def _check_option(document: RubricDocument, place: Place, key: str, compare: str) -> None:
    """Checks that a key belongs to the case's comparison, or to one around it that uses the reference."""
    if key in document.comparisons[compare].case_keys().model_fields:
        return
    if key not in AROUND:
        names = [one.name for one in document.comparisons.values() if key in one.case_keys().model_fields]
        words = " or ".join(f"`compare: {name}`" for name in names)
        raise document.fail(f"`{key}` goes with {words}: add it, or remove `{key}`", (*place, key))
    if not document.comparisons[compare].needs_expected or document.comparisons[compare].watches_the_run:
        message = f"found {key} with compare: {compare}, expected a comparison that runs the reference"
        raise document.fail(message, (*place, key))
