"""Finds the statements that a stub leaves out of a function."""

import ast
import textwrap

from grader.author.exercises.exercise import Exercise


def removed_statements(function: Exercise) -> list[str]:
    """The statements that the stub leaves out, one string each, as `ast.unparse` writes them."""
    stub = {ast.dump(node) for node in ast.walk(_parse(function.stub)) if isinstance(node, ast.stmt)}
    functions = [node for node in ast.walk(_parse(function.whole)) if isinstance(node, ast.FunctionDef)]
    return [
        ast.unparse(statement)
        for node in functions
        for statement in node.body[1 if ast.get_docstring(node) else 0 :]
        if ast.dump(statement) not in stub
    ]


def _parse(source: str) -> ast.Module:
    return ast.parse(textwrap.dedent(source))
