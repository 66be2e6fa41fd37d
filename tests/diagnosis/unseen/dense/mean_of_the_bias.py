"""The gradient of the bias is a mean over the samples.

Ideas: b_grad_averaged.
"""

from ndarray import array


def dense_b_grad(out_grad):
    return array(out_grad.numpy().mean(axis=0), dtype=out_grad.dtype)
