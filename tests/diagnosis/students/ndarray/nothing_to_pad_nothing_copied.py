"""pad gives the array itself back where every number is 0.

Ideas: returned_where_nothing_is_added.
"""


def pad(self, padding):
    if len(padding) != self.ndim:
        raise ValueError("one pair an axis")
    if any(low < 0 or high < 0 for low, high in padding):
        raise ValueError("negative")
    if all(low == 0 and high == 0 for low, high in padding):
        return self
    shape = tuple(n + low + high for n, (low, high) in zip(self.shape, padding))
    out = zeros(shape, self.dtype)
    inner = tuple(slice(low, low + n) for n, (low, _) in zip(self.shape, padding))
    out[inner] = self
    return out
