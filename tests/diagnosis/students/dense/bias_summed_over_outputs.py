"""The gradient of the bias is summed over the outputs of each sample.

Ideas: b_grad_over_outputs.
"""


def dense_b_grad(out_grad):
    return out_grad.sum(axis=1)
