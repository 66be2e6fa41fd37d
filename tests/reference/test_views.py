"""The laws of views and of assignment to them: NumPy's values, strides, offsets and shared memory."""

import math
from itertools import pairwise

import numpy as np
import pytest

from reference.ndarray import array
from tests.reference.laws import assert_same, given, hnp, numbered, settings, st

exact = settings(derandomize=True, deadline=None, max_examples=200)
shapes = st.sampled_from([0, 1, 1, 1]).flatmap(
    lambda n: hnp.array_shapes(min_dims=0, max_dims=4, min_side=n, max_side=4)
)
seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def offset_of(view, owner):
    """A NumPy view's offset in elements."""
    start, first = view.__array_interface__["data"][0], owner.__array_interface__["data"][0]
    return (start - first) // owner.itemsize


def view_of(host, index):
    """What NumPy selects, as a view even where it is one element."""
    items = index if isinstance(index, tuple) else (index,)
    return host[items if any(item is Ellipsis for item in items) else (*items, ...)]


def flipped(host, axes):
    return view_of(host, tuple(slice(None, None, -1 if i in axes else 1) for i in range(host.ndim)))


@st.composite
def same_size_shapes(draw, shape):
    """Another shape of the same size: axes merged and split at random, perhaps with one length as -1."""
    size = math.prod(shape)
    if size == 0:
        return tuple(draw(st.permutations([*shape, draw(st.integers(0, 3))])))
    primes: list[int] = []
    for n in shape:
        for p in (2, 3, 5, 7):
            while n % p == 0:
                primes, n = [*primes, p], n // p
        primes.append(n)
    cuts = sorted(draw(st.lists(st.integers(0, len(primes)), max_size=4)))
    lengths = [math.prod(primes[i:j]) for i, j in pairwise([0, *cuts, len(primes)])]
    if draw(st.booleans()):
        lengths[draw(st.integers(0, len(lengths) - 1))] = -1
    return tuple(lengths)


def step(data, expected, actual):
    """One random view operation, on the NumPy array and on the NDArray."""
    operation = data.draw(st.sampled_from(["index", "permute", "flip", "broadcast_to", "reshape"]))
    shape, ndim = expected.shape, expected.ndim
    if operation == "index":
        index = data.draw(
            hnp.basic_indices(
                shape, min_dims=0, max_dims=max(ndim, 6), allow_newaxis=ndim < 6, allow_ellipsis=True
            )
        )
        return view_of(expected, index), actual[index]
    if operation == "permute":
        order = tuple(
            axis - ndim * data.draw(st.integers(0, 1)) for axis in data.draw(st.permutations(range(ndim)))
        )
        return np.transpose(expected, order), actual.permute(order)
    if operation == "flip":
        axes = tuple(data.draw(st.sets(st.integers(0, ndim - 1)))) if ndim else ()
        return flipped(expected, axes), actual.flip(axes)
    if operation == "broadcast_to":
        lengths = [data.draw(st.integers(0, 3)) if n == 1 else n for n in shape]
        front = data.draw(st.lists(st.integers(0, 2), max_size=1 if ndim < 6 else 0))
        return np.broadcast_to(expected, (*front, *lengths)), actual.broadcast_to((*front, *lengths))
    lengths = data.draw(same_size_shapes(shape))
    return expected.reshape(lengths), actual.reshape(lengths)


