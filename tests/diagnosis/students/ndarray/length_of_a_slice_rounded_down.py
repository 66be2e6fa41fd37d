"""The length of a slice with a step is rounded down.

Ideas: length_rounded_down.
"""


def __getitem__(self, index):
    index = list(index) if isinstance(index, tuple) else [index]
    if sum(i is Ellipsis for i in index) > 1:
        raise IndexError("one ellipsis")
    used = sum(i is not None and i is not Ellipsis for i in index)
    if used > self.ndim:
        raise IndexError("too many indices")
    if not any(i is Ellipsis for i in index):
        index.append(Ellipsis)
    k = [n for n, i in enumerate(index) if i is Ellipsis][0]
    index[k : k + 1] = [slice(None)] * (self.ndim - used)
    shape, strides, offset, axis = [], [], self.offset, 0
    for item in index:
        if item is None:
            shape.append(1)
            strides.append(0)
            continue
        n, s = self.shape[axis], self.strides[axis]
        if isinstance(item, slice):
            start, stop, step = item.indices(n)
            shape.append(max(0, (stop - start) // step))
            strides.append(s * step)
        else:
            start = to_index(item)
            if start < -n or start >= n:
                raise IndexError("out of bounds")
            if start < 0:
                start += n
        offset += start * s
        axis += 1
    return self.as_strided(tuple(shape), tuple(strides), offset)
