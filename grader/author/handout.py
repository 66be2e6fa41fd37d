"""Writes handouts and solutions: the rendered files, and the files for `make grade`, without hidden cases."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from grader.author.course_files import digest_of
from grader.author.extensions.own_source import cut_classes
from grader.author.read_yaml import places_of
from grader.author.readme.page import to_html
from grader.author.readme.sections import complete
from grader.author.render import render
from grader.author.wheel import NOT_IN_HANDOUTS, SOURCE, build_wheel, requirement_of
from grader.author.worked_numbers import Variant
from grader.author.yaml_document import Document
from grader.judge.comparisons import compared_by, comparison_of
from grader.judge.examples.freeze_small_cases import SMALLEST, freeze_ladders
from grader.judge.kinds import kind_of
from grader.judge.process.scratch_folder import ScratchFolder
from grader.judge.verdict.misconceptions import MISCONCEPTIONS, Misconceptions
from grader.judge.verdict.oracles import ReferenceOracle, freeze
from grader.model.assignment import (
    OWN_COMPARISONS,
    OWN_FILES,
    OWN_FUNCTIONS,
    OWN_KINDS,
    Assignment,
    Case,
    Course,
    Visibility,
)
from grader.model.errors import ReferenceStopped, UserError

IGNORED = (
    ".venv/",
    "__pycache__/",
    "submit/",
    "reports/",
    "page.html",
    ".hints.json",
)  # by git, in a handout
GRADING = "grading"  # the folder of a handout that `make grade` works from
FROZEN = "frozen.npz"  # the expected values of visible cases
NO_MISCONCEPTIONS: Mapping[str, Misconceptions] = {}


@dataclass(frozen=True)
class _Grader:
    """What a handout grades itself with: the grader's wheel, the course's Python, and files by name."""

    wheel: Path
    python: str
    answers: Mapping[str, bytes]


def generate(
    assignments: list[Assignment],
    out: Path,
    misconceptions_of: Mapping[str, Misconceptions] = NO_MISCONCEPTIONS,
    student: str = "",
    secret: str = "",
    python: str = Course.python,
) -> list[Path]:
    """Writes out/release/<name> and out/solution/<name> for each assignment; returns the folders.

    For one `student`, it writes only out/release/<name>-<id>; the numbers depend on the id and the course's
    secret seed. `python` is the version that the course grades with.
    Each folder is written elsewhere and then replaces the old one, so that it is never half written.
    """
    folders = []
    with ScratchFolder() as scratch:
        wheel = build_wheel(Path(scratch), NOT_IN_HANDOUTS)
        for assignment in assignments:
            misconceptions = misconceptions_of.get(assignment.name, Misconceptions({}, {}, {}))
            grader = _Grader(wheel, python, _answers(assignment, misconceptions, Path(scratch)))
            variant = Variant(assignment.name, student, secret)
            name = f"{assignment.name}-{student}" if student else assignment.name
            folders.append(_write(assignment, "handout", variant, out / "release" / name, grader))
            if not student:
                folders.append(_write(assignment, "solution", variant, out / "solution" / name, grader))
    return folders


def _answers(assignment: Assignment, misconceptions: Misconceptions, scratch: Path) -> dict[str, bytes]:
    """The files that hold the answers to visible cases: expected values, small cases, misconceptions."""
    frozen = scratch / FROZEN
    oracle = ReferenceOracle(assignment)
    try:
        freeze(_visible(assignment), oracle, frozen)
        ladders = freeze_ladders(assignment, oracle)
    except ReferenceStopped as stopped:
        nowhere = (assignment.rubric.source, None)
        place = places_of(assignment).get(stopped.case, nowhere)
        raise UserError(f"{stopped}: choose smaller values for this case", *place) from stopped
    finally:
        oracle.close()
    visible = misconceptions.only(case.name for case in _visible(assignment)).to_json()
    return {FROZEN: frozen.read_bytes(), MISCONCEPTIONS: visible.encode(), SMALLEST: ladders}


def _visible(assignment: Assignment) -> list[Case]:
    cases = assignment.rubric.cases
    return [case for case in cases if is_in_handout(case)]


def is_in_handout(case: Case) -> bool:
    """True if students get a case: it is visible, needs no reference, and is not an author's test."""
    is_shown = case.visibility is Visibility.VISIBLE and not case.is_own_test
    return is_shown and comparison_of(case).is_in_handout


