"""Renders an assignment's templates, filled from the reference, into a handout or a solution."""

import ast
import contextlib
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING

import grader
from grader.judge.code_digest import files_below
from grader.judge.kinds import gives_arrays
from grader.model.assignment import Assignment
from grader.model.did_you_mean import one_of
from grader.model.errors import UserError

if TYPE_CHECKING:
    from grader.author.worked_numbers import Variant

IMPORTS_NDARRAY = re.compile(r"^\s*(?:import|from) ndarray\b", re.MULTILINE)


@dataclass(frozen=True)
class RenderedView:
    """A rendered view: the text of each file by path, the exercises that the templates use, and the pictures
    (SVG) by path.

    `functions` are the names of all functions that students write; methods have dotted names.
    """

    files: Mapping[str, str]
    exercises: tuple[str, ...]
    functions: tuple[str, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Views:
    """An assignment with its handout and its solution; each is rendered once, when it is first needed.

    The folder `cache` holds the files that assignments provide, keyed by a digest of all their sources. A
    grade needs only these, and importing Jinja2 would double its start time.
    """

    loaded: Assignment
    cache: Path | None = None

    @cached_property
    def handout(self) -> RenderedView:
        """The handout with the numbers common to all students."""
        return render(self.loaded, "handout")

    @cached_property
    def solution(self) -> RenderedView:
        """The same with every exercise solved."""
        return render(self.loaded, "solution")

    @cached_property
    def assignment(self) -> Assignment:
        """The assignment with the code files that every submission finds next to its own."""
        file = None if self.cache is None else self.cache / f"{self.loaded.name}-{_sources(self.loaded)}.json"
        if file is not None and file.is_file():
            return self._providing(json.loads(file.read_text(encoding="utf-8")))
        texts = {
            name: text
            for name, text in sorted(self.handout.files.items())
            if name.endswith((".py", ".h", ".cpp")) and name not in self.loaded.files
        }
        if file is not None:
            _keep(file, texts)
        return self._providing(texts)

    def _providing(self, texts: Mapping[str, str]) -> Assignment:
        return replace(self.loaded, provided={name: text.encode() for name, text in texts.items()})


def _keep(file: Path, texts: Mapping[str, str]) -> None:
    """Writes a file atomically, because other processes may read it; if it cannot, caches nothing."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(texts), encoding="utf-8")
        part.replace(file)


def _sources(assignment: Assignment) -> str:
    """A digest of all sources that are rendered, and of the code that renders them."""
    root, code = assignment.folder.parent.parent, Path(grader.__file__).parent
    folders = (assignment.folder, root / assignment.oracle.partition(".")[0], code / "author", code / "draw")
    digest = hashlib.sha256(assignment.digest.encode())
    for path in files_below(*folders):
        digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def render(
    assignment: Assignment, view: str, wheel: str = "", variant: "Variant | None" = None
) -> RenderedView:
    """The files of one view ("handout" or "solution"); the same text every time.

    Raises UserError if a template, or something that it names, is wrong.
    """
    from grader.author.worked_numbers import FUNCTIONS, Variant

    root = assignment.folder.parent.parent
    calls = _Functions(root, view)
    context = {
        "assignment": assignment,
        "criteria": assignment.rubric.criteria,
        "exercise": calls.exercise,
        "provided": calls.provided,
        "draw": calls.draw,
        "view": view,
        "wheel": wheel,
        "variant": variant or Variant(assignment.name),
        **FUNCTIONS,
    }
    templates = assignment.folder / "templates"
    files = _render_templates(templates, context)
    for name in assignment.files:
        if name not in files:
            raise UserError(
                f"found no template {name}.j2, expected one for every file that students submit", templates
            )
    if "ndarray.py" not in assignment.files and _needs_ndarray(assignment, root, files):
        files |= _ndarray_package(root, list(calls.exercises))
    if "emulated" in assignment.devices:
        files |= _emulator(root)
    functions = tuple(name for names in calls.exercises.values() for name in names)
    return RenderedView(files, tuple(calls.exercises), functions, calls.pictures)


class _Functions:
    """The functions that a template calls to fill itself in, and what the templates have used with them.

    `exercises` maps each exercise to its functions, and `pictures` a path to its SVG.
    """

    def __init__(self, root: Path, view: str) -> None:
        self._root = root
        self._view = view
        self.exercises: dict[str, tuple[str, ...]] = {}
        self.pictures: dict[str, str] = {}

    def exercise(self, reference: str) -> str:
        """The source of an exercise: whole in a solution, a stub in a handout."""
        from grader.author.exercises.python_source import find_exercise

        source = find_exercise(self._root, reference)
        outer = reference.partition(":")[2].split(".")[:-1]
        self.exercises[reference] = tuple(".".join([*outer, name]) for name in source.functions)
        return source.whole if self._view == "solution" else source.stub

    def provided(self, reference: str) -> str:
        """The whole source of a function or a module of the reference."""
        from grader.author.exercises.python_source import find_exercise, module_of

        if ":" in reference:
            return find_exercise(self._root, reference).whole
        return module_of(self._root, reference)

    def draw(self, name: str, **numbers: object) -> str:
        """The Markdown that shows a picture; `numbers` are those that it draws."""
        from grader.draw.pictures import PICTURES, title_of

        if name not in PICTURES:
            raise UserError(f"found no picture {name!r}, expected {one_of(name, PICTURES)}")
        svg = PICTURES[name](**numbers)
        path = f"pictures/{name.replace('_', '-')}.svg"
        if self.pictures.setdefault(path, svg) != svg:
            path = f"pictures/{name.replace('_', '-')}-{len(self.pictures) + 1}.svg"
            self.pictures[path] = svg
        return f"![{title_of(svg)}]({path})"


def _render_templates(templates: Path, context: Mapping[str, object]) -> dict[str, str]:
    """The text of each file, from the assignment's templates and those that all handouts share."""
    import jinja2

    from grader.author.text_templates import text_environment

    environment = text_environment(templates, Path(__file__).parent / "templates" / "every_handout")
    files = {}
    for name in environment.list_templates(extensions=["j2"]):
        try:
            files[name.removesuffix(".j2")] = environment.get_template(name).render(context)
        except UserError as error:  # from `exercise` or `provided`, which do not know the caller
            if error.source is not None:
                raise
            raise UserError(str(error), *_place(error, templates / name)) from error
        except jinja2.TemplateSyntaxError as error:
            raise _not_rendered(error, templates / (error.name or name), error.lineno) from error
        except Exception as error:  # anything that an author's expressions raise
            raise _not_rendered(error, *_place(error, templates / name)) from error
        if name.endswith(".py.j2"):
            _check_python(templates / name, files[name.removesuffix(".j2")])
    return files


def _place(error: Exception, template: Path) -> tuple[Path, int | None]:
    """The template's line that raised an error: Jinja puts its lines into the traceback."""
    lines = [at for frame, at in walk_tb(error.__traceback__) if frame.f_code.co_filename == str(template)]
    return template, lines[-1] if lines else None


def _not_rendered(error: Exception, path: Path, line: int | None) -> UserError:
    message = str(error) or "no message"
    kind = "" if type(error).__module__.startswith("jinja2") else f"{type(error).__name__}: "
    return UserError(f"found a template that cannot be rendered: {kind}{message}", path, line)


def _check_python(template: Path, text: str) -> None:
    """Raises UserError, with the template's line, if the rendered text is not Python."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        line = line_before_rendering(template.read_text(encoding="utf-8"), text, error.lineno or 1)
        raise UserError(f"found a template that renders no Python: {error.msg}", template, line) from error


def line_before_rendering(template: str, rendered: str, line: int) -> int:
    """The line of the template that a rendered line comes from."""
    matcher = SequenceMatcher(None, template.splitlines(), rendered.splitlines(), autojunk=False)
    for _, first, last, start, end in matcher.get_opcodes():
        if start < line <= end:
            return min(first + line - start, max(last, 1))
    return 1


def _needs_ndarray(assignment: Assignment, root: Path, files: Mapping[str, str]) -> bool:
    """True if a course has an NDArray, and a case gives an array or a file of the handout imports it."""
    with_arrays = any(gives_arrays(case) for case in assignment.rubric.cases)
    imports_it = any(IMPORTS_NDARRAY.search(text) for name, text in files.items() if name.endswith(".py"))
    return (root / "reference" / "ndarray.py").is_file() and (with_arrays or imports_it)


def _ndarray_package(root: Path, exercises: list[str]) -> dict[str, str]:
    """The reference's NDArray as the package `ndarray`, without the methods that are exercises here."""
    from grader.author.exercises.python_source import without_methods

    in_python = [reference for reference in exercises if ".cu:" not in reference]
    names = {reference.partition(":")[2].rpartition(".")[2] for reference in in_python}
    folder = root / "reference"
    files = {"ndarray/__init__.py": '"""NDArray, provided."""\n\nfrom .ndarray import *  # noqa: F403\n'}
    for path in [folder / "ndarray.py", *sorted((folder / "backends").rglob("*.py"))]:
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(folder).as_posix()
        files[f"ndarray/{name}"] = without_methods(text, "NDArray", names) if name == "ndarray.py" else text
    return files


def _emulator(root: Path) -> dict[str, str]:
    """The emulator as the package `ndarray.emulator`: it runs CUDA C without a GPU."""
    folder = root / "reference"
    paths = [p for p in sorted((folder / "emulator").rglob("*")) if p.suffix in (".py", ".h", ".cpp")]
    return {f"ndarray/{p.relative_to(folder).as_posix()}": p.read_text(encoding="utf-8") for p in paths}
