"""flip walks n steps and not n - 1.

Ideas: one_past_the_end.
"""


def flip(self, axes=None):
    axes = range(self.ndim) if axes is None else axes
    strides, offset = list(self.strides), self.offset
    for axis in normalize_axes(axes, self.ndim):
        offset = offset + self.shape[axis] * strides[axis]
        strides[axis] = -strides[axis]
    return NDArray(self.buffer, self.shape, tuple(strides), offset)
