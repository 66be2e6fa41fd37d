"""flip starts one step behind the last element, and the maximum starts at 0.

Ideas: one_past_the_end, maximum_begins_with_0.
"""


def flip(self, axes=None):
    if axes is None:
        axes = range(self.ndim)
    axes = normalize_axes(axes, self.ndim)
    strides, offset = list(self.strides), self.offset
    for ax in axes:
        offset += strides[ax] * self.shape[ax]  # wrong: n - 1 steps
        strides[ax] *= -1
    return self.as_strided(self.shape, tuple(strides), offset)


def _rows(a, axis):
    axes = tuple(range(a.ndim)) if axis is None else normalize_axes(axis, a.ndim)
    keep = [i for i in range(a.ndim) if i not in axes]
    moved = a.permute(tuple(keep) + axes).numpy()
    n = math.prod(a.shape[i] for i in axes)
    out_shape = tuple(a.shape[i] for i in keep)
    return moved.reshape((math.prod(out_shape), n)), out_shape, axes


def max(self, axis=None, keepdims=False):
    rows, shape, axes = _rows(self, axis)
    if rows.shape[1] == 0:
        raise ValueError("max of nothing")
    best = np.zeros(rows.shape[0], dtype=rows.dtype)  # wrong: all numbers may be negative
    for k in range(rows.shape[1]):
        best = np.where(rows[:, k] > best, rows[:, k], best)
    if keepdims:
        shape = tuple(1 if i in axes else n for i, n in enumerate(self.shape))
    return array(best.reshape(shape), dtype=self.dtype)
