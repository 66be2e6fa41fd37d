"""Chooses the numbers of worked examples, the author's or one student's, and prints the arithmetic."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.judge.draw_inputs import generator
from grader.model.errors import UserError

Numbers = Sequence[int]
Matrix = Sequence[Numbers]


@dataclass(frozen=True)
class Variant:
    """The owner of a handout: `id` is a student's id, or "" if all students get the same handout.

    The choices depend only on the course's secret seed and the id, and are the same on every platform.
    """

    assignment: str
    id: str = ""
    secret: str = ""

    def pick(self, name: str, default: Numbers, candidates: Sequence[Numbers]) -> list[int]:
        """The example's own numbers, or other ones for a student, chosen from `candidates`.

        `candidates` lists, for each number, the values for which the text of the page stays true.
        """
        if len(default) != len(candidates) or not all(candidates):
            raise UserError(
                f"variant.pick({name!r}): expected one list of candidates for each of {len(default)}"
            )
        if not self.id:
            return list(default)
        numbers = generator([self.assignment, "worked", name, self.secret, f"variant {self.id}"])
        return [each[int(numbers.integers(len(each)))] for each in candidates]


def correlate(x: Numbers, kernel: Numbers) -> list[int]:
    """Correlates x with the kernel, not flipped, at each place where it fits."""
    return [int(value) for value in np.correlate(x, kernel, "valid")]


def correlate_back(out_grad: Numbers, kernel: Numbers) -> list[int]:
    """The transpose of `correlate` with that kernel, times out_grad: the gradient with respect to x."""
    return [int(value) for value in np.convolve(out_grad, kernel)]


def correlate_2d(x: Matrix, kernel: Matrix, stride: int = 1) -> list[list[int]]:
    """The same on two axes, the windows `stride` apart on both."""
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(x), np.shape(kernel))
    out: list[list[int]] = (windows * np.asarray(kernel)).sum((2, 3))[::stride, ::stride].tolist()
    return out


def matmul(a: Matrix, b: Matrix) -> list[list[int]]:
    """The product of two matrices."""
    out: list[list[int]] = (np.asarray(a) @ np.asarray(b)).tolist()
    return out


def in_rows(numbers: Numbers, length: int) -> list[list[int]]:
    """The numbers as a matrix with rows of that length."""
    return [list(numbers[start : start + length]) for start in range(0, len(numbers), length)]


def inner(a: Numbers, b: Numbers) -> int:
    """The sum of a·b over all elements."""
    return int(np.dot(a, b))


def row(numbers: Numbers) -> str:
    """`2 -1 4`."""
    return " ".join(str(number) for number in numbers)


def aligned(numbers: Numbers, width: int) -> str:
    """Each number right-aligned in a column of that width."""
    return "".join(f"{number:{width}d}" for number in numbers)


def slashed(matrix: Matrix) -> str:
    """`1 2 / 3 4`."""
    return " / ".join(row(numbers) for numbers in matrix)


def products(a: Numbers, b: Numbers) -> str:
    """`3·2 + 2·(-1) + 1·4`."""
    factors = zip(a, b, strict=True)
    return " + ".join(f"{_factor(left)}·{_factor(right)}" for left, right in factors)


def _factor(number: int) -> str:
    return f"({number})" if number < 0 else str(number)


def terms(a: Numbers, b: Numbers) -> str:
    """The products worked out, `30 - 8 + 68`."""
    first, *others = (left * right for left, right in zip(a, b, strict=True))
    return " ".join([str(first), *(f"{'-' if term < 0 else '+'} {abs(term)}" for term in others)])


FUNCTIONS: Mapping[str, Callable[..., object]] = {  # functions for templates, in addition to `variant.pick`
    function.__name__: function
    for function in (
        correlate, correlate_back, correlate_2d, matmul, inner,
        in_rows, row, aligned, slashed, products, terms,
    )
}  # fmt: skip
