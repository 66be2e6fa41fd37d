"""Depthwise, dilated, grouped and transposed convolution and pooling on the CPU, against PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, TypeAlias
from unittest.mock import patch

import numpy as np
import torch

from benchmarks.table import Table, geometric_mean
from benchmarks.timing import best_times
from reference import compiled_loops
from reference.backends import Device
from reference.conv_nd import conv, conv_transpose, conv_w_grad, conv_x_grad
from reference.ndarray import array, cpu
from reference.pooling import average_pool, average_pool_grad, max_pool, max_pool_grad

ABOUT = """\
`reference.conv_nd` and `reference.pooling` on `cpu()` against `torch` on the CPU, one thread each, float32,
real data. The benchmark drops `OPENBLAS_*` settings, which would slow down only NumPy. torch's time is the
better of its two memory formats. All contenders run in turn, in several rounds, after a check that their
results agree. A ratio is our shortest time over torch's. torch computes gradients of convolutions with
`aten::convolution_backward`. The gradient of max pooling starts from x, so torch pools again, as ours does.
Numba is installed, as with the extra `fast`: it compiles our depthwise convolutions and gradients of
pooling. The last row shows NumPy without Numba. The goal is a geometric mean of at most 1.5."""


class Layer(NamedTuple):
    """One convolution: images (n, size, size, c_in), kernels (kernel, kernel, c_in / groups, c_out)."""

    name: str
    n: int
    size: int
    c_in: int
    c_out: int
    kernel: int
    stride: int = 1
    padding: int = 1
    dilation: int = 1
    groups: int = 1
    output_padding: int | None = None  # of a transposed convolution

    def __str__(self) -> str:
        return (
            f"{self.name} ({self.n}, {self.size}, {self.size}, {self.c_in}→{self.c_out}), K={self.kernel}, "
            f"s={self.stride}, d={self.dilation}, groups={self.groups}"
        )


LAYERS = (
    Layer("depthwise", 8, 56, 64, 64, 3, groups=64),
    Layer("depthwise", 8, 28, 128, 128, 3, stride=2, groups=128),
    Layer("dilated", 8, 32, 64, 64, 3, padding=2, dilation=2),
    Layer("dilated", 4, 28, 128, 128, 3, padding=4, dilation=4),
    Layer("grouped", 8, 28, 128, 128, 3, groups=4),
    Layer("grouped", 8, 32, 64, 64, 3, groups=8),
    Layer("transposed", 8, 16, 64, 32, 4, stride=2, output_padding=0),
    Layer("transposed", 4, 28, 64, 64, 3, stride=2, output_padding=1),
)
POOLS = ((8, 56, 64, 2, 2, 0), (8, 56, 64, 3, 2, 1))
FORMATS = (torch.contiguous_format, torch.channels_last)
Contest = tuple[str, Callable[[], Any], list[Callable[[], Any]], tuple[int, ...]]


def measure() -> Table:
    """The table: milliseconds for each library and their ratio, a row for each function and shape."""
    torch.set_num_threads(1)

    def times(ours: Callable[[], Any], theirs: list[Callable[[], Any]]) -> tuple[float, float]:
        best = best_times({"ours": ours, **{str(n): each for n, each in enumerate(theirs)}}, seconds=1.0)
        return best.pop("ours") * 1e3, min(best.values()) * 1e3

    title, of = "Other convolutions and pooling on the CPU", contests(cpu(), "cpu")
    with_numba = table(title, ABOUT, of, times)
    with patch.object(compiled_loops, "LARGE", math.inf):
        _, *numbers, mean = table(title, ABOUT, of, times).rows[-1]
    return replace(with_numba, rows=(*with_numba.rows, ("geometric mean without Numba", *numbers, mean)))


Times: TypeAlias = Callable[[Callable[[], Any], list[Callable[[], Any]]], tuple[float, float]]


def table(title: str, about: str, of: Sequence[Contest], times: Times, tolerance: float = 1e-4) -> Table:
    """Compares the results of each contest, then measures it: ours, torch's best, and the ratio."""
    rows, ratios = [], []
    for name, ours, theirs, order in of:
        expected = ours().numpy()
        for compute in theirs:
            difference = np.abs(compute().detach().cpu().numpy().transpose(order) - expected).max()
            assert difference <= tolerance * np.abs(expected).max(), f"{name}: the results differ"
        mine, other = times(ours, theirs)
        rows.append((name, f"{mine:.2f}", f"{other:.2f}", f"{mine / other:.2f}"))
        ratios.append(mine / other)
    rows.append(("**geometric mean**", "", "", f"**{geometric_mean(ratios):.2f}**"))
    return Table(title, about, ("function and shape", "ours ms", "torch ms", "ratio"), tuple(rows))


def contests(device: Device, place: str, images: int | None = None) -> list[Contest]:
    """All of them, on a device of ours and torch's name for it; `images` replaces each N."""
    layers = [layer._replace(n=images or layer.n) for layer in LAYERS]
    pools = [(images or n, *rest) for n, *rest in POOLS]
    return [
        *(contest for layer in layers for contest in of_layer(layer, device, place)),
        *(contest for pool in pools for contest in of_pool(device, place, *pool)),
    ]


