"""Laws of what `grader new` writes before anything is graded."""

import ast
from pathlib import Path

import pytest
import yaml

from grader.author.new_assignment.course_entry import with_assignment
from grader.author.new_assignment.draft import first_draft
from grader.author.new_assignment.function import read_function
from grader.author.new_assignment.operators import changes
from grader.author.new_assignment.values import as_argument, drawn_from, values_of
from grader.model.errors import UserError

COUNTED = '''def counted(words: list[str], most: int = 3) -> dict[str, int]:
    """How often each word is there, for the first `most`; 1 < 2 here is no code."""
    found: dict[str, int] = {}
    for number, word in enumerate(words):
        if number >= most and not found:
            raise ValueError(f"more than {most - 1}")
        elif (number + 1) * 2 == LIMIT:
            break
        found[word] = helper(found.get(word, 0))
        found[word] += 1
    return found
'''
MODULE = f'''"""Words."""

import math
import zoneinfo
from collections import Counter, deque

LIMIT = 2**8


def helper(n: int) -> int:
    """The same number."""
    return int(zoneinfo.key or 0) + math.floor(n)


def unused() -> None:
    """Nothing."""
    print(Counter())


{COUNTED}

def bare(a, b):
    """No annotations."""
    return a


def undocumented(a: int) -> int:
    return a
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "words.py").write_text(MODULE)
    return tmp_path


def test_every_change_gives_another_program_and_names_a_unique_text() -> None:
    differences = changes(COUNTED)
    programs = {ast.dump(ast.parse(COUNTED.replace(change.old, change.new))) for change in differences}
    assert ast.dump(ast.parse(COUNTED)) not in programs
    assert len(programs) == len(differences) == 12
    assert all(COUNTED.count(change.old) == 1 for change in differences)


def test_the_operators_see_each_kind_of_slip_and_no_message_or_docstring() -> None:
    differences = changes(COUNTED)
    kinds = {change.operator for change in differences}
    assert {"boundary", "turned_around", "arithmetic", "one_off", "condition", "step_left_out"} <= kinds
    assert not [change for change in differences if "no code" in change.new or "most + 1" in change.new]


@pytest.mark.parametrize(
    ("annotation", "argument"),
    [
        ("int", "x"),
        ("list[int]", "list(x)"),
        ("list[list[float]]", "[list(item) for item in x]"),
        ("tuple[int, ...]", "tuple(x)"),
        ("set[str]", "set(x)"),
        ("dict[str, int]", "dict(x)"),
        ("Optional[str]", "x"),
        ("int | Sequence[int]", "x"),
        ("'list[str]'", "list(x)"),
    ],
)
def test_an_annotation_gives_plain_values_and_their_argument(annotation: str, argument: str) -> None:
    node = ast.parse(annotation, mode="eval").body
    values = values_of(node)
    assert len({repr(each.value) for each in values}) >= 2
    assert yaml.safe_load(yaml.safe_dump([each.value for each in values])) == [each.value for each in values]
    assert as_argument(node, "x") == argument


def test_a_range_is_drawn_from_where_a_rubric_knows_one() -> None:
    annotations = [
        drawn_from(ast.parse(each, mode="eval").body) for each in ("int", "list[str]", "tuple[float, ...]")
    ]
    assert all(annotations)
    assert drawn_from(ast.parse("dict[str, int]", mode="eval").body) is None


def test_a_handout_gets_what_the_function_needs_and_no_more(root: Path) -> None:
    function = read_function(root, "reference.words:counted")
    assert function.imports == ("import math, zoneinfo",)
    assert function.names == ("LIMIT = 2 ** 8", '{{ provided("reference.words:helper") }}')
    assert function.modules == ("zoneinfo",)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("words:counted", "expected a function of the course's reference"),
        ("reference.words", "expected a function of the course's reference"),
        ("reference.verbs:counted", "there is no reference/verbs.py"),
        ("reference.words:count", "defines no function or class count"),
        ("reference.words:undocumented", "has no docstring"),
    ],
)
def test_an_invalid_exercise_is_explained_in_one_line(root: Path, place: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_function(root, place)


def test_a_parameter_without_known_values_is_named(root: Path) -> None:
    with pytest.raises(UserError, match="the parameter a of bare has no type to draw"):
        first_draft("words", read_function(root, "reference.words:bare"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("assignments: [a, b] # in order\nx: 1\n", "assignments: [a, b, c] # in order\nx: 1\n"),
        ("assignments:\n  - a # first\n  - b\n# end\n", "assignments:\n  - a # first\n  - b\n  - c\n# end\n"),
        ("assignments:\n- a", "assignments:\n- a\n- c"),
        ("assignments: [\n  a,\n  b,\n]\n", "assignments: [\n  a,\n  b, c,\n]\n"),
    ],
)
def test_course_yaml_gets_one_more_name_and_keeps_every_other_sign(
    tmp_path: Path, before: str, after: str
) -> None:
    (tmp_path / "course.yaml").write_text(before)
    assert with_assignment(tmp_path / "course.yaml", "c") == after


def test_a_course_without_a_list_is_named(tmp_path: Path) -> None:
    (tmp_path / "course.yaml").write_text("title: A course\n")
    with pytest.raises(UserError, match="expected one to add to"):
        with_assignment(tmp_path / "course.yaml", "c")
