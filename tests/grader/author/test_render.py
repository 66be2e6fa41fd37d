"""A handout holds no solution, is the same bytes every time, and can be graded by itself."""

import ast
import hashlib
import json
import re
import textwrap
import zipfile
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml

import grader
from grader.author.exercises.python_source import find_exercise
from grader.author.handout import _visible_rubric, generate, is_in_handout
from grader.author.load import load
from grader.author.render import Views, render
from grader.judge.examples.freeze_small_cases import SMALLEST, freeze_ladders
from grader.model.assignment import Assignment
from grader.model.errors import UserError
from grader.prove.assignment_checks import leaks as lines_given_away
from tests.course_names import NAMES, ROOT
from tests.grader.author.exercises.removed import removed_statements

IN_CUDA = [n for n in NAMES if list((ROOT / "assignments" / n / "templates").glob("*.cu.j2"))]
IN_PYTHON = [n for n in NAMES if n not in IN_CUDA]


def assignment_of(root: Path, name: str) -> Assignment:
    return Views(load(root / "assignments" / name)).assignment


@pytest.fixture(scope="module")
def assignments() -> list[Assignment]:
    return [assignment_of(ROOT, name) for name in NAMES]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory, assignments: list[Assignment]) -> Path:
    """Everything generated, once for all tests; small cases for the first alone, because they take long."""
    out = tmp_path_factory.mktemp("build")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "grader.author.handout.freeze_ladders",
            lambda assignment, oracle: (
                freeze_ladders(assignment, oracle) if assignment.name == NAMES[0] else b""
            ),
        )
        generate(assignments, out)
    return out


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@cache
def blocks(source: str) -> tuple[tuple[str, ...], ...]:
    """The statements of every block, normalized: comments, quotes and line breaks do not count."""
    texts = []
    for node in ast.walk(ast.parse(source)):
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list) and statements and isinstance(statements[0], ast.stmt):
                texts.append(tuple(ast.unparse(statement) for statement in statements))
    return tuple(texts)


def leaks(removed: list[str], source: str) -> list[tuple[str, str]]:
    """The pairs of consecutive removed statements that are also consecutive in a source."""
    pairs = set(pairwise(removed))
    return [pair for block in blocks(source) for pair in pairwise(block) if pair in pairs]


def removed_from(assignment: Assignment) -> dict[str, list[str]]:
    return {
        reference: removed_statements(find_exercise(ROOT, reference))
        for reference in render(assignment, "handout").exercises
        if ".cu:" not in reference
    }


def test_a_handout_never_contains_a_solution(build: Path, assignments: list[Assignment]) -> None:
    looked_at = 0
    for assignment in assignments:
        handout = build / "release" / assignment.name
        texts = {path: path.read_text() for path in sorted(handout.rglob("*.py"))}
        for reference, removed in removed_from(assignment).items():
            for path, text in texts.items():
                looked_at += len(removed)
                assert leaks(removed, text) == [], f"{path} gives {reference} away"
    assert looked_at > 100


def test_a_wheel_in_a_handout_holds_the_grader_and_no_solution(
    build: Path, assignments: list[Assignment]
) -> None:
    for assignment in assignments:
        (wheel,) = (build / "release" / assignment.name / "wheels").iterdir()
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            sources = {name: archive.read(name).decode() for name in names if name.endswith(".py")}
        assert {name.split("/")[0] for name in names} == {
            "grader",
            f"backflip-{grader.__version__}.dist-info",
        }
        for removed in removed_from(assignment).values():
            assert [name for name, source in sources.items() if leaks(removed, source)] == []


@pytest.mark.parametrize("name", IN_CUDA)
def test_a_handouts_kernel_keeps_its_comment_and_signature_alone(
    build: Path, assignments: list[Assignment], name: str
) -> None:
    """Nor does any other file of the handout hold two consecutive lines of it."""
    assignment = next(a for a in assignments if a.name == name)
    rendered = render(assignment, "handout")
    handout = {
        path.relative_to(build / "release" / name).as_posix(): path.read_text()
        for path in (build / "release" / name).rglob("*")
        if path.suffix in (".cu", ".py", ".h", ".cpp", ".md")
    }

    assert len(rendered.exercises) == 12
    as_cuda = {f"{file}.cu": text for file, text in handout.items()}
    assert lines_given_away(ROOT, rendered.exercises, as_cuda) == []
    for reference in rendered.exercises:
        function = find_exercise(ROOT, reference)
        (file,) = assignment.files
        assert function.stub in handout[file]
        assert function.whole not in handout[file]
        planted = {"any.cu": f"{handout[file]}\n{function.whole}"}
        assert lines_given_away(ROOT, [reference], planted)


