"""Memory for the intermediate results of a computation in blocks on the CPU."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from reference.backends.numpy import Buffer, Shape


class Memory:
    """Arrays that each block uses again: fresh memory takes longer to get than its contents to compute."""

    def __init__(self) -> None:
        self._buffers: dict[str, Buffer] = {}

    def array(self, name: str, shape: Shape, dtype: npt.DTypeLike) -> Buffer:
        """An array of arbitrary elements, over the memory of that name. A name has one dtype."""
        size = math.prod(shape)
        if name not in self._buffers or self._buffers[name].size < size:
            self._buffers[name] = np.empty(size, dtype)
        return self._buffers[name][:size].reshape(shape)
