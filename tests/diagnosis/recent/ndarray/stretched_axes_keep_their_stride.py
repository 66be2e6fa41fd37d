"""broadcast_to gives a stretched axis the stride that it had; sum knows one axis at most; matmul_tiled returns the
tiles with their edges.

Ideas: stretched_axis_keeps_its_stride, one_axis_of_several_summed, zeros_left_at_the_edges.
"""


def broadcast_to(self, shape):
    new = to_shape(shape)
    extra = len(new) - self.ndim
    if extra < 0:
        raise ValueError("an axis would disappear")
    strides = [0] * extra
    for old, want, st in zip(self.shape, new[extra:], self.strides):
        if old != want and old != 1:
            raise ValueError(f"{self.shape} -> {new}")
        strides.append(st)  # wrong: 0 if the axis is stretched
    return self.as_strided(new, tuple(strides), self.offset)


def sum(self, axis=None, keepdims=False):
    values = self.numpy()
    if axis is None:
        total = values.sum()
        return array(total.reshape((1,) * self.ndim) if keepdims else total, dtype=self.dtype)
    if not isinstance(axis, int):
        axis = axis[0]  # wrong: there may be more axes
    return array(values.sum(axis=axis, keepdims=keepdims), dtype=self.dtype)


def matmul_tiled(a, b, tile):
    ta, tb = tiles(a, tile), tiles(b, tile)
    M, P = ta.shape[:2]
    N = tb.shape[1]
    out = zeros((M, N, tile, tile), a.dtype)
    for i in range(M):
        for j in range(N):
            block = np.zeros((tile, tile), dtype=a.dtype)
            for p in range(P):
                A, B = ta[i, p].numpy(), tb[p, j].numpy()
                block += (A[:, :, None] * B[None, :, :]).sum(axis=1)
            out[i, j] = array(block, dtype=a.dtype)
    whole = out.permute((0, 2, 1, 3)).reshape((M * tile, N * tile))
    return whole.compact()  # wrong: cut to a.shape[0] rows and b.shape[1] columns
