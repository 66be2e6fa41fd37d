"""The tiny course, published to every target: made once for all workers, and only copied."""

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from grader import Course
from grader.__main__ import main
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.cli.platforms.publish import bundle_of
from grader.publish.targets import names, target_of
from grader.report.write_files import write_files
from tests.tiny_course import RIGHT, RUBRIC, WRONG

SEED = "the-secret-seed-of-this-course"
MUTANTS = '''\
from grader.model.mutant import mutant


@mutant(of="flip")
def turns_nothing_around(a, axes):
    """You return the array as it came."""
    return a  # a mutant's own words
'''
HALF = RIGHT.replace("dilation + 1 if i in axes", "dilation + 1 if i in axes and i == 0")  # rows alone
PAID_HINT = "look at the last axis before the first"
WITH_HINTS = RUBRIC.replace(
    "    help: README.md#flip\n",
    f"    help: README.md#flip\n    hints: [a free hint, {{cost: 1, text: {PAID_HINT}}}]\n",
)
SUBMISSIONS = {"right": RIGHT, "half": HALF, "wrong": WRONG}
Scores = dict[str, tuple[float, float]]  # by criterion: the score, and the points that it offers


@pytest.fixture(scope="session")
def published(fill_once: Callable[..., Path], make_course: Callable[..., Path]) -> Path:
    """`course`, and a folder for each target."""
    return fill_once("published", partial(publish, make_course))


def publish(make_course: Callable[..., Path], root: Path) -> None:
    course = make_course(
        root / "course",
        {
            "assignments/tiny/mutants.py": MUTANTS,
            "assignments/tiny/rubric.yaml": WITH_HINTS,
            ".backflip-seed": SEED,
        },
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course)
        patch.delenv("BACKFLIP_SEED", raising=False)
        bundle = bundle_of(Course(course), "tiny")
        for name in names():
            write_files(root / name, target_of(name).files(bundle))


@pytest.fixture
def place(published: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A clean folder with a copy of a target's bundle; its files keep their times."""

    def place(target: str) -> Path:
        shutil.copytree(published / target, tmp_path / target)
        return tmp_path / target

    return place


@pytest.fixture(scope="session")
def own_scores(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Scores]:
    """`grader grade`'s scores of a submission: in a `handout`, or in the `course`, with hidden cases."""
    root = tmp_path_factory.mktemp("own")
    shutil.copytree(published / "github", root / "handout")
    scores: dict[tuple[str, str], Scores] = {}

    def own_scores(name: str, where: str) -> Scores:
        if (name, where) not in scores:
            folder = root / "handout" if where == "handout" else root / name
            folder.mkdir(exist_ok=True)
            (folder / "conv.py").write_text(SUBMISSIONS[name])
            words = [] if where == "handout" else ["--assignment", "tiny"]
            report = root / "grade.json"
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(folder if where == "handout" else published / "course")
                patch.delenv("BACKFLIP_SEED", raising=False)
                status = PASSED if name == "right" else NOT_PASSED
                assert main(["grade", str(folder), "--json", str(report), *words]) == status
            scores[name, where] = scores_of(report)
        return scores[name, where]

    return own_scores


def scores_of(report: Path) -> Scores:
    """The scores of a grade's JSON."""
    grade = json.loads(report.read_text())
    assert grade["score"] == pytest.approx(sum(criterion["score"] for criterion in grade["criteria"]))
    return {criterion["id"]: (criterion["score"], criterion["points"]) for criterion in grade["criteria"]}
