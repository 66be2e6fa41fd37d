"""Holds an assignment to its own promises: the handout earns nothing, each mutant loses, each case counts."""

import ast
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np

from grader.author.render import VIEWS, render
from grader.author.source import find_function, removed_statements
from grader.judge.cases import Inputs, pair
from grader.model.assignment import Assignment, Case
from grader.model.grade import Grade, Status
from grader.model.mutant import Mutant
from grader.model.verification import Finding, Verification

HANDOUT, SOLUTION = "handout", "solution"
SELF_CHECKS = (
    "adjoint",
    "finite_difference",
)  # of a gradient against its own forward: no wrong value to tell


def submissions(assignment: Assignment, mutants: Sequence[Mutant]) -> dict[str, dict[str, str]]:
    """Every submission that an assignment is verified by: its handout, its solution, its mutants."""
    handout, solution = (render(assignment, view).files for view in VIEWS)
    handed_in = {name: solution[name] for name in assignment.files}
    made = {
        HANDOUT: {name: handout[name] for name in assignment.files},
        SOLUTION: handed_in,
    }
    return made | {mutant.name: {**handed_in, mutant.file: mutant.source} for mutant in mutants}


def verify(
    assignment: Assignment,
    mutants: Sequence[Mutant],
    grades: Mapping[str, Grade],
    inputs_of: Callable[[Case], Inputs],
    line_of: Callable[[str], int],
) -> Verification:
    """Checks an assignment by the grades of its handout, its solution and each mutant.

    `grades` are keyed by HANDOUT, SOLUTION and the mutants' names; `line_of` tells the rubric's line of a
    criterion's id or a "criterion/case".
    """
    rubric = assignment.rubric.source
    rendered = render(assignment, "handout")
    root = assignment.folder.parent.parent
    cases = [case for criterion in assignment.rubric.criteria for case in criterion.cases]
    kills = {mutant.name: _killed_by(grades[mutant.name]) for mutant in mutants}
    findings = [
        Finding(
            rubric, line_of(criterion.id), f"the handout as given out earns {float(criterion.score):g} points"
        )
        for criterion in grades[HANDOUT].criteria
        if criterion.score > Fraction(0)
    ]
    findings += [
        Finding(
            rubric,
            line_of(f"{r.criterion}/{r.case}"),
            f"the solution does not pass: {r.status}: {r.rationale}",
        )
        for criterion in grades[SOLUTION].criteria
        for r in criterion.results
        if r.status is not Status.OK
    ]
    findings += [Finding(rubric, 1, leak) for leak in leaks(root, rendered.exercises, rendered.files)]
    findings += [
        Finding(rubric, 1, f"no criterion's probe calls the exercise {name}")
        for name in (reference.partition(":")[2] for reference in rendered.exercises)
        if name.rpartition(".")[2] not in criteria_of_exercises(assignment)
    ]
    findings += _surviving(assignment, mutants, kills)
    findings += [Finding(rubric, line_of(name), message) for name, message in _idle(cases, kills, inputs_of)]
    return Verification(assignment.name, tuple(case.name for case in cases), kills, tuple(findings))


def _killed_by(grade: Grade) -> frozenset[str]:
    """The cases that a mutant fails; a hang or a crash is a failure like any other, not run is none."""
    return frozenset(
        f"{result.criterion}/{result.case}"
        for criterion in grade.criteria
        for result in criterion.results
        if result.status not in (Status.OK, Status.NOT_RUN)
    )