@exact
@given(data=st.data(), shape=shapes, dtype=st.sampled_from(["float32", "float64"]))
def test_a_chain_of_views_is_numpys(data, shape, dtype):
    """After each step: NumPy's values, shape, strides and offset, and shared memory where NumPy shares it."""
    expected, actual = numbered(shape, dtype)
    expected = expected.copy()
    owner = expected
    for _ in range(data.draw(st.integers(1, 6))):
        before = actual
        expected, actual = step(data, expected, actual)
        assert_same(expected, actual)
        if expected.size == 0:
            continue  # an array without elements lies nowhere
        shared = np.may_share_memory(expected, owner)
        assert shared == (actual.buffer is before.buffer)
        if not shared:
            owner = expected
        assert offset_of(expected, owner) == actual.offset
        expected_strides = [s // expected.itemsize for s in expected.strides]
        for n, ours, numpys in zip(expected.shape, actual.strides, expected_strides, strict=True):
            assert n == 1 or ours == numpys
        assert actual.compact().is_compact()
        assert_same(expected, actual.compact())


@pytest.mark.parametrize(
    ("view", "lengths", "shares"),
    [
        (lambda a: a[:, :1], (4,), True),
        (lambda a: a[:, ::5], (2, 2, 1, 2), True),
        (lambda a: a[::2, None, 1:3], (2, 2, 1), True),
        (lambda a: a[::-1], (2, 2, 6), True),
        (lambda a: a[::-1], (24,), False),
        (lambda a: a[:, 1:], (20,), False),
        (lambda a: a.permute((1, 0)), (6, 2, 2), True),
        (lambda a: a.permute((1, 0)), (4, 6), False),
        (lambda a: a[:1].broadcast_to((3, 6)), (3, 3, 2), True),
        (lambda a: a[:1].broadcast_to((3, 6)), (18,), False),
    ],
)
def test_reshape_copies_only_where_strides_cannot_say_it(view, lengths, shares):
    _, a = numbered((4, 6))
    out = view(a).reshape(lengths)
    assert (out.buffer is a.buffer) == shares
    np.testing.assert_array_equal(view(a).numpy().reshape(lengths), out.numpy())


@exact
@given(data=st.data(), shape=shapes)
def test_an_assignment_to_a_view_writes_what_numpy_writes(data, shape):
    """v[index] = number, NumPy array or NDArray of a shape that broadcasts: the buffers end up equal."""
    owner, base = numbered(shape)
    axes = data.draw(st.permutations(range(len(shape))))
    expected, actual = flipped(owner.transpose(axes), range(len(shape))), base.permute(axes).flip()
    index = data.draw(hnp.basic_indices(expected.shape, min_dims=0, allow_ellipsis=True))
    target = view_of(expected, index)
    shape = tuple(data.draw(st.sampled_from([1, n])) for n in target.shape)
    shape = data.draw(st.sampled_from([shape, shape[1:], (1, *shape)]))  # NumPy drops leading 1s here
    value = -np.arange(1, 1 + math.prod(shape), dtype="float32").reshape(shape)
    kind = data.draw(st.sampled_from(["number", "NumPy array", "NDArray", "view"]))
    if kind == "number":
        target[...] = 7
        actual[index] = 7
    else:
        target[...] = value
        view = array(np.flip(value).copy()).flip()
        actual[index] = {"NumPy array": value, "NDArray": array(value), "view": view}[kind]
    np.testing.assert_array_equal(owner.reshape(-1), base.buffer)


@exact
@given(data=st.data())
def test_an_overlapping_self_assignment_writes_the_old_values(data):
    """Two views of one buffer, equal in shape: the values are read before any is written."""
    owner, base = numbered((4, 4))
    one_view = st.tuples(
        *[st.sampled_from([slice(0, 3), slice(1, 4), slice(2, None, -1), slice(None, 0, -1)])] * 2
    )
    target, source = data.draw(one_view), data.draw(one_view)
    order = data.draw(st.permutations(range(2)))
    base[target] = base[source].permute(order)
    owner[target] = owner[source].transpose(order).copy()
    np.testing.assert_array_equal(owner.reshape(-1), base.buffer)


def test_an_array_assigned_to_its_own_transpose_is_transposed(monkeypatch):
    """v = a.permute(...); v[...] = a: a backend may write in any order, so it never gets one buffer twice."""
    owner, base = numbered((3, 3))
    assign = base.device.ops.assign

    def assign_of_two_buffers(a, out, *place):
        assert not np.may_share_memory(a, out)
        assign(a, out, *place)

    monkeypatch.setattr(base.device.ops, "assign", assign_of_two_buffers)
    base.permute((1, 0))[...] = base
    np.testing.assert_array_equal(owner.T, base.numpy())


@exact
@given(data=st.data(), rng=seeds)
def test_as_strided_is_numpys_and_never_leaves_the_buffer(data, rng):
    """Any strides inside the buffer are allowed, overlapping ones too; all others are a ValueError."""
    buffer = np.arange(24, dtype="float32")
    shape = data.draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
    strides = rng.integers(-6, 7, len(shape)).tolist()
    offset = int(rng.integers(-2, 27))
    places = offset + sum(
        np.ix_(*(s * np.arange(n) for s, n in zip(strides, shape, strict=True))), np.zeros(shape, int)
    )
    if places.size and not (places.min() >= 0 and places.max() < 24):
        with pytest.raises(ValueError, match="buffer of 24"):
            array(buffer).as_strided(shape, strides, offset)
    else:
        assert_same(buffer[places], array(buffer).as_strided(shape, strides, offset))


def test_as_strided_starts_at_the_views_own_offset():
    _, a = numbered((4, 5))
    np.testing.assert_array_equal(a[1:, 2:].as_strided((2, 2), (5, 1)).numpy(), [[8, 9], [13, 14]])
    with pytest.raises(ValueError, match="different numbers of axes"):
        a.as_strided((2, 2), (5,))


@exact
@given(data=st.data(), shape=shapes)
def test_pad_is_numpys_and_a_copy(data, shape):
    host, a = numbered(shape)
    padding = [(data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))) for _ in shape]
    out = a.flip().pad(padding)
    assert_same(np.pad(np.flip(host), padding) if shape else host, out)
    out[...] = 0
    np.testing.assert_array_equal(host, a.numpy())


def test_eight_axes_are_no_special_case():
    host, a = numbered((2, 1, 2, 3, 1, 2, 2, 2))
    order = (7, 2, 0, 4, 6, 1, 3, 5)
    assert_same(host.transpose(order), a.permute(order))
    assert_same(
        host.transpose(order)[::-1, 1, ..., ::-2].sum((0, 3)),
        a.permute(order)[::-1, 1, ..., ::-2].sum((0, 3)),
    )
