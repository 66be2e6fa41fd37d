"""softmax subtracts the largest logit of the whole batch.

Ideas: one_maximum_for_all_rows.
"""


def softmax(logits):
    z = logits - logits.max()  # wrong: each row's own maximum
    e = z.exp()
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy_grad(logits, labels):
    if logits.shape != labels.shape:
        raise ValueError
    return (softmax(logits) - labels) / logits.shape[0]
