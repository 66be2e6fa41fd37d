"""__getitem__ takes a negative start for the length of the axis, and asserts that each slice goes forward.

Ideas: slices_asserted_to_go_forward, slices_not_cut_to_the_axis.
"""


def process_slice(n, sl):
    start, stop, step = sl.start, sl.stop, sl.step
    if start is None:
        start = 0
    if start < 0:
        start = n
    if stop is None:
        stop = n
    if stop < 0:
        stop = n + stop
    if step is None:
        step = 1
    assert stop > start, "Start must be less than stop"
    assert step > 0, "No support for  negative increments"
    return slice(start, stop, step)


def __getitem__(self, index):
    if not isinstance(index, tuple):
        index = (index,)
    if Ellipsis in index:
        at = index.index(Ellipsis)
        index = index[:at] + (slice(None),) * (self.ndim - len(index) + 1) + index[at + 1 :]
    index = index + (slice(None),) * (self.ndim - len(index))
    if len(index) > self.ndim:
        raise IndexError("too many indices")
    shape, strides, offset = [], [], self.offset
    for n, stride, item in zip(self.shape, self.strides, index):
        if isinstance(item, int):
            if not -n <= item < n:
                raise IndexError("index out of bounds")
            offset += stride * (item % n)
            continue
        sl = process_slice(n, item)
        shape.append((sl.stop - sl.start + sl.step - 1) // sl.step)
        strides.append(stride * sl.step)
        offset += stride * sl.start
    return self.as_strided(tuple(shape), tuple(strides), offset)
