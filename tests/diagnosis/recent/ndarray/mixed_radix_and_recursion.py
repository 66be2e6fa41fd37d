"""Nothing is wrong here: positions counts in mixed radix, flip goes axis by axis, and sum folds slices together."""


def positions(shape, strides, offset):
    total = math.prod(shape)
    places = np.full(total, offset, dtype=np.int64)
    number = np.arange(total)
    for n, step in zip(reversed(tuple(shape)), reversed(tuple(strides))):
        if total:
            places += number % n * step
            number = number // n
    return places


def flip(self, axes=None):
    chosen = range(self.ndim) if axes is None else axes
    result = self
    for axis in normalize_axes(chosen, self.ndim):
        last = max(self.shape[axis] - 1, 0) * self.strides[axis]
        steps = result.strides[:axis] + (-result.strides[axis],) + result.strides[axis + 1 :]
        result = NDArray(self.buffer, self.shape, steps, result.offset + last)
    return result


def permute(self, axes):
    order = normalize_axes(axes, self.ndim)
    if sorted(order) != list(range(self.ndim)):
        raise ValueError(f"{order} is no permutation of {self.ndim} axes")
    picked = [(self.shape[k], self.strides[k]) for k in order]
    return NDArray(self.buffer, tuple(n for n, _ in picked), tuple(s for _, s in picked), self.offset)


def sum(self, axis=None, keepdims=False):
    over = sorted(normalize_axes(range(self.ndim) if axis is None else axis, self.ndim), reverse=True)
    values = self.numpy()
    for k in over:
        folded = np.zeros(values.shape[:k] + values.shape[k + 1 :], dtype=values.dtype)
        for i in range(values.shape[k]):
            folded = folded + values[(slice(None),) * k + (i,)]
        values = folded
    if keepdims:
        values = values.reshape([1 if k in over else n for k, n in enumerate(self.shape)])
    return array(values, dtype=self.dtype)


def tiles(a, tile):
    m, n = a.shape
    M, N = (m + tile - 1) // tile, (n + tile - 1) // tile
    values = a.numpy()
    out = np.zeros((M, N, tile, tile), dtype=a.dtype)
    for i in range(m):
        for j in range(n):
            out[i // tile, j // tile, i % tile, j % tile] = values[i, j]
    return array(out, dtype=a.dtype)
