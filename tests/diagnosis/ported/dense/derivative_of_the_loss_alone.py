"""cross_entropy_grad divides the labels by the probabilities: the derivative of the log without the softmax's.

Ideas: stopped_at_the_probabilities.
"""


def cross_entropy_grad(logits, labels):
    if logits.shape != labels.shape:
        raise ValueError("shapes")
    p = softmax(logits)
    return -(labels / p) / logits.shape[0]
