"""tiles numbers the tiles column by column.

Ideas: tiles_numbered_by_column.
"""

import numpy as np


def tiles(a, tile):
    m, n = a.shape
    down, across = -(-m // tile), -(-n // tile)
    full = np.zeros((down * tile, across * tile), dtype=a.dtype)
    full[:m, :n] = a.numpy()
    out = np.zeros((down * across, tile, tile), dtype=a.dtype)
    for j in range(across):
        for i in range(down):
            out[j * down + i] = full[i * tile : (i + 1) * tile, j * tile : (j + 1) * tile]
    return array(out.reshape(down, across, tile, tile), dtype=a.dtype)
