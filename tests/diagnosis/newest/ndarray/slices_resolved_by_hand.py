"""__getitem__ resolves slices by hand, for positive steps only, and rounds the length down; flip starts from 0.

Ideas: flipped_without_its_own_offset, length_rounded_down, nothing_with_a_negative_step.
"""


def __getitem__(self, index):
    if not isinstance(index, tuple):
        index = (index,)
    if Ellipsis in index:
        at = index.index(Ellipsis)
        missing = self.ndim - sum(1 for i in index if i is not None and i is not Ellipsis)
        index = index[:at] + (slice(None),) * missing + index[at + 1 :]
    offset, shape, strides, axis = self.offset, [], [], 0
    for item in index:
        if item is None:
            shape.append(1)
            strides.append(0)
            continue
        if axis >= self.ndim:
            raise IndexError("too many indices")
        n, s = self.shape[axis], self.strides[axis]
        if isinstance(item, slice):
            step = item.step or 1
            start = item.start or 0  # wrong: with a negative step, no start means the last element
            stop = n if item.stop is None else min(item.stop, n)
            if start < 0:
                start = max(start + n, 0)
            if stop < 0:
                stop += n
            shape.append(max((stop - start) // step, 0))  # wrong: the length has to be rounded up
            strides.append(s * step)
            offset += start * s
        else:
            i = to_index(item)
            if not -n <= i < n:
                raise IndexError(f"{i} is out of bounds")
            offset += (i + n if i < 0 else i) * s
        axis += 1
    shape += self.shape[axis:]
    strides += self.strides[axis:]
    return self.as_strided(tuple(shape), tuple(strides), offset)


def flip(self, axes=None):
    axes = range(self.ndim) if axes is None else normalize_axes(axes, self.ndim)
    strides, offset = list(self.strides), 0  # wrong: the offset of self is lost
    for ax in axes:
        offset += (self.shape[ax] - 1) * strides[ax]
        strides[ax] *= -1
    return self.as_strided(self.shape, tuple(strides), offset)
