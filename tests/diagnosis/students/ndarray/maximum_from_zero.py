"""The loop that looks for the maximum begins with 0.

Ideas: maximum_begins_with_0.
"""


def max(self, axis=None, keepdims=False):
    axes = normalize_axes(tuple(range(self.ndim)) if axis is None else axis, self.ndim)
    kept = [i for i in range(self.ndim) if i not in axes]
    if any(self.shape[i] == 0 for i in axes):
        raise ValueError("maximum of nothing")
    moved = self.permute(tuple(kept) + tuple(axes)).compact()
    length = math.prod(self.shape[i] for i in axes)
    values = []
    for start in range(0, moved.size, length):
        best = 0
        for v in moved.buffer[start : start + length]:
            if v > best:
                best = v
        values.append(best)
    shape = tuple(self.shape[i] for i in kept)
    if keepdims:
        shape = tuple(1 if i in axes else n for i, n in enumerate(self.shape))
    return array(np.array(values).reshape(shape), dtype=self.dtype)
