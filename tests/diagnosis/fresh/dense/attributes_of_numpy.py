"""w.T as in NumPy, and a loss whose gradient is not divided by the number of samples.

Ideas: sum_over_the_batch, batch_not_divided, t_of_numpy_read, maximum_of_numpy_called.
"""

import numpy as np


def dense_x_grad(out_grad, w):
    return out_grad @ w.T  # wrong: NDArray has no T


def relu(a):
    return np.maximum(a, 0)  # wrong: not a function of NDArrays


def cross_entropy(logits, labels):
    if logits.shape != labels.shape:
        raise ValueError("shapes")
    m = logits.max(axis=1, keepdims=True)
    lse = (logits - m).exp().sum(axis=1, keepdims=True).log() + m
    return ((lse - logits) * labels).sum()  # wrong: a sum, not the mean over the samples


def cross_entropy_grad(logits, labels):
    if logits.shape != labels.shape:
        raise ValueError("shapes")
    return softmax(logits) - labels  # wrong: not divided by the number of samples
