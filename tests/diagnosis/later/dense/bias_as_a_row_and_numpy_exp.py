"""The gradient of the bias keeps an axis of length 1, and softmax calls np.exp with an NDArray.

Ideas: b_grad_keeps_the_axis, exponential_of_numpy_called.
"""

import numpy as np


def dense_b_grad(out_grad):
    return out_grad.sum(axis=0, keepdims=True)  # wrong: (1, O), not (O,)


def softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    exps = np.exp(shifted)  # wrong: not a function of NDArrays
    return exps / exps.sum(axis=1, keepdims=True)
