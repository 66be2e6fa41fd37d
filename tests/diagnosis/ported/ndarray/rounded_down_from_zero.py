"""__getitem__ divides stop - start by the step and rounds down, and counts the offset from 0.

Ideas: length_rounded_down, selected_without_the_views_offset.
"""


def __getitem__(self, index):
    items = list(index) if isinstance(index, tuple) else [index]
    if sum(item is not None and item is not Ellipsis for item in items) > self.ndim:
        raise IndexError("too many indices")
    if any(item is Ellipsis for item in items):
        at = [item is Ellipsis for item in items].index(True)
        named = sum(item is not None for item in items) - 1
        items[at : at + 1] = [slice(None)] * (self.ndim - named)
    items += [slice(None)] * (self.ndim - sum(item is not None for item in items))
    shape, strides, offset, axis = [], [], 0, 0
    for item in items:
        if item is None:
            shape.append(1)
            strides.append(0)
            continue
        n, st = self.shape[axis], self.strides[axis]
        axis += 1
        if isinstance(item, slice):
            start, stop, step = item.indices(n)
            shape.append(max(0, (stop - start) // step))
            strides.append(st * step)
            offset += start * st
        else:
            if item < -n or item >= n:
                raise IndexError("out of bounds")
            offset += (item + n) % n * st
    return self.as_strided(tuple(shape), tuple(strides), offset)
