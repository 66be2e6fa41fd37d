"""Checks an assignment: the handout earns nothing, each mutant loses points, each case counts."""

import ast
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from types import MappingProxyType

from grader.author.covers_conditions import law_of
from grader.author.exercises.cuda_functions import code_of
from grader.author.exercises.python_source import find_exercise
from grader.author.render import RenderedView, Views, line_before_rendering
from grader.author.rubric.rubric_document import anchors_of
from grader.judge.case_selection.selection import criteria_of_exercises
from grader.judge.comparison import Oracle
from grader.judge.comparisons import compared_by, comparison_of
from grader.judge.differences.probe_values import arrays_of
from grader.judge.inputs import Inputs
from grader.model.assignment import Assignment, Case, Data, Rubric
from grader.model.grade import UNJUDGED, CheckResult, Grade, Status
from grader.model.mutant import Mutant, called_name
from grader.model.results.verification import Finding, Verification, Weight
from grader.prove.read_mutants import file_of
from grader.prove.tolerance_proof import SEEDS, sweep

HANDOUT, SOLUTION = "the handout", "the solution"  # no mutant can have such a name
EXACT = 2**24  # below it float32 holds every integer


def submissions(views: Views, mutants: Sequence[Mutant]) -> dict[str, dict[str, str]]:
    """Every submission that an assignment is verified by: its handout, its solution, its mutants."""
    handed_in = {name: views.solution.files[name] for name in views.loaded.files}
    by_name = {
        HANDOUT: {name: views.handout.files[name] for name in views.loaded.files},
        SOLUTION: handed_in,
    }
    return by_name | {mutant.name: {**handed_in, mutant.file: mutant.source} for mutant in mutants}


def verify(
    views: Views,
    mutants: Sequence[Mutant],
    grades: Mapping[str, Grade],
    oracle: Oracle,
    place_of: Callable[[str], tuple[Path, int]],
    seeds: int = SEEDS,
    elsewhere: Mapping[str, Grade] = MappingProxyType({}),
) -> Verification:
    """Checks an assignment by the grades of its handout, its solution and each mutant.

    `grades` are keyed by HANDOUT, SOLUTION and the mutants' names. `place_of` gives the file and line of a
    criterion's id or a "criterion/case". The tolerance of real-valued cases is swept over `seeds` seeds.
    `elsewhere` has the solution's grade on each further available device.
    """
    assignment = views.loaded
    cases = list(assignment.rubric.cases)
    failures = _failed(grades[SOLUTION])
    kills = {mutant.name: _killed_by(grades[mutant.name], failures) for mutant in mutants}
    sweeps = [
        sweep(case, oracle.inputs(case), oracle.expected(case, oracle.inputs(case)), seeds)
        for case in cases
        if not case.is_own_test and compared_by(case).must_prove_bounds(case) and case.name not in failures
    ]
    points = _wrong_points(grades[HANDOUT], {"": grades[SOLUTION], **elsewhere})
    rubric = (
        *broken_points(assignment.rubric),
        *_idle(cases, kills, oracle.inputs),
        *((swept.case, problem) for swept in sweeps for problem in swept.problems),
        *_too_large(cases, oracle),
    )
    return Verification(
        assignment.name,
        tuple(case.name for case in cases),
        kills,
        (
            *(Finding(*place_of(name), f"{name}: {message}", Weight.POINTS) for name, message in points),
            *(Finding(*place_of(name), f"{name}: {message}") for name, message in rubric),
            *_of_handout(assignment, views.handout),
            *_of_mutants(assignment, mutants, kills, grades),
        ),
        {swept.case: swept.worst for swept in sweeps if swept.seeds},
    )


def _wrong_points(handout: Grade, solutions: Mapping[str, Grade]) -> Iterator[tuple[str, str]]:
    """The points that the handout earns and the solution loses, which has a grade on each device."""
    yield from _free_points(handout)
    for device, grade in solutions.items():
        where = f" on {device}" if device else ""
        for name, result in _failed(grade).items():
            yield name, f"the solution does not pass{where}: {result.status}: {result.rationale}"


def _of_mutants(
    assignment: Assignment,
    mutants: Sequence[Mutant],
    kills: Mapping[str, Mapping[str, Status]],
    grades: Mapping[str, Grade],
) -> Iterator[Finding]:
    for mutant, message in _surviving(assignment, mutants, kills, grades):
        yield Finding(file_of(assignment, mutant), mutant.line, message, Weight.PROOF)
    for mutant, message in _without_help(assignment, mutants):
        yield Finding(file_of(assignment, mutant), mutant.line, message, Weight.HELP)


