"""sum asserts that it reduces one axis, and max forgets keepdims.

Ideas: several_axes_asserted_away, maximum_axis_dropped.
"""


def sum(self, axis=None, keepdims=False):
    if axis is None:
        view = self.compact().reshape((1, self.size))
        out = array(view.numpy().sum(axis=1), dtype=self.dtype)
        return out.reshape((1,) * self.ndim if keepdims else ())
    if isinstance(axis, (tuple, list)):
        assert len(axis) == 1, "Only support reduction over a single axis"
        axis = axis[0]
    axis = axis % self.ndim
    view = self.permute(tuple(a for a in range(self.ndim) if a != axis) + (axis,))
    out = array(view.numpy().sum(axis=-1), dtype=self.dtype)
    return out.reshape(tuple(1 if i == axis else s for i, s in enumerate(self.shape))) if keepdims else out


def max(self, axis=None, keepdims=False):
    rows, shape = reduction(self, axis, False)
    if rows.shape[1] == 0:
        raise ValueError("nothing")
    return array(rows.max(axis=1), dtype=self.dtype).reshape(shape)
