"""A slice's start, stop and step are read with "or", which takes a 0 and a negative number for what they are not;
what setitem writes to may be a copy.

Ideas: nothing_with_a_negative_step, slices_not_cut_to_the_axis, written_to_a_copy.
"""


def __getitem__(self, index):
    if not isinstance(index, tuple):
        index = (index,)
    if index.count(Ellipsis) > 1:
        raise IndexError("more than one ...")
    real = [i for i in index if i is not None and i is not Ellipsis]
    if len(real) > self.ndim:
        raise IndexError("too many indices")
    if Ellipsis not in index:
        index = index + (Ellipsis,)
    at = index.index(Ellipsis)
    index = index[:at] + (slice(None),) * (self.ndim - len(real)) + index[at + 1 :]
    shape, strides, offset, axis = [], [], self.offset, 0
    for item in index:
        if item is None:
            shape.append(1)
            strides.append(0)
            continue
        n, st = self.shape[axis], self.strides[axis]
        axis += 1
        if isinstance(item, slice):
            start = item.start or 0  # wrong: a negative start counts from the end, and a negative step starts there
            stop = item.stop or n  # wrong: 0 is a stop too, and so are negative numbers; one beyond the end is cut
            step = item.step or 1
            shape.append(max(0, -(-(stop - start) // step)))
            strides.append(st * step)
            offset += start * st
        else:
            i = to_index(item)
            if i < -n or i >= n:
                raise IndexError(f"{i} is out of bounds for {n}")
            offset += (i + n if i < 0 else i) * st
    return NDArray(self.buffer, tuple(shape), tuple(strides), offset)


def __setitem__(self, index, value):
    target = self[index].compact()  # wrong: compact may copy, and then nothing of self is written
    if 0 in target.strides and target.size > 1 and any(n > 1 and s == 0 for n, s in zip(target.shape, target.strides)):
        raise ValueError("several elements share one place")
    if isinstance(value, NDArray):
        values = value.broadcast_to(target.shape).numpy()
    else:
        values = np.full(target.shape, value)
    target.buffer[positions(target.shape, target.strides, target.offset)] = values.reshape(-1)
