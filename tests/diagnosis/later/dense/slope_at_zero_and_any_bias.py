"""relu_grad lets the gradient through at 0, and dense adds any bias that broadcasts.

Ideas: zero_lets_through, bias_of_any_shape.
"""


def dense(x, w, b=None):
    if x.ndim != 2 or w.ndim != 2 or x.shape[1] != w.shape[0]:
        raise ValueError(f"x {x.shape} and w {w.shape}")
    z = x @ w
    if b is not None:
        z = z + b  # wrong: b must have the shape (O,)
    return z


def dense_x_grad(out_grad, w):
    return out_grad @ w.permute((1, 0))


def dense_w_grad(x, out_grad):
    return x.permute((1, 0)) @ out_grad


def relu(a):
    return a * (a > 0)


def relu_grad(out_grad, a):
    if out_grad.shape != a.shape:
        raise ValueError("relu_grad: shapes differ")
    return out_grad * (a >= 0)  # wrong: the gradient at 0 is 0
