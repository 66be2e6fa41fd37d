"""Turns each integer into a slice, refuses negative steps, and starts from the beginning of the buffer.

Ideas: integer_keeps_its_axis, bounds_not_checked.
"""


def _explicit(sl, n):
    start = 0 if sl.start is None else sl.start
    stop = n if sl.stop is None else sl.stop
    step = 1 if sl.step is None else sl.step
    if start < 0:
        start = n + start
    if stop < 0:
        stop = n + stop
    assert stop > start, "start must be less than stop"  # wrong: an empty slice is allowed
    assert step > 0, "no negative steps"  # wrong: a step may be negative
    return slice(start, stop, step)


def __getitem__(self, index):
    if not isinstance(index, tuple):
        index = (index,)
    index = tuple(
        _explicit(s, self.shape[i]) if isinstance(s, slice) else slice(s, s + 1, 1)  # wrong: an integer must drop its axis
        for i, s in enumerate(index)
    )
    index = index + tuple(slice(0, n, 1) for n in self.shape[len(index) :])
    shape = tuple((s.stop - s.start + s.step - 1) // s.step for s in index)
    strides = tuple(st * s.step for st, s in zip(self.strides, index))
    offset = sum(s.start * st for s, st in zip(index, self.strides))  # wrong: this array's own offset is lost
    return NDArray(self.buffer, shape, strides, offset)
