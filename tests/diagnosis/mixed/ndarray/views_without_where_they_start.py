"""permute and flip both forget where the array itself starts; permute knows no negative axes.

Ideas: permuted_from_the_start_of_the_buffer, permuted_with_offset_0, flipped_without_its_own_offset.
"""


def permute(self, axes):
    axes = tuple(axes)
    if sorted(axes) != list(range(len(self.shape))):
        raise ValueError("axes must be a permutation")
    new_shape = tuple(self.shape[i] for i in axes)
    new_strides = tuple(self.strides[i] for i in axes)
    return self.as_strided(new_shape, new_strides, 0)


def flip(self, axes=None):
    axes = normalize_axes(range(self.ndim) if axes is None else axes, self.ndim)
    strides = [-s if i in axes else s for i, s in enumerate(self.strides)]
    offset = sum((self.shape[i] - 1) * self.strides[i] for i in axes)
    return self.as_strided(self.shape, tuple(strides), offset)
