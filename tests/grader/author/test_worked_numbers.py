"""Worked numbers are the author's or one student's, and a page's sentences are true of all of them."""

import re
from itertools import product
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import render
from grader.author.worked_numbers import (
    Variant,
    aligned,
    correlate,
    correlate_2d,
    correlate_back,
    in_rows,
    inner,
    matmul,
    products,
    row,
    slashed,
    terms,
)
from grader.model.errors import UserError

ROOT = Path(__file__).parents[3]
CANDIDATES = [[2, 4, 6], [-3, -1, 1, 3], range(10, 20)]
AUTHORS_NUMBERS = [0, 0, 0]


def picked(id: str = "ada", secret: str = "s", name: str = "G", assignment: str = "tiny") -> list[int]:
    return Variant(assignment, id, secret).pick(name, AUTHORS_NUMBERS, CANDIDATES)


def test_without_a_student_the_numbers_are_the_authors_own() -> None:
    assert picked("") == AUTHORS_NUMBERS


def test_the_same_id_and_secret_give_the_same_numbers_everywhere() -> None:
    """Students have seen these numbers: another NumPy or platform must give the same."""
    assert picked() == picked() == [2, 3, 12]


def test_each_number_is_one_of_those_that_it_may_be() -> None:
    picks = {tuple(picked(f"s{number}")) for number in range(2000)}

    assert picks == set(product(*CANDIDATES))


@pytest.mark.parametrize(
    "other", [{"id": "eve"}, {"secret": "t"}, {"name": "x"}, {"assignment": "other"}], ids=str
)
def test_another_id_secret_example_or_assignment_gives_other_numbers(other: dict[str, str]) -> None:
    assert picked() != picked(**other)


@pytest.mark.parametrize("candidates", [[[1], [2]], [[1], [2], []]], ids=["too_few", "none"])
def test_candidates_that_do_not_fit_the_numbers_are_refused(candidates: list[list[int]]) -> None:
    with pytest.raises(UserError, match="one list of candidates for each of 3"):
        Variant("tiny", "ada").pick("G", AUTHORS_NUMBERS, candidates)


def test_arithmetic_is_set_as_it_is_written_by_hand() -> None:
    assert row([2, -1, 4]) == "2 -1 4"
    assert products([3, 2, 1], [2, -1, 4]) == "3·2 + 2·(-1) + 1·4"
    assert terms([15, 8, 17], [2, -1, 4]) == "30 - 8 + 68"
    assert (correlate([1, 4, 2, 0, 5], [1, 2, 3]), inner([15, 8, 17], [2, -1, 4])) == ([15, 8, 17], 90)
    assert correlate_back([2, -1, 4], [1, 2, 3]) == [2, 3, 8, 5, 12]


@pytest.fixture(scope="module")
def pages() -> list[str]:
    """conv_backward's pages: the common one and those of many students."""
    assignment = load(ROOT / "assignments" / "conv_backward")
    variants = [Variant("conv_backward", f"student-{n}" if n else "", "s") for n in range(16)]
    return [render(assignment, "handout", variant=v).files["README.md"] for v in variants]


def numbers(pattern: str, page: str) -> list[int]:
    match = re.search(pattern, page)
    assert match, pattern
    return [int(number) for number in match[1].split()]


def test_students_have_different_pages(pages: list[str]) -> None:
    assert len(set(pages)) == len(pages) == 16


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
        (wrong,) = numbers(r"gives [-+\d ]* = (-?\d+), so the check fails", " ".join(page.split()))
        assert len(sums) == 3 and len(set(sums)) == 1
        assert wrong != sums[0]


def total(line: str) -> int:
    """The total of a line such as `... 30 - 8 + 68   = 90`; the terms before the = add up to it."""
    match = re.search(r"  (-?\d+(?: [-+] \d+)+) *= (-?\d+)$", line)
    assert match, line
    added = sum(int(term.replace(" ", "")) for term in re.findall(r"[-+]? ?\d+", match[1]))
    assert added == int(match[2])
    return added


