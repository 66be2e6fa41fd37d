"""flip reads the view's axes backwards and forgets where the view itself begins.

Ideas: flipped_without_its_own_offset.
"""


def flip(self, axes=None):
    turned = normalize_axes(range(self.ndim) if axes is None else axes, self.ndim)
    strides = [-s if i in turned else s for i, s in enumerate(self.strides)]
    start = 0
    for i in turned:
        start += max(self.shape[i] - 1, 0) * self.strides[i]
    return self.as_strided(self.shape, tuple(strides), start)
