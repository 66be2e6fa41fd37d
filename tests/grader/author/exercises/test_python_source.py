"""A stub keeps what a student reads and loses what a student writes."""

import ast
from pathlib import Path

import pytest

from grader.author.exercises.exercise import Function
from grader.author.exercises.python_source import find_exercise, without_methods
from grader.model.errors import UserError
from tests.grader.author.exercises.removed import removed_statements
from tests.tables import by_name

LIBRARY = '''\
"""A library."""

import functools


def helper(a):
    """Help."""
    return a


@functools.cache
@functools.wraps(helper)
def whole(
    a: int,
    *,
    b: str = "x",  # a comment in the signature
) -> int:
    """First line.

    Shapes: (N, H) -> (H,).
    """
    # a hint that is part of the answer
    c = a + 1
    return c


def marked(a):
    """Half of it is given."""
    b = a + 1
    for i in range(b):
        # BEGIN SOLUTION
        c = b * i
        b = c - a
        # END SOLUTION
        print(b)
    return b


def undocumented(a):
    return a


class Box:
    def __init__(self):
        self.content = 1

    @property
    def method(self):
        """Not a function of the module."""
        return self.content
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "things.py").write_text(LIBRARY)
    return tmp_path


def stub_of(root: Path, name: str) -> str:
    return find_exercise(root, f"library.things:{name}").stub


def test_a_whole_function_is_its_source_with_decorators(root: Path) -> None:
    whole = find_exercise(root, "library.things:whole").whole

    assert whole == LIBRARY[LIBRARY.index("@functools.cache") : LIBRARY.index("\n\n\ndef marked")]


def test_a_stub_keeps_decorators_signature_and_docstring_and_nothing_else(root: Path) -> None:
    start, end = LIBRARY.index("@functools.cache"), LIBRARY.index("    # a hint")

    assert stub_of(root, "whole") == LIBRARY[start:end] + "    raise NotImplementedError"


def test_a_stub_keeps_the_code_around_the_marks(root: Path) -> None:
    assert stub_of(root, "marked").splitlines() == [
        "def marked(a):",
        '    """Half of it is given."""',
        "    b = a + 1",
        "    for i in range(b):",
        "        raise NotImplementedError",
        "        print(b)",
        "    return b",
    ]


def test_no_mark_is_left_in_a_handout_or_a_solution(root: Path) -> None:
    function = find_exercise(root, "library.things:marked")

    assert "SOLUTION" not in function.whole + function.stub
    assert ast.unparse(ast.parse(function.whole)).count("c = b * i") == 1


@pytest.mark.parametrize("name", ["helper", "whole", "marked"])
def test_a_stub_is_python_and_raises_not_implemented(root: Path, name: str) -> None:
    stub = stub_of(root, name)
    (node,) = ast.parse(stub).body

    assert isinstance(node, ast.FunctionDef)
    assert ast.get_docstring(node) is not None
    assert stub.count("raise NotImplementedError") == 1


@pytest.mark.parametrize(
    ("name", "removed"),
    {
        "helper": ["return a"],
        "whole": ["c = a + 1", "return c"],
        "marked": ["for i in range(b):\n    c = b * i\n    b = c - a\n    print(b)"],
    }.items(),
)
def test_the_removed_statements_are_those_that_the_stub_lacks(
    root: Path, name: str, removed: list[str]
) -> None:
    assert removed_statements(find_exercise(root, f"library.things:{name}")) == removed


@pytest.mark.parametrize(
    ("reference", "phrase"),
    by_name(
        {
            "no_such_module": ("library.other:whole", "there is no library/other.py"),
            "no_such_function": (
                "library.things:gone",
                "library/things.py defines no function or class gone",
            ),
            "no_function_named": ("library.things", "defines no function or class"),
            "a_method": ("library.things:method", "defines no function or class method"),
            "no_such_method": ("library.things:Box.gone", "defines no function or class Box.gone"),
            "a_function_of_no_class": (
                "library.things:Box.helper",
                "defines no function or class Box.helper",
            ),
            "no_such_class": ("library.things:Bag.method", "defines no function or class Bag.method"),
            "an_empty_name": ("", "there is no"),
        }
    ),
)
def test_a_reference_that_names_no_function_is_refused_in_one_line(
    root: Path, reference: str, phrase: str
) -> None:
    with pytest.raises(UserError) as error:
        find_exercise(root, reference)
    assert phrase in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["undocumented", "Box.__init__"])
def test_a_function_without_docstring_can_only_be_provided(root: Path, name: str) -> None:
    function = find_exercise(root, f"library.things:{name}")

    assert function.whole.strip() in LIBRARY
    with pytest.raises(UserError, match=f"{function.name} has no docstring"):
        _ = function.stub


def test_a_method_is_cut_with_its_indentation_in_the_class(root: Path) -> None:
    function = find_exercise(root, "library.things:Box.method")
    head = '    @property\n    def method(self):\n        """Not a function of the module."""\n'

    assert function.name == "method"
    assert function.whole == f"{head}        return self.content"
    assert function.stub == f"{head}        raise NotImplementedError"
    assert removed_statements(function) == ["return self.content"]


BOX = '''\
class Box:
    """A box."""

    def keep(self):
        return 1

    @property
    @something
    def flip(self):
        """Gone."""
        return 2

    def also(self):
        return 3