def test_two_axes_and_matrices_are_worked_out_as_numpy_does() -> None:
    picture, kernel = in_rows(range(12), 4), [[1, 0], [0, -1]]

    assert correlate_2d(picture, kernel) == [[-5, -5, -5], [-5, -5, -5]]
    assert correlate_2d(picture, kernel, stride=2) == [[-5, -5]]
    assert matmul([[1, 2]], [[3], [4]]) == [[11]]
    assert (slashed([[1, 2], [3, -4]]), aligned([1, -20], 4)) == ("1 2 / 3 -4", "   1 -20")


EVERY_PAGE = {"conv_forward": 16, "dense": 15, "ndarray": 12}  # how many of 16 pages differ


@pytest.fixture(scope="module")
def pages_of() -> dict[str, list[str]]:
    """The pages of the other assignments: the common ones and those of many students."""
    files = {}
    for name in EVERY_PAGE:
        assignment = load(ROOT / "assignments" / name)
        variants = [Variant(name, f"student-{n}" if n else "", "s") for n in range(16)]
        files[name] = [render(assignment, "handout", variant=v).files["README.md"] for v in variants]
    return files


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_every_page_has_numbers_of_each_student_s_own(pages_of: dict[str, list[str]], name: str) -> None:
    assert len(set(pages_of[name])) == EVERY_PAGE[name]


def test_the_first_example_is_the_same_for_all_students(pages_of: dict[str, list[str]]) -> None:
    """The 5x5 picture, whose first output is -6."""
    assert all("So the first output is -6." in page for page in pages_of["conv_forward"])


def matrix(lines: str) -> list[list[int]]:
    return [[int(number) for number in line.split()] for line in lines.splitlines()]


def test_the_forward_page_s_outputs_are_those_of_its_picture(pages_of: dict[str, list[str]]) -> None:
    """Computed by loops from the printed numbers; a flipped kernel gets the first one wrong."""
    for page in pages_of["conv_forward"]:
        block = (
            page.partition("neither the picture nor the kernel is square")[2]
            .split("```")[1]
            .strip("\n")
            .splitlines()[:4]
        )
        picture = [[int(digit) for digit in line[:11].split()] for line in block]
        rows = [[int(number) for number in line[35:].split()] for line in block[1:]]
        places = [(i, j, w) for i, row in enumerate([[1, 0, 2], [0, -1, 1]]) for j, w in enumerate(row)]
        out = [[sum(w * picture[y + i][x + j] for i, j, w in places) for x in range(4)] for y in range(3)]
        strided = page.partition("4×6 picture gives")[2].split("```")[1].strip("\n")
        framed = page.partition("same picture and kernel give")[2].split("```")[1].strip("\n")
        assert rows == out
        assert matrix(strided) == [out[0][::2], out[2][::2]]
        assert matrix(framed)[1:-1] == out
        assert numbers(r"your first row is `([^`]*)`", page)[0] != out[0][0]


def test_the_dense_page_s_wrong_gradient_is_wrong_everywhere_and_found_out(
    pages_of: dict[str, list[str]],
) -> None:
    for page in pages_of["dense"]:
        block = page.partition("   dZ               Wᵀ")[2].split("```")[0].strip("\n").splitlines()
        right = [[int(number) for number in re.findall(r"-?\d+", line)[-3:]] for line in block[-2:]]
        wrong = re.search(r"the reshaped W, dX would be `([^`]*)`", page)
        assert wrong
        reshaped = [[int(number) for number in line.split()] for line in wrong[1].split(" / ")]
        assert all(a != b for rows in zip(right, reshaped, strict=True) for a, b in zip(*rows, strict=True))
        sums = set(re.findall(r"^⟨ .* ⟩ .*= +(-?\d+)$", page, re.MULTILINE))
        found_out = numbers(r"from the reshaped W gives (-?\d+), so the check fails", page)
        assert len(sums) == 1
        assert int(sums.pop()) != found_out[0]


def test_the_ndarray_page_s_sums_are_of_two_digits_and_true(pages_of: dict[str, list[str]]) -> None:
    for page in pages_of["ndarray"]:
        (compact,) = re.findall(r"^permuted, compact +([\d ]+)$", page, re.MULTILINE)
        columns = [[int(n) for n in part.split()] for part in re.split(r" {2,}", compact)]
        assert numbers(r"sums of rows +([\d ]+)", page) == [sum(column) for column in columns]
        assert all(10 <= n <= 99 for column in columns for n in (*column, sum(column)))
