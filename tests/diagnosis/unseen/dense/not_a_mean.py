"""cross_entropy_grad forgets to divide by the number of samples.

Ideas: batch_not_divided.
"""

import numpy as np
from ndarray import array


def cross_entropy_grad(logits, labels):
    if logits.shape != labels.shape:
        raise ValueError("logits and labels differ")
    z = logits.numpy()
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return array(p - labels.numpy(), dtype=logits.dtype)
