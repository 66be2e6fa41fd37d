"""Finds an author's own pytest tests; each is a case of the criterion that it names."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.author.course_files import parse_python
from grader.model.assignment import OWN_TEST, Case, Rubric, Visibility
from grader.model.did_you_mean import one_of
from grader.model.errors import UserError

PATTERN = "test_*.py"
EXAMPLE = '@pytest.mark.criterion("id")'


def find_tests(folder: Path, rubric: Rubric) -> Iterator[tuple[Case, Path, int]]:
    """The tests of an assignment as cases, each with its file and line, in the order in which they run.

    Each belongs to a criterion of the rubric that is not graded by hand.

    Raises UserError for a test that would score nothing, or that a student could not understand.
    """
    criteria = [criterion.id for criterion in rubric.criteria if not criterion.by_hand]
    for path in sorted(folder.glob(PATTERN)):
        for node in parse_python(path).body:
            if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
                raise UserError(f"found the class {node.name}, expected functions", path, node.lineno)
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                yield _case(node, path, criteria), path, node.lineno


def _case(node: ast.FunctionDef, path: Path, criteria: Sequence[str]) -> Case:
    def wrong(message: str) -> UserError:
        return UserError(message, path, node.lineno)

    marks = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
    calls = [mark for mark in marks if ast.unparse(mark.func) == "pytest.mark.criterion"]
    if len(calls) != 1:
        raise wrong(f"found {len(calls)} criteria for {node.name}, expected {EXAMPLE} above it, once")
    try:
        (criterion,) = (ast.literal_eval(argument) for argument in calls[0].args)
        options = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in calls[0].keywords}
    except ValueError as error:
        text = ast.unparse(calls[0])
        raise wrong(f"found {text}, expected one criterion's id, and constants") from error
    if criterion not in criteria:
        raise wrong(f"found criterion {criterion!r}, expected {one_of(str(criterion), criteria)}")
    weight, visibility = options.pop("weight", 1), options.pop("visibility", Visibility.HIDDEN)
    if options:
        raise wrong(f"found {', '.join(options)} for a criterion, expected weight or visibility")
    if not isinstance(weight, int) or weight < 1:
        raise wrong(f"found weight {weight!r}, expected a whole number of at least 1")
    if visibility not in set(Visibility):
        raise wrong(f"found visibility {visibility!r}, expected one of {', '.join(Visibility)}")
    if "submission" not in [argument.arg for argument in node.args.args]:
        raise wrong(f"found {node.name} without `submission` among its fixtures: it would test nothing")
    if not ast.get_docstring(node):
        raise wrong(f"found {node.name} without a docstring, expected what is true if it passes")
    return Case(
        id=node.name.removeprefix("test_").replace("_", "-"),
        criterion=criterion,
        probe="",
        kind=OWN_TEST,
        parameters={"file": path.name, "function": node.name, "about": ast.get_docstring(node)},
        compare=OWN_TEST,
        visibility=Visibility(visibility),
        weight=weight,
    )
