"""Worked numbers are the author's own or one student's, and what a page says of them is true of all."""

import re
from itertools import product
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import render
from grader.author.worked import Variant, correlate, correlate_back, inner, products, row, terms
from grader.model.errors import UserError

ROOT = Path(__file__).parents[3]
AMONG = [[2, 4, 6], [-3, -1, 1, 3], range(10, 20)]
OWN = [0, 0, 0]


def picked(id: str = "ada", secret: str = "s", name: str = "G", assignment: str = "tiny") -> list[int]:
    return Variant(assignment, id, secret).pick(name, OWN, AMONG)


def test_without_a_student_the_numbers_are_the_authors_own() -> None:
    assert picked("") == OWN


def test_the_same_id_and_secret_give_the_same_numbers_everywhere() -> None:
    """These have been seen by somebody: another NumPy or platform must give the same."""
    assert picked() == picked() == [2, 3, 12]


def test_each_number_is_one_of_those_that_it_may_be() -> None:
    seen = {tuple(picked(f"s{number}")) for number in range(2000)}

    assert seen == set(product(*AMONG))


@pytest.mark.parametrize(
    "other", [{"id": "eve"}, {"secret": "t"}, {"name": "x"}, {"assignment": "other"}], ids=str
)
def test_another_id_secret_example_or_assignment_gives_other_numbers(other: dict[str, str]) -> None:
    assert picked() != picked(**other)


@pytest.mark.parametrize("among", [[[1], [2]], [[1], [2], []]], ids=["too_few", "none"])
def test_candidates_that_do_not_fit_the_numbers_are_refused(among: list[list[int]]) -> None:
    with pytest.raises(UserError, match="one list of candidates for each of 3"):
        Variant("tiny", "ada").pick("G", OWN, among)


def test_arithmetic_is_set_as_it_is_written_by_hand() -> None:
    assert row([2, -1, 4]) == "2 -1 4"
    assert products([3, 2, 1], [2, -1, 4]) == "3·2 + 2·(-1) + 1·4"
    assert terms([15, 8, 17], [2, -1, 4]) == "30 - 8 + 68"
    assert (correlate([1, 4, 2, 0, 5], [1, 2, 3]), inner([15, 8, 17], [2, -1, 4])) == ([15, 8, 17], 90)
    assert correlate_back([2, -1, 4], [1, 2, 3]) == [2, 3, 8, 5, 12]


@pytest.fixture(scope="module")
def pages() -> list[str]:
    """conv_backward's page, the one for everybody and those of many students."""
    assignment = load(ROOT / "assignments" / "conv_backward")
    variants = [Variant("conv_backward", f"student-{n}" if n else "", "s") for n in range(16)]
    return [render(assignment, "handout", variant=v).files["README.md"] for v in variants]


def numbers(pattern: str, page: str) -> list[int]:
    found = re.search(pattern, page)
    assert found, pattern
    return [int(number) for number in found[1].split()]


def test_students_have_different_pages(pages: list[str]) -> None:
    assert len(set(pages)) > 10


def test_every_number_without_the_flip_is_wrong(pages: list[str]) -> None:
    for page in pages:
        unflipped = numbers(r"leave out the flip you get `([^`]*)`", page)
        right = numbers(r"x_grad = ([-\d ]*?\d)  ", page)
        assert len(unflipped) == len(right) == 5
        assert all(a != b for a, b in zip(unflipped, right, strict=True))


def test_the_three_inner_products_are_equal_and_the_wrong_one_is_found_out(pages: list[str]) -> None:
    for page in pages:
        lines = [line for line in page.splitlines() if re.match(r"(conv|x   |w   ) = ", line)]
        sums = [total(line) for line in lines]
        (wrong,) = numbers(r"gives [-+\d ]* = (-?\d+), and is found out", page)
        assert len(sums) == 3 and len(set(sums)) == 1
        assert wrong != sums[0]


def total(line: str) -> int:
    """What a line such as `... 30 - 8 + 68   = 90` says; the terms before the = add up to it."""
    found = re.search(r"  (-?\d+(?: [-+] \d+)+) *= (-?\d+)$", line)
    assert found, line
    added = sum(int(term.replace(" ", "")) for term in re.findall(r"[-+]? ?\d+", found[1]))
    assert added == int(found[2])
    return added
