"""reshape makes everything compact first.

Ideas: copied_where_not_compact, reshaped_copy.
"""


def compact(self):
    if self.is_compact():
        return self
    return self.copy()


def reshape(self, shape):
    shape = list(to_integers(shape))
    if shape.count(-1) > 1:
        raise ValueError("only one -1")
    if -1 in shape:
        rest = 1
        for n in shape:
            if n != -1:
                rest *= n
        if rest == 0 or self.size % rest:
            raise ValueError("cannot infer -1")
        shape[shape.index(-1)] = self.size // rest
    if min(shape, default=0) < 0 or math.prod(shape) != self.size:
        raise ValueError(f"cannot reshape {self.shape} to {tuple(shape)}")
    flat = self.compact()  # wrong: a copy, even if strides can describe the result
    return flat.as_strided(shape, row_major_strides(tuple(shape)))
