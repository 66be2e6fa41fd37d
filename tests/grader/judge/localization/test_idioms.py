"""Laws of edits that exchange idioms, and of one slip that is made at several places."""

import ast
from itertools import pairwise

import pytest

from grader.judge.localization.edits import edits_of
from grader.judge.localization.repeated import MOST_PLACES, repeated
from grader.judge.localization.source_text import Source
from grader.judge.localization.student_functions import Function

HEAD = """\
from ndarray import array


def pair(n):
    return n if isinstance(n, tuple) else (n, n)


def flip(a, axes):
    return a.permute((1, 0))


def other(stride, padding):
    (sh, sw), p = pair(stride), pair(padding)
    return sh, sw, p
"""


def function_of(body: str, head: str = HEAD) -> Function:
    parameters = "x, w, axes, index, n, h, kh, kw, sh, sw, stride, padding"
    unpacked = "    n, oh, ow, c = x.shape\n    m = range(oh + 1, ow + 1)\n"
    source = Source("f.py", f"{head}\n\ndef f({parameters}):\n{unpacked}{body}".encode())
    path, node = list(source.functions())[-1]
    return Function(source, path, node)


def unparsed(function: Function) -> str:
    return ast.unparse(ast.parse(function.source.edited(function.node, [])))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("    return slice(n, -1, -1)\n", "    return slice(n, None, -1)\n"),
        ("    return np.exp(x)\n", "    return x.exp()\n"),
        ("    return np.maximum(x, 0)\n", "    return x.maximum(0)\n"),
        ("    return x.flip((0, 1))\n", "    return flip(x, (0, 1))\n"),
        ("    return x.reshape((c, oh))\n", "    return x.permute((1, 0))\n"),
        ("    return x.reshape((c, -1)) @ w\n", "    return x.reshape((-1, c)).permute((1, 0)) @ w\n"),
        ("    return x.reshape((c, oh, ow))\n", "    return x.reshape((oh, ow, c)).permute((2, 0, 1))\n"),
        ("    return x.T\n", "    return x.permute((1, 0))\n"),
        ("    return x.transpose((2, 3))\n", "    return x.permute((0, 1, 3, 2))\n"),
        ("    return x.swapaxes(0, 1).swapaxes(1, 2)\n", "    return x.permute((1, 2, 0))\n"),
        (
            "    return np.zeros((n, c)) + x.sum(0)\n",
            "    return np.zeros((n, c), dtype=x.dtype) + x.sum(0)\n",
        ),
        ("    return array(x.sum(0), 'float64')\n", "    return array(x.sum(0), x.dtype)\n"),
        ("    return x[index]\n", "    return x[tuple(index)]\n"),
        ("    return x[n, h] + x.sum(0)\n", "    return x.numpy()[n, h] + x.sum(0)\n"),
        ("    return axes != [n, h]\n", "    return axes != tuple([n, h])\n"),
        ("    return ((n, n), (h, h))\n", "    return ((0, 0), (n, n), (h, h), (0, 0))\n"),
        ("    return x.sum(0) * (x.sum(0) > 0)\n", "    return array(x.sum(0) * (x.sum(0) > 0))\n"),
        ("    a, b = stride\n    return a\n", "    a, b = pair(stride)\n    return a\n"),
        (
            "    return x[:, kh::sh, kw::sw]\n",
            "    return x[:, kh : kh + sh * oh : sh, kw : kw + sw * ow : sw]\n",
        ),
        ("    return x[:, kh:-kh, kw:-kw]\n", "    return x[:, kh : kh + oh, kw : kw + ow]\n"),
        ("    x[:, ::sh, ::sw] += w\n", "    x[:, : sh * x.shape[1] : sh, : sw * x.shape[2] : sw] += w\n"),
        ("    return x[:, :kh, :kw]\n", "    return x[:, oh : oh + kh, ow : ow + kw]\n"),
    ],
)
def test_the_other_idiom_is_among_the_edits(wrong: str, right: str) -> None:
    function = function_of(wrong)
    texts = {ast.unparse(ast.parse(function.source.edited(function.node, [e]))) for e in edits_of(function)}
    assert unparsed(function_of(right)) in texts


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            "    a = x.sum(axes)\n    return (x - a).sum(axes)\n",
            "    a = x.sum(axes, keepdims=True)\n    return (x - a).sum(axes, keepdims=True)\n",
        ),
        (
            "    (a, b) = stride\n    (c, d) = padding\n    return a\n",
            "    (a, b) = pair(stride)\n    (c, d) = pair(padding)\n    return a\n",
        ),
        (
            "    r, s = w.shape\n    a = x[r:]\n    b = w[r:]\n    return a + b + x[r:]\n",
            "    r, s = w.shape\n    a = x[s:]\n    b = w[s:]\n    return a + b + x[s:]\n",
        ),
    ],
)
def test_one_slip_at_several_places_is_corrected_at_all_of_them(wrong: str, right: str) -> None:
    function = function_of(wrong)
    groups = repeated(function, edits_of(function))
    texts = {ast.unparse(ast.parse(function.source.edited(function.node, group))) for group in groups}
    assert unparsed(function_of(right)) in texts


def test_repeated_edits_do_not_overlap_and_come_by_cost_in_an_order_that_is_always_the_same() -> None:
    body = "    a = x[sh:kh].sum(axes)\n    b = w[sh:kh].sum(axes)\n    return a - sh, b - kh, sh - kh\n"
    groups = repeated(function_of(body), edits_of(function_of(body)))
    assert groups
    assert all(2 <= len(group) <= MOST_PLACES for group in groups)
    assert all(one.end <= two.start for group in groups for one, two in pairwise(group))
    costs = [max(edit.cost for edit in group) for group in groups]
    assert costs == sorted(costs)
    again = repeated(function_of(body), edits_of(function_of(body)))
    assert [[e.text for e in group] for group in groups] == [[e.text for e in group] for group in again]


def test_a_parameter_is_wrapped_only_as_elsewhere_in_the_file() -> None:
    body = "    a, b = stride\n    return n\n"
    assert any(edit.text == "(pair(stride))" for edit in edits_of(function_of(body)))
    assert not any("pair" in edit.text for edit in edits_of(function_of(body, head="import math\n")))
    assert not any(edit.text == "(pair(n))" for edit in edits_of(function_of(body)))


def test_what_returns_numbers_is_not_edited_as_an_array() -> None:
    """Such edits would use up the budget."""
    texts = {e.text for e in edits_of(function_of("    (a, b) = pair(stride)\n    return a + b\n"))}
    assert not any("pair(stride)" in text and "permute" in text for text in texts)
