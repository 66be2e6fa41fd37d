"""The same names give the same inputs everywhere; no view stays compact; remainders are as requested."""

import itertools
from dataclasses import replace
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.judge.comparison import Question
from grader.judge.draw_inputs import draw
from grader.judge.inputs import Inputs
from grader.judge.kinds import KINDS, kind_of
from grader.judge.kinds.conv.shape_slips import pair
from grader.judge.kinds.view_chain import slice_of
from grader.model.assignment import Case, Criterion, Data, Visibility

CONV = {"x": [8, 10, 3], "w": [4, 2, 5], "stride": [3, 2], "padding": [0, 1], "batch": 2}
HIDDEN = [Visibility.HIDDEN, Visibility.AFTER_DUE_DATE, Visibility.AFTER_PUBLISHED]


def conv(id: str = "one", **parameters: Any) -> Case:
    return Case(id, "x_grad", "x_grad", "conv", CONV | parameters)


def draw_case(number: int, remainder: str) -> Case:
    return Case(f"drawn-{number}", "x_grad", "x_grad", "conv", {"remainder": remainder})


def array(
    *shape: int, view: tuple[str, ...] = (), ask: Any = MappingProxyType({}), **parameters: Any
) -> Case:
    return Case("one", "flip", "flip", "array", {"shape": list(shape), "view": view, **parameters}, ask=ask)


def describe(case: Case, inputs: Inputs) -> str:
    return kind_of(case).describe(case, inputs)


def numbers(inputs: Inputs) -> list[list[float]]:
    return [base.ravel().tolist() for base in inputs.bases.values()]


def shapes(inputs: Inputs) -> dict[str, tuple[int, ...]]:
    return {name: inputs.array(name).shape for name in inputs.bases}


def test_the_same_names_and_secret_give_the_same_inputs() -> None:
    assert draw(conv(), "tiny", "s").digest == draw(conv(), "tiny", "s").digest


def test_inputs_do_not_change_from_one_version_of_the_grader_to_the_next() -> None:
    """Frozen arrays and recorded grades depend on them: a change of the draw must be recorded here."""
    inputs = draw(array(2, 3), "tiny")

    assert inputs.bases["a"].tolist() == PINNED


@pytest.mark.parametrize("wide", ["x", "w", "out_grad"])
def test_wide_integers_are_odd_and_no_format_of_16_bits_holds_one(wide: str) -> None:
    inputs = draw(conv(wide=wide), "tiny")
    sizes = np.abs(inputs.array(wide))
    assert sizes.min() > 2**11
    assert sizes.max() < 2**12
    assert (sizes % 2 == 1).all()
    assert np.unique(np.sign(inputs.array(wide))).tolist() == [-1, 1]
    assert not (inputs.array(wide).astype(np.float16) == inputs.array(wide)).any()
    others = [np.abs(inputs.array(name)).max() for name in inputs.bases if name != wide]
    assert max(others) <= 8


def test_lengths_are_drawn_from_their_ranges_and_one_name_is_one_length() -> None:
    case = array()
    lengths = {"m": [2, 9], "k": [20, 30]}
    drawn_lengths = set()
    for secret in "abcdef":
        parameters = {**case.parameters, "shape": ["m", "k"], "other": ["k", 3], "lengths": lengths}
        hidden = replace(case, parameters=parameters, visibility=Visibility.HIDDEN)
        inputs = draw(hidden, "tiny", secret)
        (m, k), (other_k, three) = inputs.array("a").shape, inputs.array("other").shape
        assert 2 <= m <= 9
        assert (20 <= k <= 30, k == other_k, three) == (True, True, 3)
        assert kind_of(hidden).names_of_lengths(hidden, inputs) == {"m": m, "k": k}
        drawn_lengths.add((m, k))
    assert len(drawn_lengths) == 6


PINNED = [[-3.0, 7.0, -3.0], [0.0, 5.0, -4.0]]


@pytest.mark.parametrize(
    "other", [replace(conv(), id="two"), replace(conv(), criterion="w_grad")], ids=["case", "criterion"]
)
def test_another_name_gives_other_numbers(other: Case) -> None:
    assert numbers(draw(conv(), "tiny")) != numbers(draw(other, "tiny"))
    assert numbers(draw(conv(), "tiny")) != numbers(draw(conv(), "other"))


