"""The variables of a line that raised are described without any code of the submission."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import reference.ndarray
from grader.model.wire_format import CALL_FIELDS, MAX_VARIABLES, check_reply
from grader.worker.exceptions.calls import calls_of, course_array

Variables = Callable[..., dict[str, str]]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    def load(source: str) -> ModuleType:
        path = tmp_path / "student.py"
        path.write_text(f"import numpy as np\n{source}", encoding="utf-8")
        spec = importlib.util.spec_from_file_location("student", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "student", module)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def variables(load: Callable[[str], ModuleType], tmp_path: Path) -> Variables:
    """Calls `f` of a source, which raises, and describes the variables of the innermost line, by name."""
    array = course_array(reference.ndarray)

    def variables(source: str, *arguments: Any) -> dict[str, str]:
        calls = calls_of(raised_by(load(source).f, *arguments), str(tmp_path), array)
        for call in calls:
            assert set(call) == CALL_FIELDS
        return {one["name"]: in_brief(one) for one in calls[-1]["variables"]}

    return variables


def raised_by(function: Callable[..., Any], *arguments: Any) -> BaseException:
    try:
        function(*arguments)
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def in_brief(variable: dict[str, Any]) -> str:
    if variable["shape"] is None:
        return repr(variable["value"])
    return f"{variable['shape']} {variable['dtype']}".rstrip()


def test_the_line_shows_the_variables_that_it_reads_in_their_order(variables: Variables) -> None:
    """Not those of other lines, nor the one that the line would have assigned."""
    source = """
def f(x, w):
    unused, sum, s = x, x, 2
    sum = x[:, ::s] @ w
"""
    x, w = np.ones((2, 3), np.float32), np.ones((4, 5))
    assert variables(source, x, w) == {"x": "(2, 3) float32", "s": "2", "w": "(4, 5) float64"}


def test_the_courses_arrays_have_their_shape_and_dtype(variables: Variables) -> None:
    a = reference.ndarray.array(np.ones((2, 3)), dtype="float64")
    assert variables("def f(a, shape): a.reshape(shape)", a, (5,)) == {"a": "(2, 3) float64", "shape": "(5,)"}


def test_an_expression_of_several_lines_shows_what_all_of_them_read(variables: Variables) -> None:
    source = """
def f(x, n, k):
    return x.reshape(
        n,
        k,
    )
"""
    assert variables(source, np.ones((2, 3)), 4, -7) == {"x": "(2, 3) float64", "n": "4", "k": "-7"}


def test_the_target_of_an_operation_in_place_is_read(variables: Variables) -> None:
    source = "def f(out, part): out += part"
    assert variables(source, np.ones((2, 3)), np.ones(4)) == {"out": "(2, 3) float64", "part": "(4,) float64"}


def test_a_comprehension_is_a_part_of_its_line(variables: Variables) -> None:
    """Its own variable hides one of the same name in the function around."""
    source = """
def f(x, i):
    n = 3
    return [x[:n, i] for i in range(7)]
"""
    shown = variables(source, np.ones((5, 4)), 99)
    assert shown.pop("i", "4") == "4"  # newer Pythons forget it when the comprehension is left
    assert shown == {"x": "(5, 4) float64", "n": "3"}


def test_a_name_of_another_functions_generator_shows_no_value_of_its_own(variables: Variables) -> None:
    """The generator runs in the function that it was handed to, which has another `w`."""
    source = """
def total(numbers, w):
    return sum(numbers)


def f(x, w):
    return total((x[i] @ w for i in range(2)), 5)
"""
    shown = variables(source, np.ones((2, 3)), np.ones(7))
    assert {name: shown[name] for name in ("x", "w")} == {"x": "(2, 3) float64", "w": "(7,) float64"}


PLAIN = {"None": None, "True": True, "-12": -12, "()": (), "(1, -2)": (1, -2)}


@pytest.mark.parametrize("text", PLAIN)
def test_a_short_plain_value_is_shown(variables: Variables, text: str) -> None:
    assert variables("def f(a): a.nothing", PLAIN[text]) == {"a": text}


@pytest.mark.parametrize(
    "value",
    [1.5, "text", b"bytes", [1, 2], {1}, 10**10, (1,) * 9, (1, 2.5), (True,), (10**10,), np.int64(3), len],
    ids=repr,
)
def test_any_other_value_is_left_out(variables: Variables, value: object) -> None:
    """A text may be long and a number may be of an array: the line and the shapes say where to look."""
    assert variables("def f(a): a.nothing", value) == {}


def test_of_many_variables_arrays_are_shown_first(variables: Variables) -> None:
    source = "def f(a, b, c, d, e, g, x, pair): return pair + a + b + c + d + e + g @ x"
    shown = variables(source, 1, 2, 3, 4, 5, 6, np.ones(2), (7, 8))
    assert list(shown) == ["pair", "a", "b", "c", "d", "x"]
    assert len(shown) == MAX_VARIABLES


HOSTILE = """
reached = []


