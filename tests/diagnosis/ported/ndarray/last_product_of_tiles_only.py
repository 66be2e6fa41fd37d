"""matmul_tiled starts each tile of the result anew for every P, so that only the last product is left.

Ideas: last_pair_of_tiles_only.
"""


def matmul_tiled(a, b, tile):
    left, right = tiles(a, tile), tiles(b, tile)
    M, K, N = left.shape[0], left.shape[1], right.shape[1]
    out = zeros((M, N, tile, tile), a.dtype)
    for i in range(M):
        for j in range(N):
            for k in range(K):
                out[i, j] = matmul(left[i, k], right[k, j])
    full = out.permute((0, 2, 1, 3)).reshape((M * tile, N * tile))
    return full[: a.shape[0], : b.shape[1]].compact()
