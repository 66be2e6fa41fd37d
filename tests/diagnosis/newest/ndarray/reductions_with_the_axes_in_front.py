"""sum puts the summed axes in front but adds rows, max begins at 0, and add_product replaces what out holds.

Ideas: maximum_begins_with_0, overwritten_instead_of_added, rows_of_the_memory_summed, summed_axes_in_front.
"""


def sum(self, axis=None, keepdims=False):
    if axis is None:
        axis = tuple(range(self.ndim))
    axis = normalize_axes(axis, self.ndim)
    rest = tuple(i for i in range(self.ndim) if i not in axis)
    n = math.prod(self.shape[i] for i in axis)
    kept = [self.shape[i] for i in rest]
    flat = self.permute(axis + rest).compact()  # wrong: the summed axes have to come last
    sums = flat.numpy().reshape(math.prod(kept), n).sum(axis=1)
    if keepdims:
        kept = [1 if i in axis else m for i, m in enumerate(self.shape)]
    return array(sums.reshape(kept), dtype=self.dtype)


def max(self, axis=None, keepdims=False):
    axis = tuple(range(self.ndim)) if axis is None else normalize_axes(axis, self.ndim)
    if any(self.shape[i] == 0 for i in axis):
        raise ValueError("max of nothing")
    rest = tuple(i for i in range(self.ndim) if i not in axis)
    n = math.prod(self.shape[i] for i in axis)
    host = self.permute(rest + axis).numpy().reshape(-1)
    out = []
    for start in range(0, len(host), n):
        best = 0.0  # wrong: all numbers may be negative
        for v in host[start : start + n]:
            if v > best:
                best = v
        out.append(best)
    shape = [self.shape[i] for i in rest]
    if keepdims:
        shape = [1 if i in axis else m for i, m in enumerate(self.shape)]
    return array(np.array(out).reshape(shape), dtype=self.dtype)


def add_product(a, b, out):
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            total = 0
            for p in range(a.shape[1]):
                left = a.buffer[a.offset + i * a.strides[0] + p * a.strides[1]]
                right = b.buffer[b.offset + p * b.strides[0] + j * b.strides[1]]
                total += left * right
            out.buffer[out.offset + i * out.strides[0] + j * out.strides[1]] = total  # wrong: out already holds something
