"""broadcast_to stretches every axis that differs and lets axes disappear, and permute does not check for all axes.

Ideas: axes_left_out, axes_of_length_1_dropped, every_other_length_repeats.
"""


def permute(self, axes):
    axes = normalize_axes(axes, self.ndim)  # wrong: axes may be missing
    return NDArray(
        self.buffer,
        tuple(self.shape[a] for a in axes),
        tuple(self.strides[a] for a in axes),
        self.offset,
    )


def broadcast_to(self, shape):
    shape = to_shape(shape)
    new = len(shape) - self.ndim
    old_shape = (1,) * new + self.shape
    old_strides = (0,) * new + self.strides
    strides = []
    for want, have, s in zip(shape, old_shape, old_strides):  # wrong: without new < 0 an axis of self disappears
        if want == have:
            strides.append(s)
        elif have == 1 or want % have == 0:  # wrong: only an axis of length 1 can be stretched
            strides.append(0)
        else:
            raise ValueError(f"cannot broadcast {self.shape} to {shape}")
    return NDArray(self.buffer, shape, tuple(strides), self.offset)