@pytest.mark.parametrize("name", IN_PYTHON)
def test_a_planted_solution_is_caught(build: Path, assignments: list[Assignment], name: str) -> None:
    """Copied into any file under another name, with other comments, line breaks and indentation."""
    assignment = next(a for a in assignments if a.name == name)
    handout = build / "release" / name
    texts = {path.relative_to(handout).as_posix(): path.read_text() for path in handout.rglob("*.py")}
    planted = {r: removed for r, removed in removed_from(assignment).items() if len(removed) > 1}

    assert planted
    assert {*assignment.files, "grading/probes.py"} <= set(texts)
    for reference, removed in planted.items():
        source = textwrap.dedent(find_exercise(ROOT, reference).whole)
        copied = ast.unparse(ast.parse(source)).replace("def ", "def my_", 1)
        indented = "\n".join(f"  {line}" for line in copied.splitlines())
        for file, text in texts.items():
            assert leaks(removed, f"{text}\nif True:\n{indented}\n"), f"{reference} in {file}"


def test_the_check_for_solutions_sees_two_statements_in_a_row_and_not_one() -> None:
    removed = ["a = 1", "b = 2", "return a + b"]

    assert leaks(removed, "def f():\n    if x:\n        a=1 # one\n        b = (2)\n") == [("a = 1", "b = 2")]
    assert leaks(removed, "def f():\n    b = 2\n    a = 1\n") == []
    assert leaks(removed, "def f():\n    a = 1\n    print()\n    b = 2\n") == []


@pytest.mark.parametrize("name", IN_PYTHON)
def test_a_handouts_exercise_raises_and_keeps_signature_and_docstring(
    build: Path, assignments: list[Assignment], name: str
) -> None:
    def functions(path: Path) -> dict[str, ast.FunctionDef]:
        body = ast.parse(path.read_text()).body
        classes = [("", body), *((f"{n.name}.", n.body) for n in body if isinstance(n, ast.ClassDef))]
        return {f"{c}{n.name}": n for c, nodes in classes for n in nodes if isinstance(n, ast.FunctionDef)}

    assignment = next(a for a in assignments if a.name == name)
    (file,) = assignment.files
    handed_out = functions(build / "release" / name / file)
    solved = functions(build / "solution" / name / file)
    exercises = {reference.partition(":")[2] for reference in render(assignment, "handout").exercises}

    assert exercises <= set(handed_out) <= set(solved)  # a solution may have helpers of its own
    for function, stub in handed_out.items():
        raises = "raise NotImplementedError" in ast.unparse(stub)
        assert raises == (function in exercises)
        assert ast.dump(stub.args) == ast.dump(solved[function].args)
        assert ast.get_docstring(stub) == ast.get_docstring(solved[function])
        assert "NotImplementedError" not in ast.unparse(solved[function])


def methods(node: ast.ClassDef) -> list[ast.FunctionDef]:
    return [n for n in node.body if isinstance(n, ast.FunctionDef)]


@pytest.mark.parametrize("name", NAMES)
def test_a_handout_does_not_provide_what_it_asks_for(
    build: Path, assignments: list[Assignment], name: str
) -> None:
    assignment = next(a for a in assignments if a.name == name)
    references = [r for r in render(assignment, "handout").exercises if ".cu:" not in r]
    exercises = {re.split("[:.]", reference)[-1] for reference in references}
    python = [source for file, source in assignment.provided.items() if file.endswith(".py")]
    provided = [n for source in python for n in ast.walk(ast.parse(source))]

    assert exercises & {n.name for c in provided if isinstance(c, ast.ClassDef) for n in methods(c)} == set()
    assert "reference" not in {
        (n.module or "").split(".")[0]
        for path in (build / "release" / name).rglob("*.py")
        for n in ast.walk(ast.parse(path.read_text()))
        if isinstance(n, ast.ImportFrom)
    }


