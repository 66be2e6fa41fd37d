"""softmax subtracts the largest of all logits; the loss takes the logarithm of softmax.

Ideas: one_maximum_for_all_rows, logarithm_of_softmax.
"""


def softmax(logits):
    z = logits - logits.max()  # wrong: each row has its own maximum
    e = z.exp()
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(logits, labels):
    if logits.shape != labels.shape:
        raise ValueError("labels must be one-hot")
    p = softmax(logits)
    log_p = p.log()  # wrong: the logarithm of 0 is infinite
    return -(log_p * labels).sum() / logits.shape[0]
