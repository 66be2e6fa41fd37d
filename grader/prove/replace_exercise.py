"""Finds how to read and replace a function of a solution, including properties and static methods."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Binding:
    """An expression for an exercise's function, and the form of the code that replaces it by another
    function.

    `form` contains the other function's name as `{}`.
    """

    exercise: str
    function: str
    form: str = "{}"

    def rebound(self, name: str) -> str:
        """The statement that puts the function `name` in the exercise's place."""
        return f"{self.exercise} = {self.form.format(name)}"


def binding_of(solution: str, exercise: str) -> Binding:
    """How a solution binds an exercise, by the decorators that it has there."""
    marks = [mark.id for mark in _decorators(solution, exercise) if isinstance(mark, ast.Name)]
    if "property" in marks:
        return Binding(exercise, f"{exercise}.fget", f"property({{}}, {exercise}.fset, {exercise}.fdel)")
    if "classmethod" in marks:
        return Binding(exercise, f"{exercise}.__func__", "classmethod({})")
    if "staticmethod" in marks:
        return Binding(exercise, exercise, "staticmethod({})")
    return Binding(exercise, exercise)


def definition_of(solution: str, exercise: str) -> Definition | None:
    """The first definition of an exercise in a solution; None if there is none."""
    *outer, name = exercise.split(".")
    body: Sequence[ast.stmt] = ast.parse(solution).body
    for one in outer:
        body = [s for node in body if isinstance(node, ast.ClassDef) and node.name == one for s in node.body]
    for node in body:
        if isinstance(node, Definition) and node.name == name:
            return node
    return None


def _decorators(solution: str, exercise: str) -> Sequence[ast.expr]:
    node = definition_of(solution, exercise)
    return () if node is None else node.decorator_list
