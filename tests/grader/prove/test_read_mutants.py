"""A mutant is the solution with one wrong function; anything marked as a mutant that is not is a finding."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.author.load import load
from grader.author.render import Views, render
from grader.model.errors import UserError
from grader.prove.edit_exercise import edit
from grader.prove.read_mutants import read_mutants
from tests.tiny_course import write_course_of_its_own

HEAD = '''\
"""Wrong ideas."""

import math

from solution import flip, original

from grader.model.mutant import mutant

UNUSED = 1
SCALE = math.pi


def twice(a):
    return scaled(a) + scaled(a)


def scaled(a):
    return a * SCALE


def untouched(a):
    return a


'''
DOUBLED = '''\
@mutant(of="flip")
def doubled(a, axes):
    """You   double
    the numbers."""
    return twice(original(a, axes))
'''


@pytest.fixture
def read(course: Path) -> Callable[[str], tuple[list[str], list[str]]]:
    """The mutants' names in a mutants.py with this text, and the findings, by line."""

    def read(text: str) -> tuple[list[str], list[str]]:
        folder = course / "assignments" / "tiny"
        (folder / "mutants.py").write_text(HEAD + text)
        mutants, findings = read_mutants(Views(load(folder)))
        assert all(finding.source == folder.resolve() / "mutants.py" for finding in findings)
        return [m.name for m in mutants], [f"{f.line - HEAD.count(chr(10))}: {f.message}" for f in findings]

    return read


def test_a_mutant_is_the_solution_followed_by_what_it_needs_and_its_name(course: Path) -> None:
    folder = course / "assignments" / "tiny"
    (folder / "mutants.py").write_text(HEAD + DOUBLED)
    (mutant,) = read_mutants(Views(load(folder)))[0]
    solution = render(load(folder), "solution").files["conv.py"].rstrip()

    assert (mutant.name, mutant.exercise, mutant.file) == ("doubled", "flip", "conv.py")
    assert mutant.message == "You double the numbers."
    assert mutant.source.startswith(solution)
    appended = ast.unparse(ast.parse(mutant.source.removeprefix(solution)))
    assert [line for line in appended.splitlines() if line and not line.startswith(" ")] == [
        "import math",
        "original = flip",
        "SCALE = math.pi",
        "def twice(a):",
        "def scaled(a):",
        "def doubled(a, axes):",
        "flip = doubled",
    ]


def test_an_assignment_without_mutants_has_none(course: Path) -> None:
    assert read_mutants(Views(load(course / "assignments" / "tiny"))) == ((), ())


def test_a_faulty_mutant_hides_no_other(
    read: Callable[[str], tuple[list[str], list[str]]],
) -> None:
    names, findings = read(
        '@mutant(of="flap")\ndef a(a, axes):\n    """M."""\n    return a\n\n\n'
        '@mutant(of="flip")\ndef b(a, axes):\n    return a\n\n\n' + DOUBLED
    )
    assert names == ["doubled"]
    assert findings == [
        "2: found a mutant of 'flap', expected an exercise, one of flip, dilate; did you mean 'flip'?",
        "8: found 'b' without a docstring, expected what its student reads, or how a rewrite differs",
    ]


@pytest.mark.parametrize(
    ("text", "finding"),
    {
        "mark_without_exercise": (
            '@mutant\ndef m(a, axes):\n    """M."""\n',
            "2: found a mutant of '', expected an exercise, one of flip, dilate",
        ),
        "exercise_by_position": (
            '@mutant("flip")\ndef m(a, axes):\n    """M."""\n',
            "2: found a mutant of '', expected an exercise, one of flip, dilate",
        ),
        "name_of_another_exercise": (
            '@mutant(of="flip")\ndef dilate(a, axes):\n    """M."""\n',
            "2: mutant 'dilate' would replace 'dilate' of conv.py as well: rename yours",
        ),
        "helper_with_an_exercise_s_name": (
            'def dilate(a):\n    a\n\n\n@mutant(of="flip")\ndef m(a, axes):\n    """M."""\n    dilate(a)\n',
            "6: mutant 'm' would replace 'dilate' of conv.py as well: rename yours",
        ),
    }.values(),
    ids=["mark_without_exercise", "exercise_by_position", "name_of_another_exercise", "helper_clashes"],
)
def test_a_mutant_that_would_not_be_what_it_says_is_a_finding(
    read: Callable[[str], tuple[list[str], list[str]]], text: str, finding: str
) -> None:
    assert read(text) == ([], [finding])


