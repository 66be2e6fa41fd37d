"""Laws of the cache of mutants' answers: one file for each state of an assignment, found at no cost."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.author import render
from grader.author.load import load
from grader.prove import run_mutants
from grader.prove.mutant_answer_paths import misconceptions_file

MUTANTS = '''\
from grader.model.mutant import mutant


@mutant(of="flip", help="README.md#flip")
def not_flipped(a, axes):
    """Nothing is turned around."""
    return a
'''


@pytest.fixture
def file_of(course: Path, repository: Path) -> Callable[[Path], str]:
    """The file's name for the course with its own reference in a folder."""

    def file_of(root: Path) -> str:
        if not root.exists():
            shutil.copytree(course, root, ignore=shutil.ignore_patterns("reference"))
            shutil.copytree(
                repository / "reference", root / "reference", ignore=shutil.ignore_patterns("__pycache__")
            )
            (root / "assignments" / "tiny" / "mutants.py").write_text(MUTANTS)
        return misconceptions_file(root, load(root / "assignments" / "tiny"), "secret").name

    return file_of


def test_the_same_assignment_elsewhere_has_the_same_file(
    file_of: Callable[[Path], str], tmp_path: Path
) -> None:
    """So the zip for Gradescope can include it."""
    assert file_of(tmp_path / "here") == file_of(tmp_path / "there")


@pytest.mark.parametrize(
    "changed", ["assignments/tiny/mutants.py", "assignments/tiny/templates/conv.py.j2", "reference/conv.py"]
)
def test_whatever_a_mutant_is_made_of_leads_to_another_file(
    file_of: Callable[[Path], str], tmp_path: Path, changed: str
) -> None:
    before = file_of(tmp_path / "here")
    path = tmp_path / "here" / changed
    path.write_text(path.read_text() + "\n# changed\n")
    assert file_of(tmp_path / "here") != before


def test_finding_the_file_reads_no_mutant_and_renders_nothing(
    file_of: Callable[[Path], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it costs more than reading a grade")

    monkeypatch.setattr(run_mutants, "read_mutants", never)
    monkeypatch.setattr(render, "render", never)
    assert file_of(tmp_path / "here").startswith("tiny-")


def test_a_comparison_of_a_gradient_with_the_forward_pass_asks_both(repository: Path) -> None:
    """A wrong forward pass makes it fail, so its failure says nothing about the gradient alone."""
    exercises = run_mutants.exercises_by_criterion(
        render.Views(load(repository / "assignments" / "conv_backward"))
    )
    assert (exercises["x_grad"], exercises["transpose_x"]) == (["conv_x_grad"], ["conv_x_grad", "conv"])
