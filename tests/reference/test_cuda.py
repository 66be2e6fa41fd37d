"""The laws of NDArray and of convolution on the GPU's backend: on a GPU, and with its kernels emulated.

The laws are those that cpu() obeys, and they are written once, in the files named below. Here they are
collected again, and what makes an array on cpu() there makes it on another device.
"""

# ruff: noqa: F401  (pytest collects what is imported here)

import os
from typing import Any

import numpy as np
import pytest

import reference.ndarray
from reference import conv_nd, normalization, pooling
from reference.backends import Device
from reference.backends.emulator import EmulatedOperations
from reference.conv import conv, conv_w_grad, conv_x_grad, output_shape
from reference.ndarray import array, cuda
from reference.ndarray import cpu as real_cpu
from tests.reference.test_conv import (
    FIRST,
    GEOMETRIES,
    test_conv_and_its_gradients_are_adjoint,
    test_conv_equals_scipys_correlation,
    test_dilate_adds_zeros_after_each_element_and_undilate_removes_them,
    test_flip_is_numpys_flip_and_its_own_inverse_without_a_copy,
    test_inputs_may_be_any_view_and_are_not_modified,
    test_pad_reads_zeros_wherever_the_array_has_no_element,
    test_the_gradients_give_back_what_each_window_took,
    test_undilate_is_the_adjoint_of_dilate,
)
from tests.reference.test_dense import (
    layer,
    test_dense_is_the_matrix_product,
    test_x_grad_and_w_grad_are_the_transposes_of_dense,
)
from tests.reference.test_ndarray import (
    test_a_broadcast_views_sum_counts_every_repetition,
    test_a_mistake_raises_what_numpy_raises,
    test_compact_of_a_compact_array_is_that_array_and_copy_is_not,
    test_either_operand_may_be_a_number_or_a_numpy_array,
    test_functions_of_one_array_are_numpys,
    test_nan_is_kept_and_equals_nothing,
    test_numpy_to_array_and_back_shares_no_memory,
    test_operators_broadcast_as_numpys,
    test_reductions_are_numpys,
    test_the_matrix_product_is_numpys,
    test_truth_and_float_are_for_one_element,
)
from tests.reference.test_views import (
    test_a_chain_of_views_is_numpys,
    test_an_assignment_to_a_view_writes_what_numpy_writes,
    test_an_overlapping_self_assignment_writes_the_old_values,
    test_as_strided_is_numpys_and_never_leaves_the_buffer,
    test_as_strided_starts_at_the_views_own_offset,
    test_eight_axes_are_no_special_case,
    test_pad_is_numpys_and_a_copy,
    test_reshape_copies_only_where_strides_cannot_say_it,
)

# `make gpu-test` asks for the GPU alone, and then to be without one is a failure.
GPU_REQUIRED = os.environ.get("BACKFLIP_GPU") == "required"
try:
    cuda()
    NO_GPU = None
except RuntimeError as error:
    NO_GPU = str(error)


DEVICES = ([] if GPU_REQUIRED else ["emulated"]) + (["cuda"] if GPU_REQUIRED or NO_GPU is None else [])


@pytest.fixture(scope="module", params=DEVICES)
def kernel_device(request):
    """A GPU, or the backend for it with its kernels emulated and checked."""
    if request.param == "emulated":
        return Device("emulated", EmulatedOperations(True, request.config.cache.mkdir("kernels")))
    if NO_GPU is not None:
        pytest.exit(NO_GPU, returncode=1)
    return cuda()


@pytest.fixture(autouse=True)
def device(kernel_device, monkeypatch):
    """Arrays are made on this device where a law names none; fresh memory is NaN; buffers can be compared."""
    monkeypatch.setattr(reference.ndarray, "cpu", lambda: kernel_device)
    if kernel_device.name == "emulated":  # it knows of fresh memory that it is fresh
        return kernel_device
    ops, compare = kernel_device.ops, np.testing.assert_array_equal
    allocate = ops.empty

    def empty(size, dtype):
        buffer = allocate(size, dtype)
        ops.fill(np.nan, buffer)
        return buffer

    def on_host(value):
        return value.get() if hasattr(value, "get") else value

    monkeypatch.setattr(ops, "empty", empty)
    monkeypatch.setattr(
        np.testing,
        "assert_array_equal",
        lambda expected, actual, *rest: compare(on_host(expected), on_host(actual), *rest),
    )
    return kernel_device


