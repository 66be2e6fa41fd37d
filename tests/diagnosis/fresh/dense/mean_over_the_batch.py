"""The bias's gradient is a mean, the weights' gradient is transposed, and b may have any shape that broadcasts.

Ideas: bias_of_any_shape, w_grad_left_transposed, b_grad_averaged.
"""


def dense(x, w, b=None):
    out = x @ w
    if b is not None:
        out = out + b  # wrong: a b of another shape than (O,) is not refused
    return out


def dense_w_grad(x, out_grad):
    return out_grad.permute((1, 0)) @ x  # wrong: this is the transpose of the gradient


def dense_b_grad(out_grad):
    return out_grad.sum(axis=0) / out_grad.shape[0]  # wrong: a sum, not a mean
