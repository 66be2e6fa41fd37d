"""An exception is the submission's if its code raised it, even if that code has no frame of its own."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from grader.worker.exceptions.exception_origin import is_of_submission
from grader.worker.function_proxy import FunctionProxy
from grader.worker.scenario import scenario
from grader.worker.student_module import Case, Submission
from tests.tables import by_name

PROBES = """\
def half(submission, case):
    return submission.half(7)


def of_nothing(submission, case):
    return submission.half([])


def under_another_name(submission, case):
    function = submission.half
    return [
        function(number)
        for number in (7,)
    ]


def as_number(submission, case):
    return int(submission.half(7))


def negative(submission, case):
    return -submission.half(7)


def positive(submission, case):
    return +submission.half(7)


def first(submission, case):
    return submission.half(7)[0]


def each(submission, case):
    for number in submission.half(7):
        return number


def spread(submission, case):
    return submission.half(*submission.number)


def entered(submission, case):
    with submission.half(7):
        return 3


def of_a_class(submission, case):
    return submission.Half(7).value


def plus(submission, case):
    return submission.Half(7) + "a"


def plus_in_place(submission, case):
    half = submission.Half(7)
    half += "a"


def minus(submission, case):
    half = submission.Half(7)
    return -half


def less(submission, case):
    half = submission.Half(7)
    return 1 < half


def store(submission, case):
    half = submission.Half(7)
    half.value = 3


def first_of_an_object(submission, case):
    return submission.Half(7)[0]


def search(submission, case):
    half = submission.Half(7)
    return (
        half
        .index(
            7
        )
    )


def int_of_an_object(submission, case):
    return int(submission.Half(7))


def apply(submission, case):
    def refuse(number):
        raise ValueError("the probe's own")

    return submission.apply(refuse)


def apply_a_function_of_the_case(submission, case):
    return submission.apply(case.function)


def wrong_case(submission, case):
    return submission.half(case.gone)


def wrong_array(submission, case):
    return submission.array(7)