class Hostile:
    def __getattribute__(self, name):
        reached.append(name)
        while True: pass

    shape = ndim = dtype = __class__ = property(lambda self: reached.append("property"))

    def __repr__(self):
        reached.append("repr")
        return "(2, 3)"

    __str__ = __len__ = __iter__ = __index__ = __int__ = __bool__ = __eq__ = __repr__


class Array(np.ndarray):
    shape = dtype = property(lambda self: reached.append("of an array"))

    def __array_finalize__(self, other): pass


class Tuple(tuple):
    def __len__(self): reached.append("length")

    __iter__ = __repr__ = __len__


class Number(int):
    def __le__(self, other): reached.append("compared")

    __repr__ = __abs__ = __ge__ = __neg__ = __le__
"""


@pytest.mark.parametrize(
    "made", ["Hostile()", "np.ones(3).view(Array)", "Tuple((1, 2))", "Number(3)", "(Number(3), 4)", "Hostile"]
)
def test_a_class_of_the_submission_is_never_asked(
    load: Callable[[str], ModuleType], tmp_path: Path, made: str
) -> None:
    """As a local variable: what a function got is described with its call."""
    module = load(
        f"{HOSTILE}\ndef f():\n    evil, n = {made}, 4\n    reached.clear()\n    nothing(evil, n)\n"
    )
    (call,) = calls_of(raised_by(module.f), str(tmp_path), course_array(reference.ndarray))
    assert [one["name"] for one in call["variables"]] == ["n"]
    assert module.reached == []


def test_a_course_array_that_a_submission_tampers_with_runs_none_of_its_code(
    load: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    """The class's attributes may be its own, and the fields of an object anything."""

    class NDArray:
        def __init__(self, shape: object) -> None:
            self.shape, self.buffer = shape, np.ones(6)

    course = ModuleType("course")
    vars(course)["NDArray"] = NDArray
    array = course_array(course)
    source = f"""{HOSTILE}
def f(NDArray):
    a, b, c = NDArray((2, 3)), NDArray(Tuple((2, 3))), NDArray((2, Number(3)))
    NDArray.shape = NDArray.buffer = property(lambda self: reached.append("property"))
    NDArray.__getattribute__ = lambda self, name: reached.append(name)
    nothing(a, b, c)
"""
    module = load(source)
    (call,) = calls_of(raised_by(module.f, NDArray), str(tmp_path), array)
    assert call["variables"] == [{"name": "a", "shape": (2, 3), "dtype": "float64", "value": None}]
    assert module.reached == []


def test_the_body_of_a_class_with_its_own_mapping_shows_none(
    load: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    source = """
reached = []


class Names(dict):
    def keys(self): reached.append("keys")

    __iter__ = get = keys


class Meta(type):
    @classmethod
    def __prepare__(meta, name, bases): return Names()


def f():
    class A(metaclass=Meta):
        n = 3
        n.nothing
"""
    module = load(source)
    calls = calls_of(raised_by(module.f), str(tmp_path), None)
    assert calls[-1]["variables"] == []
    assert module.reached == []


def test_the_judge_takes_what_the_worker_describes(load: Callable[[str], ModuleType], tmp_path: Path) -> None:
    """Shapes and tuples are lists on the wire."""
    module = load("def f(a, t, n, yes, none): nothing(a, t, n, yes, none)")
    raised = raised_by(module.f, np.ones((2, 0)), (1, 2), -3, True, None)
    (call,) = calls_of(raised, str(tmp_path), None)
    for variable in call["variables"]:
        variable |= {key: list(v) if isinstance(v, tuple) else v for key, v in variable.items()}
    error = {"type": "NameError", "bases": [], "message": "", "file": "a", "line": 1, "source": ""}
    error |= {"calls": [call], "is_of_submission": True}
    assert len(call["variables"]) == 5
    check_reply({"nonce": "1", "status": "error", "error": error}, "1")
