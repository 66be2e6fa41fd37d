"""Cuts mutants out of mutants.py and puts each into the solution: a submission with one wrong idea."""

import ast
from collections.abc import Iterable, Mapping, Sequence

from grader.author.render import render
from grader.model.assignment import Assignment
from grader.model.errors import UserError
from grader.model.mutant import Mutant
from grader.model.verification import Finding

FILE = "mutants.py"
DROPPED_IMPORTS = ("solution", "grader.model.mutant")  # names that a solution has anyway, and the mark


def load_mutants(assignment: Assignment) -> tuple[Mutant, ...]:
    """The assignment's mutants in the author's order; UserError for the first that is none."""
    mutants, findings = read_mutants(assignment)
    for finding in findings:
        raise UserError(finding.message, finding.source, finding.line)
    return mutants


def read_mutants(assignment: Assignment) -> tuple[tuple[Mutant, ...], tuple[Finding, ...]]:
    """The mutants in the author's order, and a finding for each function that is marked as one and cannot be.

    Nothing where there is no mutants.py; UserError where it is no Python.
    """
    path = assignment.folder / FILE
    if not path.is_file():
        return (), ()
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise UserError(f"found Python that cannot be read: {error.msg}", path, error.lineno) from error
    rendered = render(assignment, "solution")
    exercises = [reference.partition(":")[2] for reference in rendered.exercises]
    handed_in = {name: rendered.files[name] for name in assignment.files}
    mutants, findings, names = [], [], set()
    for node in tree.body:
        exercise = _exercise_of(node)
        if exercise is None or not isinstance(node, ast.FunctionDef):
            continue
        helpers = _used_by(tree, node)
        file = _file_of(exercise, handed_in) if exercise in exercises else ""
        message = ast.get_docstring(node) or ""
        taken = sorted((_defined([node, *helpers]) | {"original"}) & _defined(_body(handed_in.get(file, ""))))
        if exercise not in exercises:
            problem = f"found a mutant of {exercise!r}, expected an exercise: {', '.join(exercises)}"
        elif not file:
            problem = f"found a mutant of {exercise!r}, and no file handed in defines it"
        elif node.name in names:
            problem = f"found mutant {node.name!r} a second time: names are unique"
        elif not message:
            problem = f"found mutant {node.name!r} without a docstring, expected what its student reads"
        elif taken:
            problem = f"mutant {node.name!r} would replace {taken[0]!r} of {file} as well: rename yours"
        else:
            source = "\n\n\n".join([handed_in[file].rstrip(), _appended(tree, node, helpers, exercise)])
            mutants.append(Mutant(node.name, exercise, " ".join(message.split()), file, source, node.lineno))
            problem = ""
        if problem:
            findings.append(Finding(path, node.lineno, problem))
        names.add(node.name)
    return tuple(mutants), tuple(findings)


def _exercise_of(node: ast.stmt) -> str | None:
    """The exercise that `@mutant(of="...")` names, "" where it names none; None for what has no mark."""
    for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
        mark = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(mark, ast.Name) and mark.id == "mutant":
            keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
            named = [k.value for k in keywords if k.arg == "of" and isinstance(k.value, ast.Constant)]
            return str(named[0].value) if named else ""
    return None


def _body(source: str) -> list[ast.stmt]:
    return ast.parse(source).body


def _file_of(exercise: str, files: Mapping[str, str]) -> str:
    """The file that defines an exercise, or the class that it is a method of; "" where none does."""
    outer = exercise.partition(".")[0]
    return next(
        (name for name in files if name.endswith(".py") and outer in _defined(_body(files[name]))), ""
    )


def _defined(body: Sequence[ast.stmt]) -> set[str]:
    """The names of functions, classes and constants that statements define."""
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assigned = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return functions | {target.id for target in assigned if isinstance(target, ast.Name)}


def _appended(tree: ast.Module, mutant: ast.FunctionDef, helpers: Iterable[ast.stmt], exercise: str) -> str:
    """What makes a solution this mutant: its imports and helpers, itself, and its name for the exercise's."""
    imports = [ast.unparse(node) for node in tree.body if _is_kept_import(node)]
    bare = ast.FunctionDef(**{**dict(ast.iter_fields(mutant)), "decorator_list": []})
    own = ast.unparse(ast.fix_missing_locations(bare))
    parts = [
        *imports,
        f"original = {exercise}",
        *map(ast.unparse, helpers),
        own,
        f"{exercise} = {mutant.name}",
    ]
    return "\n\n\n".join(parts) + "\n"


def _is_kept_import(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module not in DROPPED_IMPORTS
    return isinstance(node, ast.Import)


def _used_by(tree: ast.Module, mutant: ast.FunctionDef) -> list[ast.stmt]:
    """The helpers and constants of mutants.py that a mutant needs, directly or through one another."""
    defined: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and _exercise_of(node) is None:
            defined[node.name] = node
        elif isinstance(node, ast.Assign):
            defined |= {target.id: node for target in node.targets if isinstance(target, ast.Name)}
    needed: set[str] = set()
    waiting: list[ast.stmt] = [mutant]
    while waiting:
        names = {node.id for node in ast.walk(waiting.pop()) if isinstance(node, ast.Name)}
        for name in sorted(names & set(defined) - needed):
            needed.add(name)
            waiting.append(defined[name])
    return [node for node in tree.body if any(defined[name] is node for name in needed)]
