"""pad calls the method of the array, which these arrays do not have.

Ideas: pad_called_as_a_method.
"""


def pad(a, padding):
    if len(padding) != a.ndim:
        raise ValueError("one pair per axis")
    if any(n + lo + hi < 0 for n, (lo, hi) in zip(a.shape, padding)):
        raise ValueError("negative length")
    return a.pad(padding)  # wrong: NDArray has no pad
