"""reshape changes shape and strides and leaves the memory as it is, whatever the old strides were.

Ideas: strides_taken_for_row_major.
"""


def reshape(self, shape):
    shape = list(to_integers(shape))
    if -1 in shape:
        k = shape.index(-1)
        rest = math.prod(n for i, n in enumerate(shape) if i != k)
        if rest == 0 or self.size % rest:
            raise ValueError("cannot infer -1")
        shape[k] = self.size // rest
    if math.prod(shape) != self.size:
        raise ValueError(f"cannot reshape {self.shape} into {shape}")
    return NDArray(self.buffer, tuple(shape), row_major_strides(tuple(shape)), self.offset)  # wrong: the elements may lie in another order
