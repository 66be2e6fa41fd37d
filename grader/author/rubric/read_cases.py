"""Reads the cases of a criterion: one entry of rubric.yaml is a case, or the cases that it draws."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

from grader.author.covers_conditions import CONDITIONS
from grader.author.rubric import case_values
from grader.author.rubric.case_size import check_size, elements
from grader.author.rubric.rubric_document import Place, RubricDocument, options_of
from grader.author.schema import CriterionModel, DefaultsModel
from grader.judge.case_model import CaseModel
from grader.judge.comparisons import AROUND, COMPARISONS, compared_by
from grader.judge.kind import Kind
from grader.model.assignment import OWN_COMPARISONS, OWN_KINDS, Case, Data
from grader.model.did_you_mean import did_you_mean, one_of


def read_cases(
    document: RubricDocument,
    place: Place,
    data: dict[str, Any],
    criterion: CriterionModel,
    defaults: DefaultsModel,
) -> Iterator[Case]:
    """The case at a place, or the cases that it draws. UserError for any mistake of the author."""
    entry = _Entry.read(document, place, data, criterion, defaults)
    entry.check_arrays()
    case = entry.to_case()
    entry.check_names(case)
    entry.check_comparison(case)
    for id in [case.id] if entry.count is None else [f"{case.id}-{i + 1}" for i in range(entry.count)]:
        yield replace(case, id=id)


@dataclass(frozen=True)
class _Entry:
    """One entry of a criterion's `cases`, with the kind of case that its keys say."""

    document: RubricDocument
    place: Place
    kind: Kind
    model: CaseModel
    criterion: CriterionModel
    defaults: DefaultsModel

    @classmethod
    def read(
        cls,
        document: RubricDocument,
        place: Place,
        data: dict[str, Any],
        criterion: CriterionModel,
        defaults: DefaultsModel,
    ) -> Self:
        """The entry at a place."""
        kind, kind_model = _kind(document, place, data)
        unknown = data.keys() - kind_model.model_fields
        case_values.check_stand_under_ask(document, place, unknown, document.probes)
        model = document.parse(kind_model, data, place)
        for condition in model.covers:
            if condition not in (conditions := {**CONDITIONS, **kind.conditions}):
                message = f"found {condition!r}, expected {one_of(condition, conditions)}"
                raise document.fail(message, (*place, "covers"))
        return cls(document, place, kind, model, criterion, defaults)

    @property
    def count(self) -> int | None:
        """How many cases the entry draws; None if it is a case itself."""
        return getattr(self.model, "draw", None)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The values of the kind's own keys."""
        others = {*CaseModel.model_fields, *self._keys_of_comparisons, "draw"}
        return self.kind.complete(
            self.model.model_dump(exclude_none=True, exclude=others), self.defaults.batch
        )

    @property
    def _keys_of_comparisons(self) -> set[str]:
        return {key for keys in self.document.words.case_keys for key in keys.model_fields}

    def check_arrays(self) -> None:
        """Checks that the keys fit each other, and that the arrays are not too large."""
        kind, parameters = self.kind, self.parameters
        free = [name for name in kind.arrays_of(parameters) if name not in kind.fixed_of(parameters)]
        if complaint := _complaint_about_wide(self.model, free) or kind.complaint(parameters):
            raise self.document.fail(complaint, self.place)
        size = elements(kind, parameters, self.model.view, self.count is not None)
        check_size(self.document, self.place, size)

    def to_case(self) -> Case:
        """The case, with the keys that its criterion and the rubric set for it."""
        document, model, criterion, defaults = self.document, self.model, self.criterion, self.defaults
        compare = model.compare or criterion.compare or defaults.compare
        kind, parameters = self.kind, self.parameters
        functions, functions_source = document.functions.of_case(document, self.place, model)
        wide = {"wide": model.wide} if model.wide else {}
        case = Case(
            id=model.id,
            criterion=criterion.id,
            probe=criterion.probe,
            kind=kind.name,
            parameters={**parameters, "view": tuple(model.view), **wide},
            data=model.data or defaults.data,
            compare=compare,
            visibility=model.visibility or defaults.visibility,
            weight=model.weight,
            covers=tuple(model.covers),
            help=model.help or "",
            is_drawn=bool(
                self.count is not None or kind.draws_lengths(parameters) or model.random or functions
            ),
            options={
                **_shared(document, criterion, compare),
                **model.model_dump(include=self._keys_of_comparisons, exclude_none=True),
            },
            ask=case_values.ask_values(document, self.place, model, criterion, kind.arrays_of(parameters)),
            random={name: each.model_dump(exclude_none=True) for name, each in (model.random or {}).items()},
            kind_source=document.words.sources.get(OWN_KINDS, {}).get(kind.name, ""),
            comparison_source=document.words.sources.get(OWN_COMPARISONS, {}).get(compare, ""),
            functions=functions,
            functions_source=functions_source,
        )
        return replace(case, follow_through=_share(case, criterion))

    def check_names(self, case: Case) -> None:
        """Checks that the names of the case's values are unique, free, and read by the probes."""
        document, place, parameters = self.document, self.place, self.parameters
        names = [*case.ask, *case.random, *case.functions, *parameters]
        case_values.check_are_unique(document, place, names)
        names_in_use = {
            *self.kind.arrays_of(parameters),
            *self.kind.values,
            *compared_by(case).extra_names,
        }
        case_values.check_are_free(document, place, self.model, names_in_use)
        case_values.check_are_read(document, place, self.model, document.probes)

    def check_comparison(self, case: Case) -> None:
        """Checks that the comparison can judge the case's kind, data and keys."""
        document, place, kind, criterion = self.document, self.place, self.kind, self.criterion
        comparison, options = compared_by(case), options_of(criterion)
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
                message = f"`compare: {case.compare}` also needs `{key}` in each case: add it"
                raise document.fail(message, place)
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


def _shared(document: RubricDocument, criterion: CriterionModel, compare: str) -> dict[str, Any]:
    """The keys that a criterion sets for all its cases, and that a case could set itself."""
    case_fields = document.comparisons[compare].case_keys().model_fields
    return {key: value for key, value in options_of(criterion).items() if key in case_fields}


def _complaint_about_wide(model: CaseModel, arrays: Sequence[str]) -> str:
    """The problem with the array that should hold wide integers; "" if there is none."""
    if model.wide is None or model.wide in arrays:
        return ""
    expected = (", ".join(arrays) or "none: such a case draws no integers") + did_you_mean(model.wide, arrays)
    return f"found wide {model.wide!r}, expected an array of the case: {expected}"
