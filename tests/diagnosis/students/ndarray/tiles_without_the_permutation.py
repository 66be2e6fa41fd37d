"""tiles reshapes straight to (M, N, t, t).

Ideas: reshaped_into_tiles.
"""


def tiles(a, tile):
    m, n = a.shape
    M = (m + tile - 1) // tile
    N = (n + tile - 1) // tile
    padded = a.pad(((0, M * tile - m), (0, N * tile - n)))
    return padded.reshape((M, N, tile, tile)).compact()
