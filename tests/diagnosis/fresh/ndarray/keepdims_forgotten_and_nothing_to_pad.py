"""max forgets keepdims; pad hands back the array if there is nothing to pad.

Ideas: returned_where_nothing_is_added, maximum_axis_dropped.
"""


def pad(self, padding):
    if len(padding) != self.ndim:
        raise ValueError("wrong number of pairs")
    if not any(lo or hi for lo, hi in padding):
        return self  # wrong: always a copy
    new_shape = tuple(lo + n + hi for n, (lo, hi) in zip(self.shape, padding))  # wrong: negative numbers are not refused
    out = zeros(new_shape, self.dtype)
    out[tuple(slice(lo, lo + n) for n, (lo, hi) in zip(self.shape, padding))] = self
    return out


def max(self, axis=None, keepdims=False):
    axes = normalize_axes(range(self.ndim) if axis is None else axis, self.ndim)
    rest = tuple(i for i in range(self.ndim) if i not in axes)
    a = self.permute(rest + tuple(axes)).compact()
    n = math.prod(self.shape[i] for i in axes)
    rows = a.buffer.reshape(-1, n)
    out = rows.max(axis=1)
    return array(out, dtype=self.dtype).reshape(tuple(self.shape[i] for i in rest))  # wrong: keepdims is ignored