def _failed(grade: Grade) -> dict[str, CheckResult]:
    """The cases that a submission fails; hangs and crashes are failures, cases that did not run are not."""
    return {
        result.name: result
        for criterion in grade.criteria
        for result in criterion.results
        if result.status not in (Status.OK, Status.NOT_RUN)
    }


def _killed_by(mutant: Grade, not_its_own: Container[str]) -> dict[str, Status]:
    """The cases that distinguish a mutant from the solution, with the mutant's status there."""
    return {
        case: result.status
        for case, result in _failed(mutant).items()
        if case not in not_its_own and result.status not in UNJUDGED
    }


def broken_points(rubric: Rubric) -> Iterator[tuple[str, str]]:
    """The criteria with a case that is not worth whole points, which leads to totals such as 34.78."""
    for criterion in rubric.criteria:
        shares = [Fraction(criterion.points * case.weight, criterion.weight) for case in criterion.cases]
        if odd := next((share for share in shares if share.denominator > 1), None):
            yield (
                criterion.id,
                f"found a case worth {float(odd):.4g} of {criterion.points} points, expected whole points: "
                f"give the cases weights that add up to {criterion.points} (now {criterion.weight})",
            )


def _free_points(handout: Grade) -> Iterator[tuple[str, str]]:
    for criterion in handout.criteria:
        if criterion.score > Fraction(0):
            yield criterion.id, f"the handout as given out earns points here: {float(criterion.score):g}"


def _surviving(
    assignment: Assignment,
    mutants: Sequence[Mutant],
    kills: Mapping[str, Mapping[str, Status]],
    grades: Mapping[str, Grade],
) -> Iterator[tuple[Mutant, str]]:
    by_exercise = criteria_of_exercises(assignment)
    for mutant in mutants:
        criteria = by_exercise.get(called_name(mutant.exercise), ())
        unjudged = [r for r in _failed(grades[mutant.name]).values() if r.status in UNJUDGED]
        if unjudged:
            yield mutant, f"{mutant.name} was never judged: {unjudged[0].status}: {unjudged[0].rationale}"
        elif not kills[mutant.name]:
            yield mutant, f"{mutant.name} survives: it passes every case, as the solution does"
        elif not any(case.partition("/")[0] in criteria for case in kills[mutant.name]):
            where = ", ".join(criteria) or "none"
            yield mutant, f"{mutant.name} loses nothing on the criteria of its exercise ({where})"


