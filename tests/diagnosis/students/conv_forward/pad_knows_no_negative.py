"""pad writes the array at `low`, which a negative number turns into a place from the end.

Ideas: negative_number_as_an_index.
"""

from ndarray import zeros


def pad(a, padding):
    if len(padding) != a.ndim:
        raise ValueError("one pair per axis")
    new_shape = []
    where = []
    for size, (low, high) in zip(a.shape, padding):
        if size + low + high < 0:
            raise ValueError("too much cut off")
        new_shape.append(size + low + high)
        where.append(slice(low, low + size))
    out = zeros(tuple(new_shape), a.device, a.dtype)
    out[tuple(where)] = a
    return out
