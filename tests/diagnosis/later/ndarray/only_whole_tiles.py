"""tiles does not fill up the edges, and so reshape refuses sizes that are no multiple of a tile.

Ideas: edges_cut_off.
"""


def tiles(a, tile):
    m, n = a.shape
    M, N = m // tile, n // tile  # wrong: rounded up, after zeros are put at the edges
    t = a.reshape((M, tile, N, tile))
    return t.permute((0, 2, 1, 3)).compact()


def matmul(a, b):
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0]:
        raise ValueError(f"matmul {a.shape} {b.shape}")
    out = zeros((a.shape[0], b.shape[1]), dtype=a.dtype)
    add_product(a, b, out)
    return out
