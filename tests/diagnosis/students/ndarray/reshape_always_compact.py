"""reshape makes the array compact first, whatever its strides.

Ideas: copied_where_not_compact.
"""


def reshape(self, shape):
    shape = list(to_integers(shape))
    if shape.count(-1) > 1 or any(n < -1 for n in shape):
        raise ValueError("shape")
    if -1 in shape:
        known = 1
        for n in shape:
            if n != -1:
                known *= n
        if known == 0 or self.size % known != 0:
            raise ValueError("does not come out even")
        shape[shape.index(-1)] = self.size // known
    if math.prod(shape) != self.size:
        raise ValueError("another size")
    a = self.compact()
    return a.as_strided(tuple(shape), row_major_strides(tuple(shape)))
