"""Files for students contain no seed, no hidden case, no mutant and no solution."""

from pathlib import Path

import pytest

from grader.author.handout import is_in_handout
from grader.author.load import load
from grader.judge.verdict.oracles import ReferenceOracle
from tests.attacks.test_handouts import forms, leaks_in, unpacked
from tests.grader.publish.conftest import MUTANTS, PAID_HINT, SEED

PUBLIC = ("github", "gitlab", "classroom50", "docker")
ANSWERS = ("gradescope", "prairielearn")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file, and every entry of every zip: wheels, archives of arrays."""
    return {
        name: data
        for path in folder.rglob("*")
        if path.is_file()
        for name, data in unpacked(path.relative_to(folder).as_posix(), path.read_bytes())
    }


SECRETS = {
    "the_seed": SEED,
    "a_hidden_case": "hidden-one",
    "a_hint_that_costs_points": PAID_HINT,
    "a_mutant": "a mutant's own words",
    "a_solution": "out[tuple(slice(None, None, k) for k in step)] = a",
}


@pytest.mark.parametrize("target", PUBLIC)
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_public_bundle_does_not_hold(published: Path, target: str, secret: str) -> None:
    texts = contents(published / "course")
    texts["conv.py"] = (published / "course" / "reference" / "conv.py").read_bytes()  # it is behind a link
    assert leaks_in(texts, secret.encode()), "the course does not hold it"
    assert leaks_in(contents(published / target), secret.encode()) == []


@pytest.mark.parametrize("target", ["github", "gitlab", "classroom50"])
def test_a_public_bundle_holds_values_of_visible_cases_alone(published: Path, target: str) -> None:
    files = contents(published / target)
    assignment = load(published / "course" / "assignments" / "tiny")
    oracle = ReferenceOracle(assignment, SEED)
    try:
        for case in assignment.rubric.cases:
            inputs = oracle.inputs(case)
            arrays = [inputs.array("a"), *oracle.expected(case, inputs).arrays]
            is_held = any(leaks_in(files, form) for array in arrays for form in forms(array))
            assert is_held is is_in_handout(case), case.name
    finally:
        oracle.close()


def test_the_instructors_bundles_do_hold_them(published: Path) -> None:
    """Otherwise the search above would prove nothing."""
    for target in ANSWERS:
        texts = contents(published / target)
        assert all(leaks_in(texts, secret.encode()) for secret in (SEED, MUTANTS, "hidden-one"))
