"""No file of a handout, nor of an archive in it, holds a seed or anything of a hidden case."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.author.handout import generate, is_in_handout
from grader.author.load import load
from grader.judge.draw_inputs import draw
from grader.judge.verdict.misconceptions import Misconception, Misconceptions
from grader.judge.verdict.oracles import ReferenceOracle
from grader.model.assignment import Assignment
from grader.publish.targets import gradescope
from tests.grader.publish.bundles import bundle_without_handout

SECRET = "canary-of-the-course"


@pytest.fixture(scope="module")
def assignment(make_course: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return load(make_course(tmp_path_factory.mktemp("searched") / "course") / "assignments" / "tiny")


@pytest.fixture(scope="module")
def handouts(assignment: Assignment, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every file of the common handout and of one student's handout, by path, with archives unpacked."""
    out = tmp_path_factory.mktemp("out")
    ends = {case.name: {"a-digest": [("a_mutant",)]} for case in assignment.rubric.cases}
    ideas = {"a_mutant": Misconception("flip", "A message.")}
    misconceptions = {assignment.name: Misconceptions(ideas, {}, ends, {"flip": "of the reference"})}
    generate([assignment], out, misconceptions, secret=SECRET)
    generate([assignment], out, misconceptions, student="ada", secret=SECRET)
    release = out / "release"
    return {
        name: content
        for path in release.rglob("*")
        if path.is_file()
        for name, content in unpacked(path.relative_to(release).as_posix(), path.read_bytes())
    }


def unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """A file and, if it is a zip under any name, every file in it."""
    yield name, content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.namelist():
                yield from unpacked(f"{name}/{entry}", archive.read(entry))


def forms(array: np.ndarray[Any, Any]) -> Iterator[bytes]:
    """An array as bytes and as text, as any file of a handout might hold it."""
    for dtype in ("<f4", "<f8", "<i4", "<i8", ">f4", ">f8"):
        yield np.ascontiguousarray(array, dtype).tobytes()
    for numbers in (array.reshape(-1).tolist(), array.reshape(-1).astype(np.int64).tolist()):
        for between in (", ", ",", " ", "\n"):
            yield between.join(map(str, numbers)).encode()


def leaks_in(files: dict[str, bytes], what: bytes) -> list[str]:
    return [name for name, content in files.items() if what in content]


def test_the_search_finds_what_is_there(assignment: Assignment, handouts: dict[str, bytes]) -> None:
    """A visible case's values, inside a file of arrays, and the grader's modules, inside a wheel."""
    (visible, *_) = assignment.rubric.cases
    inputs = draw(visible, assignment.name, SECRET)

    assert any(leaks_in(handouts, form) for form in forms(inputs.array("a")))
    assert any(name.endswith(".whl/grader/__init__.py") for name in handouts)


@pytest.mark.parametrize("secret", ["", SECRET], ids=["everybodys_seed", "the_courses_seed"])
def test_a_handout_holds_no_hidden_case(
    assignment: Assignment, handouts: dict[str, bytes], secret: str
) -> None:
    hidden = [case for case in assignment.rubric.cases if not is_in_handout(case)]
    oracle = ReferenceOracle(assignment, secret)
    try:
        for case in hidden:
            inputs = oracle.inputs(case)
            arrays = [inputs.array("a"), *oracle.expected(case, inputs).arrays]
            assert not [form for array in arrays for form in forms(array) if leaks_in(handouts, form)]
            assert not leaks_in(handouts, case.id.encode())
    finally:
        oracle.close()
    assert hidden


def test_a_handout_holds_no_seed(handouts: dict[str, bytes]) -> None:
    assert not leaks_in(handouts, SECRET.encode())


def test_an_autograder_holds_the_seed_in_the_one_file_that_is_for_it(assignment: Assignment) -> None:
    bundle = bundle_without_handout(assignment, variants=True, seed=SECRET)
    (packed,) = gradescope.files(bundle).values()
    files = dict(unpacked("autograder.zip", packed))
    del files["autograder.zip"]  # what it holds uncompressed is below

    assert leaks_in(files, SECRET.encode()) == ["autograder.zip/course/.backflip-seed"]