@pytest.mark.parametrize("case", [conv(), draw_case(1, "any"), array(3, 4)], ids=["conv", "drawn", "array"])
def test_a_visible_case_ignores_the_secret(case: Case) -> None:
    assert draw(case, "tiny").digest == draw(case, "tiny", "the course's secret").digest


@pytest.mark.parametrize("key", [{"at_most": "9 x reference"}, {"peak_memory": "9 MiB"}], ids=list)
@pytest.mark.parametrize("case", [conv(), draw_case(1, "any"), array(3, 4)], ids=["conv", "drawn", "array"])
def test_a_visible_case_that_no_handout_has_changes_with_the_secret(case: Case, key: dict[str, str]) -> None:
    """A submission that knew its numbers could compute the answer before it is timed."""
    measured = replace(case, options=key)
    one, other = (draw(measured, "tiny", secret) for secret in ("one", "another"))

    assert one.digest != other.digest
    assert shapes(one) == shapes(other)
    assert draw(measured, "tiny", "one", variant="ada").digest == one.digest


@pytest.mark.parametrize("visibility", HIDDEN)
@pytest.mark.parametrize("case", [conv(), draw_case(1, "any"), array(3, 4)], ids=["conv", "drawn", "array"])
def test_a_hidden_case_changes_with_the_secret(case: Case, visibility: Visibility) -> None:
    hidden = replace(case, visibility=visibility)

    assert draw(hidden, "tiny", "one").digest != draw(hidden, "tiny", "another").digest


def test_the_shapes_of_a_hidden_drawn_case_change_with_the_secret() -> None:
    hidden = replace(draw_case(1, "any"), visibility=Visibility.HIDDEN)

    assert len({str(shapes(draw(hidden, "tiny", str(secret)))) for secret in range(10)}) == 10


@pytest.mark.parametrize("case", [conv(), draw_case(1, "any"), array(3, 4)], ids=["conv", "drawn", "array"])
def test_a_visible_case_is_everybodys(case: Case) -> None:
    assert draw(case, "tiny").digest == draw(case, "tiny", variant="ada").digest


@pytest.mark.parametrize("visibility", HIDDEN)
@pytest.mark.parametrize("case", [conv(), draw_case(1, "any"), array(3, 4)], ids=["conv", "drawn", "array"])
def test_a_hidden_case_has_a_students_own_numbers_in_everybodys_shapes(
    case: Case, visibility: Visibility
) -> None:
    hidden = replace(case, visibility=visibility)
    common, *own = (draw(hidden, "tiny", "s", variant=id) for id in ("", "ada", "eve"))

    assert draw(hidden, "tiny", "s", variant="ada").digest == own[0].digest
    assert len({inputs.digest for inputs in (common, *own)}) == 3
    assert len({str((shapes(inputs), inputs.values)) for inputs in (common, *own)}) == 1
    assert draw(hidden, "tiny", "t", variant="ada").digest != own[0].digest


def test_a_students_numbers_are_the_same_in_each_version_of_the_grader() -> None:
    hidden = replace(array(2, 3), visibility=Visibility.HIDDEN)

    assert draw(hidden, "tiny", "s", variant="ada").bases["a"].tolist() == PINNED_VARIANT


PINNED_VARIANT = [[-4.0, 6.0, 5.0], [-2.0, 1.0, 3.0]]


@pytest.mark.parametrize(
    "case", [conv(), draw_case(1, "between"), array(3, 4)], ids=["conv", "drawn", "array"]
)
def test_a_redraw_keeps_the_shapes_and_changes_the_numbers(case: Case) -> None:
    draws = [draw(case, "tiny", redraw=n) for n in range(3)]

    assert len({str(shapes(inputs)) for inputs in draws}) == 1
    assert len({str(inputs.values) for inputs in draws}) == 1
    for one, other in itertools.combinations(draws, 2):
        for name in one.bases:
            assert not np.array_equal(one.bases[name], other.bases[name])


