"""Cuts functions and classes out of the reference's source: whole, or as the stub that a student fills in."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from grader.author.exercises.cuda_functions import cut_kernel
from grader.author.exercises.exercise import Exercise, Function, Group
from grader.model.did_you_mean import did_you_mean, near_file
from grader.model.errors import UserError

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def find_exercise(root: Path, reference: str, named_by: str = "a template names") -> Exercise:
    """The function or class that a template names, from the source below `root`.

    A message about it begins with `named_by`.

    `module.path:name` is a function or a class, `module.path:Class.name` a method or a property,
    `folder/file.cu:name` a function in CUDA C. Raises UserError if it does not exist.
    """
    module, _, name = reference.partition(":")
    is_cuda = module.endswith(".cu")
    path = root / (module if is_cuda else module.replace(".", "/") + ".py")
    if not path.is_file():
        near = near_file(path) if is_cuda else near_module(root, module)
        raise UserError(f"{named_by} {reference!r}, and there is no {path.relative_to(root)}{near}")
    text = path.read_text(encoding="utf-8")
    try:
        exercise = cut_kernel(text, name) if is_cuda else _find_in_python(text, name)
    except SyntaxError as error:
        raise UserError(f"found Python that cannot be read: {error.msg}", path, error.lineno) from error
    if exercise is None:
        what = "function" if is_cuda else "function or class"
        near = "" if is_cuda else did_you_mean(name, _names_in(text))
        raise UserError(
            f"{named_by} {reference!r}, and {path.relative_to(root)} defines no {what} {name}{near}"
        )
    return exercise


def near_module(root: Path, name: str) -> str:
    """The text `; did you mean 'x'?` for a module below `root/reference`; "" if no name is near."""
    files = (path.relative_to(root) for path in (root / "reference").rglob("[a-z]*.py"))
    return did_you_mean(name, (".".join(path.with_suffix("").parts) for path in files))


def _names_in(text: str) -> list[str]:
    """The names of a module's functions and classes."""
    return [node.name for node in ast.parse(text).body if isinstance(node, Definition | ast.ClassDef)]


def module_of(root: Path, name: str) -> str:
    """A module of the reference as it appears in a handout, where the reference's package is `ndarray`.

    Raises UserError if it does not exist.
    """
    path = root / f"{name.replace('.', '/')}.py"
    if not path.is_file():
        near = near_module(root, name)
        raise UserError(f"a template names {name!r}, and there is no {path.relative_to(root)}{near}")
    text = path.read_text(encoding="utf-8")
    return re.sub(r"^from reference\b", "from ndarray", text, flags=re.MULTILINE).rstrip("\n")


def _find_in_python(text: str, name: str) -> Exercise | None:
    """The function, class or property of that dotted name; None if there is none."""
    *outer, inner = name.split(".")
    body: Sequence[ast.stmt] = _tree(text).body
    for one in outer:
        body = [s for node in body if isinstance(node, ast.ClassDef) and node.name == one for s in node.body]
    nodes = [node for node in body if isinstance(node, Definition | ast.ClassDef) and node.name == inner]
    lines = text.split("\n")
    if not nodes:
        return None
    if isinstance(nodes[0], ast.ClassDef):
        return _class(lines, nodes[0])
    functions = [node for node in nodes if isinstance(node, Definition)]
    if len(functions) == 1:
        return _cut(lines, functions[0], inner)
    first, last = _start(functions[0]), functions[-1].end_lineno or 0
    enclosed = [node for node in body if first < node.lineno <= last]
    if any(node not in functions for node in enclosed):
        raise UserError(f"the parts of {name} do not follow each other: write nothing else between them")
    return _group(lines, inner, functions[0], first, last, [(inner, node) for node in functions])


def _class(lines: list[str], node: ast.ClassDef) -> Group:
    methods = list(_methods(node, node.name))
    return _group(lines, node.name, node, _start(node), node.end_lineno or node.lineno, methods)


def _group(
    lines: list[str],
    name: str,
    documented: Definition | ast.ClassDef,
    first: int,
    last: int,
    functions: Sequence[tuple[str, Definition]],
) -> Group:
    members = {_start(node) - first: _cut(lines, node, dotted, is_member=True) for dotted, node in functions}
    return Group(name, tuple(lines[first:last]), members, ast.get_docstring(documented) is not None)


def _methods(node: ast.ClassDef, name: str) -> Iterator[tuple[str, Definition]]:
    """The functions of a class and of classes in it, each by its dotted name."""
    for each in node.body:
        if isinstance(each, ast.ClassDef):
            yield from _methods(each, f"{name}.{each.name}")
        elif isinstance(each, Definition):
            yield f"{name}.{each.name}", each


def _start(node: Definition | ast.ClassDef) -> int:
    """The line, from 0, at which a definition begins with its decorators."""
    return (node.decorator_list[0].lineno if node.decorator_list else node.lineno) - 1


def _cut(lines: list[str], node: Definition, name: str, is_member: bool = False) -> Function:
    """A function; if its class is documented, its stub may be a signature alone."""
    start, end = _start(node), node.end_lineno or node.lineno
    if ast.get_docstring(node) is not None:
        head = (node.body[0].end_lineno or 0) - start
    else:
        head = _end_of_signature(lines, node) - start if is_member else 0
    return Function(name, tuple(lines[start:end]), head, " " * node.body[0].col_offset)


def _end_of_signature(lines: list[str], node: Definition) -> int:
    """The number of lines up to the one with the signature's colon, which may have a comment."""
    first = _start(node.body[0]) if isinstance(node.body[0], Definition) else node.body[0].lineno - 1
    if first < node.lineno:
        raise UserError(f"{node.name} has its body on the line of its name: start the body on the next line")
    while not lines[first - 1].strip() or lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return first


def without_methods(text: str, class_name: str, names: set[str]) -> str:
    """A module's source without the named methods of one class and the blank line before each."""
    lines = text.removesuffix("\n").split("\n")
    lines_of_methods: set[int] = set()
    for node in _tree(text).body:
        if isinstance(node, ast.ClassDef) and node.name == class_name:
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name in names:
                    first = method.decorator_list[0].lineno if method.decorator_list else method.lineno
                    start = first - 1
                    while start > 0 and not lines[start - 1].strip():
                        start -= 1
                    lines_of_methods |= set(range(start, method.end_lineno or first))
    return "\n".join(line for i, line in enumerate(lines) if i not in lines_of_methods) + "\n"


@lru_cache(maxsize=16)
def _tree(text: str) -> ast.Module:
    """Parses a source once, because a template names many functions of one file."""
    return ast.parse(text)
