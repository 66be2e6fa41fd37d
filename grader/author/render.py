"""Renders an assignment's templates, filled from the reference, into a handout or a solution."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml

from grader.author.load import digest_of
from grader.author.python_source import find_function, without_methods
from grader.author.worked_numbers import FUNCTIONS, Variant
from grader.author.yaml_document import Document
from grader.judge.verdict.diagnose import MISCONCEPTIONS, Misconceptions
from grader.judge.verdict.oracles import ReferenceOracle, freeze
from grader.model.assignment import Assignment
from grader.model.course import Course
from grader.model.errors import GraderFault, UserError

GRADING = "grading"  # the folder of a handout that `make grade` works from
PYTHON = """
## Your Python

Your instructor grades with Python {python}. You may use a newer one. If `make grade` then prints a note that
your code needs the newer one, rewrite the line that it names.
"""
VIEWS = ("handout", "solution")
NOTHING_KNOWN: Mapping[str, Misconceptions] = {}


@dataclass(frozen=True)
class Rendered:
    """A rendered view: the text of each file by its path, and the exercises that the templates asked for."""

    files: Mapping[str, str]
    exercises: tuple[str, ...]


def render(assignment: Assignment, view: str, wheel: str = "", variant: Variant | None = None) -> Rendered:
    """The files of one view ("handout" or "solution"); the same text every time.

    UserError where a template or what it names is wrong.
    """
    root = assignment.folder.parent.parent
    exercises: list[str] = []

    def exercise(reference: str) -> str:
        function = find_function(root, reference)
        if reference not in exercises:
            exercises.append(reference)
        return function.whole if view == "solution" else function.stub

    def provided(reference: str) -> str:
        return find_function(root, reference).whole

    templates = assignment.folder / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([templates, Path(__file__).parent / "handout"]),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        autoescape=False,  # Python, Markdown and make, not HTML
    )
    context = {
        "assignment": assignment,
        "criteria": assignment.rubric.criteria,
        "exercise": exercise,
        "provided": provided,
        "view": view,
        "wheel": wheel,
        "variant": variant or Variant(assignment.name),
        **FUNCTIONS,
    }
    files = {}
    for name in environment.list_templates(extensions=["j2"]):
        try:
            files[name.removesuffix(".j2")] = environment.get_template(name).render(context)
        except UserError as error:  # of `exercise` or `provided`: it does not know who asked
            raise UserError(str(error), templates / name) from error
        except jinja2.TemplateError as error:
            line = getattr(error, "lineno", None)
            raise UserError(
                f"found a template that cannot be rendered: {error}", templates / name, line
            ) from error
    for name in assignment.files:
        if name not in files:
            raise UserError(f"found no template {name}.j2, expected one for every file handed in", templates)
    if "ndarray.py" not in assignment.files:  # else the student writes NDArray
        files |= _ndarray_package(root, exercises)
    if "emulated" in assignment.devices:
        files |= _emulator(root)
    return Rendered(files, tuple(exercises))


def _ndarray_package(root: Path, exercises: list[str]) -> dict[str, str]:
    """The reference's NDArray as the package `ndarray`, without the methods that are exercises here."""
    in_python = [reference for reference in exercises if ".cu:" not in reference]
    asked = {reference.partition(":")[2].rpartition(".")[2] for reference in in_python}
    folder = root / "reference"
    files = {"ndarray/__init__.py": '"""NDArray, provided."""\n\nfrom .ndarray import *  # noqa: F403\n'}
    for path in [folder / "ndarray.py", *sorted((folder / "backends").rglob("*.py"))]:
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(folder).as_posix()
        files[f"ndarray/{name}"] = without_methods(text, "NDArray", asked) if name == "ndarray.py" else text
    return files


def _emulator(root: Path) -> dict[str, str]:
    """The emulator as the package `ndarray.emulator`: it runs CUDA C where there is no GPU."""
    folder = root / "reference"
    paths = [p for p in sorted((folder / "emulator").rglob("*")) if p.suffix in (".py", ".h", ".cpp")]
    return {f"ndarray/{p.relative_to(folder).as_posix()}": p.read_text(encoding="utf-8") for p in paths}


def provided_files(assignment: Assignment) -> dict[str, bytes]:
    """The files of code that a submission finds beside its own, whatever it brings along."""
    files = render(assignment, "handout").files
    return {
        name: text.encode()
        for name, text in sorted(files.items())
        if name.endswith((".py", ".h", ".cpp")) and name not in assignment.files
    }


