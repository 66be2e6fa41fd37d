"""Laws of `grader verify --variants`: per-student numbers are equally hard for every student."""

from pathlib import Path

import pytest

from grader.__main__ import main
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED

# two mutants of tiny; the hidden case of flip tells both from the solution, on any numbers
MUTANTS = """\
from solution import original

from grader.model.mutant import mutant


@mutant(of="flip")
def not_flipped(a, axes):
    \"\"\"You hand the array back as it came.\"\"\"
    return a


@mutant(of="flip")
def flipped_on_every_axis(a, axes):
    \"\"\"You reverse all axes.\"\"\"
    return original(a, range(a.ndim))
"""


ZERO_SAVED = """\
@mutant(of="flip")
def zero_left_alone(a, axes):
    \"\"\"You flip nothing where the first number is negative.\"\"\"
    return original(a, axes) if a.numpy()[0, 0] < 0 else a
"""

REWRITES = """\
from solution import original

from grader.model.mutant import rewrite


@rewrite(of="flip")
def flipped_once_more(a, axes):
    \"\"\"It flips three times.\"\"\"
    return original(original(original(a, axes), axes), axes)
"""
BY_HAND = """
  - {id: style, kind: manual, title: it reads well, points: 2}
"""


@pytest.fixture
def mutants(root: Path) -> Path:
    path = root / "assignments" / "tiny" / "mutants.py"
    path.write_text(MUTANTS)
    return path


def test_numbers_are_equally_hard_where_hidden_cases_kill_the_same_mutants(
    root: Path, mutants: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "tiny", "--variants", "2", "--jobs", "1"]) == PASSED
    assert "tiny: 1 hidden case, 2 mutants, 2 variants: no differences" in capsys.readouterr().out


def test_a_mutant_that_dies_on_some_students_numbers_only_is_named(
    root: Path, mutants: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mutants.write_text(f"{MUTANTS}\n\n{ZERO_SAVED}")

    assert main(["verify", "tiny", "--variants", "6", "--jobs", "1"]) == NOT_PASSED
    output = capsys.readouterr().out
    assert "flip/hidden-one kills zero_left_alone" in output
    assert "not_flipped" not in output


def test_points_that_a_person_gives_are_no_finding_of_a_proof(
    root: Path, mutants: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No right version earns them, and no cheat can: the proof is that of the cases alone."""
    (mutants.parent / "rewrites.py").write_text(REWRITES)

    def findings() -> list[str]:
        main(["verify", "tiny", "--seeds", "1", "--jobs", "1"])
        captured = capsys.readouterr()
        assert "own fault" not in captured.err
        return [line.split(": ", 1)[1] for line in captured.out.splitlines() if ".yaml:" in line]

    before = findings()
    rubric = mutants.parent / "rubric.yaml"
    rubric.write_text(rubric.read_text().replace("points: 10", "points: 12", 1).rstrip() + BY_HAND)
    assert findings() == before != []