@pytest.fixture(params=["first", pytest.param("rest", marks=pytest.mark.slow)])
def geometries(kernel_device, request):
    """The convolutions of a law: all on a GPU; emulated, the first hundred, and the rest in slow tests."""
    if kernel_device.name != "emulated":
        return GEOMETRIES
    return GEOMETRIES[:FIRST] if request.param == "first" else GEOMETRIES[FIRST:]


def test_an_array_goes_to_a_device_and_comes_back(device):
    """a.to(device) and back: the same values, and no other class of buffer on either side."""
    host = np.arange(24, dtype="float64").reshape(2, 3, 4)
    a = array(host, real_cpu()).permute((2, 0, 1)).flip(1)
    there = a.to(device)
    assert (a.device, there.device) == (real_cpu(), device)
    assert there.to(device) is there
    np.testing.assert_array_equal(a.numpy(), there.to(real_cpu()).numpy())
    with pytest.raises(ValueError, match="two devices"):
        a + there


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_convolution_and_its_gradients_equal_the_cpus(device, dtype):
    """==, on integers, at sizes that fill no tile and cut long sums."""
    rng = np.random.default_rng(7)
    x, w = (rng.integers(-8, 9, shape).astype(dtype) for shape in [(3, 33, 31, 5), (3, 2, 5, 18)])
    how = (2, 1), (1, 2)
    out_grad = rng.integers(-8, 9, output_shape(x.shape, w.shape, *how)).astype(dtype)
    calls: list[Any] = [
        (conv, x, w),
        (lambda g, w: conv_x_grad(g, w, x.shape, *how), out_grad, w),
        (lambda x, g: conv_w_grad(x, g, w.shape, *how), x, out_grad),
    ]
    for function, *arguments in calls:
        options = how if function is conv else ()
        expected, actual = (
            function(*(array(a, place) for a in arguments), *options).numpy()
            for place in (real_cpu(), device)
        )
        np.testing.assert_array_equal(expected, actual)


LAYERS: dict[str, tuple[tuple[int, ...], tuple[int, ...], tuple[Any, ...]]] = {
    # shapes of x and w; stride, padding, dilation and groups
    "dilated": ((2, 13, 11, 3), (3, 2, 3, 4), (1, (2, 1), (2, 3), 1)),
    "dilated with a stride": ((2, 13, 11, 3), (3, 2, 3, 4), ((2, 3), 1, (3, 2), 1)),
    "grouped": ((2, 9, 8, 6), (3, 3, 2, 9), (2, 1, 1, 3)),
    "depthwise": ((2, 9, 8, 5), (3, 2, 1, 10), ((2, 1), 1, (1, 2), 5)),
    "sound": ((2, 17, 4), (3, 2, 6), (2, 1, 2, 2)),
    "scans": ((1, 5, 6, 7, 2), (2, 3, 2, 2, 3), (1, 1, (1, 2, 1), 1)),
}
POOLS: dict[str, tuple[Any, ...]] = {
    "apart": ((2, 9, 8, 5), 2, 2, 0),
    "overlapping": ((2, 9, 8, 5), 3, 2, 1),
    "scans": ((1, 5, 6, 7, 2), (2, 3, 2), (1, 2, 3), (1, 1, 0)),
}


