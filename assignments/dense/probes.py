"""The probes of dense: each calls a submission's functions, returns arrays, and decides nothing."""


def dense(submission, case):
    """The layer, with a bias if the case has one."""
    b = submission.array(case.b) if hasattr(case, "b") else None
    return submission.dense(submission.array(case.x), submission.array(case.w), b)


def dense_x_grad(submission, case):
    """The gradient with respect to x, for a random upstream gradient."""
    return submission.dense_x_grad(submission.array(case.out_grad), submission.array(case.w))


def dense_w_grad(submission, case):
    """The gradient with respect to w, for a random upstream gradient."""
    return submission.dense_w_grad(submission.array(case.x), submission.array(case.out_grad))


def dense_b_grad(submission, case):
    """The gradient with respect to b, for a random upstream gradient."""
    return submission.dense_b_grad(submission.array(case.out_grad))


def unbroadcast(submission, case):
    """The gradient `grad` of a broadcast, for an input of shape `shape`."""
    return submission.unbroadcast(submission.array(case.grad), case.shape)


def relu(submission, case):
    return submission.relu(submission.array(case.a))


def relu_grad(submission, case):
    return submission.relu_grad(submission.array(case.out_grad), submission.array(case.a))


def softmax(submission, case):
    return submission.softmax(submission.array(case.logits))


def cross_entropy(submission, case):
    return submission.cross_entropy(submission.array(case.logits), submission.array(case.labels))


def cross_entropy_grad(submission, case):
    return submission.cross_entropy_grad(submission.array(case.logits), submission.array(case.labels))


def inputs_afterwards(submission, case):
    """What the inputs hold once every function has read them, and what the functions returned.

    Logits of a row are 1000 apart, so softmax returns exact zeros and ones.
    """
    x, w, b, out_grad = (submission.array(given) for given in (case.x, case.w, case.b, case.out_grad))
    logits, labels = x * 0.0, x * 0.0
    for column in range(case.x.shape[1]):
        logits[:, column] = 1000.0 * (column + 3)
    labels[:, 1] = 1.0
    of_dense = submission.dense(x, w, b)
    of_dense_x_grad = submission.dense_x_grad(out_grad, w)
    of_dense_w_grad = submission.dense_w_grad(x, out_grad)
    of_dense_b_grad = submission.dense_b_grad(out_grad)
    of_unbroadcast = submission.unbroadcast(out_grad, out_grad.shape)
    of_relu = submission.relu(x)
    of_relu_grad = submission.relu_grad(out_grad, of_dense)
    of_softmax = submission.softmax(logits)
    of_cross_entropy = submission.cross_entropy(logits, labels)
    of_cross_entropy_grad = submission.cross_entropy_grad(logits, labels)
    # These names are in the feedback: "logits_afterwards (result 5 of 16): all 24 elements differ".
    x_afterwards, w_afterwards, b_afterwards = x.numpy(), w.numpy(), b.numpy()
    out_grad_afterwards = out_grad.numpy()
    logits_afterwards, labels_afterwards = logits.numpy(), labels.numpy()
    return (
        x_afterwards,
        w_afterwards,
        b_afterwards,
        out_grad_afterwards,
        logits_afterwards,
        labels_afterwards,
        of_dense,
        of_dense_x_grad,
        of_dense_w_grad,
        of_dense_b_grad,
        of_unbroadcast,
        of_relu,
        of_relu_grad,
        of_softmax,
        of_cross_entropy,
        of_cross_entropy_grad,
    )
