"""The error rates count each wrong version that passes and each right version that fails, by name."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.error_rates import Rates, change, drawn_pairs, rates_of, table, together
from grader.author.load import load
from grader.author.render import Views
from grader.prove.assignment_checks import SOLUTION, submissions
from grader.prove.read_mutants import read_mutants, read_rewrites
from grader.prove.run_mutants import grade_texts

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path.parent.name for path in (ROOT / "assignments").glob("*/rubric.yaml"))
LEAST, LEAST_OF_EXERCISE = 20, 2

MUTANTS = """\
from solution import original

from grader.model.mutant import mutant


@mutant(of="flip")
def unseen(a, axes):
    \"\"\"It is wrong for five rows, and no case has so many.\"\"\"
    return a if a.shape[0] == 5 else original(a, axes)


@mutant(of="dilate")
def idle(a, axes, dilation):
    \"\"\"It does nothing.\"\"\"
    return a
"""
REWRITES = """\
from solution import original

from grader.model.mutant import rewrite


@rewrite(of="flip")
def twice_more(a, axes):
    \"\"\"It turns around three times.\"\"\"
    return original(original(original(a, axes), axes), axes)


@rewrite(of="flip")
def in_too_many_digits(a, axes):
    \"\"\"It is right, in a type that no case takes.\"\"\"
    return original(a, axes).numpy().astype("float64")
"""


@pytest.fixture
def views(make_course: Callable[..., Path], tmp_path: Path) -> Views:
    """The tiny course with two mutants, one of which no case catches, and two rewrites, one refused."""
    files = {"assignments/tiny/mutants.py": MUTANTS, "assignments/tiny/rewrites.py": REWRITES}
    return Views(load(make_course(tmp_path / "course", files) / "assignments" / "tiny"))


def test_each_sort_is_counted_and_what_is_judged_wrongly_is_named(views: Views) -> None:
    rates = rates_of(views, 1)

    assert rates == Rates("tiny", 2, 1, 2, ("unseen",), ("in_too_many_digits",))
    assert "| tiny | 2 | 1 | 1 | 2 | 1 |" in table([rates]).markdown()


def test_two_mutants_of_kernels_stand_in_one_solution() -> None:
    kernels = Views(load(ROOT / "assignments" / "cuda_kernels"))
    mutants, _ = read_mutants(kernels)
    solution = submissions(kernels, ())[SOLUTION]
    pairs = list(drawn_pairs(mutants, solution))

    assert pairs
    for pair in pairs:
        one, other = (next(m for m in mutants if m.name == name) for name in pair.name.split(" and "))
        text = pair.files[one.file]
        assert change(one.source, solution[one.file])[2] in text
        assert change(other.source, solution[one.file])[2] in text
        assert len(set(pair.exercises)) == 2
    assert not together(mutants[0], mutants[0], solution[mutants[0].file])


@pytest.mark.parametrize("name", SHIPPED)
def test_an_assignment_has_rewrites_of_every_exercise(name: str) -> None:
    views = Views(load(ROOT / "assignments" / name))
    rewrites, findings = read_rewrites(views)
    of = Counter(rewrite.exercise for rewrite in rewrites)
    exercises = {reference.partition(":")[2] for reference in views.solution.exercises}

    assert findings == ()
    assert len(rewrites) >= LEAST
    assert {e for e in exercises if of[e] < LEAST_OF_EXERCISE} == set()
    assert len({rewrite.source for rewrite in rewrites}) == len(rewrites)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_no_rewrite_loses_a_point(name: str) -> None:
    views = Views(load(ROOT / "assignments" / name))
    rewrites, _ = read_rewrites(views)
    by_name = submissions(views, rewrites)
    grades = grade_texts(views.assignment, "", {one.name: by_name[one.name] for one in rewrites}, 2)

    assert {one: grade.score for one, grade in grades.items() if grade.score < grade.max_score} == {}