def _write(
    assignment: Assignment,
    view: str,
    variant: Variant,
    target: Path,
    grader: _Grader,
) -> Path:
    wheel = grader.wheel
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{assignment.name}-", dir=target.parent) as scratch:
        new = Path(scratch) / "new"
        rendered = render(assignment, view, f"wheels/{wheel.name}", variant)
        for name, text in [*rendered.files.items(), *rendered.pictures.items()]:
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        readme = complete(rendered.files["README.md"], assignment, rendered.files, grader.python)
        (new / "README.md").write_text(readme, encoding="utf-8")
        (new / "README.html").write_text(to_html(readme, rendered.pictures), encoding="utf-8")
        of_handout = rendered.files if view == "handout" else {}
        unwritten = {name: digest_of(of_handout[name].encode()) for name in assignment.files if of_handout}
        _write_grading(assignment, _handout_assignment(assignment, unwritten, grader.python), new / GRADING)
        for file, content in grader.answers.items():
            (new / GRADING / file).write_bytes(content)
        (new / "wheels").mkdir()
        shutil.copyfile(wheel, new / "wheels" / wheel.name)
        lock = (SOURCE / "locks" / "handout.txt").read_bytes()
        requirement = requirement_of(f"wheels/{wheel.name}", wheel.read_bytes())
        (new / "requirements.txt").write_bytes(lock + requirement)
        (new / ".gitattributes").write_text("* -text\n", encoding="utf-8")  # git keeps every byte
        (new / ".gitignore").write_text("".join(f"{name}\n" for name in IGNORED), encoding="utf-8")
        if target.exists():
            os.replace(target, Path(scratch) / "old")
        os.replace(new, target)
    return target


def _write_grading(assignment: Assignment, description: str, folder: Path) -> None:
    """Writes what a handout needs to grade itself, except the expected values."""
    folder.mkdir()
    files = {"assignment.yaml": description, "rubric.yaml": _visible_rubric(assignment)}
    for file, text in {**files, **_own_sources(assignment)}.items():
        (folder / file).write_text(text, encoding="utf-8")
    shutil.copyfile(assignment.probes, folder / "probes.py")


def _own_sources(assignment: Assignment) -> dict[str, str]:
    """Only the parts of the assignment's own kinds, comparisons and functions that visible cases need."""
    names_of: dict[str, set[str]] = {file: set() for file in OWN_FILES}
    for case in _visible(assignment):
        if case.kind_source:
            names_of[OWN_KINDS].add(type(kind_of(case)).__name__)
        if case.comparison_source:
            names_of[OWN_COMPARISONS].add(type(compared_by(case)).__name__)
        for entry in case.functions.values():
            names_of[OWN_FUNCTIONS] |= {one["use"] for one in (entry if isinstance(entry, list) else [entry])}
    paths = {file: assignment.folder / file for file, names in names_of.items() if names}
    return {
        file: cut_classes(path, path.read_text(encoding="utf-8"), names_of[file])
        for file, path in paths.items()
    }


def _handout_assignment(assignment: Assignment, unwritten: Mapping[str, str], python: str) -> str:
    """assignment.yaml with the digests of the files as they are handed out."""
    data = Document(assignment.folder / "assignment.yaml").data
    if unwritten:
        data["unwritten"] = dict(unwritten)
    data["provided"] = {name: digest_of(content) for name, content in assignment.provided.items()}
    data["frozen"] = FROZEN
    data["python"] = python
    return _dump(data)


def _visible_rubric(assignment: Assignment) -> str:
    """rubric.yaml without its hidden and timed cases; notes their weight as `withheld`."""
    data = Document(assignment.folder / "rubric.yaml").data
    for criterion in data["criteria"]:
        if "cases" not in criterion:  # an instructor judges it
            continue
        loaded = assignment.criterion(criterion["id"])
        if loaded.paid_hints:
            criterion["hints"] = list(loaded.hints)
            criterion["withheld_hints"] = len(loaded.paid_hints)
        hidden = [case for case in loaded.cases if not is_in_handout(case)]
        names = {case.id for case in hidden}
        criterion["cases"] = [case for case in criterion["cases"] if _first_case(case) not in names]
        criterion["withheld"] = sum(case.weight for case in hidden)
        criterion["withheld_cases"] = len(hidden)
    return _dump(data)


def _first_case(case: Mapping[str, Any]) -> str:
    """The id of a case of the rubric; of several drawn cases, that of the first."""
    return f"{case['id']}-1" if "draw" in case else str(case["id"])


def _dump(data: object) -> str:
    return yaml.safe_dump(data, sort_keys=False, default_flow_style=None, allow_unicode=True, width=110)
