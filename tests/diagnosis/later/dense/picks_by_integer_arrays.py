"""Picks the right logits with an array of integers, as NumPy can.

Ideas: picked_by_arrays_of_integers.
"""

import numpy as np


def softmax(logits):
    e = (logits - logits.max(1, keepdims=True)).exp()
    return e / e.sum(1, keepdims=True)


def cross_entropy(logits, labels):
    if logits.shape != labels.shape:
        raise ValueError("logits and labels must have the same shape")
    n = logits.shape[0]
    m = logits.max(axis=1, keepdims=True)
    lse = (logits - m).exp().sum(axis=1).log() + m.reshape((n,))
    y = labels.numpy().argmax(axis=1)
    z_y = logits[np.arange(n), y]  # wrong: an NDArray takes no arrays as an index
    return (lse - z_y).sum() / n
