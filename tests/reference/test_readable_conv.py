"""The law of the two forms: `reference.conv` computes, with ==, what `reference.readable.conv` does."""

import tracemalloc

import numpy as np
import pytest

from reference import conv as fast
from reference import conv_as_products
from reference.ndarray import array, cpu
from reference.readable import conv as readable
from tests.reference.test_conv import GEOMETRIES, Geometry, integers

WIDE = [
    Geometry(2, (9, 30), (3, 3), 32, 40, (1, 1), (1, 1)),
    Geometry(3, (13, 27), (3, 2), 48, 33, (2, 1), (1, 0)),
    Geometry(2, (7, 50), (2, 3), 64, 96, (1, 2), (0, 3)),
    Geometry(1, (12, 11), (5, 4), 40, 100, (3, 2), (5, 0)),
    Geometry(2, (10, 9), (3, 3), 3, 70, (1, 1), (1, 1)),
    Geometry(2, (10, 9), (3, 3), 70, 3, (1, 1), (1, 1)),
    Geometry(2, (10, 9), (3, 3), 70, 3, (2, 3), (1, 0)),
    Geometry(2, (6, 5), (3, 3), 160, 130, (1, 1), (1, 1)),
    Geometry(2, (14, 15), (1, 1), 60, 70, (1, 1), (0, 0)),
    Geometry(2, (14, 15), (1, 1), 60, 70, (2, 3), (1, 0)),
    Geometry(2, (5, 6), (5, 6), 33, 34, (1, 1), (0, 0)),
    Geometry(0, (5, 6), (3, 3), 33, 34, (1, 1), (1, 1)),
]


def assert_forms_equal(geometry, make, dtype, rng):
    """All three functions, on integers small enough for any order of summation."""
    how = geometry.stride, geometry.padding
    x, w = (make(integers(rng, shape, dtype)) for shape in (geometry.x_shape, geometry.w_shape))
    out_grad = make(integers(rng, fast.output_shape(x.shape, w.shape, *how), dtype))
    for name, arguments in (
        ("conv", (x, w)),
        ("conv_x_grad", (out_grad, w, x.shape)),
        ("conv_w_grad", (x, out_grad, w.shape)),
    ):
        expected, actual = getattr(readable, name)(*arguments, *how), getattr(fast, name)(*arguments, *how)
        assert (expected.shape, expected.dtype) == (actual.shape, actual.dtype)
        assert actual.is_compact()
        np.testing.assert_array_equal(expected.numpy(), actual.numpy(), f"{name} of {geometry}")


@pytest.mark.parametrize(
    ("dtype", "block", "geometries"),
    [
        ("float32", 1, GEOMETRIES[:40]),
        ("float32", 100, GEOMETRIES[:80]),
        ("float64", 10_000, [*GEOMETRIES[:40], *WIDE]),
        ("float32", 2**20, [*GEOMETRIES, *WIDE]),
    ],
)
def test_the_fast_form_equals_the_plain_one(dtype, block, geometries, monkeypatch):
    """Few channels and many, every remainder, blocks and products of one window, of some and of all."""
    monkeypatch.setattr(cpu().ops, "BLOCK", block)
    monkeypatch.setattr(conv_as_products, "CACHED", block)
    monkeypatch.setattr(conv_as_products, "SMALL_PRODUCT", 50 * block)
    rng = np.random.default_rng(block)
    for geometry in geometries:
        assert_forms_equal(geometry, array, dtype, rng)


def test_the_forms_are_equal_on_views(awkward_view):
    rng = np.random.default_rng(1)
    for geometry in [*GEOMETRIES[:40], *WIDE]:
        assert_forms_equal(geometry, lambda host: awkward_view(host, rng), "float32", rng)


def test_float32_with_float64_gives_float64_in_both_forms():
    rng = np.random.default_rng(2)
    for geometry in [GEOMETRIES[0], WIDE[0], WIDE[5]]:
        x = array(integers(rng, geometry.x_shape))
        w = array(integers(rng, geometry.w_shape), dtype="float64")
        for left, right in ((x, w), (x.copy("float64"), w.copy("float32"))):
            results = [form.conv(left, right, 1, geometry.padding) for form in (readable, fast)]
            assert {result.dtype for result in results} == {"float64"}
            np.testing.assert_array_equal(*(result.numpy() for result in results))


@pytest.mark.parametrize(
    ("x_shape", "w_shape", "stride", "padding"),
    [
        ((8, 56, 56, 64), (3, 3, 64, 64), 1, 1),
        ((16, 64, 64, 16), (5, 5, 16, 32), 1, 2),
        ((1, 1000, 1000, 8), (3, 3, 8, 4), 1, 1),
        ((2, 40, 8000, 8), (3, 5, 8, 16), (1, 2), 2),
        ((4, 300, 300, 16), (1, 1, 16, 64), 4, 1),
    ],
)
def test_a_convolution_takes_32_mebibytes_in_addition_to_its_arrays(x_shape, w_shape, stride, padding):
    """Peak memory of the forward pass: at most input, weights, output and 32 MiB."""
    x, w = array(np.zeros(x_shape, "float32")), array(np.zeros(w_shape, "float32"))
    tracemalloc.start()
    out = fast.conv(x, w, stride, padding)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= out.buffer.nbytes + 32 * 2**20
