"""is_compact looks at the strides alone; reshape always copies and knows no -1.

Ideas: buffer_not_looked_at, reshaped_copy, open_length_refused.
"""


def is_compact(self):
    expected = 1
    for n, s in zip(reversed(self.shape), reversed(self.strides)):
        if s != expected:
            return False
        expected *= n
    return True  # wrong: the buffer may hold more than these elements


def reshape(self, shape):
    shape = tuple(shape) if not isinstance(shape, int) else (shape,)
    if math.prod(shape) != self.size:  # wrong: -1 is not computed
        raise ValueError("sizes differ")
    flat = self.numpy().reshape(-1)
    return NDArray(flat, shape, row_major_strides(shape), 0)  # wrong: always a copy, where a view is possible
