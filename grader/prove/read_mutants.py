"""Reads mutants from mutants.py and mutants.cu and puts each into the solution: one wrong idea each."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.author.course_files import parse_python
from grader.author.exercises.cuda_functions import comment_length, cut_kernel, kernels, without_comment
from grader.author.render import Views
from grader.model.assignment import Assignment
from grader.model.did_you_mean import one_of
from grader.model.mutant import Mutant
from grader.model.results.verification import Finding
from grader.prove.edit_exercise import edit, edit_kernel
from grader.prove.replace_exercise import Definition, binding_of, definition_of

FILE, CUDA_FILE = "mutants.py", "mutants.cu"
REWRITES = "rewrites.py", "rewrites.cu"
MARKS = ("mutant", "rewrite")
# the first line of the comment above it, with a heading of the README; the message follows
CUDA_MARK = re.compile(r"// (?:mutant|rewrite) of (\w*)(?:, see (#[\w-]+))?")
DROPPED_IMPORTS = ("solution", "grader.model.mutant")  # names that a solution has anyway, and the mark


def read_mutants(views: Views) -> tuple[tuple[Mutant, ...], tuple[Finding, ...]]:
    """The mutants in the author's order, and a finding for each marked function that cannot be a mutant.

    Empty if there is neither mutants.py nor mutants.cu; UserError if mutants.py is not valid Python.
    """
    return _read(views, FILE, CUDA_FILE)


def read_rewrites(views: Views) -> tuple[tuple[Mutant, ...], tuple[Finding, ...]]:
    """The same for rewrites.py and rewrites.cu: right versions, written differently from the solution."""
    return _read(views, *REWRITES)


def _read(views: Views, python: str, cuda: str) -> tuple[tuple[Mutant, ...], tuple[Finding, ...]]:
    assignment, solution = views.loaded, views.solution
    whole = [reference.partition(":")[2] for reference in solution.exercises]
    exercises = list(dict.fromkeys([*whole, *solution.functions]))
    handed_in = {name: solution.files[name] for name in assignment.files}
    mutants: dict[str, Mutant] = {}
    findings = []
    for read, path in ((_read_python, assignment.folder / python), (_read_cuda, assignment.folder / cuda)):
        for entry in read(path, exercises, handed_in) if path.is_file() else ():
            if isinstance(entry, Finding):
                findings.append(entry)
            elif entry.name in mutants:
                problem = f"found mutant {entry.name!r} a second time: names are unique"
                findings.append(Finding(path, entry.line, problem))
            else:
                mutants[entry.name] = entry
    return tuple(mutants.values()), tuple(findings)


def file_of(assignment: Assignment, mutant: Mutant) -> Path:
    """The author's file that contains a mutant or a rewrite."""
    return assignment.folder / mutant.defined_in


def _read_python(
    path: Path, exercises: Sequence[str], handed_in: Mapping[str, str]
) -> Iterator[Mutant | Finding]:
    tree = parse_python(path)
    for node in tree.body:
        exercise = _exercise_of(node)
        if exercise is None or not isinstance(node, Definition):
            continue
        try:
            yield replace(_mutant(tree, node, exercise, exercises, handed_in), defined_in=path.name)
        except NotOne as problem:
            yield Finding(path, node.lineno, str(problem))


class NotOne(Exception):
    """The reason why a marked function or comment cannot be a mutant."""


def _mutant(
    tree: ast.Module,
    node: Definition,
    exercise: str,
    exercises: Sequence[str],
    handed_in: Mapping[str, str],
) -> Mutant:
    """A marked function as a mutant; raises NotOne if it cannot be one."""
    file = _file_of(exercise, handed_in) if exercise in exercises else ""
    message = ast.get_docstring(node) or ""
    if problem := _problem(node.name, exercise, message, exercises, file):
        raise NotOne(problem)
    texts = _texts(tree)
    help, edits = _marked(node, "help", "", texts), _marked(node, "edits", {}, texts)
    text = " ".join(message.split())
    heading = f"README.md{help}" if help else ""
    if file.endswith(".cu"):
        source = _edited_kernel(node.name, handed_in[file], exercise, edits)
        return Mutant(node.name, exercise, text, file, source, node.lineno, heading, edits)
    helpers = _used_by(tree, node, edits)
    clashes = sorted((_defined([node, *helpers]) | {"original"}) & _defined(_body(handed_in[file])))
    if clashes:
        raise NotOne(f"mutant {node.name!r} would replace {clashes[0]!r} of {file} as well: rename yours")
    solution = handed_in[file]
    appended = (
        _appended(tree, None if edits else node, helpers, solution, exercise) if helpers or not edits else ""
    )
    try:
        edited = edit(solution, exercise, edits)
    except ValueError as error:
        raise NotOne(f"mutant {node.name!r} {error}") from None
    source = "\n\n\n".join([edited.rstrip(), appended]) if appended else edited
    calls = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return Mutant(
        node.name, exercise, text, file, source, node.lineno, heading, edits, appended, "original" in calls
    )


