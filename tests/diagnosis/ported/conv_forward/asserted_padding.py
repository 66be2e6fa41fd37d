"""pad asserts that no number is negative and returns the array itself if there is nothing to do.

Ideas: negative_number_asserted_away, same_array_when_nothing_to_pad.
"""

from ndarray import zeros


def pad(a, padding):
    if len(padding) != a.ndim:
        raise ValueError("one pair an axis")
    assert all(low >= 0 and high >= 0 for low, high in padding), "negative padding"
    if all(low == 0 and high == 0 for low, high in padding):
        return a
    shape = [n + low + high for n, (low, high) in zip(a.shape, padding)]
    out = zeros(tuple(shape), a.device, a.dtype)
    out[tuple(slice(low, low + n) for n, (low, high) in zip(a.shape, padding))] = a
    return out
