"""Laws of the cache of inputs and expected values: unchanged, and for this same assignment only."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from grader.api import Course
from grader.judge.comparisons import judged_draws
from grader.judge.differences.difference import Expected
from grader.judge.draw_inputs import draw
from grader.judge.inputs import Inputs
from grader.judge.verdict import oracles
from grader.judge.verdict.oracles import ReferenceOracle
from grader.model.assignment import Assignment, Case
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from tests.functions_course import load_with_library
from tests.tiny_course import RIGHT, write_course_of_its_own

ROOT = Path(__file__).parents[4]
FOLDER = "assignments/tiny"


@pytest.fixture
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder, which does not exist yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "backflip" / "expected"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A repository with a course of one assignment, and the parts of the reference that it needs."""
    return write_course_of_its_own(tmp_path / "course")


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the cases that were really drawn or computed by the reference."""
    names: list[str] = []
    work_out = ReferenceOracle.work_out

    def noting_answer(self: ReferenceOracle, case: Case, inputs: Inputs) -> Expected:
        names.append(f"answer {case.name}")
        return work_out(self, case, inputs)

    def noting_draw(case: Case, *words: object) -> Inputs:
        names.append(f"draw {case.name}")
        return draw(case, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(ReferenceOracle, "work_out", noting_answer)
    monkeypatch.setattr(oracles, "draw", noting_draw)
    return names


def all_of(assignment: Assignment, secret: str = "secret") -> list[tuple[Inputs, Expected]]:
    """A new oracle's values for each draw of every case that needs the reference and no compiler."""
    oracle = ReferenceOracle(assignment, secret)
    cases = list(assignment.rubric.cases)
    answers = []
    try:
        for case in cases:
            for redraw in judged_draws(case) if case.compare in ("exact", "bound", "close", "set") else ():
                inputs = oracle.inputs(case, redraw)
                answers.append((inputs, oracle.expected(case, inputs)))
    finally:
        oracle.close()
    return answers


def in_full(answers: list[tuple[Inputs, Expected]]) -> list[object]:
    """All their contents, types and dtypes included."""

    def values_in(expected: Expected) -> object:
        bounds = None if expected.bounds is None else [(b.dtype.str, b.tolist()) for b in expected.bounds]
        arrays = [(a.dtype.str, a.shape, a.tolist()) for a in expected.arrays]
        return arrays, bounds, repr(expected.value)

    return [(i.digest, repr((i.values, i.ask, i.recipes)), values_in(expected)) for i, expected in answers]


@pytest.mark.parametrize(
    "folder", ["assignments/ndarray", "assignments/dense", "examples/assignments/edit_distance"]
)
def test_cached_values_equal_computed_ones(folder: str, cache_folder: Path, worked_out: list[str]) -> None:
    assignment = load_with_library(ROOT / folder)
    fresh = in_full(all_of(assignment))
    count = len(worked_out)
    assert count > len(fresh) > 5
    assert in_full(all_of(assignment)) == fresh
    assert len(worked_out) == count  # nothing is drawn or computed again


def test_a_second_grade_starts_no_reference(
    course: Path, cache_folder: Path, worked_out: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every case is asked twice, with two draws of its values: both have been answered."""

    def score() -> Fraction:
        with Course(course, seed="secret")["tiny"].judge(Sandbox.NONE) as session:
            return session.grade(SubmittedFiles({"conv.py": RIGHT.encode()}), "ada").score

    assert score() == 10
    count = len(worked_out)
    assert count
    monkeypatch.setattr(ReferenceOracle, "_run", None)
    assert score() == 10
    assert len(worked_out) == count


def test_cached_arrays_can_be_written_to(course: Path, cache_folder: Path) -> None:
    """Just like newly drawn values."""
    all_of(load_with_library(course / FOLDER))
    for inputs, expected in all_of(load_with_library(course / FOLDER)):
        assert all(array.flags.writeable for array in (*inputs.bases.values(), *expected.arrays))


def edit(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


EDITS: dict[str, Callable[[Path], None]] = {
    "the_rubric": lambda root: edit(root, f"{FOLDER}/rubric.yaml", "shape: [2, 3]", "shape: [3, 2]"),
    "a_probe": lambda root: edit(root, f"{FOLDER}/probes.py", "case.axes)", "case.axes) "),
    "the_reference": lambda root: edit(root, "reference/conv.py", "\n\n\n", "\n# changed\n\n\n"),
    "what_the_reference_imports": lambda root: edit(root, "reference/ndarray.py", "\n\n\n", "\n#\n\n\n"),
    "a_file_more": lambda root: (root / "reference" / "more.py").touch(),
}


@pytest.mark.parametrize("edited", EDITS)
def test_after_an_edit_all_is_worked_out_again(
    course: Path, cache_folder: Path, worked_out: list[str], edited: str
) -> None:
    all_of(load_with_library(course / FOLDER))
    count = len(worked_out)
    EDITS[edited](course)
    all_of(load_with_library(course / FOLDER))
    assert len(worked_out) == 2 * count


def test_another_secret_or_other_code_works_all_out_again(
    course: Path, cache_folder: Path, worked_out: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    all_of(load_with_library(course / FOLDER))
    count = len(worked_out)
    all_of(load_with_library(course / FOLDER), "another")
    assert len(worked_out) == 2 * count
    monkeypatch.setattr("grader.judge.verdict.expected_cache.code_digest", lambda: "other")
    all_of(load_with_library(course / FOLDER))
    assert len(worked_out) == 3 * count


def test_a_damaged_file_is_worked_out_again(course: Path, cache_folder: Path, worked_out: list[str]) -> None:
    fresh = in_full(all_of(load_with_library(course / FOLDER)))
    count = len(worked_out)
    for path in cache_folder.iterdir():
        path.write_bytes(path.read_bytes()[:-9])
    assert in_full(all_of(load_with_library(course / FOLDER))) == fresh
    assert len(worked_out) == 2 * count


def test_a_smaller_case_of_the_same_name_is_not_taken_for_the_case(course: Path, cache_folder: Path) -> None:
    assignment = load_with_library(course / FOLDER)
    all_of(assignment)
    oracle = ReferenceOracle(assignment, "secret")
    case = assignment.rubric.criteria[0].cases[0]
    smaller = replace(case, parameters={**case.parameters, "shape": [1, 2]})
    try:
        inputs = oracle.draw(smaller)
        assert oracle.expected(smaller, inputs).arrays[0].shape == (1, 2)
        other = replace(inputs, ask={"axes": [0]})
        assert not np.array_equal(oracle.expected(case, other).arrays[0], np.zeros((1, 2)))
    finally:
        oracle.close()
    again = ReferenceOracle(assignment, "secret")
    try:
        assert again.expected(case, again.inputs(case)).arrays[0].shape == (2, 3)
    finally:
        again.close()


def test_an_assignment_that_is_not_from_files_is_not_cached(course: Path, cache_folder: Path) -> None:
    all_of(replace(load_with_library(course / FOLDER), digest=""))
    assert not cache_folder.exists()


def test_only_the_user_can_read_hidden_values(course: Path, cache_folder: Path) -> None:
    all_of(load_with_library(course / FOLDER))
    (file,) = cache_folder.iterdir()
    assert [path.stat().st_mode & 0o077 for path in (file, cache_folder)] == [0, 0]
