"""relu_grad masks by the sign of out_grad and not by that of a.

Ideas: negative_gradients_blocked.
"""


def relu_grad(out_grad, a):
    if out_grad.shape != a.shape:
        raise ValueError("shapes")
    return out_grad * (out_grad > 0.0)
