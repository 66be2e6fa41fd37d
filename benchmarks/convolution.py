"""Times convolution and its gradients on the CPU, against PyTorch."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch

from benchmarks.table import Table, geometric_mean
from benchmarks.timing import best_times
from reference.conv import conv, conv_w_grad, conv_x_grad
from reference.ndarray import array


class Shape(NamedTuple):
    """One convolution: images (n, size, size, c_in), kernels (kernel, kernel, c_in, c_out)."""

    n: int
    size: int
    c_in: int
    c_out: int
    kernel: int
    stride: int
    padding: int

    def __str__(self) -> str:
        n, size, c_in, c_out, kernel, stride, padding = self
        return f"({n}, {size}, {size}, {c_in}→{c_out}), K={kernel}, s={stride}, p={padding}"


SHAPES = (
    Shape(8, 32, 64, 64, 3, 1, 1),
    Shape(8, 56, 64, 64, 3, 1, 1),
    Shape(4, 28, 128, 128, 3, 1, 1),
    Shape(8, 32, 3, 32, 5, 2, 2),
    Shape(16, 32, 16, 32, 3, 2, 1),
    Shape(8, 14, 256, 256, 1, 1, 0),
)

FORMATS = {"contiguous": torch.contiguous_format, "channels last": torch.channels_last}

ABOUT = """\
`reference.conv` on `cpu()` against `torch` on the CPU, one thread each, float32, real data. The benchmark
drops `OPENBLAS_*` settings, which would slow down only NumPy. Images are (N, H, W, C_in→C_out). torch's
time is the best of its two memory formats and, for gradients, of `torch.nn.grad` and
`aten::convolution_backward`. Every result is a new array. All contenders run in turn, in several rounds,
after a check that their results agree. A ratio is our shortest time over torch's. The goal is a geometric
mean of at most 1.5 for conv and 1.8 for each gradient, and no ratio above 2.5 if torch takes a millisecond
or more."""


def measure() -> Table:
    """The table: milliseconds of both and their ratio, for the forward pass and for each gradient."""
    torch.set_num_threads(1)
    times = {str(shape): [_both(*each) for each in contenders(shape)] for shape in SHAPES}
    return table_of("Convolution on the CPU", ABOUT, times, ".2f")


def _both(ours: Callable[[], Any], theirs: dict[str, Callable[[], Any]]) -> tuple[float, float]:
    """Milliseconds of our function, and of the fastest of torch's ways."""
    best = best_times({"ours": ours, **theirs})
    return best.pop("ours") * 1e3, min(best.values()) * 1e3


def table_of(title: str, about: str, times: Mapping[str, Sequence[tuple[float, float]]], form: str) -> Table:
    """A row for each shape, from our milliseconds and torch's for conv, x_grad and w_grad, in that order."""
    rows = []
    for shape, pairs in times.items():
        texts = ((f"{ours:{form}}", f"{theirs:{form}}", f"{ours / theirs:.2f}") for ours, theirs in pairs)
        rows.append((shape, *itertools.chain.from_iterable(texts)))
    ratios = ([ours / theirs for ours, theirs in pairs] for pairs in zip(*times.values(), strict=True))
    means = (("", "", f"**{geometric_mean(column):.2f}**") for column in ratios)
    rows.append(("**geometric mean**", *itertools.chain.from_iterable(means)))
    names = ((f"{name} ms", "torch ms", "ratio") for name in ("conv", "x_grad", "w_grad"))
    return Table(title, about, ("shape", *itertools.chain.from_iterable(names)), tuple(rows))


Contenders = tuple[Callable[[], Any], dict[str, Callable[[], Any]]]


def contenders(shape: Shape) -> Iterator[Contenders]:
    """Our function, and torch's ways to the same result, for the forward pass, x_grad and w_grad."""
    n, size, c_in, c_out, kernel, s, p = shape
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n, size, size, c_in), "float32")
    w = rng.standard_normal((kernel, kernel, c_in, c_out), "float32")
    ours_x, ours_w = array(x), array(w)
    out_grad = conv(ours_x, ours_w, s, p)

    forward: dict[str, Callable[[], Any]] = {}
    x_grad: dict[str, Callable[[], Any]] = {}
    w_grad: dict[str, Callable[[], Any]] = {}
    for name, memory_format in FORMATS.items():
        tx, tw, tg = (
            torch.from_numpy(a.transpose(order)).contiguous(memory_format=memory_format)
            for a, order in ((x, (0, 3, 1, 2)), (w, (3, 2, 0, 1)), (out_grad.numpy(), (0, 3, 1, 2)))
        )
        forward[name] = partial(torch.conv2d, tx, tw, stride=s, padding=p)
        x_grad[name] = partial(torch.nn.grad.conv2d_input, tx.shape, tw, tg, s, p)
        w_grad[name] = partial(torch.nn.grad.conv2d_weight, tx, tw.shape, tg, s, p)
        x_grad[f"{name}, aten"] = partial(backward, tg, tx, tw, s, p, 0)
        w_grad[f"{name}, aten"] = partial(backward, tg, tx, tw, s, p, 1)

    for ours, theirs, order in (
        (partial(conv, ours_x, ours_w, s, p), forward, (0, 2, 3, 1)),
        (partial(conv_x_grad, out_grad, ours_w, x.shape, s, p), x_grad, (0, 2, 3, 1)),
        (partial(conv_w_grad, ours_x, out_grad, w.shape, s, p), w_grad, (2, 3, 1, 0)),
    ):
        expected = ours().numpy()
        for compute in theirs.values():
            difference = np.abs(compute().numpy().transpose(order) - expected).max()
            assert difference <= 1e-4 * np.abs(expected).max(), f"{shape}: the results differ"
        yield ours, theirs


def backward(
    out_grad: torch.Tensor, x: torch.Tensor, w: torch.Tensor, stride: int, padding: int, which: int
) -> torch.Tensor:
    """The gradient in x (which = 0) or in w (1), straight from the operation below torch's autograd."""
    mask = [which == 0, which == 1, False]
    gradients = torch.ops.aten.convolution_backward(
        out_grad, x, w, None, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1, mask
    )
    gradient: torch.Tensor = gradients[which]
    return gradient