def on_both(device: Device, calls: list[tuple[Any, ...]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """What each function gives for arrays on the CPU and on the device; other arguments stay as they are."""

    def to(place: Device, value: Any) -> Any:
        return array(value, place) if isinstance(value, np.ndarray) else value

    return [
        tuple(function(*(to(place, each) for each in given)).numpy() for place in (real_cpu(), device))
        for function, *given in calls
    ]


@pytest.mark.parametrize(("x_shape", "w_shape", "how"), LAYERS.values(), ids=LAYERS)
def test_convolution_of_every_family_equals_the_cpus(device, x_shape, w_shape, how):
    """== on integers: conv, its transpose, and the gradients of both."""
    rng = np.random.default_rng(8)
    x, w = (rng.integers(-8, 9, shape).astype("float32") for shape in (x_shape, w_shape))
    out_grad = rng.integers(-8, 9, conv_nd.conv_shape(x_shape, w_shape, *how)).astype("float32")
    longer = conv_nd.transposed_shape(out_grad.shape, w_shape, *how)
    y = rng.integers(-8, 9, longer).astype("float32")
    calls: list[tuple[Any, ...]] = [
        (conv_nd.conv, x, w, *how),
        (conv_nd.conv_x_grad, out_grad, w, x_shape, *how),
        (conv_nd.conv_w_grad, x, out_grad, w_shape, *how),
        (conv_nd.conv_transpose, out_grad, w, *how),
        (conv_nd.conv_transpose_x_grad, y, w, out_grad.shape, *how),
        (conv_nd.conv_transpose_w_grad, out_grad, y, w_shape, *how),
    ]
    for expected, actual in on_both(device, calls):
        np.testing.assert_array_equal(expected, actual)


@pytest.mark.parametrize(("x_shape", "window", "stride", "padding"), POOLS.values(), ids=POOLS)
def test_pooling_and_its_gradients_equal_the_cpus(device, x_shape, window, stride, padding):
    """== on integers of which many are equal; means within rounding."""
    rng = np.random.default_rng(9)
    x, how = rng.integers(-3, 4, x_shape).astype("float32"), (window, stride, padding)
    shape = (x_shape[0], *pooling.pool_lengths(x_shape, *how), x_shape[-1])
    out_grad = rng.integers(-8, 9, shape).astype("float32")
    calls: list[tuple[Any, ...]] = [
        (pooling.max_pool, x, *how),
        (pooling.max_pool_grad, out_grad, x, *how),
        (pooling.average_pool, x, *how),
        (pooling.average_pool_grad, out_grad, x_shape, *how),
    ]
    for number, (expected, actual) in enumerate(on_both(device, calls)):
        np.testing.assert_allclose(expected, actual, rtol=0, atol=0 if number < 2 else 1e-6)


def test_normalization_and_its_gradients_equal_the_cpus_within_rounding(device):
    rng = np.random.default_rng(10)
    x, out_grad = (rng.standard_normal((3, 4, 5, 6)) for _ in range(2))
    gamma, beta = (rng.standard_normal(6) for _ in range(2))
    for forward, gradient in (
        (normalization.batch_norm, normalization.batch_norm_grad),
        (normalization.layer_norm, normalization.layer_norm_grad),
    ):
        calls: list[tuple[Any, ...]] = [(forward, x, gamma, beta)]
        for number in range(3):
            calls.append((lambda *given, of=gradient, n=number: of(*given)[n], out_grad, x, gamma))
        for expected, actual in on_both(device, calls):
            np.testing.assert_allclose(expected, actual, rtol=1e-9, atol=1e-9)


def test_buffers_reach_other_libraries_over_dlpack_where_they_lie(device):
    """A strided view says which device it is on; what comes back by DLPack is that memory, seen as it was."""
    if device.name != "cuda":
        pytest.skip(f"no GPU here: {NO_GPU}")
    import cupy

    a = array(np.arange(24, dtype="float32").reshape(2, 3, 4), device)[:, ::-1, 1::2].permute((2, 0, 1))
    exported = device.ops.strided(a.buffer, a.shape, a.strides, a.offset)
    assert exported.__dlpack_device__() == (2, cupy.cuda.Device().id)  # 2: kDLCUDA
    np.testing.assert_array_equal(a.numpy(), cupy.from_dlpack(exported))
    buffer, shape, strides, offset = device.ops.from_dlpack(exported)
    back = reference.ndarray.NDArray(buffer, shape, strides, offset, device)
    np.testing.assert_array_equal(a.numpy(), back.numpy())
    back[...] = -1.0
    np.testing.assert_array_equal(np.full(a.shape, -1.0), a.numpy())
