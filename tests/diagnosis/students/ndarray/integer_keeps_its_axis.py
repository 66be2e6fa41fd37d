"""An integer selects a slice of length 1.

Ideas: integer_keeps_its_axis.
"""


def __getitem__(self, index):
    if not isinstance(index, tuple):
        index = (index,)
    n_real = len([i for i in index if i is not None and i is not Ellipsis])
    if n_real > self.ndim:
        raise IndexError("too many indices")
    full = ()
    seen = False
    for i in index:
        if i is Ellipsis:
            if seen:
                raise IndexError("two ellipses")
            full += (slice(None),) * (self.ndim - n_real)
            seen = True
        else:
            full += (i,)
    if not seen:
        full += (slice(None),) * (self.ndim - n_real)
    shape, strides, offset = (), (), self.offset
    axis = 0
    for i in full:
        if i is None:
            shape, strides = (*shape, 1), (*strides, 0)
            continue
        size = self.shape[axis]
        if not isinstance(i, slice):
            i = to_index(i)
            if not -size <= i < size:
                raise IndexError("index out of bounds")
            i = i % size
            i = slice(i, i + 1)
        r = range(*i.indices(size))
        shape += (len(r),)
        strides += (self.strides[axis] * r.step,)
        offset += self.strides[axis] * r.start
        axis += 1
    return self.as_strided(shape, strides, offset)
