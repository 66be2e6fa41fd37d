"""softmax subtracts the largest logit of the whole batch.

Ideas: one_maximum_for_all_rows.
"""


def softmax(logits):
    e = (logits - logits.max()).exp()
    return e / e.sum(axis=1, keepdims=True)
