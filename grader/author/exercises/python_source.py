"""Cuts functions out of the reference's source: whole, or as the stub that a student fills in."""

import ast
import re
from functools import lru_cache
from pathlib import Path

from grader.author.exercises.cuda_functions import cut_kernel
from grader.author.exercises.exercise import Function
from grader.model.errors import UserError


def find_function(root: Path, reference: str) -> Function:
    """The function that a template names, from the source below `root`.

    `module.path:name` is a function, `module.path:Class.name` a method, `folder/file.cu:name` a function in
    CUDA C. UserError where there is none.
    """
    module, _, name = reference.partition(":")
    is_cuda = module.endswith(".cu")
    path = root / (module if is_cuda else module.replace(".", "/") + ".py")
    if not path.is_file():
        raise UserError(f"a template names {reference!r}, and there is no {path.relative_to(root)}")
    text = path.read_text(encoding="utf-8")
    function = cut_kernel(text, name) if is_cuda else _find_in_python(text, name)
    if function is None:
        raise UserError(
            f"a template names {reference!r}, and {path.relative_to(root)} defines no function {name}"
        )
    return function


def module_of(root: Path, name: str) -> str:
    """A module of the reference as a handout has it, where the reference's package is `ndarray`.

    UserError where there is none.
    """
    path = root / f"{name.replace('.', '/')}.py"
    if not path.is_file():
        raise UserError(f"a template names {name!r}, and there is no {path.relative_to(root)}")
    text = path.read_text(encoding="utf-8")
    return re.sub(r"^from reference\b", "from ndarray", text, flags=re.MULTILINE).rstrip("\n")


def _find_in_python(text: str, name: str) -> Function | None:
    outer, _, inner = name.rpartition(".")
    body = _tree(text).body
    if outer:
        body = [
            s for node in body if isinstance(node, ast.ClassDef) and node.name == outer for s in node.body
        ]
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name == inner:
            return _cut(text.splitlines(), node)
    return None


def _cut(lines: list[str], node: ast.FunctionDef) -> Function:
    first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
    start, end = first - 1, node.end_lineno or node.lineno
    documented = ast.get_docstring(node) is not None
    docstring_end = (node.body[0].end_lineno or 0) - start if documented else 0
    return Function(node.name, tuple(lines[start:end]), docstring_end, " " * node.body[0].col_offset)


def without_methods(text: str, class_name: str, names: set[str]) -> str:
    """A module's source without those methods of one class, nor the blank line before each."""
    lines = text.splitlines()
    dropped: set[int] = set()
    for node in _tree(text).body:
        if isinstance(node, ast.ClassDef) and node.name == class_name:
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name in names:
                    first = method.decorator_list[0].lineno if method.decorator_list else method.lineno
                    start = first - 1
                    while start > 0 and not lines[start - 1].strip():
                        start -= 1
                    dropped |= set(range(start, method.end_lineno or first))
    return "\n".join(line for i, line in enumerate(lines) if i not in dropped) + "\n"


@lru_cache(maxsize=16)
def _tree(text: str) -> ast.Module:
    """A template names many functions of one file."""
    return ast.parse(text)
