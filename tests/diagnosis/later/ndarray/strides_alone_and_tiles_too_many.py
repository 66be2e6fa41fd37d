"""is_compact compares strides only, and the product of tiles keeps the zeros at its edges.

Ideas: buffer_not_looked_at, zeros_left_at_the_edges.
"""


def is_compact(self):
    return self.strides == row_major_strides(self.shape)  # wrong: the buffer may hold more


def matmul_tiled(a, b, tile):
    m, n = a.shape[0], b.shape[1]
    ta, tb = tiles(a, tile), tiles(b, tile)
    M, P = ta.shape[0], ta.shape[1]
    N = tb.shape[1]
    out = zeros((M, N, tile, tile), dtype=a.dtype)
    for i in range(M):
        for j in range(N):
            for p in range(P):
                add_product(ta[i, p], tb[p, j], out[i, j])
    return out.permute((0, 2, 1, 3)).reshape((M * tile, N * tile)).compact()  # wrong: not cut to (m, n)
