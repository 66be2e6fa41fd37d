"""Times the other convolutions and pooling on the GPU, against PyTorch: the CPU's shapes with N = 64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from benchmarks.convolution_family import contests, table
from benchmarks.gpu import ROUNDS, on_gpu
from benchmarks.table import Table
from reference.ndarray import cuda

IMAGES = 64

ABOUT = """\
`reference.conv_nd` and `reference.pooling` on `cuda()` against `torch` on the same GPU, float32 with TF32
off, real data, N = {images}. torch's time is that of the faster of its two memory formats, after cuDNN has
chosen by trial. Times are between two events on the GPU, the shortest of {rounds} rounds. GPU: {gpu}."""


def measure() -> Table:
    """The table: milliseconds of both and their ratio. RuntimeError if there is no GPU."""
    device = cuda()
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True

    def times(ours: Callable[[], Any], theirs: list[Callable[[], Any]]) -> tuple[float, float]:
        return on_gpu(ours), min(map(on_gpu, theirs))

    about = ABOUT.format(images=IMAGES, rounds=ROUNDS, gpu=torch.cuda.get_device_name())
    title = "Other convolutions and pooling on the GPU"
    return table(title, about, contests(device, "cuda", IMAGES), times, tolerance=1e-3)
