"""tiles returns a view, matmul_tiled joins the axes of its tiles in their order, and matmul compares the outer lengths.

Ideas: lengths_not_compared, outer_lengths_compared, tiles_joined_in_their_order, tiles_left_scattered.
"""


def matmul(a, b):
    if a.ndim != 2 or b.ndim != 2:
        raise ValueError("matmul needs two matrices")
    if a.shape[0] != b.shape[1]:  # wrong: the inner lengths are a.shape[1] and b.shape[0]
        raise ValueError(f"{a.shape} @ {b.shape}")
    out = zeros((a.shape[0], b.shape[1]), a.dtype)
    add_product(a, b, out)
    return out


def tiles(a, tile):
    m, n = a.shape
    M, N = -(-m // tile), -(-n // tile)
    padded = a.pad([(0, M * tile - m), (0, N * tile - n)])
    return padded.reshape((M, tile, N, tile)).permute((0, 2, 1, 3))  # wrong: the result has to be compact


def matmul_tiled(a, b, tile):
    A, B = tiles(a, tile), tiles(b, tile)
    M, P, N = A.shape[0], A.shape[1], B.shape[1]
    C = zeros((M, N, tile, tile), a.dtype)
    for i in range(M):
        for j in range(N):
            for p in range(P):
                add_product(A[i, p], B[p, j], C[i, j])
    whole = C.reshape((M * tile, N * tile))  # wrong: the tile's rows have to come before the column of tiles
    return whole[: a.shape[0], : b.shape[1]].compact()