"""
REFUSALS = (ValueError, TypeError, IndexError, AttributeError, RuntimeError)
SCENARIOS = {
    "a_store_in_a_scenario": [{"new": "Half", "given": [7]}, {"set": "value", "to": 3}],
    "a_method_in_a_scenario": [{"new": "Half", "given": [7]}, {"call": "index", "given": [7]}],
    "a_call_in_a_scenario": [{"call": "half", "given": [7]}],
}
VALUE = "class Half:\n    def __init__(self, n): self._value = n\n"
ADDS_NO_TEXT = VALUE + "    def __add__(self, other): return NotImplemented\n"
TUPLE = "class Half(tuple):\n    def __new__(cls, n): return super().__new__(cls)\n"
CACHED = "from functools import cache\n@cache\ndef half(n): return %s\n"
OF_THE_SUBMISSION: dict[str, tuple[str, str]] = {
    "a_function": ("half", "def half(n): raise ValueError\n"),
    "an_operator_that_gives_up": ("plus", ADDS_NO_TEXT),
    "an_operator_in_place": ("plus_in_place", ADDS_NO_TEXT),
    "a_sign": ("minus", VALUE),
    "a_comparison": ("less", VALUE),
    "a_property_without_a_setter": (
        "store",
        VALUE + "    @property\n    def value(self): return self._value\n",
    ),
    "a_named_tuple": ("store", "from typing import NamedTuple\nclass Half(NamedTuple):\n    value: int\n"),
    "a_frozen_dataclass": (
        "store",
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Half:\n    value: int\n",
    ),
    "a_subscript": ("first_of_an_object", TUPLE),
    "a_method_of_c": ("search", TUPLE),
    "a_decorator_around_a_function_of_c": (
        "half",
        "from contextlib import ContextDecorator\n"
        "class Plain(ContextDecorator):\n"
        "    def __enter__(self): return self\n"
        "    def __exit__(self, *raised): return False\n"
        "half = Plain()([].index)\n",
    ),
    "a_function_of_a_library": ("of_nothing", "from statistics import mean as half\n"),
    "a_function_of_c": ("of_nothing", "from math import sqrt as half\n"),
    "a_function_of_c_under_another_name": ("under_another_name", "half = [].index\n"),
    "an_enumeration": ("of_a_class", "from enum import Enum\nclass Half(Enum):\n    ZERO = 0\n"),
    "a_conversion": ("int_of_an_object", VALUE + "    def __int__(self): raise ValueError\n"),
    "an_exception_raised_anew": (
        "apply",
        "def apply(f):\n    try: f(7)\n    except ValueError as error: raise TypeError from error\n",
    ),
    "a_store_in_a_scenario": ("scenario", VALUE + "    value = property(lambda self: 3)\n"),
    "a_method_in_a_scenario": ("scenario", TUPLE),
    "a_call_in_a_scenario": ("scenario", "half = [].index\n"),
}
NOT_OF_THE_SUBMISSION: dict[str, tuple[str, str]] = {
    "a_text_that_the_probe_converts": ("as_number", CACHED % "'three'"),
    "nothing_with_a_sign": ("negative", CACHED % None),
    "nothing_with_a_plus": ("positive", CACHED % None),
    "nothing_with_a_subscript": ("first", CACHED % None),
    "nothing_in_a_loop": ("each", CACHED % None),
    "nothing_to_spread": ("spread", CACHED % 3 + "number = None\n"),
    "nothing_to_enter": ("entered", CACHED % None),
    "a_class_without_a_conversion": ("int_of_an_object", VALUE),
    "a_class_without_an_attribute": ("of_a_class", VALUE),
    "a_class_with_too_few_parameters": ("of_a_class", "class Half:\n    def __init__(self): ...\n"),
    "a_class_without_parameters": ("of_a_class", "class Half: ...\n"),
    "a_function_with_too_few_parameters": ("half", "def half(): return 3\n"),
    "a_cached_function_with_too_few_parameters": ("half", CACHED.replace("(n)", "()") % 3),
    "a_function_of_the_probe": ("apply", "def apply(f): return f(7)\n"),
    "a_function_of_the_probe_in_a_library": ("apply", "def apply(f): return sorted([7], key=f)\n"),
    "a_function_of_the_case": ("apply_a_function_of_the_case", "def apply(f): return f(7)\n"),
    "a_case_that_lacks_a_value": ("wrong_case", "half = [].index\n"),
    "an_input_that_is_none": ("wrong_array", "half = [].index\n"),
}


@pytest.fixture
def probed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Callable[[str, str], bool]:
    """Whether the exception of a probe is of the submission with some source."""

    def module(folder: str, name: str, source: str) -> ModuleType:
        path = tmp_path / folder / f"{name}.py"
        path.parent.mkdir()
        path.write_text(source)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    def probed(probe: str, source: str) -> bool:
        course = module("course", "probes_of_halves", PROBES)
        submission = Submission([module("submission", "halves", source)], course, "float32", "cpu")
        steps = SCENARIOS.get(request.node.callspec.id, [])
        case = Case(
            {"values": {}, "ask": {"scenario": steps}, "inputs": {}}, (), {"function": FunctionProxy(1)}
        )
        function: Any = scenario if probe == "scenario" else getattr(course, probe)
        with pytest.raises(REFUSALS) as caught:
            function(submission, case)
        files = (str(course.__file__), scenario.__code__.co_filename)
        return is_of_submission(caught.value, str(tmp_path / "submission"), files, submission.latest)

    return probed


@pytest.mark.parametrize(("probe", "source"), by_name(OF_THE_SUBMISSION))
def test_code_of_the_submission_that_has_no_frame_raises_too(
    probed: Callable[[str, str], bool], probe: str, source: str
) -> None:
    assert probed(probe, source)


@pytest.mark.parametrize(("probe", "source"), by_name(NOT_OF_THE_SUBMISSION))
def test_an_exception_of_the_course_is_never_the_submissions(
    probed: Callable[[str, str], bool], probe: str, source: str
) -> None:
    """The submission may have any shape, and a frame of it may lie around the course's code."""
    assert not probed(probe, source)
