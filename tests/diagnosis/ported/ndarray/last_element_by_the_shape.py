"""flip computes the place of the last element from the lengths and not from the strides.

Ideas: way_of_a_compact_array.
"""


def flip(self, axes=None):
    axes = normalize_axes(range(self.ndim) if axes is None else axes, self.ndim)
    new_strides = list(self.strides)
    new_offset = self.offset
    for a in axes:
        new_strides[a] *= -1
        step = self.shape[a] - 1
        for b in range(a + 1, self.ndim):
            step *= self.shape[b]
        new_offset += step
    return self.as_strided(self.shape, tuple(new_strides), new_offset)
