"""sum and max reduce along the last axis, whichever is asked for.

Ideas: last_axis_summed, maximum_over_the_last_axis.
"""


def sum(self, axis=None, keepdims=False):
    if axis is None:
        return array(self.numpy().sum(), dtype=self.dtype)
    return array(self.numpy().sum(axis=-1, keepdims=keepdims), dtype=self.dtype)


def max(self, axis=None, keepdims=False):
    if self.size == 0:
        raise ValueError("nothing")
    if axis is None:
        return array(self.numpy().max(), dtype=self.dtype)
    return array(self.numpy().max(axis=-1, keepdims=keepdims), dtype=self.dtype)
