"""Compares axes as they are given, so a negative one is none; the maximum starts at 0.

Ideas: maximum_begins_with_0.
"""


def _rows(a, axis, keepdims):
    if axis is None:
        flat = a.compact()
        return flat.buffer.reshape(1, -1), (1,) * a.ndim if keepdims else ()
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    rest = tuple(i for i in range(a.ndim) if i not in axes)  # wrong: a negative axis is in no range
    moved = a.permute(rest + axes).compact()
    count = 1
    for i in axes:
        count *= a.shape[i]
    shape = tuple((1 if i in axes else n) for i, n in enumerate(a.shape)) if keepdims else tuple(a.shape[i] for i in rest)
    return moved.buffer.reshape(-1, count), shape  # wrong: without elements, -1 cannot be computed


def sum(self, axis=None, keepdims=False):
    rows, shape = _rows(self, axis, keepdims)
    return array(rows.sum(axis=1), dtype=self.dtype).reshape(shape)


def max(self, axis=None, keepdims=False):
    rows, shape = _rows(self, axis, keepdims)
    if rows.shape[1] == 0:
        raise ValueError("no elements")
    out = np.zeros(len(rows), dtype=self.dtype)  # wrong: all may be below 0
    for i, row in enumerate(rows):
        for v in row:
            if v > out[i]:
                out[i] = v
    return array(out, dtype=self.dtype).reshape(shape)