@given(st.integers(0, 10**6))
def test_integers_lie_between_minus_eight_and_eight(number: int) -> None:
    values = draw(replace(array(40), id=str(number)), "tiny").bases["a"]

    assert values.dtype == np.float32
    assert np.array_equal(values, np.rint(values))
    assert abs(values).max() <= 8


def test_integers_reach_both_ends() -> None:
    values = draw(array(2000), "tiny").bases["a"]

    assert set(values.tolist()) == set(range(-8, 9))


def test_normal_data_is_not_integers_and_has_both_signs() -> None:
    values = draw(replace(array(200), data=Data.NORMAL), "tiny").bases["a"]

    assert values.dtype == np.float32
    assert not np.array_equal(values, np.rint(values))
    assert -0.3 < values.mean() < 0.3


def test_the_absolute_case_differs_in_sign_alone() -> None:
    inputs = draw(conv(view=("permute", "slice", "flip")), "tiny")

    for name in inputs.bases:
        np.testing.assert_array_equal(abs(inputs.array(name)), inputs.absolute().array(name))
    assert inputs.absolute().recipes == inputs.recipes


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32])
def test_the_least_integer_is_positive_in_the_absolute_case(dtype: type[np.signedinteger[Any]]) -> None:
    least = int(np.iinfo(dtype).min)
    absolute = Inputs({}, {"a": np.array([least, 3], dtype)}, {"a": ()}).absolute().array("a")

    assert absolute.tolist() == [-least, 3]
    assert absolute.dtype.kind == "i"  # so that it can be an index


def test_the_absolute_values_of_short_integers_have_room_for_their_sum() -> None:
    absolute = Inputs({}, {"a": np.array([200], np.uint8)}, {"a": ()}).absolute().array("a")

    assert (absolute + absolute).tolist() == [400]


def test_true_is_not_an_axis() -> None:
    case = array(2, 3, 4)
    is_cycle = kind_of(case).conditions["permutation_not_involution"]

    assert is_cycle(case, Inputs({}, {}, {}, ask={"axes": [2, 0, 1]}))
    assert not is_cycle(case, Inputs({}, {}, {}, ask={"axes": [2, 0, True]}))


def test_replacing_one_array_leaves_the_others() -> None:
    inputs, other = draw(conv(), "tiny"), draw(conv(), "tiny", redraw=1)
    replaced = inputs.replacing("x", other)

    np.testing.assert_array_equal(other.array("x"), replaced.array("x"))
    np.testing.assert_array_equal(inputs.array("w"), replaced.array("w"))


VIEWS = [v for n in range(1, 4) for v in itertools.product(["permute", "slice", "flip"], repeat=n)]


@pytest.mark.parametrize("view", VIEWS, ids="-".join)
@given(st.lists(st.integers(2, 4), min_size=3, max_size=4))
@settings(max_examples=10)
def test_a_view_has_the_promised_shape_and_is_not_compact(view: tuple[str, ...], lengths: list[int]) -> None:
    inputs = draw(array(*lengths, view=view), "tiny")
    a, base = inputs.array("a"), inputs.bases["a"]

    assert a.shape == tuple(lengths)
    assert np.shares_memory(a, base)
    turns = view.count("permute") % len(lengths)
    if "slice" in view or view.count("flip") % 2 or turns:  # else the views cancel each other out
        assert not a.flags.c_contiguous


@pytest.mark.parametrize("view", [v for v in VIEWS if "slice" in v or v.count("flip") % 2], ids="-".join)
def test_a_sliced_or_flipped_view_has_an_offset(view: tuple[str, ...]) -> None:
    inputs = draw(array(2, 3, 4, view=view), "tiny")
    a, base = inputs.array("a"), inputs.bases["a"]

    assert a.__array_interface__["data"][0] > base.__array_interface__["data"][0]


def test_the_permutation_is_not_its_own_inverse() -> None:
    ((_, axes),) = draw(array(2, 3, 4, view=("permute",)), "tiny").recipes["a"]

    assert tuple(np.argsort(axes)) != axes


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1, 1)], ids=str)
@pytest.mark.parametrize("view", VIEWS, ids="-".join)
def test_a_view_of_little_or_nothing_has_the_promised_shape(
    view: tuple[str, ...], shape: tuple[int, ...]
) -> None:
    assert draw(array(*shape, view=view), "tiny").array("a").shape == shape


