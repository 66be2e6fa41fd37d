"""positions takes the grids in the order x, y, and permute applies the inverse permutation.

Ideas: first_axis_runs_fastest, inverse_permutation.
"""


def positions(shape, strides, offset):
    grids = np.meshgrid(*[np.arange(n) for n in shape])  # wrong: without indexing="ij" the first two axes are exchanged
    total = np.full(shape, offset, dtype=np.int64)
    for grid, stride in zip(grids, strides):
        total = total + grid * stride
    return total.reshape(-1)


def permute(self, axes):
    axes = normalize_axes(axes, self.ndim)
    if len(axes) != self.ndim:
        raise ValueError("name each axis once")
    shape, strides = [0] * self.ndim, [0] * self.ndim
    for i, ax in enumerate(axes):
        shape[ax] = self.shape[i]  # wrong: axis i of the result is axis ax of self
        strides[ax] = self.strides[i]  # wrong: axis i of the result is axis ax of self
    return self.as_strided(tuple(shape), tuple(strides))
