"""Times convolution and its gradients on the GPU, against PyTorch: the CPU's shapes with N = 256."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from benchmarks.convolution import FORMATS, SHAPES, Shape, backward, table_of
from benchmarks.table import Table
from reference.conv import conv, conv_w_grad, conv_x_grad
from reference.ndarray import array, cuda

IMAGES = 256
ROUNDS = 30

ABOUT = """\
`reference.conv` on `cuda()` against `torch` on the same GPU, float32 with TF32 off, real data, N = 256.
torch's time is that of the faster of its two memory formats, after cuDNN has chosen by trial. Times are
between two events on the GPU, the shortest of {rounds} rounds. The goal is a geometric mean of at most 1.5.
GPU: {gpu}."""


def measure() -> Table:
    """The table: milliseconds of both and their ratio. RuntimeError if there is no GPU."""
    cuda()
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    times = {}
    for shape in (shape._replace(n=IMAGES) for shape in SHAPES):
        times[str(shape)] = [(on_gpu(ours), min(map(on_gpu, theirs))) for ours, theirs in contenders(shape)]
    about = ABOUT.format(rounds=ROUNDS, gpu=torch.cuda.get_device_name())
    return table_of("Convolution on the GPU", about, times, ".3f")


def on_gpu(compute: Callable[[], Any]) -> float:
    """Milliseconds of the shortest of many calls, measured by events on the GPU.

    CuPy and torch both use CUDA's default stream, so one kind of event times both.
    """
    compute()
    best = float("inf")
    for _ in range(ROUNDS):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        compute()
        end.record()
        end.synchronize()
        best = min(best, start.elapsed_time(end))
    return best


Contenders = tuple[Callable[[], Any], list[Callable[[], Any]]]


def contenders(shape: Shape) -> list[Contenders]:
    """Our function, and torch's in its two memory formats, for the forward pass, x_grad and w_grad."""
    n, size, c_in, c_out, kernel, s, p = shape
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n, size, size, c_in), "float32")
    w = rng.standard_normal((kernel, kernel, c_in, c_out), "float32")
    ours_x, ours_w = array(x, cuda()), array(w, cuda())
    out_grad = conv(ours_x, ours_w, s, p)

    forward: list[Callable[[], Any]] = []
    x_grad: list[Callable[[], Any]] = []
    w_grad: list[Callable[[], Any]] = []
    for memory_format in FORMATS.values():
        tx, tw, tg = (
            torch.from_numpy(a.transpose(order)).cuda().contiguous(memory_format=memory_format)
            for a, order in ((x, (0, 3, 1, 2)), (w, (3, 2, 0, 1)), (out_grad.numpy(), (0, 3, 1, 2)))
        )
        forward.append(partial(torch.conv2d, tx, tw, stride=s, padding=p))
        x_grad.append(partial(backward, tg, tx, tw, s, p, 0))
        w_grad.append(partial(backward, tg, tx, tw, s, p, 1))

    every: list[Contenders] = [
        (partial(conv, ours_x, ours_w, s, p), forward),
        (partial(conv_x_grad, out_grad, ours_w, x.shape, s, p), x_grad),
        (partial(conv_w_grad, ours_x, out_grad, w.shape, s, p), w_grad),
    ]
    for (ours, theirs), order in zip(every, ((0, 2, 3, 1), (0, 2, 3, 1), (2, 3, 1, 0)), strict=True):
        expected = ours().numpy()
        for compute in theirs:
            difference = np.abs(compute().cpu().numpy().transpose(order) - expected).max()
            assert difference <= 1e-3 * np.abs(expected).max(), f"{shape}: the results differ"
    return every
