"""The transpose of the weights is made by a reshape.

Ideas: w_reshaped.
"""


def dense_x_grad(out_grad, w):
    if out_grad.shape[1] != w.shape[1]:
        raise ValueError("shapes")
    return out_grad @ w.reshape((w.shape[1], w.shape[0]))
