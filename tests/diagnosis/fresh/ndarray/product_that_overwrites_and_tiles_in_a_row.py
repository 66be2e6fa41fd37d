"""add_product writes its sum over what is there; tiles are cut by a reshape alone.

Ideas: overwritten_instead_of_added, reshaped_into_tiles.
"""


def add_product(a, b, out):
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            total = 0.0
            for p in range(a.shape[1]):
                total += (
                    a.buffer[a.offset + i * a.strides[0] + p * a.strides[1]]
                    * b.buffer[b.offset + p * b.strides[0] + j * b.strides[1]]
                )
            out.buffer[out.offset + i * out.strides[0] + j * out.strides[1]] = total  # wrong: it must add


def tiles(a, tile):
    m, n = a.shape
    M, N = (m + tile - 1) // tile, (n + tile - 1) // tile
    padded = a.pad(((0, M * tile - m), (0, N * tile - n)))
    return padded.compact().reshape((M, N, tile, tile))  # wrong: a tile is not the next t * t numbers
