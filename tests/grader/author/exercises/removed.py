"""Tells what a stub leaves out of a function."""

import ast
import textwrap

from grader.author.exercises.exercise import Function


def removed_statements(function: Function) -> list[str]:
    """The statements that the stub leaves out, one string each, as `ast.unparse` writes them."""
    stub = {ast.dump(node) for node in ast.walk(_parse(function.stub)) if isinstance(node, ast.stmt)}
    body = _parse(function.whole).body[0]
    assert isinstance(body, ast.FunctionDef)
    return [ast.unparse(node) for node in body.body[1:] if ast.dump(node) not in stub]


def _parse(source: str) -> ast.Module:
    return ast.parse(textwrap.dedent(source))
