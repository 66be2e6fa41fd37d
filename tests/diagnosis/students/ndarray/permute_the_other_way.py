"""permute sends axis i to axes[i].

Ideas: inverse_permutation.
"""


def permute(self, axes):
    axes = normalize_axes(axes, self.ndim)
    if len(axes) != self.ndim:
        raise ValueError("each axis must be named once")
    shape, strides = [0] * self.ndim, [0] * self.ndim
    for i, axis in enumerate(axes):
        shape[axis] = self.shape[i]
        strides[axis] = self.strides[i]
    return self.as_strided(tuple(shape), tuple(strides))
