"""pad exchanges before and after.

Ideas: before_and_after_exchanged.
"""


def pad(self, padding):
    if len(padding) != self.ndim or any(p < 0 for pr in padding for p in pr):
        raise ValueError("padding")
    result = zeros([pr[0] + n + pr[1] for n, pr in zip(self.shape, padding)], self.dtype)
    where = tuple(slice(pr[1], pr[1] + n) for n, pr in zip(self.shape, padding))
    result[where] = self
    return result