REMAINDERS = {
    "zero": lambda r, s: r == 0,
    "full": lambda r, s: r == s - 1 and s >= 2,
    "between": lambda r, s: 0 < r < s - 1,
    "any": lambda r, s: 0 <= r < s,
}


@pytest.mark.parametrize("remainder", REMAINDERS)
def test_a_drawn_convolution_has_its_remainder_and_nothing_square(remainder: str) -> None:
    for number in range(200):
        inputs = draw(draw_case(number, remainder), "tiny")
        (n, h, w, c_in), (k_h, k_w, c, c_out) = inputs.array("x").shape, inputs.array("w").shape
        strides, paddings = pair(inputs.values["stride"]), pair(inputs.values["padding"])
        out = inputs.array("out_grad").shape
        for size, kernel, stride, padding, length in zip(
            (h, w), (k_h, k_w), strides, paddings, out[1:3], strict=True
        ):
            assert length >= 1
            assert (length - 1) * stride + kernel <= size + 2 * padding < length * stride + kernel
            assert REMAINDERS[remainder]((size + 2 * padding - kernel) % stride, stride)
        assert (out[0], out[3], c) == (n, c_out, c_in)
        assert n >= 2 and h != w and k_h != k_w and strides[0] != strides[1]
        assert c_in != c_out and min(c_in, c_out) > 1


def test_drawn_convolutions_are_varied() -> None:
    draws = [draw(draw_case(number, "any"), "tiny") for number in range(100)]

    assert len({str(shapes(inputs)) for inputs in draws}) > 90
    paddings = [pair(i.values["padding"]) for i in draws]
    kernels = [i.array("w").shape[:2] for i in draws]
    assert any(p[0] > k[0] - 1 for p, k in zip(paddings, kernels, strict=True))  # a crop in the gradient
    assert any(p[0] < k[0] - 1 for p, k in zip(paddings, kernels, strict=True))


@pytest.mark.parametrize(("stride", "padding"), [(2, 1), ([2, 2], [1, 1])])
def test_one_number_is_for_both_axes(stride: Any, padding: Any) -> None:
    inputs = draw(conv(stride=stride, padding=padding), "tiny")

    assert inputs.array("out_grad").shape == (2, 4, 6, 5)
    assert inputs.values == {"stride": stride, "padding": padding}


def test_the_upstream_gradient_is_random_and_never_ones() -> None:
    assert len(set(draw(conv(), "tiny").bases["out_grad"].ravel().tolist())) == 17


def test_further_values_of_an_array_case_reach_the_probe() -> None:
    inputs = draw(array(2, 3, ask={"axes": [0, 1], "dilation": 2}), "tiny")

    assert inputs.ask == {"axes": [0, 1], "dilation": 2}
    assert inputs.values == {}


def test_the_digest_changes_with_everything_that_the_probe_is_given() -> None:
    inputs = draw(conv(), "tiny")
    other = draw(conv(), "tiny", redraw=1)
    changed = [
        Inputs({**inputs.values, "stride": [1, 1]}, inputs.bases, inputs.recipes),
        inputs.replacing("w", other),
        Inputs(inputs.values, inputs.bases, {**inputs.recipes, "x": (("permute", (1, 2, 3, 0)),)}),
        Inputs(inputs.values, {**inputs.bases, "x": inputs.bases["x"].astype(np.float64)}, inputs.recipes),
        Inputs(inputs.values, {**inputs.bases, "x": inputs.bases["x"].reshape(2, 10, 8, 3)}, inputs.recipes),
    ]

    assert len({inputs.digest, *(each.digest for each in changed)}) == 6


def test_a_case_is_described_with_its_remainder() -> None:
    case = conv(view=("permute", "slice", "flip"))

    assert describe(case, draw(case, "tiny")) == (
        "2 images of 8×10, 3 channels, 5 filters of 4×2, stride 3×2, padding 0×1, remainder 1×0, "
        "as a view (permuted, sliced, flipped)"
    )


