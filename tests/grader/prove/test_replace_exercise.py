"""A method is replaced the way its class stores it, and a right version that loses points is found."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader.model.grade import CheckResult, Status
from grader.model.mutant import Mutant, called_name
from grader.prove.assignment_proof import rejected_rewrites
from grader.prove.replace_exercise import binding_of
from tests.tables import by_name

SOLUTION = '''\
class Adam:
    """A class."""

    def step(self):
        return 1

    @property
    def steps(self):
        return 2

    @steps.setter
    def steps(self, value):
        self.value = value

    @staticmethod
    def rate():
        return 3

    @classmethod
    def make(cls):
        return cls


def alone():
    return 4
'''
BINDINGS = {
    "a_method": ("Adam.step", "Adam.step", "Adam.step = mine"),
    "a_constructor": ("Adam.__init__", "Adam.__init__", "Adam.__init__ = mine"),
    "a_property": (
        "Adam.steps",
        "Adam.steps.fget",
        "Adam.steps = property(mine, Adam.steps.fset, Adam.steps.fdel)",
    ),
    "a_static_method": ("Adam.rate", "Adam.rate", "Adam.rate = staticmethod(mine)"),
    "a_class_method": ("Adam.make", "Adam.make.__func__", "Adam.make = classmethod(mine)"),
    "a_function": ("alone", "alone", "alone = mine"),
}


@pytest.mark.parametrize(("exercise", "function", "statement"), by_name(BINDINGS))
def test_a_function_is_replaced_as_it_was_bound(exercise: str, function: str, statement: str) -> None:
    binding = binding_of(SOLUTION, exercise)

    assert binding.function == function
    assert binding.rebound("mine") == statement


@pytest.mark.parametrize(
    ("exercise", "name"),
    [("flip", "flip"), ("Adam.step", "step"), ("Adam.__init__", "Adam"), ("A.B.__init__", "B"), ("", "")],
)
def test_an_exercise_is_called_by_a_name_that_a_probe_can_write(exercise: str, name: str) -> None:
    assert called_name(exercise) == name


def test_a_right_version_that_loses_points_is_a_finding_with_its_line() -> None:
    lost = CheckResult("sgd", "drawn", Status.WRONG, rationale="off by 1")
    wrong = SimpleNamespace(score=1, max_score=2, criteria=[SimpleNamespace(results=[lost])])
    right = SimpleNamespace(score=2, max_score=2, criteria=[])
    rewrites = [
        Mutant(name, "Adam.step", "", "adam.py", "", line, defined_in="rewrites.py")
        for name, line in (("one", 7), ("two", 9))
    ]
    grades = cast(Any, {"rewrite one": wrong, "rewrite two": right})

    (finding,) = rejected_rewrites(cast(Any, SimpleNamespace(folder=Path("adam"))), rewrites, grades)

    assert (finding.source, finding.line) == (Path("adam/rewrites.py"), 7)
    assert finding.message == "one is right and loses points: sgd/drawn: wrong: off by 1"
