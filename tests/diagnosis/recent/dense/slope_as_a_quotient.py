"""relu_grad divides relu(a) by a, which is 0 / 0 at 0. dense_b_grad keeps the axis that it sums over.

Ideas: b_grad_keeps_the_axis.
"""


def dense(x, w, b=None):
    z = x @ w
    if b is None:
        return z
    if b.ndim != 1 or b.shape[0] != w.shape[1]:
        raise ValueError(f"bias of shape {b.shape}")
    return z + b


def dense_b_grad(out_grad):
    return out_grad.sum(axis=0, keepdims=True)  # wrong: the shape of b is (O,)


def relu(a):
    return a * (a > 0)


def relu_grad(out_grad, a):
    if out_grad.shape != a.shape:
        raise ValueError("shapes differ")
    # relu(a) / a is 1 for positive numbers and 0 for negative ones
    slope = relu(a) / a  # wrong: not a number where a is 0
    return out_grad * slope
