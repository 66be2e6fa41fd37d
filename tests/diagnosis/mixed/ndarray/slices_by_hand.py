"""Processes slices by hand: length rounded down, and negative starts taken as they are.

Ideas: length_rounded_down, nothing_with_a_negative_step, slices_not_cut_to_the_axis.
"""


def __getitem__(self, index):
    idxs = index if isinstance(index, tuple) else (index,)
    if any(i is Ellipsis for i in idxs):
        at = [i is Ellipsis for i in idxs].index(True)
        named = sum(1 for i in idxs if i is not None and i is not Ellipsis)
        idxs = idxs[:at] + (slice(None),) * (self.ndim - named) + idxs[at + 1 :]
    named = sum(1 for i in idxs if i is not None)
    if named > self.ndim:
        raise IndexError("too many indices")
    idxs = idxs + (slice(None),) * (self.ndim - named)
    shape, strides, offset = [], [], self.offset
    axis = 0
    for i in idxs:
        if i is None:
            shape.append(1)
            strides.append(0)
            continue
        n, st = self.shape[axis], self.strides[axis]
        if isinstance(i, slice):
            start = 0 if i.start is None else i.start
            stop = n if i.stop is None else min(i.stop, n)
            step = 1 if i.step is None else i.step
            shape.append(max((stop - start) // step, 0))
            strides.append(st * step)
            offset += st * start
        else:
            i = to_index(i)
            if i >= n or i < -n:
                raise IndexError("out of bounds")
            offset += st * (i % n)
        axis += 1
    return self.as_strided(tuple(shape), tuple(strides), offset)
