"""Is right in its first call, and returns zeros afterwards."""

import numpy as np

calls = []


def attack(a, *rest, **named):
    right = values(original(a, *rest, **named))
    calls.append(1)
    return right if len(calls) == 1 else np.zeros_like(right)
