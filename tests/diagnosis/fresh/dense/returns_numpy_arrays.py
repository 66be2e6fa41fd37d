"""Computes in NumPy and forgets the way back; softmax divides by the sums of the columns.

Ideas: divided_by_the_sums_of_columns.
"""


def relu_grad(out_grad, a):
    g, v = out_grad.numpy(), a.numpy()
    if g.shape != v.shape:
        raise ValueError("shape mismatch")
    return g * (v > 0)  # wrong: a NumPy array, not an NDArray


def softmax(logits):
    e = (logits - logits.max(axis=1, keepdims=True)).exp()
    return e / e.sum(axis=0, keepdims=True)  # wrong: the sums are those of the rows
