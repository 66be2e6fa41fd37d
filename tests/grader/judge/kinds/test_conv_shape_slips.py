"""A wrong shape is explained by arithmetic that gives exactly that shape, or not at all."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.judge.differences.shapes import explain_shape
from grader.judge.draw_inputs import draw
from grader.judge.inputs import Inputs
from grader.judge.kinds import KINDS
from grader.judge.kinds.conv.shape_slips import RESULTS, Mistake, spatial_axes
from grader.model.assignment import Case
from tests.tables import by_name

NAMES = st.sampled_from(list(RESULTS))


def conv(x: list[int], w: list[int], stride: Any, padding: Any, batch: int = 2) -> Inputs:
    parameters = {"x": x, "w": w, "stride": stride, "padding": padding, "batch": batch}
    return draw(Case("one", "conv", "conv", "conv", parameters), "tiny")


@st.composite
def convolutions(draw: st.DrawFn) -> Inputs:
    kernel = draw(st.tuples(*[st.integers(1, 4)] * 2))
    padding = draw(st.tuples(*[st.integers(0, 3)] * 2))
    size = [draw(st.integers(max(k - 2 * p, 1), 12)) for k, p in zip(kernel, padding, strict=True)]
    stride = draw(st.tuples(*[st.integers(1, 4)] * 2))
    return conv([*size, 5], [*kernel, 7], list(stride), list(padding), batch=3)


def explained(expected: tuple[int, ...], actual: tuple[int, ...], inputs: Inputs, kind: str = "conv") -> str:
    """The student's message about a wrong shape in a case of that kind."""
    return explain_shape(expected, actual, lambda e, a: KINDS[kind].explain_shape(e, a, inputs))


def mistaken(inputs: Inputs, name: str, mistake: Mistake) -> tuple[int, ...]:
    """The result's shape with that mistake on both axes."""
    shape = list(inputs.array(name).shape)
    for place, axis in zip(RESULTS[name][0], spatial_axes(inputs), strict=True):
        shape[place] = mistake.length(axis)
    return tuple(shape)


@given(convolutions(), NAMES, st.data())
def test_every_mistake_is_named_with_others_that_give_the_same_shape(
    inputs: Inputs, name: str, data: st.DataObject
) -> None:
    mistake = data.draw(st.sampled_from(RESULTS[name][1]))
    expected, actual = inputs.array(name).shape, mistaken(inputs, name, mistake)
    assume(actual != expected and sorted(actual) != sorted(expected))
    assume(sum(inputs.array(other).shape == expected for other in RESULTS) == 1)
    message = explained(expected, actual, inputs)

    assert ": you get " in message
    for place, axis in zip(RESULTS[name][0], spatial_axes(inputs), strict=True):
        assert mistake.reason(axis) in message or actual[place] == expected[place]


@given(convolutions(), NAMES, st.data())
def test_nothing_is_named_that_does_not_give_the_length(
    inputs: Inputs, name: str, data: st.DataObject
) -> None:
    """For any shape, the message names the actual and the expected length on each axis."""
    places, mistakes = RESULTS[name]
    expected = inputs.array(name).shape
    actual = list(expected)
    for place in places:
        actual[place] = data.draw(st.integers(0, 20))
    assume(tuple(actual) != expected)
    message = explained(expected, tuple(actual), inputs)

    if ": you get " in message:
        for place, axis in zip(places, spatial_axes(inputs), strict=True):
            phrase = f"{axis.name}: you get {actual[place]} instead of {expected[place]} if "
            assert (phrase in message) == (actual[place] != expected[place])
            right = [m.reason(axis) for m in mistakes if m.length(axis) == actual[place]]
            assert phrase not in message or any(reason in message for reason in right)


BOTH = conv([32, 9, 3], [3, 2, 5], [2, 3], [1, 0])  # remainders 1 and 1


