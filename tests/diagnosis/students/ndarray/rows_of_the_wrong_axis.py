"""sum takes rows from memory without bringing the summed axis to the end.

Ideas: rows_of_the_memory_summed.
"""


def sum(self, axis=None, keepdims=False):
    axes = normalize_axes(tuple(range(self.ndim)) if axis is None else axis, self.ndim)
    kept = [n for i, n in enumerate(self.shape) if i not in axes]
    length = math.prod(self.shape[i] for i in axes)
    rows = self.compact().buffer.reshape(math.prod(kept), length)
    result = array(rows.sum(axis=1), dtype=self.dtype)
    if keepdims:
        return result.reshape(tuple(1 if i in axes else n for i, n in enumerate(self.shape)))
    return result.reshape(tuple(kept))
