"""The tiny course, published to every target: made once, and only to be copied."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.cli.places.publish import bundle_of
from grader.publish.targets import names, target_of
from grader.report.write_files import write_files
from tests.tiny_course import RIGHT

SEED = "the-secret-seed-of-this-course"
MUTANTS = '''\
from grader.model.mutant import mutant


@mutant(of="flip")
def turns_nothing_around(a, axes):
    """You return the array as it came."""
    return a  # a mutant's own words
'''
SUBMISSIONS = {"right": RIGHT, "half": RIGHT.replace("dilation + 1 if", "dilation + 2 if")}


@pytest.fixture(scope="session")
def published(
    tmp_path_factory: pytest.TempPathFactory, make_course: Callable[..., Path], repository: Path
) -> Path:
    """`course`, and a folder for each target."""
    root = tmp_path_factory.mktemp("published")
    course = make_course(
        root / "course",
        {
            "assignments/tiny/mutants.py": MUTANTS,
            ".backflip-seed": SEED,
        },
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course)
        patch.delenv("BACKFLIP_SEED", raising=False)
        bundle = bundle_of(course, "tiny")
        for name in names():
            write_files(root / name, target_of(name).files(bundle))
    return root


@pytest.fixture
def place(published: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A clean folder with a copy of what was published to a target; the clocks of its files are kept."""

    def place(target: str) -> Path:
        shutil.copytree(published / target, tmp_path / target)
        return tmp_path / target

    return place
