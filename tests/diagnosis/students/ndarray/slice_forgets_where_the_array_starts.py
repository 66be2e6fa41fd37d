"""The offset of a slice counts from the start of the buffer.

Ideas: selected_without_the_views_offset.
"""


def __getitem__(self, index):
    items = index if isinstance(index, tuple) else (index,)
    count = sum(1 for i in items if i is not None and i is not Ellipsis)
    if count > self.ndim or sum(1 for i in items if i is Ellipsis) > 1:
        raise IndexError("too many")
    rest = [slice(None)] * (self.ndim - count)
    new = []
    for i in items:
        new += rest if i is Ellipsis else [i]
    if len([i for i in new if i is not None]) < self.ndim:
        new += rest
    shape, strides, starts, axis = [], [], 0, 0
    for i in new:
        if i is None:
            shape.append(1)
            strides.append(0)
        elif isinstance(i, slice):
            start, stop, step = i.indices(self.shape[axis])
            shape.append(len(range(start, stop, step)))
            strides.append(step * self.strides[axis])
            starts += start * self.strides[axis]
            axis += 1
        else:
            i = to_index(i)
            if i >= self.shape[axis] or i < -self.shape[axis]:
                raise IndexError("bounds")
            starts += (i % self.shape[axis]) * self.strides[axis]
            axis += 1
    return self.as_strided(shape, strides, starts)
