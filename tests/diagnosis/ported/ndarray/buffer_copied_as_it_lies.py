"""__setitem__ reads the value's buffer in the order of memory, whatever its shape, strides and offset are.

Ideas: value_read_in_memory_order.
"""


def __setitem__(self, index, value):
    view = self[index]
    if view.size and any(s == 0 and n > 1 for n, s in zip(view.shape, view.strides)):
        raise ValueError("broadcast view")
    where = positions(view.shape, view.strides, view.offset)
    if isinstance(value, NDArray):
        if value.size != view.size:
            value = value.broadcast_to(view.shape).copy()
        elif value.shape != view.shape:
            raise ValueError("shapes differ")
        self.buffer[where] = value.buffer[: view.size]
    else:
        self.buffer[where] = value
