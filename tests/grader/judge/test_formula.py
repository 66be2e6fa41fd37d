"""A formula is arithmetic on whole numbers and a case's lengths, and nothing else."""

from fractions import Fraction

import pytest

from grader.judge.formula import work_out

NAMES = {"m": 33, "n": 5}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        (7680, 7680),
        ("m * n", 165),
        ("ceil(m / 16) * (n + 1) - 2", 16),
        ("m * 5 / 4", Fraction(165, 4)),
        ("max(m, n) + min(m, n)", 38),
    ],
)
def test_a_formula_is_worked_out_exactly(formula: str | int, value: Fraction) -> None:
    assert work_out(formula, NAMES) == value


@pytest.mark.parametrize(
    "formula",
    [
        *(
            "k",
            "m **n",
            "9 ** 9 ** 9",
            "m.real",
            "open('x')",
            "ceil(m, n)",
            "1.5 * m",
            "m / 0",
            "True",
            "m n",
        ),
        *("[m][0]", "m if n else 1", "ceil(x=1)", "(" * 101 + "1" + ")" * 101, "m +" * 100 + "1", ""),
    ],
)
def test_anything_else_is_refused_with_what_was_found(formula: str) -> None:
    with pytest.raises(ValueError, match="found"):
        work_out(formula, NAMES)
