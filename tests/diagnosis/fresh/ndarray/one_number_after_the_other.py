"""__setitem__ copies one number after the other, and values of exactly the same shape only.

Ideas: read_while_writing.
"""


def __setitem__(self, index, value):
    target = self[index]
    if any(s == 0 and n > 1 for n, s in zip(target.shape, target.strides)):
        raise ValueError("several elements share one place")
    places = positions(target.shape, target.strides, target.offset)
    if isinstance(value, NDArray):
        assert value.shape == target.shape, "shapes must match"  # wrong: a value broadcasts, and the error is a ValueError
        source = positions(value.shape, value.strides, value.offset)
        for to, at in zip(places, source):
            self.buffer[to] = value.buffer[at]  # wrong: overwrites numbers of the same memory before they are read
    else:
        for to in places:
            self.buffer[to] = value
