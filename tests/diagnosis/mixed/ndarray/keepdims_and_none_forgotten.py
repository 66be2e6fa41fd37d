"""sum goes over one axis only, and forgets to keep the axis.

Ideas: summed_axis_dropped, several_axes_asserted_away.
"""


def sum(self, axis=None, keepdims=False):
    if axis is None:
        total = 0
        for value in self.compact().buffer:
            total += value
        return array(total, dtype=self.dtype)
    if isinstance(axis, (tuple, list)):
        assert len(axis) == 1, "only one axis"
        axis = axis[0]
    values = self.numpy().sum(axis=axis)
    return array(values, dtype=self.dtype)
