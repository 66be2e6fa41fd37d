"""Finds the criteria that a change of a submission's files can affect, from the calls in its source."""

import ast
from collections.abc import Mapping

from grader.judge.scenario_as_python import names_of
from grader.model.assignment import SCENARIO, Assignment, Criterion

Units = Mapping[str, tuple[str, frozenset[str]]]  # by name: its source, and the names that it uses
REST = ""  # the name of the code outside all functions


def affected_criteria(
    before: Mapping[str, bytes], after: Mapping[str, bytes], assignment: Assignment
) -> frozenset[str]:
    """The ids of the criteria with results that may change now; all of them if that cannot be determined."""
    every = frozenset(criterion.id for criterion in assignment.rubric.criteria)
    changed: set[str] = set()
    uses: dict[str, set[str]] = {}
    for name in after:
        if before.get(name) == after[name]:
            old = new = _units(after[name]) if name.endswith(".py") else None
            if old is None and name.endswith(".py"):
                return every
        else:
            old = _units(before[name]) if name.endswith(".py") and name in before else None
            new = _units(after[name]) if name.endswith(".py") else None
            if old is None or new is None:
                return every
        for unit in {*(old or {}), *(new or {})}:
            was, now = (old or {}).get(unit), (new or {}).get(unit)
            if was != now:
                changed.add(unit)
            uses.setdefault(unit, set()).update(*(each[1] for each in (was, now) if each is not None))
    if REST in changed or any(
        name.startswith("__") for name in changed
    ):  # their users cannot be found in the source
        return every
    probes = _units(assignment.probes.read_bytes())
    if probes is None:
        return every
    return frozenset(
        criterion.id
        for criterion in assignment.rubric.criteria
        if _reaches(criterion, probes, uses) & changed
    )


def _reaches(criterion: Criterion, probes: Units, uses: Mapping[str, set[str]]) -> set[str]:
    """The names that a criterion's probes and scenarios use, directly or indirectly."""
    direct = {criterion.probe, *map(str, criterion.options.values())}
    words = {
        word
        for name in _closure(direct, {n: set(u[1]) for n, u in probes.items()})
        for word in (probes[name][1] if name in probes else ())
    }
    steps = [step for case in criterion.cases for step in case.ask.get(SCENARIO, ())]
    return _closure(words | set(names_of(steps)), uses)


def _closure(start: set[str], uses: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    todo = set(start)
    while todo:
        name = todo.pop()
        reached.add(name)
        todo |= uses.get(name, set()) - reached
    return reached


def _units(source: bytes) -> Units | None:
    """Every function, with methods under their bare names, and the rest; None if it is not valid Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    units: dict[str, tuple[str, frozenset[str]]] = {}
    rest: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            units[node.name] = _unit([node])
        elif isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            for method in methods:
                units[method.name] = _unit([m for m in methods if m.name == method.name])
            head = [each for each in node.body if not isinstance(each, ast.FunctionDef)]
            rest.append(ast.dump(ast.ClassDef(**{**vars(node), "body": head})))
        else:
            rest.append(ast.dump(node))
    units[REST] = ("\n".join(rest), frozenset())
    return units


def _unit(nodes: list[ast.FunctionDef]) -> tuple[str, frozenset[str]]:
    words = {
        word
        for node in nodes
        for each in ast.walk(node)
        for word in (getattr(each, "id", ""), getattr(each, "attr", ""))
        if word
    }
    return "\n".join(map(ast.dump, nodes)), frozenset(words)
