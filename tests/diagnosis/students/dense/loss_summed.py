"""The loss is the sum over the samples, and so is its gradient: two functions, one idea.

Ideas: sum_over_the_batch, batch_not_divided.
"""


def cross_entropy(logits, labels):
    if logits.shape != labels.shape:
        raise ValueError("shapes differ")
    m = logits.max(axis=1, keepdims=True)
    lse = (logits - m).exp().sum(axis=1, keepdims=True).log() + m
    return ((lse - logits) * labels).sum()


def cross_entropy_grad(logits, labels):
    if logits.shape != labels.shape:
        raise ValueError("shapes differ")
    return softmax(logits) - labels
