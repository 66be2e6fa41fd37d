"""permute and broadcast_to make a new NDArray over the buffer and leave its offset at 0.

Ideas: permuted_with_offset_0, broadcast_with_offset_0, permuted_from_the_start_of_the_buffer,
broadcast_from_the_start_of_the_buffer.
"""


def permute(self, axes):
    axes = normalize_axes(axes, self.ndim)
    if len(axes) != self.ndim:
        raise ValueError("permute must name each axis")
    new_shape = tuple(self.shape[i] for i in axes)
    new_strides = tuple(self.strides[i] for i in axes)
    return NDArray(self.buffer, new_shape, new_strides, 0)


def broadcast_to(self, shape):
    shape = to_shape(shape)
    extra = len(shape) - self.ndim
    if extra < 0:
        raise ValueError("cannot remove axes")
    strides = [0] * extra
    for n, m, s in zip(self.shape, shape[extra:], self.strides):
        if n != m and n != 1:
            raise ValueError("cannot broadcast")
        strides.append(0 if n == 1 else s)
    return NDArray(self.buffer, shape, tuple(strides), 0)