def generate(
    assignments: list[Assignment],
    out: Path,
    known: Mapping[str, Misconceptions] = NOTHING_KNOWN,
    student: str = "",
    secret: str = "",
    python: str = Course.python,
) -> list[Path]:
    """Writes out/release/<name> and out/solution/<name> for each assignment; returns the folders.

    For one `student`, by their id and the course's secret seed, it is out/release/<name>-<id> alone.
    `python` is the version that the course grades with.
    Each folder is made aside and then put in place of the old one, so that it is never half written.
    """
    written = []
    with tempfile.TemporaryDirectory(prefix="backflip-") as scratch:
        wheel = build_wheel(assignments[0].folder.parent.parent, Path(scratch))
        for assignment in assignments:
            frozen = Path(scratch) / "frozen.npz"
            oracle = ReferenceOracle(assignment)
            try:
                freeze(_visible(assignment), oracle, frozen)
            finally:
                oracle.close()
            misconceptions = known.get(assignment.name, Misconceptions({}, {}, {}))
            visible = misconceptions.only(case.name for case in _visible(assignment)).to_json()
            variant = Variant(assignment.name, student, secret)
            name = f"{assignment.name}-{student}" if student else assignment.name
            for view, folder in (("handout", "release"), ("solution", "solution")):
                if view == "handout" or not student:
                    target = out / folder / name
                    written.append(_write(assignment, view, variant, target, wheel, frozen, visible, python))
    return written


def _visible(assignment: Assignment) -> list[Any]:
    cases = (case for criterion in assignment.rubric.criteria for case in criterion.cases)
    return [case for case in cases if case.in_handout]


def _write(
    assignment: Assignment,
    view: str,
    variant: Variant,
    target: Path,
    wheel: Path,
    frozen: Path,
    misconceptions: str,
    python: str,
) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{assignment.name}-", dir=target.parent) as scratch:
        new = Path(scratch) / "new"
        rendered = render(assignment, view, f"wheels/{wheel.name}", variant)
        for name, text in rendered.files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        with open(new / "README.md", "a", encoding="utf-8") as readme:
            readme.write(PYTHON.format(python=python))
        grading = new / GRADING
        grading.mkdir()
        (grading / "assignment.yaml").write_text(_handout_assignment(assignment, python), encoding="utf-8")
        (grading / "rubric.yaml").write_text(_visible_rubric(assignment), encoding="utf-8")
        shutil.copyfile(assignment.probes, grading / "probes.py")
        shutil.copyfile(frozen, grading / "frozen.npz")
        (grading / MISCONCEPTIONS).write_text(misconceptions, encoding="utf-8")
        (new / "wheels").mkdir()
        shutil.copyfile(wheel, new / "wheels" / wheel.name)
        lock = assignment.folder.parent.parent / "locks" / "handout.txt"
        shutil.copyfile(lock, new / "requirements.txt")
        (new / ".gitattributes").write_text("* -text\n", encoding="utf-8")  # git keeps every byte
        (new / ".gitignore").write_text(".venv/\n__pycache__/\n", encoding="utf-8")
        if target.exists():
            os.replace(target, Path(scratch) / "old")
        os.replace(new, target)
    return target


def _handout_assignment(assignment: Assignment, python: str) -> str:
    data = Document(assignment.folder / "assignment.yaml").data
    data["provided"] = {name: digest_of(content) for name, content in assignment.provided.items()}
    data["frozen"] = "frozen.npz"
    data["python"] = python
    return _dump(data)


def _visible_rubric(assignment: Assignment) -> str:
    """rubric.yaml with its hidden and its timed cases cut out and their weight noted as `withheld`."""
    data = Document(assignment.folder / "rubric.yaml").data
    for criterion in data["criteria"]:
        loaded = assignment.criterion(criterion["id"])
        hidden = [case for case in loaded.cases if not case.in_handout]
        names = {case.id for case in hidden}
        criterion["cases"] = [
            case for case in criterion["cases"] if f"{case['id']}{'-1' * ('draw' in case)}" not in names
        ]
        criterion["withheld"] = sum(case.weight for case in hidden)
    return _dump(data)


def _dump(data: object) -> str:
    return yaml.safe_dump(data, sort_keys=False, default_flow_style=None, allow_unicode=True, width=110)


def build_wheel(root: Path, folder: Path) -> Path:
    """The wheel of the grader, built into `folder`; the same bytes every time."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=root,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1580601600"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise GraderFault(f"the wheel could not be built: {(done.stderr or done.stdout).strip()[-500:]}")
    return next(folder.glob("*.whl"))
