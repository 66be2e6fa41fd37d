"""Writes to low : -high, which is empty without zeros behind, and knows no negative numbers.

Ideas: minus_zero_as_an_end, negative_number_as_an_index.
"""


def pad(a, padding):
    assert len(padding) == len(a.shape)
    new_shape = []
    slices = []
    for n, (before, after) in zip(a.shape, padding):
        new_shape.append(n + before + after)
        slices.append(slice(before, -after))
    out = zeros(tuple(new_shape), dtype=a.dtype)
    out[tuple(slices)] = a
    return out
