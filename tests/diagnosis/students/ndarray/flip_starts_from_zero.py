"""flip computes where the last element lies in an array that begins at 0.

Ideas: flipped_without_its_own_offset.
"""


def flip(self, axes=None):
    if axes is None:
        axes = tuple(range(self.ndim))
    axes = normalize_axes(axes, self.ndim)
    new_strides = list(self.strides)
    start = 0
    for i in axes:
        start += (self.shape[i] - 1) * self.strides[i]
        new_strides[i] *= -1
    return self.as_strided(self.shape, tuple(new_strides), start)
