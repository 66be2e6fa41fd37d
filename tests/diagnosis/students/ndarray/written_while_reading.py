"""setitem copies one element after the other and reads what it has just written.

Ideas: read_while_writing.
"""


def __setitem__(self, index, value):
    target = self[index]
    if any(s == 0 and n > 1 for n, s in zip(target.shape, target.strides)):
        raise ValueError("broadcast view")
    if not isinstance(value, NDArray):
        value = array(value, dtype=self.dtype)
    value = value.broadcast_to(target.shape)
    to = positions(target.shape, target.strides, target.offset)
    source = positions(value.shape, value.strides, value.offset)
    for i, j in zip(to, source):
        self.buffer[i] = value.buffer[j]