@given(st.integers(0, 500), st.sampled_from(sorted(REMAINDERS)))
def test_the_remainder_described_is_what_the_windows_leave_over(number: int, remainder: str) -> None:
    case = draw_case(number, remainder)
    inputs = draw(case, "tiny")
    x, w, out = (inputs.array(name).shape for name in ("x", "w", "out_grad"))
    stride, padding = pair(inputs.values["stride"]), pair(inputs.values["padding"])
    remainders = [x[i + 1] + 2 * padding[i] - w[i] - (out[i + 1] - 1) * stride[i] for i in range(2)]

    assert f"remainder {remainders[0]}×{remainders[1]}" in describe(case, inputs)


def test_an_array_is_described_with_the_values_under_ask() -> None:
    case = array(2, 3, view=("flip",), ask={"axes": [0], "index": ["::2", None]})

    assert question(case).describe() == (
        "an array of shape (2, 3), as a view (flipped), axes=[0], index=['::2', None]"
    )


def question(case: Case) -> Question:
    oracle: Any = SimpleNamespace(inputs=lambda case: draw(case, "tiny"))
    return Question(case, Criterion("one", "", 1, (case,)), Any, oracle)  # type: ignore[arg-type]


DESCRIBED = {
    "conv": conv(),
    "array": array(2, 3),
    "arrays": Case("one", "conv", "conv", "arrays", {"arrays": {"a": [3], "b": [2, 3]}}),
    "matmul": Case("one", "dense", "dense", "matmul", {"matmul": [3, 4, 2], "bias": True}),
    "literals": Case("one", "count", "count", "literals", {}, ask={"k": 3}),
    "logits": Case("one", "softmax", "softmax", "logits", {"logits": [3, 4], "level": 0}),
    "view_chain": Case("one", "chains", "chains", "view_chain", {"length": [2, 3]}),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_can_be_described(kind: str) -> None:
    assert str(3 if kind != "conv" else 8) in question(DESCRIBED[kind]).describe()


def chain(number: int, **parameters: Any) -> Case:
    return Case(f"long-{number}", "chains", "chains", "view_chain", parameters)


def followed(inputs: Inputs) -> Any:
    """NumPy's view for a chain."""
    view = inputs.array("a")
    for name, argument in inputs.values["ops"]:
        if name == "index":
            view = view[tuple(item if isinstance(item, int) else slice_of(item) for item in argument)]
        elif name in ("broadcast_to", "flip"):
            view = getattr(np, name)(view, argument)
        else:
            view = getattr(view, {"permute": "transpose"}.get(name, name))(argument)
    return view


def test_a_drawn_chain_of_views_is_one_and_has_elements_to_tell_apart() -> None:
    operations = set()
    for number in range(200):
        inputs = draw(chain(number, length=[2, 5]), "tiny")
        view = followed(inputs)
        assert 2 <= len(inputs.values["ops"]) <= 5
        assert 8 <= view.size <= 400
        assert len(set(inputs.array("a").shape)) == inputs.array("a").ndim
        assert 1 <= view.ndim <= 4
        operations |= {name for name, _ in inputs.values["ops"]}
    assert operations == {"permute", "index", "flip", "broadcast_to", "reshape"}


def test_a_chain_of_views_is_described_step_by_step() -> None:
    inputs = replace(draw(array(3, 4), "tiny"), values={"ops": [["permute", [1, 0]], ["index", ["::-2", 1]]]})

    assert describe(chain(1), inputs) == "an array of shape (3, 4), permute [1, 0], index [::-2, 1]"


def test_a_second_array_has_its_own_shape_and_a_level_moves_the_first() -> None:
    case = array(40, other=[3, 1], level=-20)
    inputs = draw(case, "tiny")

    assert shapes(inputs) == {"a": (40,), "other": (3, 1)}
    assert inputs.array("a").max() <= -12
    assert abs(inputs.array("other")).max() <= 8
    assert describe(case, inputs) == "an array of shape (40,) and one of shape (3, 1)"
