"""The emulator's benchmark kernel in Python, for Numba's CUDA simulator."""

import os
from typing import Any

os.environ["NUMBA_ENABLE_CUDASIM"] = "1"  # read when Numba is first imported
from numba import cuda, float32


@cuda.jit  # type: ignore[untyped-decorator]  # Numba has no types
def tiled(a: Any, b: Any, c: Any) -> None:
    """c = a @ b."""
    a_tile = cuda.shared.array((16, 16), float32)
    b_tile = cuda.shared.array((16, 16), float32)  # on its own line: the simulator tells arrays by line
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    row, column = cuda.blockIdx.y * 16 + y, cuda.blockIdx.x * 16 + x
    total = float32(0)
    for t in range(0, a.shape[1], 16):
        a_tile[y, x] = a[row, t + x] if row < a.shape[0] and t + x < a.shape[1] else 0
        b_tile[y, x] = b[t + y, column] if t + y < b.shape[0] and column < b.shape[1] else 0
        cuda.syncthreads()
        for i in range(16):
            total += a_tile[y, i] * b_tile[i, x]
        cuda.syncthreads()
    if row < c.shape[0] and column < c.shape[1]:
        c[row, column] = total
