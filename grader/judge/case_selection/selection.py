"""Selects the cases that a student names, exactly or by a pattern with `*`."""

import ast
import fnmatch
from collections.abc import Iterator, Mapping, Sequence

from grader.judge.scenario_as_python import names_of
from grader.model.assignment import SCENARIO, Assignment, Criterion
from grader.model.did_you_mean import did_you_mean
from grader.model.errors import UserError

SHOWN = 3


def select(assignment: Assignment, exercise: str = "", case: str = "") -> frozenset[str]:
    """The names (`criterion/case`) of the cases that match both words; an empty word matches all.

    `exercise` is a criterion or a function of the handout. `case` is `criterion/case`, or either half of it.
    UserError, with the nearest names, if a word matches nothing.
    """
    criteria = {criterion.id: criterion for criterion in assignment.rubric.criteria}
    ids = set(criteria) if not exercise else set(_criteria(assignment, exercise))
    if not ids:
        raise UserError(_unknown("exercise", exercise, [*criteria, *criteria_of_exercises(assignment)]))
    names = [one.name for criterion in criteria.values() for one in criterion.cases]
    case_names = frozenset(name for name in names if name.partition("/")[0] in ids and _is_meant(name, case))
    if not case_names:
        if any(_is_meant(name, case) for name in names):
            raise UserError(f"found no case {case!r} of the exercise {exercise!r}")
        halves = [*names, *criteria, *(name.partition("/")[2] for name in names)]
        raise UserError(_unknown("case", case, halves))
    return case_names


def criteria_of_exercises(assignment: Assignment) -> dict[str, tuple[str, ...]]:
    """The criteria of each exercise: those with a probe that calls it (a method goes by its bare name).

    A probe names a function as an attribute, and a kernel as a string. It may leave a call of `submission` to
    another function of probes.py.
    """
    functions = _functions_of_probes(assignment)
    criteria: dict[str, tuple[str, ...]] = {}
    for criterion in assignment.rubric.criteria:
        probe = functions.get(criterion.probe)
        words = () if probe is None else _words(probe)
        called = _called(criterion.probe, functions)
        for name in sorted({*words, *called, *_of_scenarios(criterion)}):
            criteria[name] = (*criteria.get(name, ()), criterion.id)
    return criteria


def _of_scenarios(criterion: Criterion) -> list[str]:
    """The names that a criterion's scenarios use, in order."""
    return [name for case in criterion.cases for name in names_of(case.ask.get(SCENARIO, ()))]


def _words(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _criteria(assignment: Assignment, exercise: str) -> Sequence[str]:
    ids = [criterion.id for criterion in assignment.rubric.criteria]
    if matches := [id for id in ids if _matches(id, exercise)]:
        return matches
    return criteria_of_exercises(assignment).get(exercise, ())


def _is_meant(name: str, word: str) -> bool:
    criterion, _, case = name.partition("/")
    halves = (name,) if "/" in word else (criterion, case)
    return not word or any(_matches(half, word) for half in halves)


def _matches(name: str, word: str) -> bool:
    return fnmatch.fnmatchcase(name, word) if "*" in word else name == word


def _unknown(kind: str, word: str, names: Sequence[str]) -> str:
    near = did_you_mean(word, names) or f", expected one such as {', '.join(names[:SHOWN])}"
    return f"found no {kind} {word!r}{near}"


def functions_of(assignment: Assignment) -> dict[str, str]:
    """The function that each criterion tests: the one with its name, or the first that its probe calls."""
    functions = _functions_of_probes(assignment)
    return {
        criterion.id: next(
            iter([*_called(criterion.probe, functions), *_of_scenarios(criterion)]), criterion.id
        )
        for criterion in assignment.rubric.criteria
    }


def _functions_of_probes(assignment: Assignment) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(assignment.probes.read_text(encoding="utf-8"))
    return {function.name: function for function in tree.body if isinstance(function, ast.FunctionDef)}


def _called(probe: str, functions: Mapping[str, ast.FunctionDef]) -> list[str]:
    """The attributes of `submission` that a probe calls, itself or in other functions of probes.py."""
    names = [probe] if probe in functions else []
    called: list[str] = []
    for name in names:  # grows while it is read
        nodes = list(ast.walk(functions[name]))
        called += [
            node.attr
            for node in nodes
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "submission"
            and node.attr not in ("array", "device")
        ]
        used = [node.id for node in nodes if isinstance(node, ast.Name)]
        names += [one for one in dict.fromkeys(used) if one in functions and one not in names]
    return called
