"""broadcast_to asserts that the number of axes and all other lengths agree, as the course's own array does.

Ideas: new_axes_asserted_away.
"""


def broadcast_to(self, shape):
    assert len(shape) == len(self.shape), "same number of dimensions"
    strides = list(self.strides)
    for i, (old, new) in enumerate(zip(self.shape, shape)):
        assert old == new or old == 1, "only an axis of length 1 can be broadcast"
        if old == 1:
            strides[i] = 0
    return self.as_strided(tuple(shape), tuple(strides))
