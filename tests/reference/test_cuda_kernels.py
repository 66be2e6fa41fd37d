"""The assignment's kernels compute what NumPy says in every order of threads; nothing is found in them."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import reference.emulator.compile
import reference.emulator.nvrtc
from grader.author.load import load
from grader.author.render import render
from reference.cuda_kernels import in_numpy
from reference.cuda_kernels.in_numpy import Pair

ROOT = Path(__file__).parents[2]
SIZES = (1, 2, 31, 32, 33, 127, 128, 257, 263)


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The host module beside the solution, on this process's emulator: a process has one."""
    folder = tmp_path_factory.mktemp("solution")
    files = render(load(ROOT / "assignments" / "cuda_kernels"), "solution").files
    for name in ("kernels.cu", "kernels.py"):
        (folder / name).write_text(files[name])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.syspath_prepend(str(folder))
        patch.setitem(sys.modules, "ndarray", reference)
        patch.setitem(sys.modules, "ndarray.emulator", reference.emulator)
        patch.setitem(sys.modules, "ndarray.emulator.compile", reference.emulator.compile)
        patch.setitem(sys.modules, "ndarray.emulator.nvrtc", reference.emulator.nvrtc)
        yield importlib.import_module("kernels")
        del sys.modules["kernels"]


def numbers(*shape: int) -> np.ndarray:
    """Integers from -8 to 8: sums of a few hundred products are exact in float32."""
    return np.random.default_rng(sum(shape)).integers(-8, 8, shape, endpoint=True).astype(np.float32)


def holds(kernels: ModuleType, name: str, *arguments: object) -> None:
    """The kernel's result is NumPy's, and the emulator finds nothing."""
    expected = getattr(in_numpy, name)(*arguments)
    host = getattr(kernels, name)
    np.testing.assert_array_equal(expected, host(*arguments), strict=False)
    assert not host.trace(*arguments).findings


@pytest.mark.parametrize("size", SIZES)
def test_elementwise_kernels_are_right_for_every_size(kernels: ModuleType, size: int) -> None:
    holds(kernels, "fill", size, 3.0)
    holds(kernels, "add", numbers(size), numbers(size))
    holds(kernels, "compact", numbers(2 * size), (2, size), (-1, 2), 1)


@pytest.mark.parametrize("name", ["sum_naive", "sum_shared", "sum_warp"])
@pytest.mark.parametrize("shape", [(1, 1), (5, 31), (3, 33), (2, 257), (131, 7)])
def test_every_sum_is_right(kernels: ModuleType, name: str, shape: tuple[int, int]) -> None:
    holds(kernels, name, numbers(*shape))


@pytest.mark.parametrize(("m", "k", "n"), [(1, 1, 1), (16, 16, 16), (17, 31, 13), (33, 1, 37), (5, 48, 2)])
def test_the_tiled_product_is_right_where_tiles_are_not_full(
    kernels: ModuleType, m: int, k: int, n: int
) -> None:
    holds(kernels, "matmul", numbers(m, k), numbers(k, n))


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding"),
    [((5, 4), (3, 2), 1, 0), ((9, 7), (3, 2), (2, 1), (1, 0)), ((4, 6), (1, 3), (1, 3), (2, 1))],
)
def test_convolutions_and_gradients_are_right(
    kernels: ModuleType, size: tuple[int, int], kernel: tuple[int, int], stride: Pair, padding: Pair
) -> None:
    x, w = numbers(3, *size, 2), numbers(*kernel, 2, 5)
    for name in ("conv_direct", "conv_implicit"):
        holds(kernels, name, x, w, stride, padding)
    out_grad = numbers(*in_numpy.conv_direct(x, w, stride, padding).shape)
    for name in ("w_grad_atomic", "w_grad_split"):
        holds(kernels, name, x, out_grad, w.shape, stride, padding)


def test_a_kernel_that_nvidia_refuses_has_the_emulators_result(
    kernels: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the verdict is the same with a GPU and without one; a CuPy that refuses stands for the GPU."""

    class CompileException(Exception):
        pass

    class RawModule:
        def __init__(self, **_: object) -> None:
            pass

        def compile(self) -> None:
            raise CompileException("kernels.cu(3): error")

    compiler = SimpleNamespace(compiler=SimpleNamespace(CompileException=CompileException))
    monkeypatch.setitem(sys.modules, "cupy", SimpleNamespace(RawModule=RawModule, cuda=compiler))
    kernels.loaded_on_a_gpu.cache_clear()
    assert kernels.fill(3, 2.0, device="cuda").tolist() == [2, 2, 2]
    kernels.loaded_on_a_gpu.cache_clear()


def test_a_grid_is_rounded_up(kernels: ModuleType) -> None:
    assert [kernels.blocks_for(n, 128) for n in (1, 127, 128, 129, 256)] == [1, 1, 1, 2, 2]