def of_layer(layer: Layer, device: Device, place: str) -> list[Contest]:
    """The forward pass of a layer and, unless it is a transpose itself, both gradients."""
    rng = np.random.default_rng(0)
    _, n, size, c_in, c_out, kernel, s, p, d, groups, more = layer
    x = rng.standard_normal((n, size, size, c_in), "float32")
    if more is not None:
        w = rng.standard_normal((kernel, kernel, c_out // groups, c_in), "float32")
        forward = partial(conv_transpose, array(x, device), array(w, device), s, p, d, groups, more)
        theirs: list[Callable[[], Any]] = [
            partial(torch.nn.functional.conv_transpose2d, tx, tw, None, s, p, more, groups, d)
            for tx, tw in zip(
                in_formats(x, (0, 3, 1, 2), place), in_formats(w, (3, 2, 0, 1), place), strict=True
            )
        ]
        return [(str(layer), forward, theirs, (0, 2, 3, 1))]
    w = rng.standard_normal((kernel, kernel, c_in // groups, c_out), "float32")
    how = s, p, d, groups
    ours_x, ours_w = array(x, device), array(w, device)
    out_grad = conv(ours_x, ours_w, *how)
    tensors = list(
        zip(
            in_formats(x, (0, 3, 1, 2), place),
            in_formats(w, (3, 2, 0, 1), place),
            in_formats(out_grad.numpy(), (0, 3, 1, 2), place),
            strict=True,
        )
    )
    return [
        (
            str(layer),
            partial(conv, ours_x, ours_w, *how),
            [partial(torch.conv2d, tx, tw, None, s, p, d, groups) for tx, tw, _ in tensors],
            (0, 2, 3, 1),
        ),
        (
            f"{layer}, x_grad",
            partial(conv_x_grad, out_grad, ours_w, x.shape, *how),
            [partial(backward, tg, tx, tw, layer, 0) for tx, tw, tg in tensors],
            (0, 2, 3, 1),
        ),
        (
            f"{layer}, w_grad",
            partial(conv_w_grad, ours_x, out_grad, w.shape, *how),
            [partial(backward, tg, tx, tw, layer, 1) for tx, tw, tg in tensors],
            (2, 3, 1, 0),
        ),
    ]


def of_pool(
    device: Device, place: str, n: int, size: int, channels: int, window: int, stride: int, padding: int
) -> list[Contest]:
    """Max and average pooling, with their gradients."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n, size, size, channels), "float32")
    how, ours = (window, stride, padding), array(x, device)
    images = in_formats(x, (0, 3, 1, 2), place)
    shape = f"({n}, {size}, {size}, {channels}), window {window}, s={stride}"
    contests: list[Contest] = []
    for name, pool, theirs in (
        ("max", max_pool, torch.nn.functional.max_pool2d),
        ("average", average_pool, torch.nn.functional.avg_pool2d),
    ):
        out = pool(ours, *how)
        pooled = partial(theirs, kernel_size=window, stride=stride, padding=padding)
        leaves = [image.clone().requires_grad_() for image in images]
        given = in_formats(out.numpy(), (0, 3, 1, 2), place)
        mine = (
            partial(max_pool_grad, out, ours) if name == "max" else partial(average_pool_grad, out, x.shape)
        )
        order = (0, 2, 3, 1)
        contests.append(
            (
                f"{name} pool {shape}",
                partial(pool, ours, *how),
                [partial(theirs, i, *how) for i in images],
                order,
            )
        )
        contests.append(
            (
                f"{name} pool {shape}, gradient",
                partial(mine, *how),
                [pull_back(pooled, *each, again=name == "max") for each in zip(leaves, given, strict=True)],
                order,
            )
        )
    return contests


def in_formats(values: Any, order: tuple[int, ...], place: str) -> list[torch.Tensor]:
    """A tensor with the axes in torch's order, in each memory format."""
    tensor = torch.from_numpy(np.ascontiguousarray(values.transpose(order))).to(place)
    return [tensor.contiguous(memory_format=memory_format) for memory_format in FORMATS]


def pull_back(
    pool: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, out_grad: torch.Tensor, again: bool
) -> Callable[[], torch.Tensor]:
    """The gradient in x of a forward pass, which is run again each time or has been run once."""
    out = pool(x)
    return lambda: torch.autograd.grad(pool(x) if again else out, x, out_grad, retain_graph=True)[0]


def backward(
    out_grad: torch.Tensor, x: torch.Tensor, w: torch.Tensor, layer: Layer, which: int
) -> torch.Tensor:
    """The gradient in x (which = 0) or in w (1), straight from the operation below torch's autograd."""
    gradients = torch.ops.aten.convolution_backward(
        out_grad,
        x,
        w,
        None,
        [layer.stride] * 2,
        [layer.padding] * 2,
        [layer.dilation] * 2,
        False,
        [0, 0],
        layer.groups,
        [which == 0, which == 1, False],
    )
    gradient: torch.Tensor = gradients[which]
    return gradient