@pytest.mark.parametrize(
    ("inputs", "name", "actual", "message"),
    by_name(
        {
            "remainder_ignored": (
                BOTH,
                "x",
                (2, 31, 8, 3),
                "height: you get 31 instead of 32 if you leave out the remainder (32 + 2·1 - 3) mod 2 = 1; "
                "width: you get 8 instead of 9 if you leave out the remainder (9 + 2·0 - 2) mod 3 = 1",
            ),
            "on_one_axis": (
                BOTH,
                "x",
                (2, 31, 9, 3),
                "height: you get 31 instead of 32 if you leave out the remainder (32 + 2·1 - 3) mod 2 = 1",
            ),
            "cut_forgotten": (
                conv([7, 9, 3], [3, 4, 2], [2, 5], 0),  # nothing left over
                "x",
                (2, 8, 13, 3),
                "height: you get 8 instead of 7 if you keep the zeros after the last window, "
                "s - 1 - r = 2 - 1 - 0 = 1 too many; width: you get 13 instead of 9 if you keep the zeros "
                "after the last window, s - 1 - r = 5 - 1 - 0 = 4 too many",
            ),
            "padding_kept": (
                conv([7, 9, 3], [4, 4, 2], 1, [1, 2]),
                "x",
                (2, 9, 13, 3),
                "height: you get 9 instead of 7 if you keep the padding: 7 + 2·1 = 9",
            ),
            "padding_forgotten_forward": (
                conv([8, 9, 3], [3, 2, 5], [1, 2], [2, 1]),
                "out_grad",
                (2, 6, 4, 5),
                "height: you get 6 instead of 10 if you leave out the padding, 2·2: (8 - 3) // 1 + 1",
            ),
            "rest_of_the_kernel_gradient": (
                conv([8, 9, 3], [4, 2, 5], 3, 0),
                "w",
                (5, 3, 3, 5),
                "height: you get 5 instead of 4 if you end out_grad with its last element and leave out "
                "the remainder (8 + 2·0 - 4) mod 3 = 1",
            ),
        }
    ),
)
def test_the_arithmetic_is_written_out(
    inputs: Inputs, name: str, actual: tuple[int, ...], message: str
) -> None:
    assert message in explained(inputs.array(name).shape, actual, inputs)


def test_exchanged_strides_are_not_mistaken_for_a_padding() -> None:
    """Padded by K // 2, the width would be 7 as well, but the height would not be right."""
    inputs = conv([7, 9, 3], [3, 4, 2], [2, 5], 0)
    words = explained((2, 7, 9, 3), (2, 7, 7, 3), inputs)

    assert "width: you get 7 instead of 9 if you dilate out_grad by the stride of the other axis" in words
    assert "the stride of the other axis, 2, and not by 5" in words
    assert "K // 2" not in words


@pytest.mark.parametrize(
    ("inputs", "expected", "actual", "message"),
    by_name(
        {
            "no_mistake_gives_it": (BOTH, (2, 32, 9, 3), (2, 77, 9, 3), "axis 1 has length 77 and not 32"),
            "other_axes_differ": (
                BOTH,
                (2, 32, 9, 3),
                (1, 31, 9, 3),
                "axis 0 has length 1 and not 2; axis 1 has length 31 and not 32",
            ),
            "two_arrays_of_that_shape": (
                conv([5, 6, 4], [1, 1, 4], 1, 0),
                (2, 5, 6, 4),
                (2, 4, 6, 4),
                "axis 1 has length 4 and not 5",
            ),
            "the_shape_of_no_array": (BOTH, (4, 4), (4, 3), "axis 1 has length 3 and not 4"),
            "axes_exchanged": (BOTH, (2, 32, 9, 3), (2, 9, 32, 3), "axes were exchanged"),
        }
    ),
)
def test_an_unexplained_shape_is_described_in_words(
    inputs: Inputs, expected: tuple[int, ...], actual: tuple[int, ...], message: str
) -> None:
    words = explained(expected, actual, inputs)

    assert message in words
    assert "is what you get" not in words


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"conv"}))
def test_a_kind_without_arithmetic_of_its_own_explains_a_shape_in_words(kind: str) -> None:
    inputs = draw(Case("one", "a", "a", "array", {"shape": [2, 3]}), "tiny")

    assert explained((2, 3), (2, 4), inputs, kind) == "axis 1 has length 4 and not 3"
