"""broadcast_to lines the shapes up at their first axes.

Ideas: lined_up_at_the_first_axes, new_axes_behind.
"""


def broadcast_to(self, shape):
    shape = to_shape(shape)
    extra = len(shape) - self.ndim
    if extra < 0:
        raise ValueError("axes lost")
    old = tuple(self.shape) + (1,) * extra
    old_strides = tuple(self.strides) + (0,) * extra
    for a, b in zip(old, shape):
        if a != b and a != 1:
            raise ValueError("does not broadcast")
    strides = tuple(0 if a == 1 else s for a, s in zip(old, old_strides))
    return self.as_strided(shape, strides)
