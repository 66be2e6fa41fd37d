"""Reads the assignment's own kinds and comparisons, and cuts out the source that each of them needs."""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from grader.author.course_files import read_text
from grader.author.exercises.source_places import SourcePlaces
from grader.judge.discover_subclasses import defined_by, line_in
from grader.model.assignment import OWN_COMPARISONS, OWN_KINDS
from grader.model.errors import BackflipError, UserError

T = TypeVar("T")
IMPORTS = (ast.Import, ast.ImportFrom)


def read_own(
    path: Path, base: type[T], reserved: Collection[str]
) -> tuple[Mapping[str, T], Mapping[str, str]]:
    """A file's definitions by name, and the source of each with what it uses; empty without a file.

    Raises UserError, with the line, if the file does not run or uses a name of the grader's own.
    """
    if not path.is_file():
        return {}, {}
    text = read_text(path)
    definitions = run_own_file(path, lambda: defined_by(text, base, path.name))
    tree, base_name = ast.parse(text), base.__name__
    if not definitions:
        raise UserError(f"found no subclass of {base_name}, expected one or more with a `name` each", path)
    sources = {}
    for name, one in definitions.items():
        line = next(
            n.lineno for n in tree.body if isinstance(n, ast.ClassDef) and n.name == type(one).__name__
        )
        if name in reserved:
            raise UserError(
                f"found the name {name!r}, which the grader's own {base_name} has: rename yours", path, line
            )
        sources[name] = cut_classes(path, text, {type(one).__name__})
    return definitions, sources


def run_own_file(path: Path, run: Callable[[], T]) -> T:
    """The result of `run`, which runs the author's own file; UserError, with the line, if the file fails."""
    try:
        return run()
    except SyntaxError as error:
        raise UserError(f"found Python that cannot be read: {error.msg}", path, error.lineno) from error
    except (Exception, SystemExit) as error:  # the author's own code
        line = line_in(path.name, error)
        raise UserError(
            f"found a file that cannot be run: {type(error).__name__}: {error}", path, line
        ) from error


@contextmanager
def faults_named(folder: Path) -> Iterator[None]:
    """Turns an exception that an assignment's own kind or comparison raised into a UserError, with its line.

    Any other exception passes: it is the grader's own fault, or says what is wrong already.
    """
    try:
        yield
    except BackflipError:
        raise
    except (Exception, SystemExit) as error:  # the author's own code
        for name in (OWN_KINDS, OWN_COMPARISONS):
            if (line := line_in(name, error)) is not None:
                message = f"a rubric that uses this file cannot be read: {type(error).__name__}: {error}"
                raise UserError(message, folder / name, line) from error
        raise


def cut_classes(path: Path, text: str, names: Collection[str]) -> str:
    """The classes of those names, and the imports, constants, functions and classes that they use.

    Everything else is left out, and each statement keeps its line, so that an error names the line of the
    author's file.
    """
    places, body = SourcePlaces(text), ast.parse(text).body
    uses = {id(node): {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} for node in body}
    all_names, before = set(names), set[str]()
    while all_names != before:
        before = set(all_names)
        all_names |= {name for node in body if _bound(path, node) & all_names for name in uses[id(node)]}
    result = ""
    for node in body:
        if _bound(path, node) & all_names or _is_of_future(node):
            start = _start(places, node)
            result += "\n" * (text.count("\n", 0, start) - result.count("\n")) or ("; " if result else "")
            result += text[start : places.end(node)]
    return result.rstrip() + "\n"


def _bound(path: Path, node: ast.stmt) -> set[str]:
    """The names that a module's statement binds; none for docstrings and for code only checkers read."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, IMPORTS):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if is_text or (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
        return set()
    message = "found a statement that runs, expected imports, constants, functions and classes"
    raise UserError(message, path, node.lineno)


def _is_of_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _start(places: SourcePlaces, node: ast.stmt) -> int:
    """The position of a statement with its decorators; the `@` of one is the first character of its line."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
    return places.starts[decorators[0].lineno - 1] if decorators else places.start(node)