@pytest.mark.parametrize("view", ["handout", "solution"])
def test_rendering_twice_gives_the_same_text(assignments: list[Assignment], view: str) -> None:
    for assignment in assignments:
        assert render(assignment, view) == render(assignment, view)


def test_an_assignment_generated_alone_is_what_it_is_among_all(
    build: Path, assignments: list[Assignment], tmp_path: Path
) -> None:
    generate(assignments[:1], tmp_path)

    for kind in ("release", "solution"):
        assert tree(tmp_path / kind / NAMES[0]) == tree(build / kind / NAMES[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES[1:])
def test_generating_twice_gives_the_same_bytes(
    assignments: list[Assignment], name: str, tmp_path: Path
) -> None:
    for out in ("once", "twice"):
        generate([one for one in assignments if one.name == name], tmp_path / out)

    for kind in ("release", "solution"):
        assert tree(tmp_path / "once" / kind / name) == tree(tmp_path / "twice" / kind / name)


def test_generating_again_replaces_what_was_there(course: Path, tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "grader", "locks"):
        (course / name).symlink_to(ROOT / name)
    out = tmp_path / "out"
    (out / "release" / "tiny").mkdir(parents=True)
    (out / "release" / "tiny" / "stale.py").write_text("x = 1\n")
    paths = generate([assignment_of(course, "tiny")], out)

    assert paths == [out / "release" / "tiny", out / "solution" / "tiny"]
    assert not (out / "release" / "tiny" / "stale.py").exists()
    assert sorted(path.name for path in (out / "release").iterdir()) == ["tiny"]


@pytest.mark.parametrize("name", NAMES)
def test_no_hidden_case_travels(build: Path, assignments: list[Assignment], name: str) -> None:
    assignment = next(a for a in assignments if a.name == name)
    cases = list(assignment.rubric.cases)
    hidden = {case.name for case in cases if not is_in_handout(case)}
    handed_out = load(build / "release" / name / "grading")
    with np.load(build / "release" / name / "grading" / "frozen.npz", allow_pickle=False) as frozen:
        of_arrays = {key.rsplit(":", 2)[0] for key in frozen.files if ":" in key}
        frozen_names = set(json.loads(frozen["cases"].tobytes()))

    assert hidden and of_arrays <= frozen_names  # a case of plain values alone has no array
    assert {case.name for case in handed_out.rubric.cases} == frozen_names
    assert frozen_names == {case.name for case in cases} - hidden
    if name == NAMES[0]:
        with zipfile.ZipFile(build / "release" / name / "grading" / SMALLEST) as archive:
            rungs = {criterion: json.loads(archive.read(criterion)) for criterion in archive.namelist()}
        small_cases = {f"{criterion}/{rung['case']}" for criterion in rungs for rung in rungs[criterion]}
        assert len(small_cases) > 10
        assert not hidden & small_cases


@pytest.mark.parametrize("name", NAMES)
def test_a_handouts_rubric_weighs_what_the_instructors_weighs(
    build: Path, assignments: list[Assignment], name: str
) -> None:
    assignment = next(a for a in assignments if a.name == name)
    handed_out = load(build / "release" / name / "grading")

    assert handed_out.rubric.points == assignment.rubric.points
    for ours, theirs in zip(assignment.rubric.criteria, handed_out.rubric.criteria, strict=True):
        assert (ours.id, ours.points, ours.weight) == (theirs.id, theirs.points, theirs.weight)


def test_source_is_indented_as_the_line_that_asks_for_it(course: Path) -> None:
    template = course / "assignments" / "tiny" / "templates" / "conv.py.j2"
    template.write_text(
        'class Box:\n    """A class."""\n\n    {{ exercise("reference.conv:flip") }}\n\n'
        '        {{- provided("reference.readable.views:NDArray.dtype") }}\n'
    )
    for view in ("handout", "solution"):
        (box,) = ast.parse(render(load(course / "assignments" / "tiny"), view).files["conv.py"]).body
        assert isinstance(box, ast.ClassDef)
        names = [node.name for node in ast.walk(box) if isinstance(node, ast.FunctionDef)]
        assert names[0] == "flip" and "dtype" in names


def test_a_visible_case_whose_name_begins_that_of_a_hidden_one_is_kept(course: Path) -> None:
    path = course / "assignments" / "tiny" / "rubric.yaml"
    path.write_text(path.read_text().replace("id: hidden-one", "id: one-axis-1"))
    visible = yaml.safe_load(_visible_rubric(load(course / "assignments" / "tiny")))

    assert [case["id"] for case in visible["criteria"][0]["cases"]] == ["one-axis"]
    assert visible["criteria"][0]["withheld"] == 1


@pytest.mark.parametrize(
    ("old", "new", "phrase"),
    [
        ("reference.conv:flip", "reference.conv:flop", "defines no function or class flop"),
        ("reference.conv:flip", "reference.gone:flip", "there is no reference/gone.py"),
        ("{{ exercise(", "{{ exercize(", "'exercize' is undefined"),
        ("{{ exercise(", "{{ exercise((", "cannot be rendered"),
        ("{{ exercise(", "{% if", "cannot be rendered"),
        ("{{ exercise(", "{{ row(5) }}{{ exercise(", "TypeError: "),
        ("{{ exercise(", "class Box:\n    pass\n  {{ exercise(", "renders no Python: "),
        ("import NDArray", "import", "renders no Python: "),
    ],
)
def test_a_template_that_is_wrong_is_one_line_that_names_it(
    course: Path, old: str, new: str, phrase: str
) -> None:
    template = course / "assignments" / "tiny" / "templates" / "conv.py.j2"
    before, _, behind = template.read_text().partition(old)
    template.write_text(before + new + behind)

    with pytest.raises(UserError) as error:
        render(load(course / "assignments" / "tiny"), "handout")
    line = (before + new).count("\n") + 1
    assert str(error.value).startswith(f"{template}:{line}: ")
    assert phrase in str(error.value)
    assert "\n" not in str(error.value)


def test_a_required_file_without_a_template_is_refused(course: Path) -> None:
    path = course / "assignments" / "tiny" / "assignment.yaml"
    path.write_text(path.read_text().replace("[conv.py]", "[conv.py, dense.py]"))

    with pytest.raises(UserError, match=r"found no template dense\.py\.j2"):
        render(load(course / "assignments" / "tiny"), "handout")


def test_provided_files_are_code_and_never_submitted(assignments: list[Assignment]) -> None:
    for assignment in assignments:
        assert set(assignment.provided) & set(assignment.files) == set()
        has_own = "ndarray.py" in assignment.files or assignment.name == "checker"  # whose arrays are NumPy's
        assert ("ndarray/__init__.py" in assignment.provided) != has_own
        emulator = {n for n in assignment.provided if n.startswith("ndarray/emulator/")}
        assert bool(emulator) == ("emulated" in assignment.devices)
        assert all(name.endswith(".py") for name in set(assignment.provided) - emulator)


def test_criteria_come_in_the_order_in_which_the_handout_has_their_functions(
    assignments: list[Assignment],
) -> None:
    """So the first unfinished one, which a grade shows in full, is the next one to write."""
    for assignment in assignments:
        functions = [re.split("[:.]", name)[-1] for name in render(assignment, "handout").functions]
        criteria = [criterion.id for criterion in assignment.rubric.criteria if criterion.id in functions]
        assert criteria == sorted(criteria, key=functions.index), assignment.name


def test_a_template_can_show_something_in_one_view_alone(course: Path) -> None:
    template = course / "assignments" / "tiny" / "templates" / "conv.py.j2"
    template.write_text(
        template.read_text() + '{% if view == "solution" %}\n# for the instructor\n{% endif %}'
    )
    assignment = load(course / "assignments" / "tiny")

    assert "# for the instructor" in render(assignment, "solution").files["conv.py"]
    assert "# for the instructor" not in render(assignment, "handout").files["conv.py"]


def test_a_handout_that_asks_for_ndarray_contains_none(course: Path) -> None:
    folder = course / "assignments" / "tiny"
    assert "ndarray/ndarray.py" in render(load(folder), "handout").files
    (folder / "templates" / "conv.py.j2").rename(folder / "templates" / "ndarray.py.j2")
    path = folder / "assignment.yaml"
    path.write_text(path.read_text().replace("[conv.py]", "[ndarray.py]"))

    assert [name for name in render(load(folder), "handout").files if name.startswith("ndarray/")] == []
