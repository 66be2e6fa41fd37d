"""broadcast_to gives stride 0 to new axes alone.

Ideas: stretched_axis_keeps_its_stride.
"""


def broadcast_to(self, shape):
    shape = to_shape(shape)
    if len(shape) < self.ndim:
        raise ValueError("an axis would be lost")
    extra = len(shape) - self.ndim
    for old, new in zip(self.shape, shape[extra:]):
        if old != new and old != 1:
            raise ValueError(f"{old} does not broadcast to {new}")
    strides = (0,) * extra + tuple(self.strides)
    return NDArray(self.buffer, shape, strides, self.offset)
