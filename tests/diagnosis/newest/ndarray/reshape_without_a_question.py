"""is_compact does not look at the length of the buffer, and reshape always compacts and calculates a -1 as a float.

Ideas: buffer_not_looked_at, copied_where_not_compact.
"""


def is_compact(self):
    return self.strides == row_major_strides(self.shape) and self.offset == 0  # wrong: the buffer may hold more elements


def compact(self):
    return self if self.is_compact() else self.copy()


def reshape(self, shape):
    shape = list(to_integers(shape))
    if -1 in shape:
        i = shape.index(-1)
        rest = math.prod(shape[:i] + shape[i + 1 :])
        shape[i] = self.size / rest  # wrong: this is a float, and rest may be 0
    if math.prod(shape) != self.size:
        raise ValueError(f"cannot reshape {self.shape} to {tuple(shape)}")
    a = self.compact()  # wrong: many arrays that are not compact can be described by strides
    return a.as_strided(tuple(shape), row_major_strides(tuple(shape)), 0)
