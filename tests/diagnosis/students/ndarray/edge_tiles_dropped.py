"""tiles counts whole tiles only, and cuts the rest of the matrix off.

Ideas: edges_cut_off.
"""


def tiles(a, tile):
    m, n = a.shape
    rows = m // tile
    cols = n // tile
    a = a[: rows * tile, : cols * tile]
    return a.reshape((rows, tile, cols, tile)).permute((0, 2, 1, 3)).compact()