def _without_help(assignment: Assignment, mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """The mutants that refer a student to no heading of the handout; none if there is no README.md."""
    readme = assignment.folder / "templates" / "README.md.j2"
    if not readme.is_file():
        return
    anchors = anchors_of(readme)
    for mutant in mutants:
        if mutant.help.removeprefix("README.md#") not in anchors:
            help = mutant.help or "no help"
            yield mutant, f"{mutant.name} has {help}, expected a heading: {', '.join(sorted(anchors))}"


def _idle(
    cases: Sequence[Case], kills: Mapping[str, Mapping[str, Status]], inputs_of: Callable[[Case], Inputs]
) -> Iterator[tuple[str, str]]:
    """The cases that are not needed, each with the reason."""
    killed_before: set[str] = set()
    for case in cases:
        killed = {mutant for mutant, failed in kills.items() if case.name in failed}
        fresh, killed_before = killed - killed_before, killed_before | killed
        for condition in case.covers:
            others = [c.name for c in cases if c is not case and condition in c.covers]
            if not law_of(case, condition)(case, inputs_of(case)):
                yield case.name, f"says that it covers {condition}, but does not"
            elif others:
                yield case.name, f"says that it covers {condition}, but {others[0]} covers it too"
        is_exempt = case.is_drawn or case.data is Data.NORMAL or not _must_kill(case)
        if not (fresh or case.covers or is_exempt):
            reason = "kills no mutant that an earlier case does not kill" if killed else "kills no mutant"
            yield case.name, f"{reason}: remove it, or say what it covers"


def _too_large(cases: Sequence[Case], oracle: Oracle) -> Iterator[tuple[str, str]]:
    """The cases of wide integers with a sum that some order of summation rounds in float32."""
    for case in (case for case in cases if "wide" in case.parameters):
        answer, _ = oracle.answer(case.probe, oracle.inputs(case).absolute())
        most = max((abs(a).max(initial=0) for a in arrays_of(answer) if a.dtype.kind == "f"), default=0)
        if most >= EXACT:
            yield (
                case.name,
                f"found sums of up to {most:.9g} of absolute values, expected less than 2^24: "
                "let `wide` name another array, or make the arrays smaller",
            )


def _must_kill(case: Case) -> bool:
    return case.is_own_test or comparison_of(case).must_kill


def _of_handout(assignment: Assignment, handout: RenderedView) -> Iterator[Finding]:
    templates = assignment.folder / "templates"
    asked_for = criteria_of_exercises(assignment)
    for reference, exercise in _asked_of_students(handout):
        if called_name(exercise) not in asked_for:
            path, line = _template_with(templates, reference)
            yield Finding(path, line, f"no criterion's probe calls the exercise {exercise}")
    for reference, exercise in _without_hints(assignment, handout):
        path, line = _template_with(templates, reference)
        message = f"the exercise {exercise} has no hint, and others have: give one of its criteria `hints`"
        yield Finding(path, line, message, Weight.HELP)
    root = assignment.folder.parent.parent
    for name, at, reference in leaks(root, handout.exercises, handout.files):
        path = templates / f"{name}.j2"
        if path.is_file():
            line = line_before_rendering(path.read_text(encoding="utf-8"), handout.files[name], at)
        else:  # in the package ndarray
            path, line = root / "reference" / Path(name).relative_to("ndarray"), 1
        message = f"the handout's {name} holds two statements of the solution of {reference} in line {at}"
        yield Finding(path, line, message, Weight.POINTS)


def _without_hints(assignment: Assignment, handout: RenderedView) -> Iterator[tuple[str, str]]:
    """The exercises without a hint, if another one has some: `make hint` serves all of them or none."""
    hinted = {one.id for one in assignment.rubric.criteria if one.hints or one.paid_hints}
    asked_for = criteria_of_exercises(assignment)
    for reference, exercise in _asked_of_students(handout):
        criteria = asked_for.get(called_name(exercise), ())
        if hinted and criteria and hinted.isdisjoint(criteria):
            yield reference, exercise


def _asked_of_students(handout: RenderedView) -> Iterator[tuple[str, str]]:
    """Each exercise with its reference in a template; for a class, its public methods."""
    for reference in handout.exercises:
        whole = reference.partition(":")[2]
        of_class = [name for name in handout.functions if name.startswith(f"{whole}.")]
        names = [name for name in of_class if not name.rpartition(".")[2].startswith("_")]
        yield from ((reference, name) for name in names or [whole])


def _template_with(templates: Path, words: str) -> tuple[Path, int]:
    """The first place in the templates that contains some words."""
    for path in sorted(templates.rglob("*.j2")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if words in line:
                return path, number
    return templates, 1


def leaks(root: Path, exercises: Sequence[str], files: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """The places in a handout with two consecutive statements (in CUDA C: lines) that an exercise leaves out.

    Each is (file, its line, the exercise); the docstring, followed by the first statement, counts too.
    """
    leaks_of_file = []
    for reference in exercises:
        function = find_exercise(root, reference)
        language, pairs = (".cu", _pairs_of_lines) if ".cu:" in reference else (".py", _pairs)
        removed = set(pairs(function.whole)) - set(pairs(function.stub))
        for name, text in sorted(files.items()):
            in_file = pairs(text) if name.endswith(language) else {}
            leaks_of_file += [(name, in_file[pair], reference) for pair in in_file if pair in removed][:1]
    return leaks_of_file


def _pairs_of_lines(source: str) -> dict[tuple[str, str], int]:
    """The place of every two consecutive lines of CUDA C; skips blanks, brackets and comments."""
    lines = [(number, "".join(line.split())) for number, line in enumerate(code_of(source).splitlines(), 1)]
    code = [(number, line) for number, line in lines if line.strip("{}();")]
    return {(one, other): number for (number, one), (_, other) in pairwise(code)}


def _pairs(source: str) -> dict[tuple[str, str], int]:
    """The line of every two statements that follow each other in one block of a source."""
    blocks = [
        block
        for node in ast.walk(ast.parse(dedent(source)))
        for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody"))
        if isinstance(block, list)
    ]
    return {
        (ast.unparse(one), ast.unparse(other)): one.lineno
        for block in blocks
        for one, other in pairwise(block)
    }
