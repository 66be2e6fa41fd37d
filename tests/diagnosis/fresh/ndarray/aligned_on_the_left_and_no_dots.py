"""broadcast_to aligns at the first axes; __getitem__ has never met `...` or None.

Ideas: lined_up_at_the_first_axes, bounds_not_checked, length_rounded_down.
"""


def broadcast_to(self, shape):
    shape = to_shape(shape)
    if len(shape) < self.ndim:
        raise ValueError("cannot remove an axis")
    strides = []
    for i, n in enumerate(shape):
        if i >= self.ndim:
            strides.append(0)  # wrong: shapes are aligned at their last axes
        elif self.shape[i] == n:
            strides.append(self.strides[i])
        elif self.shape[i] == 1:
            strides.append(0)
        else:
            raise ValueError("shapes do not broadcast")
    return self.as_strided(shape, strides)


def __getitem__(self, index):
    if not isinstance(index, tuple):
        index = (index,)
    if len(index) > self.ndim:
        raise IndexError("too many indices")
    index += (slice(None),) * (self.ndim - len(index))
    shape, strides, offset = [], [], self.offset
    for item, n, st in zip(index, self.shape, self.strides):
        if isinstance(item, int):
            if item < 0:
                item += n
            offset += item * st  # wrong: no IndexError for an index out of bounds
        else:
            start, stop, step = item.indices(n)  # wrong: `...` and None have no indices
            shape.append(max(0, (stop - start) // step))  # wrong: the length must be rounded up
            strides.append(st * step)
            offset += start * st
    return self.as_strided(shape, strides, offset)
