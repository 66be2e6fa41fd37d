"""The length of a slice is rounded down, and integers are not compared with the length of the axis.

Ideas: length_rounded_down, bounds_not_checked.
"""


def __getitem__(self, index):
    if not isinstance(index, tuple):
        index = (index,)
    used = [i for i in index if i is not None and i is not Ellipsis]
    dots = [k for k, i in enumerate(index) if i is Ellipsis]
    if len(dots) > 1 or len(used) > self.ndim:
        raise IndexError("too many indices")
    missing = (slice(None),) * (self.ndim - len(used))
    if dots:
        k = dots[0]
        index = index[:k] + missing + index[k + 1 :]
    else:
        index = index + missing
    shape, strides, offset = [], [], self.offset
    d = 0
    for it in index:
        if it is None:
            shape.append(1)
            strides.append(0)
        elif isinstance(it, slice):
            start, stop, step = it.indices(self.shape[d])
            n = (stop - start) // step  # wrong: rounded up
            n = n if n > 0 else 0
            shape.append(n)
            strides.append(self.strides[d] * step)
            offset += start * self.strides[d]
            d += 1
        else:
            i = to_index(it)
            if i < 0:
                i += self.shape[d]
            offset += i * self.strides[d]  # wrong: i may be outside of the axis
            d += 1
    if 0 in shape:
        offset = 0
    return NDArray(self.buffer, tuple(shape), tuple(strides), offset)
