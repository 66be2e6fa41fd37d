"""The matrix is cut into whole tiles, and what is left over is dropped; matmul reads rows of both.

Ideas: edges_cut_off.
"""


def matmul(a, b):
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0]:
        raise ValueError("shapes do not fit")
    out = zeros((a.shape[0], b.shape[1]), a.dtype)
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            out.buffer[i * b.shape[1] + j] = (a[i].numpy() * b[j].numpy()).sum()  # wrong: a column of b, not a row
    return out


def tiles(a, tile):
    m, n = a.shape
    M, N = m // tile, n // tile  # wrong: rounded down, so the edge is lost
    a = a[: M * tile, : N * tile]
    return a.reshape((M, tile, N, tile)).permute((0, 2, 1, 3)).compact()


def matmul_tiled(a, b, tile):
    raise NotImplementedError  # wrong: not written yet