class Other:
    def flip(self):
        return 4


def flip():
    return 5
'''


def test_methods_are_dropped_with_their_decorators_from_one_class_alone() -> None:
    text = without_methods(BOX, "Box", {"flip"})

    assert text == BOX.replace(BOX[BOX.index("\n    @property") : BOX.index("\n    def also")], "")
    assert "return 2" not in text
    assert "return 4" in text and "return 5" in text


def test_a_method_that_is_not_there_changes_nothing() -> None:
    assert without_methods(BOX, "Box", {"pad"}) == BOX


def test_a_function_is_made_of_lines(root: Path) -> None:
    function = find_exercise(root, "library.things:helper")

    assert function == Function("helper", ("def helper(a):", '    """Help."""', "    return a"), 2, "    ")


OPTIMIZER = '''\
"""A library."""


@marked_as("optimizer")
class Adam:
    """Adam, with one average for each weight."""

    beta: float = 0.9

    def __init__(self, rate: float,
                 epsilon: float = 1e-8):
        # what a student works out
        self.rate = rate
        self.count = 0

    @property
    def steps(self) -> int:
        """How many steps there were."""
        return self.count

    @steps.setter
    def steps(self, value: int) -> None:
        self.count = value

    def step(self, weight: float) -> float:
        """One step."""
        self.count += 1
        return weight - self.rate


class Halves:
    """One method is given."""

    def given(self):
        return 1

    def asked(self):
        # BEGIN SOLUTION
        x = self.given()
        # END SOLUTION
        return x


class Empty:
    """Nothing."""


class Short:
    """A body in the line of its name."""

    def step(self): return 1


class Apart:
    """Parts that do not follow each other."""

    @property
    def steps(self):
        """How many."""
        return 1

    count = 2

    @steps.setter
    def steps(self, value):
        pass
'''


@pytest.fixture
def optimizers(tmp_path: Path) -> Path:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "optimizers.py").write_text(OPTIMIZER)
    return tmp_path


def test_the_stub_of_a_class_keeps_its_texts_and_no_methods_body(optimizers: Path) -> None:
    exercise = find_exercise(optimizers, "library.optimizers:Adam")

    assert exercise.whole in OPTIMIZER
    assert exercise.functions == ("Adam.__init__", "Adam.steps", "Adam.step")
    assert ast.parse(exercise.stub)
    assert (
        exercise.stub
        == '''\
@marked_as("optimizer")
class Adam:
    """Adam, with one average for each weight."""

    beta: float = 0.9

    def __init__(self, rate: float,
                 epsilon: float = 1e-8):
        raise NotImplementedError

    @property
    def steps(self) -> int:
        """How many steps there were."""
        raise NotImplementedError

    @steps.setter
    def steps(self, value: int) -> None:
        raise NotImplementedError

    def step(self, weight: float) -> float:
        """One step."""
        raise NotImplementedError'''
    )


def test_a_property_is_cut_with_its_setter(optimizers: Path) -> None:
    exercise = find_exercise(optimizers, "library.optimizers:Adam.steps")

    assert exercise.functions == ("steps",)
    assert exercise.whole.lstrip().startswith("@property") and exercise.whole.endswith("= value")
    assert exercise.stub.count("raise NotImplementedError") == 2


def test_a_class_with_marks_gives_everything_outside_of_them(optimizers: Path) -> None:
    exercise = find_exercise(optimizers, "library.optimizers:Halves")

    assert exercise.functions == ("Halves.asked",)
    assert "return 1" in exercise.stub and "return x" in exercise.stub
    assert "x = " not in exercise.stub and "SOLUTION" not in exercise.stub + exercise.whole


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("Empty", "no method"),
        ("Short", "start the body on the next line"),
        ("Apart.steps", "do not follow each other"),
    ],
)
def test_a_class_that_is_no_exercise_is_refused_in_one_line(optimizers: Path, name: str, phrase: str) -> None:
    with pytest.raises(UserError, match=phrase) as error:
        _ = find_exercise(optimizers, f"library.optimizers:{name}").stub
    assert "\n" not in str(error.value)