def criteria_of_exercises(assignment: Assignment) -> dict[str, tuple[str, ...]]:
    """The criteria of each exercise: those whose probe calls it (a method goes by its bare name)."""
    tree = ast.parse(assignment.probes.read_text(encoding="utf-8"))
    called = {
        function.name: {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
    }
    criteria: dict[str, tuple[str, ...]] = {}
    for criterion in assignment.rubric.criteria:
        for name in sorted(called.get(criterion.probe, ())):
            criteria[name] = (*criteria.get(name, ()), criterion.id)
    return criteria


def criteria_of(mutant: Mutant, criteria: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The criteria of a mutant's exercise."""
    return criteria.get(mutant.exercise.rpartition(".")[2], ())


def _surviving(
    assignment: Assignment, mutants: Sequence[Mutant], kills: Mapping[str, frozenset[str]]
) -> list[Finding]:
    source = assignment.folder / "mutants.py"
    known = criteria_of_exercises(assignment)
    findings = []
    for mutant in mutants:
        criteria = criteria_of(mutant, known)
        if not kills[mutant.name]:
            message = f"{mutant.name} survives: no case tells it from the solution"
        elif not any(case.partition("/")[0] in criteria for case in kills[mutant.name]):
            where = ", ".join(criteria) or "none"
            message = f"{mutant.name} loses nothing on the criteria of its exercise ({where})"
        else:
            continue
        findings.append(Finding(source, mutant.line, message))
    return findings


def _idle(
    cases: Sequence[Case], kills: Mapping[str, frozenset[str]], inputs_of: Callable[[Case], Inputs]
) -> list[tuple[str, str]]:
    """The cases that earn no place, each with the reason."""
    idle = []
    dead: set[str] = set()
    for case in cases:
        killed = {mutant for mutant, failed in kills.items() if case.name in failed}
        fresh, dead = killed - dead, dead | killed
        for condition in case.covers:
            others = [c.name for c in cases if c is not case and condition in c.covers]
            if not CONDITIONS[condition](case, inputs_of(case)):
                idle.append((case.name, f"says that it covers {condition}, and does not"))
            elif others:
                idle.append((case.name, f"says that it covers {condition}, and {others[0]} says so too"))
        if not (fresh or case.covers or case.drawn or case.data == "normal" or case.compare in SELF_CHECKS):
            reason = "kills no mutant that an earlier case does not kill" if killed else "kills no mutant"
            idle.append((case.name, f"{reason}: remove it, or say what it covers"))
    return idle


def _sizes(case: Case, inputs: Inputs) -> list[tuple[int, int, int, int]]:
    """(size, kernel, stride, padding) of each axis of a convolution; none for any other kind."""
    if case.kind != "conv":
        return []
    x, w = inputs.array("x").shape, inputs.array("w").shape
    stride, padding = pair(inputs.values["stride"]), pair(inputs.values["padding"])
    return list(zip(x[1:3], w[:2], stride, padding, strict=True))


def _some(law: Callable[[int, int, int, int], bool]) -> Callable[[Case, Inputs], bool]:
    return lambda case, inputs: any(law(*axis) for axis in _sizes(case, inputs))


def _differ(part: int) -> Callable[[Case, Inputs], bool]:
    return lambda case, inputs: len({axis[part] for axis in _sizes(case, inputs)}) == 2


def _channels_differ(case: Case, inputs: Inputs) -> bool:
    if case.kind != "conv":
        return False
    channels = inputs.array("w").shape[2:]
    return channels[0] != channels[1] and 1 not in channels


def _negative_axis(case: Case, inputs: Inputs) -> bool:
    axes = inputs.values.get("axes") or ()
    return any(axis < 0 for axis in ([axes] if isinstance(axes, int) else axes))


def _zero_size(case: Case, inputs: Inputs) -> bool:
    return any(base.size == 0 for base in inputs.bases.values())


def _remainder(size: int, kernel: int, stride: int, padding: int) -> int:
    return (size + 2 * padding - kernel) % stride


# the list of "inputs that leave bugs nowhere to hide", as laws of a case
CONDITIONS: Mapping[str, Callable[[Case, Inputs], bool]] = {
    "batch": lambda case, inputs: case.kind == "conv" and inputs.array("x").shape[0] >= 2,
    "rectangular": _differ(0),
    "kernel_rectangular": _differ(1),
    "strides_differ": _differ(2),
    "paddings_differ": _differ(3),
    "channels_differ": _channels_differ,
    "padding_not_half": _some(lambda n, k, s, p: 2 * p != k - 1),
    "kernel_over_stride": _some(lambda n, k, s, p: k > s),
    "stride_over_kernel": _some(lambda n, k, s, p: k < s),
    "remainder_zero": _some(lambda n, k, s, p: s > 1 and _remainder(n, k, s, p) == 0),
    "remainder_between": _some(lambda n, k, s, p: 0 < _remainder(n, k, s, p) < s - 1),
    "remainder_full": _some(lambda n, k, s, p: s > 1 and _remainder(n, k, s, p) == s - 1),
    "padding_over_kernel": _some(lambda n, k, s, p: p > k - 1),
    "kernel_one": _some(lambda n, k, s, p: k == 1),
    "kernel_whole": _some(lambda n, k, s, p: k == n),
    "view": lambda case, inputs: bool(case.parameters.get("view")),
    "negative_axis": _negative_axis,
    "zero_size": _zero_size,
    "unmodified_input": lambda case, inputs: "inputs" in case.probe,
    "permutation_not_involution": lambda case, inputs: _is_cycle(inputs.values.get("axes")),
}


def _is_cycle(axes: object) -> bool:
    if not isinstance(axes, list | tuple) or sorted(axes) != list(range(len(axes))):
        return False
    return not np.array_equal(np.asarray(axes)[list(axes)], range(len(axes)))


def leaks(root: Path, exercises: Sequence[str], files: Mapping[str, str]) -> list[str]:
    """Where a handout's Python files hold two consecutive statements that an exercise leaves out."""
    found = []
    for reference in exercises:
        removed = removed_statements(find_function(root, reference))
        pairs = list(pairwise(removed))
        for name, text in sorted(files.items()):
            if name.endswith(".py"):
                found += [f"{name} holds a part of {reference}" for _ in _pairs_in(text, pairs)]
    return found


def _pairs_in(text: str, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    blocks = [
        [ast.unparse(statement) for statement in block]
        for node in ast.walk(ast.parse(text))
        for block in (getattr(node, "body", None), getattr(node, "orelse", None))
        if isinstance(block, list)
    ]
    return [p for block in blocks for p in pairwise(block) if p in pairs]
