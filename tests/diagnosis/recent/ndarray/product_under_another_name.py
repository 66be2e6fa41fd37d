"""add_product binds the sum to the name out, so the caller's array stays as it was; tiles counts as many tiles in a
row as in a column."""


def add_product(a, b, out):
    product = np.zeros(out.shape, dtype=out.dtype)
    A, B = a.numpy(), b.numpy()
    for i in range(A.shape[0]):
        for k in range(A.shape[1]):
            product[i] += A[i, k] * B[k]
    out = array(out.numpy() + product, dtype=out.dtype)  # wrong: a new array; out[...] has to be written


def tiles(a, tile):
    rows = math.ceil(a.shape[0] / tile)
    cols = math.ceil(a.shape[0] / tile)  # wrong: a.shape[1]
    full = np.zeros((rows * tile, cols * tile), dtype=a.dtype)
    full[: a.shape[0], : a.shape[1]] = a.numpy()
    blocks = [
        full[I * tile : (I + 1) * tile, J * tile : (J + 1) * tile] for I in range(rows) for J in range(cols)
    ]
    return array(np.stack(blocks).reshape((rows, cols, tile, tile)), dtype=a.dtype)
