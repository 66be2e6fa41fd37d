"""add_product overwrites what out holds.

Ideas: overwritten_instead_of_added.
"""


def add_product(a, b, out):
    left, right = a.numpy(), b.numpy()
    for i in range(left.shape[0]):
        for j in range(right.shape[1]):
            s = 0.0
            for p in range(left.shape[1]):
                s += left[i, p] * right[p, j]
            out.buffer[out.offset + i * out.strides[0] + j * out.strides[1]] = s