CLASS = '''\
class Counter:
    """Counts from 0 <= start."""

    def __init__(self, start):
        """ValueError unless 0 <= start."""
        self.count = start if 0 <= start else None
'''


def test_an_edit_changes_code_and_no_docstring() -> None:
    edited = edit(CLASS, "Counter", {"0 <= start": "0 < start"})
    assert edited == CLASS.replace("if 0 <=", "if 0 <")
    assert edit(CLASS, "Counter.__init__", {"0 <= start": "0 < start"}) == edited
    with pytest.raises(ValueError, match="the code of Counter has it 0 times, expected once"):
        edit(CLASS, "Counter", {"Counts": "counts"})


def test_code_behind_a_docstring_on_its_line_can_be_edited() -> None:
    text = 'def add(a):\n    """Doc. ä"""; return a + 1  # Doc.\n'
    assert edit(text, "add", {"a + 1": "a - 1"}) == text.replace("a + 1", "a - 1")
    short = 'def add(a): """Adds a + 1."""; return a + 1'
    assert edit(short, "add", {"a + 1": "a - 1"}) == short.replace("return a +", "return a -")


@pytest.mark.parametrize("mark", ["\u2028", "\f", "\x85", "\x1c"], ids=repr)
def test_only_a_newline_ends_a_line_of_a_solution(mark: str) -> None:
    """Otherwise the edit would change the docstring, and the mutant would be right."""
    head = f'NOTE = "one{mark}two"\n\n\n'
    text = head + 'def add(a):\n    """Returns a + 1."""\n    return a + 1\n'
    assert edit(text, "add", {"a + 1": "a - 1"}) == text.replace("return a +", "return a -")


def test_a_mutant_of_a_class_is_a_class(tmp_path: Path) -> None:
    course = write_course_of_its_own(tmp_path)
    folder = course / "assignments" / "tiny"
    (course / "reference" / "counter.py").write_text(CLASS)
    template = folder / "templates" / "conv.py.j2"
    template.write_text(template.read_text() + '\n\n{{ exercise("reference.counter:Counter") }}\n')
    (folder / "mutants.py").write_text(
        "from solution import original\n\n\n"
        '@mutant(of="Counter")\nclass OneMore(original):\n    """One more."""\n\n'
        "    def __init__(self, start):\n        super().__init__(start + 1)\n"
    )
    (mutant,), findings = read_mutants(Views(load(folder)))
    names: dict[str, Any] = {}
    exec(CLASS + mutant.appended, names)
    assert findings == () and (mutant.message, names["Counter"](1).count) == ("One more.", 2)


def test_a_second_mutant_of_one_name_is_a_finding_even_of_a_faulty_one(
    read: Callable[[str], tuple[list[str], list[str]]],
) -> None:
    names, findings = read(DOUBLED + "\n\n" + DOUBLED)
    assert names == ["doubled"]
    assert findings == ["9: found mutant 'doubled' a second time: names are unique"]


def test_an_exercise_that_no_submitted_file_defines_has_no_mutants(course: Path) -> None:
    folder = course / "assignments" / "tiny"
    (folder / "templates" / "extra.py.j2").write_text('{{ exercise("reference.conv:undilate") }}\n')
    (folder / "mutants.py").write_text('@mutant(of="undilate")\ndef m(a):\n    """M."""\n')
    mutants, findings = read_mutants(Views(load(folder)))
    assert mutants == ()
    assert [f.message for f in findings] == ["found a mutant of 'undilate', and no submitted file defines it"]


def test_a_mutant_without_a_docstring_is_a_finding_at_its_line(course: Path) -> None:
    folder = course / "assignments" / "tiny"
    (folder / "mutants.py").write_text('@mutant(of="flip")\ndef m(a):\n    return a\n')
    mutants, (finding,) = read_mutants(Views(load(folder)))
    assert (mutants, finding.line) == ((), 2)
    assert finding.message.startswith("found 'm' without a docstring")


def test_mutants_that_are_no_python_are_the_author_s_mistake(course: Path) -> None:
    folder = course / "assignments" / "tiny"
    (folder / "mutants.py").write_text("def m(:\n")
    with pytest.raises(UserError, match=r"mutants\.py:1: found Python that cannot be read"):
        read_mutants(Views(load(folder)))
