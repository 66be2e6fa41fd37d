"""Reads the YAML of an assignment or a course, and reports the author's mistakes."""

import ast
import re
import sys
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from grader.author.course_files import has_assignment, has_oracle, parse_python
from grader.author.exercises.python_source import near_module
from grader.author.extensions.own_source import faults_named
from grader.author.extensions.own_tests import find_tests
from grader.author.late_policy_keys import policies_of
from grader.author.rubric.read_rubric import load_rubric
from grader.author.rubric.rubric_document import lines_of
from grader.author.schema import AssignmentModel, CourseModel
from grader.author.yaml_document import Document
from grader.judge.import_rules.rules import find
from grader.model.assignment import (
    NDARRAY,
    SCENARIO,
    Assignment,
    Case,
    Course,
    ImportRules,
    Limits,
    Rubric,
    SubmissionLimits,
)
from grader.model.did_you_mean import near_file
from grader.model.errors import UserError
from grader.model.late_policy import duration
from grader.model.surroundings import Device

WRAPPED = re.compile(r"(?:int|float|bool)\((.*)\)")  # a result as a number


def read_assignment(folder: Path) -> Assignment:
    """The assignment in `folder` without its provided files.

    Raises UserError for any mistake of the author.
    """
    document = Document(folder / "assignment.yaml")
    model: AssignmentModel = document.parse(AssignmentModel, document.data)
    in_handout = model.frozen is not None
    if not in_handout:
        _check_repository(document, model, folder)
    limits = Limits(**model.limits.model_dump())
    readme = folder.parent / "README.md" if in_handout else folder / "templates" / "README.md.j2"
    with faults_named(folder):
        rubric = load_rubric(folder / "rubric.yaml", model.name, _functions(folder / "probes.py"), readme)
    tests = () if in_handout else tuple(find_tests(folder, rubric))
    for case, path, line in tests:
        rubric = _with_test(rubric, case, path, line)
    return Assignment(
        name=model.name,
        title=model.title,
        folder=folder.resolve(),
        files=tuple(model.files),
        rubric=rubric,
        oracle=model.oracle,
        devices=tuple(map(Device, model.devices)),
        limits=limits,
        import_rules=_import_rules(document, model, folder),
        frozen=None if model.frozen is None else folder / model.frozen,
        tests=tuple(dict.fromkeys(path.resolve() for _, path, _ in tests)),
        python=model.python or "",
        submission_limits=SubmissionLimits(
            model.submissions.at_most, duration(model.submissions.cooldown or "0m")
        ),
        provided_digests=dict(model.provided),
        unwritten_digests=dict(model.unwritten),
    )


def _check_repository(document: Document, model: AssignmentModel, folder: Path) -> None:
    """Checks that the assignment has its folder's name, and that the repository has its oracle."""
    if model.name != folder.resolve().name:
        raise document.fail(
            f"found name {model.name!r}, expected the folder's name, {folder.name!r}", ("name",)
        )
    root = folder.resolve().parents[1]
    if not has_oracle(model.oracle, root):
        expected = f"expected a module of the folder reference{near_module(root, model.oracle)}"
        raise document.fail(f"found {model.oracle!r}, {expected}", ("oracle",))
    if not (root / "reference" / "__init__.py").is_file():
        message = "found no reference/__init__.py: add an empty one, or Python may import another package"
        raise document.fail(message, ("oracle",))


def _with_test(rubric: Rubric, case: Case, path: Path, line: int) -> Rubric:
    """The rubric with one of the author's tests as the last case of its criterion."""
    criteria = []
    for criterion in rubric.criteria:
        if criterion.id == case.criterion:
            if case.id in [other.id for other in criterion.cases]:
                raise UserError(f"found case {case.name!r} a second time: rename one", path, line)
            criterion = replace(criterion, cases=(*criterion.cases, case))
        criteria.append(criterion)
    return replace(rubric, criteria=tuple(criteria))


def places_of(assignment: Assignment) -> dict[str, tuple[Path, int]]:
    """File and line of each criterion (by id) and of each case (by criterion/case), including tests."""
    rubric = assignment.rubric
    lines = lines_of(rubric.source).items()
    tests = find_tests(assignment.folder, rubric)
    return {name: (rubric.source, line) for name, line in lines} | {c.name: (p, n) for c, p, n in tests}


def _import_rules(document: Document, model: AssignmentModel, folder: Path) -> ImportRules:
    imports, forbidden = tuple(model.rules.imports), tuple(model.rules.forbidden)
    templates = {path.name.partition(".")[0] for path in (folder / "templates").glob("*.py.j2")}
    provided = {name.partition("/")[0].removesuffix(".py") for name in model.provided}
    for number, name in enumerate(imports):
        if name not in sys.stdlib_module_names | {"numpy", NDARRAY} | templates | provided:
            message = (
                f"found {name!r}, expected numpy or a module of the standard library: no other package "
                "exists in the sandbox yet"
            )
            raise document.fail(message, ("rules", "imports", number))
    for number, name in enumerate(forbidden):
        place = ("rules", "forbidden", number)
        if name.partition(".")[0] not in imports:
            message = f"found {name!r}, expected a function of a module in imports: others cannot be called"
            raise document.fail(message, place)
        if model.frozen is None and find(name) is None:  # a student may have another version of NumPy
            raise document.fail(f"found {name!r}, expected a function that exists", place)
    return ImportRules(imports, forbidden)


def read_course(path: Path) -> Course:
    """course.yaml; UserError for an assignment that is not there, or policies that contradict each other."""
    document = Document(path)
    course: CourseModel = document.parse(CourseModel, document.data)
    for number, name in enumerate(course.assignments):
        if not has_assignment(path.parent, name):
            raise document.fail(
                f"found {name!r}, expected a folder with assignment.yaml{near_file(path.parent / name)}",
                ("assignments", number),
            )
    policies = policies_of(document, course)
    python = course.python or Course.python
    return Course(course.title, tuple(course.assignments), course.variants, policies, python)


def _functions(probes: Path) -> dict[str, tuple[str, ...]]:
    """The names of each probe's results, if a line such as `return x.numpy(), w.numpy()` shows them."""
    tree = parse_python(probes, "no such file: it defines the probes, which call a submission")
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for node in functions:
        if node.name == SCENARIO:
            message = f"found a probe named {SCENARIO!r}, which is the grader's own: rename it"
            raise UserError(message, probes, node.lineno)
    return {node.name: _results(node) for node in functions} | {SCENARIO: ()}


def _results(probe: ast.FunctionDef) -> tuple[str, ...]:
    """The names of the results up to the first starred one, which stands for any number of them."""
    returned = [node.value for node in ast.walk(probe) if isinstance(node, ast.Return)]
    if len(returned) != 1 or not isinstance(returned[0], ast.Tuple):
        return ()
    elements = takewhile(lambda element: not isinstance(element, ast.Starred), returned[0].elts)
    return tuple(WRAPPED.sub(r"\1", ast.unparse(each).removesuffix(".numpy()")) for each in elements)