def _edited_kernel(name: str, solution: str, kernel: str, edits: Mapping[str, str]) -> str:
    """The solution with the edits of a mutant in it; raises NotOne if there are none or they do not fit."""
    if not edits:
        raise NotOne(
            f"mutant {name!r} of the kernel {kernel} has no `edits`: write it in CUDA C, in a .cu file"
        )
    try:
        return edit_kernel(solution, kernel, edits)
    except ValueError as error:
        raise NotOne(f"mutant {name!r} {error}") from None


def _marked(node: Definition, key: str, default: Any, texts: Mapping[str, str]) -> Any:
    """The value of a key of `@mutant(...)`; raises NotOne if it is not a literal."""
    for decorator in node.decorator_list:
        for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
            if keyword.arg == key:
                try:
                    return _written_out(keyword.value, texts)
                except (ValueError, KeyError, TypeError):
                    raise NotOne(f"mutant {node.name!r} has a `{key}` that is not written out") from None
    return default


def _texts(tree: ast.Module) -> dict[str, str]:
    """The texts of the constants in mutants.py."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def _written_out(node: ast.expr, texts: Mapping[str, str]) -> Any:
    """The value of a literal, in which names stand for texts and texts may be added."""
    if isinstance(node, ast.Name):
        return texts[node.id]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _written_out(node.left, texts) + _written_out(node.right, texts)
    if isinstance(node, ast.Dict):
        keys = [_written_out(key, texts) for key in node.keys if key is not None]
        return dict(zip(keys, (_written_out(value, texts) for value in node.values), strict=True))
    return ast.literal_eval(node)


def right_version(solution: str, exercise: str) -> str:
    """The text to append to a submission so that it has the solution's version of an exercise.

    "" if that is impossible. It includes the solution's imports, and calls the submission's functions.
    """
    tree, node = ast.parse(solution), definition_of(solution, exercise)
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return ""
    name = node.name
    imports = [ast.unparse(n) for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    version = ast.FunctionDef(**{**dict(ast.iter_fields(node)), "name": f"right_{name}"})
    text = ast.unparse(ast.fix_missing_locations(version))
    return "\n\n\n".join([*imports, text, f"{exercise} = right_{name}"]) + "\n"


def _read_cuda(
    path: Path, exercises: Sequence[str], handed_in: Mapping[str, str]
) -> Iterator[Mutant | Finding]:
    """Replaces the exercise, with helpers above: in CUDA C a function cannot be defined twice."""
    functions = list(kernels(path.read_text(encoding="utf-8")))
    helpers = [kernel for _, kernel in functions if not CUDA_MARK.match(kernel.lines[0])]
    for line, kernel in functions:
        mark = CUDA_MARK.match(kernel.lines[0])
        if mark is None:
            continue
        exercise, comment = mark[1], kernel.lines[1 : comment_length(kernel)]
        sources = {name: text for name, text in handed_in.items() if name.endswith(".cu")}
        file = _file_of(exercise, sources)
        message = " ".join(" ".join(row.removeprefix("//") for row in comment).split())
        text = re.sub(rf"\b{kernel.name}\b", exercise, without_comment(kernel))
        replaced = []
        for helper in reversed(helpers):  # each may use those above it
            if re.search(rf"\b{helper.name}\b", text):
                text = f"{without_comment(helper)}\n\n{text}"
                replaced += [helper.name] * any(
                    cut_kernel(source, helper.name) for source in sources.values()
                )
        problem = _problem(kernel.name, exercise, message, exercises, file)
        if not problem and replaced:
            problem = f"mutant {kernel.name!r} would define {replaced[0]!r} of {file} again: rename yours"
        original = None if problem else cut_kernel(sources[file], exercise)
        if original is None:
            yield Finding(path, line, problem)
        else:
            source = sources[file].replace(without_comment(original), text)
            heading = f"README.md{mark[2]}" if mark[2] else ""
            yield Mutant(kernel.name, exercise, message, file, source, line, heading, defined_in=path.name)


def _problem(name: str, exercise: str, message: str, exercises: Sequence[str], file: str) -> str:
    if exercise not in exercises:
        return f"found a mutant of {exercise!r}, expected an exercise, {one_of(exercise, exercises)}"
    if not file:
        return f"found a mutant of {exercise!r}, and no submitted file defines it"
    if not message:
        idea = "what its student reads, or how a rewrite differs"
        return f"found {name!r} without a docstring, expected {idea}"
    return ""


def _exercise_of(node: ast.stmt) -> str | None:
    """The exercise that `@mutant(of="...")` names, "" if it names none; None without the mark."""
    for decorator in node.decorator_list if isinstance(node, Definition) else ():
        mark = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(mark, ast.Name) and mark.id in MARKS:
            keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
            values = [k.value for k in keywords if k.arg == "of" and isinstance(k.value, ast.Constant)]
            return str(values[0].value) if values else ""
    return None


def _body(source: str) -> list[ast.stmt]:
    return ast.parse(source).body


def _file_of(exercise: str, files: Mapping[str, str]) -> str:
    """The file that defines an exercise, or the class of a method; "" if none does."""
    outer = exercise.partition(".")[0]
    for name, text in files.items():
        if name.endswith(".cu") and cut_kernel(text, exercise) is not None:
            return name
        if name.endswith(".py") and outer in _defined(_body(text)):
            return name
    return ""


def _defined(body: Sequence[ast.stmt]) -> set[str]:
    """The names of functions, classes and constants that statements define."""
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assigned = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return functions | {target.id for target in assigned if isinstance(target, ast.Name)}


def _appended(
    tree: ast.Module,
    mutant: Definition | None,
    helpers: Iterable[ast.stmt],
    solution: str,
    exercise: str,
) -> str:
    """The text that makes a solution this mutant: imports, helpers, the function, and the rebinding.

    Without a function, it is the helpers of an edit.
    """
    imports = [ast.unparse(node) for node in tree.body if _is_kept_import(node)]
    if mutant is None:
        return "\n\n\n".join([*imports, *map(ast.unparse, helpers)]) + "\n"
    bare = type(mutant)(**{**dict(ast.iter_fields(mutant)), "decorator_list": []})
    version = ast.unparse(ast.fix_missing_locations(bare))
    binding = binding_of(solution, exercise)
    parts = [
        *imports,
        f"original = {binding.function}",
        *map(ast.unparse, helpers),
        version,
        binding.rebound(mutant.name),
    ]
    return "\n\n\n".join(parts) + "\n"


def _is_kept_import(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module not in DROPPED_IMPORTS
    return isinstance(node, ast.Import)


def _used_by(tree: ast.Module, mutant: Definition, edits: Mapping[str, str]) -> list[ast.stmt]:
    """The helpers and constants of mutants.py that a mutant needs, directly or indirectly."""
    words = {word for new in edits.values() for word in re.findall(r"\w+", new)}
    defined: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, Definition) and _exercise_of(node) is None:
            defined[node.name] = node
        elif isinstance(node, ast.Assign):
            defined |= {target.id: node for target in node.targets if isinstance(target, ast.Name)}
    needed = words & set(defined)
    queue: list[ast.stmt] = [mutant, *(defined[name] for name in sorted(needed))]
    while queue:
        names = {node.id for node in ast.walk(queue.pop()) if isinstance(node, ast.Name)}
        for name in sorted(names & set(defined) - needed):
            needed.add(name)
            queue.append(defined[name])
    return [node for node in tree.body if any(defined[name] is node for name in needed)]
