"""Reads a function of the reference: its parameters, and the parts of its module that it needs."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from grader.author.exercises.python_source import find_exercise, near_module
from grader.model.assignment import DEFAULT_IMPORTS, NDARRAY
from grader.model.errors import UserError

PACKAGE = "reference"
NDARRAYS = f"{PACKAGE}.{NDARRAY}"
PLACE = re.compile(r"reference(\.[A-Za-z_]\w*)+:[A-Za-z_]\w*")


@dataclass(frozen=True)
class Parameter:
    """One parameter: `key` is its name in a case; `is_keyword`: it can only be passed by name."""

    name: str
    key: str
    annotation: ast.expr | None
    is_keyword: bool = False


@dataclass(frozen=True)
class ReferenceFunction:
    """A function that becomes an exercise.

    `text` is its source without decorators; `imports` are the import lines that it needs. `names` are the
    other definitions that it needs from its module, each a template expression or source to copy.
    `modules` are the additional modules that a submission must be allowed to import.
    """

    place: str
    name: str
    text: str
    parameters: tuple[Parameter, ...]
    returns: ast.expr | None
    imports: tuple[str, ...]
    names: tuple[str, ...]
    modules: tuple[str, ...]

    @property
    def title(self) -> str:
        """Its name in words."""
        return self.name.strip("_").replace("_", " ").capitalize()

    @property
    def anchor(self) -> str:
        """The heading of the handout's README about it."""
        return self.title.lower().replace(" ", "-")


def read_function(root: Path, place: str) -> ReferenceFunction:
    """The function at `module:name` below `root`; UserError if it is missing or cannot be an exercise."""
    module, _, name = place.partition(":")
    if not PLACE.fullmatch(place):
        expected = f"expected a function of the course's reference, such as {PACKAGE}.words:distance"
        raise UserError(f"--from {place}: {expected}{near_module(root, module)}")
    function = find_exercise(root, place, "--from names")
    function.stub  # noqa: B018  a function without a docstring cannot be an exercise: it says so
    tree = ast.parse(root.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8"))
    whole = ast.parse(function.whole).body[0]
    if not isinstance(whole, ast.FunctionDef):
        raise UserError(
            f"--from {place}: found a class, expected a function: docs/authoring.md shows classes"
        )
    text = "\n".join(function.whole.split("\n")[whole.lineno - 1 :])
    imports, names, modules = _needs(tree, module, name)
    return ReferenceFunction(
        place, name, text, _parameters(whole), whole.returns, tuple(imports), tuple(names), tuple(modules)
    )


def _parameters(node: ast.FunctionDef) -> tuple[Parameter, ...]:
    arguments = [(each, False) for each in (*node.args.posonlyargs, *node.args.args)]
    arguments += [(each, True) for each in node.args.kwonlyargs]
    parameters = tuple(
        Parameter(arg.arg, _key(arg.arg), arg.annotation, by_name) for arg, by_name in arguments
    )
    if len({parameter.key for parameter in parameters}) < len(parameters):
        raise UserError(f"{node.name} has two parameters with names that differ only in case: rename one")
    return parameters


def _key(name: str) -> str:
    """A key of `ask`: lowercase letters, digits and underscores, starting with a letter."""
    key = re.sub(r"[^a-z0-9_]", "_", name.lower()).lstrip("_0123456789")
    return key or "argument"


def _needs(tree: ast.Module, module: str, name: str) -> tuple[list[str], list[str], list[str]]:
    """The other things that a handout needs: import lines, further names, and modules to allow."""
    defined = {each: node for node in tree.body for each in _defined(node)}
    imported = {alias.asname or alias.name: (node, alias) for node, alias in _imported(tree)}
    used_names = _dependencies(tree, defined, name)
    lines: dict[str, list[str]] = {}
    provided_lines: dict[str, None] = {}
    modules: set[str] = set()
    for each in sorted(used_names & imported.keys()):
        node, alias = imported[each]
        source = (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        package = source.partition(".")[0]
        if package == PACKAGE and source != NDARRAYS:
            provided_lines[f'{{{{ provided("{source}:{alias.name}") }}}}'] = None
            continue
        lines.setdefault(_start(node), []).append(ast.unparse(alias))
        if package not in (*DEFAULT_IMPORTS, PACKAGE, "__future__"):
            modules.add(package)
    for statement in tree.body:
        if used_names & set(_defined(statement)) and name not in _defined(statement):
            provided_lines[_as_provided(statement, module)] = None
    return (
        [start + ", ".join(names) for start, names in sorted(lines.items())],
        list(provided_lines),
        sorted(modules),
    )


def _as_provided(statement: ast.stmt, module: str) -> str:
    """A function by its name, so that only the reference contains it; a constant or a class as source."""
    if isinstance(statement, ast.FunctionDef):
        return f'{{{{ provided("{module}:{statement.name}") }}}}'
    return ast.unparse(statement)


def _start(node: ast.Import | ast.ImportFrom) -> str:
    if isinstance(node, ast.Import):
        return "import "
    return f"from {NDARRAY if node.module == NDARRAYS else node.module} import "


def _imported(tree: ast.Module) -> list[tuple[ast.Import | ast.ImportFrom, ast.alias]]:
    nodes = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return [(node, alias) for node in nodes for alias in node.names]


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _dependencies(tree: ast.Module, defined: dict[str, ast.stmt], name: str) -> set[str]:
    """The names that a function uses, and those that these use."""
    names_in_use: set[str] = set()
    queue = [name]
    while queue:
        node = defined.get(queue.pop())
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} if node is not None else set()
        queue += sorted(names - names_in_use)
        names_in_use |= names
    return (names_in_use - {name}) | {"annotations"}  # from __future__ import annotations
