"""Laws of the edits: each parses, each differs from the original, and their order is always the same."""

import ast

import pytest

from grader.judge.localization.edits import BYTES_OF_ONE, MOST_BYTES, edits_of
from grader.judge.localization.source_text import Edit, Source
from grader.judge.localization.student_functions import Function
from tests.diagnosis.slips import RIGHT
from tests.diagnosis.student_work import HERE

TEXTS = {
    **{name: RIGHT[name] for name in ("conv_w_grad", "flip", "pad")},
    **{
        f"{path.parent.name}/{path.stem}": path.read_text(encoding="utf-8")
        for path in sorted((HERE / "students").rglob("*.py"))[::8]
    },
    "odd layout": (
        "class A:\n    @property\n    def f(self):  # é\n        s = 'é'; n = len(s) - 1\n"
        "        if n: return (\n            n\n            + 1\n        )\n"
        "        elif s: return -n\n        return f'{n + 1}' if not n else [*s][1:]\n"
    ),
    "an index of no axis": "def f(a, n):\n    a[()] = n + 1\n    return a[()] * n\n",
}


def functions_in(text: str) -> list[Function]:
    source = Source("f.py", text.encode())
    return [Function(source, path, node) for path, node in source.functions()]


def with_edit(function: Function, edit: Edit) -> str:
    return function.source.edited(function.node, [edit])


def tree_of(text: str) -> str:
    return ast.dump(ast.parse(f"if True:\n{text}" if text.startswith(" ") else text))


@pytest.mark.parametrize("name", TEXTS)
def test_each_edit_parses_and_differs_from_the_original(name: str) -> None:
    for function in functions_in(TEXTS[name]):
        original = tree_of(function.source.edited(function.node, []))
        edits = edits_of(function)
        assert edits
        for edit in edits:
            assert tree_of(with_edit(function, edit)) != original, edit


@pytest.mark.parametrize("name", ["conv_w_grad", "odd layout"])
def test_no_two_edits_are_equal_and_their_order_is_always_the_same(name: str) -> None:
    first, again = (
        [with_edit(f, edit) for f in functions_in(TEXTS[name]) for edit in edits_of(f)] for _ in range(2)
    )
    assert first == again
    assert len(set(first)) == len(first)


LONG = {  # functions of less than the 6 KB that are searched
    "many_slices": f"def f(x):\n    {', '.join(f'a{n}' for n in range(200))} = x.shape\n"
    f"    return x[{', '.join(['a1:a2'] * 600)}]\n",
    "many_targets": f"def f(x):\n    {', '.join(f'a{n}' for n in range(900))} = x\n    return a1\n",
    "many_arguments": f"def f(x):\n    return slice({', '.join(['1'] * 1800)})\n",
    "many_transpositions": f"def f(x):\n    return x{'.T' * 2500}\n",
    "many_pairs": f"def f(x):\n    return ({', '.join(['(1, 2)'] * 700)})\n",
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_no_submission_makes_the_list_of_its_edits_long(text: str) -> None:
    """An index of 600 slices once kept the grader busy for minutes."""
    for function in functions_in(text):
        assert sum(len(edit.text) + BYTES_OF_ONE for edit in edits_of(function)) <= MOST_BYTES


def test_the_likeliest_edits_come_first() -> None:
    for function in functions_in(TEXTS["conv_w_grad"]):
        costs = [edit.cost for edit in edits_of(function)]
        assert costs == sorted(costs)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("return k - 1 - stride", "return k - 1 - padding"),
        ("return stride - padding", "return (stride - padding) - 1"),
        ("return x.shape[1]", "return x.shape[2]"),
        ("return flip(x, (0, 1)).permute((0, 1, 2, 3))", "return flip(x, (0, 1)).permute((0, 1, 3, 2))"),
        ("return x[1:k]", "return x[:k]"),
        ("assert k >= 0; return k", "pass; return k"),
        ("return x.sum() / k", "return x.mean() / k"),
        ("return x.compact()", "return (x.compact()).copy()"),
        ("k = padding; return k", "k += padding; return k"),
        ("return k if padding < k else 0", "return k if padding <= k else 0"),
        ("k = n[0]\n    n = padding, 1\n    return k", "n = padding, 1\n    k = n[0]\n    return k"),
    ],
)
def test_a_common_slip_is_among_the_edits(wrong: str, right: str) -> None:
    head = "def f(x, k, stride=1, padding=0):\n    n = range(stride - 1, padding - 1)\n    "
    (function,) = functions_in(head + wrong)
    wanted = tree_of(head + right)
    assert wanted in [tree_of(with_edit(function, edit)) for edit in edits_of(function)]
