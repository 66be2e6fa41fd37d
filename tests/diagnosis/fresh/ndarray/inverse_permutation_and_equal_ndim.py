"""permute puts axis i at axes[i]; broadcast_to wants as many axes as there are; flip starts n steps from the first.

Ideas: inverse_permutation, new_axes_refused, one_past_the_end.
"""


def permute(self, axes):
    axes = normalize_axes(axes, self.ndim)
    if len(axes) != self.ndim:
        raise ValueError("name each axis once")
    shape, strides = [0] * self.ndim, [0] * self.ndim
    for i, ax in enumerate(axes):
        shape[ax] = self.shape[i]  # wrong: this is the inverse permutation
        strides[ax] = self.strides[i]  # wrong: the same
    return self.as_strided(tuple(shape), tuple(strides))


def broadcast_to(self, shape):
    if len(shape) != self.ndim:
        raise ValueError("number of dimensions must match")  # wrong: new axes may come in front
    new_strides = []
    for old, new, st in zip(self.shape, shape, self.strides):
        if old == new:
            new_strides.append(st)
        elif old == 1:
            new_strides.append(0)
        else:
            raise ValueError("cannot broadcast")
    return self.as_strided(shape, new_strides)


def flip(self, axes=None):
    if axes is None:
        axes = range(self.ndim)
    axes = normalize_axes(axes, self.ndim)
    new_strides = tuple(-s if i in axes else s for i, s in enumerate(self.strides))
    new_offset = self.offset + sum(self.shape[i] * self.strides[i] for i in axes)  # wrong: the last is n - 1 steps away
    return self.as_strided(self.shape, new_strides, new_offset)
