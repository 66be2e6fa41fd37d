"""Cuts mutants out of mutants.py and puts each into the solution: a submission with one wrong idea."""

import ast
from collections.abc import Mapping
from pathlib import Path

from grader.author.render import render
from grader.model.assignment import Assignment
from grader.model.errors import UserError
from grader.model.mutant import Mutant

FILE = "mutants.py"
DROPPED_IMPORTS = ("solution", "grader.model.mutant")  # names that a solution has anyway, and the mark


def load_mutants(assignment: Assignment) -> tuple[Mutant, ...]:
    """The assignment's mutants in the author's order; none where there is no mutants.py.

    UserError for a mutant without a message, one of the same name as another, and one of no exercise.
    """
    path = assignment.folder / FILE
    if not path.is_file():
        return ()
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise UserError(f"found Python that cannot be read: {error.msg}", path, error.lineno) from error
    rendered = render(assignment, "solution")
    exercises = {reference.partition(":")[2]: reference for reference in rendered.exercises}
    mutants: dict[str, Mutant] = {}
    for node in tree.body:
        exercise = _exercise_of(node)
        if exercise is None or not isinstance(node, ast.FunctionDef):
            continue
        if exercise not in exercises:
            known = ", ".join(exercises)
            raise UserError(
                f"found a mutant of {exercise!r}, expected an exercise: {known}", path, node.lineno
            )
        if node.name in mutants:
            raise UserError(f"found mutant {node.name!r} a second time: names are unique", path, node.lineno)
        message = ast.get_docstring(node)
        if not message:
            problem = f"found mutant {node.name!r} without a docstring, expected what its student reads"
            raise UserError(problem, path, node.lineno)
        file = _file_of(exercise, assignment, rendered.files, path, node.lineno)
        source = "\n\n\n".join([rendered.files[file].rstrip(), _appended(tree, node, exercise)])
        mutants[node.name] = Mutant(node.name, exercise, " ".join(message.split()), file, source, node.lineno)
    return tuple(mutants.values())


def _exercise_of(node: ast.stmt) -> str | None:
    """The exercise that `@mutant(of="...")` names, None for whatever is no mutant."""
    for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
        if (
            isinstance(decorator, ast.Call)
            and isinstance(decorator.func, ast.Name)
            and decorator.func.id == "mutant"
        ):
            for keyword in decorator.keywords:
                if keyword.arg == "of" and isinstance(keyword.value, ast.Constant):
                    return str(keyword.value.value)
    return None


def _file_of(exercise: str, assignment: Assignment, files: Mapping[str, str], path: Path, line: int) -> str:
    outer = exercise.partition(".")[0]
    for name in assignment.files:
        if name.endswith(".py"):
            for node in ast.parse(files[name]).body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == outer:
                    return name
    raise UserError(f"found a mutant of {exercise!r}, and no file handed in defines it", path, line)


def _appended(tree: ast.Module, mutant: ast.FunctionDef, exercise: str) -> str:
    """What makes a solution this mutant: its imports and helpers, itself, and its name for the exercise's."""
    imports = [ast.unparse(node) for node in tree.body if _is_kept_import(node)]
    helpers = [ast.unparse(node) for node in _used_by(tree, mutant)]
    bare = ast.FunctionDef(**{**dict(ast.iter_fields(mutant)), "decorator_list": []})
    own = ast.unparse(ast.fix_missing_locations(bare))
    parts = [*imports, f"original = {exercise}", *helpers, own, f"{exercise} = {mutant.name}"]
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
