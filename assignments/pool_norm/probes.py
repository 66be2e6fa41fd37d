"""The probes of pool_norm: each calls a submission's functions, returns arrays, and decides nothing."""


def max_pool(submission, case):
    return submission.max_pool(images(submission, case), *windows(case))


def max_pool_grad(submission, case):
    """The gradient with respect to x, for a random upstream gradient."""
    out_grad = submission.array(case.out_grad)
    return submission.max_pool_grad(out_grad, images(submission, case), *windows(case))


def average_pool(submission, case):
    return submission.average_pool(submission.array(case.x), *windows(case))


def average_pool_grad(submission, case):
    """The gradient with respect to x, for a random upstream gradient."""
    return submission.average_pool_grad(submission.array(case.out_grad), case.x.shape, *windows(case))


def global_average_pool(submission, case):
    return submission.global_average_pool(submission.array(case.x))


def global_average_pool_grad(submission, case):
    """The gradient with respect to x, and what is left of it once its first pixel was written to."""
    out = submission.global_average_pool_grad(submission.array(case.out_grad), case.x.shape)
    gradient = out.copy()  # of an NDArray or a NumPy array
    out[(0,) * len(case.x.shape)] = 99.0
    after_99_at_its_first_pixel = out
    return gradient, after_99_at_its_first_pixel


def normalize(submission, case):
    return submission.normalize(submission.array(case.x), tuple(case.axes), *eps(case))


def normalize_grad(submission, case):
    """The gradient with respect to x, for a random upstream gradient."""
    out_grad, x = submission.array(case.out_grad), submission.array(case.x)
    return submission.normalize_grad(out_grad, x, tuple(case.axes), *eps(case))


def batch_norm(submission, case):
    x, gamma, beta = (submission.array(each) for each in (case.x, case.gamma, case.beta))
    return submission.batch_norm(x, gamma, beta, *eps(case))


def batch_norm_grad(submission, case):
    out_grad, x, gamma = (submission.array(each) for each in (case.out_grad, case.x, case.gamma))
    x_grad, gamma_grad, beta_grad = three(submission.batch_norm_grad(out_grad, x, gamma, *eps(case)))
    return x_grad, gamma_grad, beta_grad


def batch_norm_x_grad(submission, case):
    """The first of the three gradients alone."""
    out_grad, x, gamma = (submission.array(each) for each in (case.out_grad, case.x, case.gamma))
    return three(submission.batch_norm_grad(out_grad, x, gamma))[0]


def layer_norm(submission, case):
    x, gamma, beta = (submission.array(each) for each in (case.x, case.gamma, case.beta))
    return submission.layer_norm(x, gamma, beta, *eps(case))


def layer_norm_grad(submission, case):
    out_grad, x, gamma = (submission.array(each) for each in (case.out_grad, case.x, case.gamma))
    x_grad, gamma_grad, beta_grad = three(submission.layer_norm_grad(out_grad, x, gamma, *eps(case)))
    return x_grad, gamma_grad, beta_grad


def layer_norm_x_grad(submission, case):
    """The first of the three gradients alone."""
    out_grad, x, gamma = (submission.array(each) for each in (case.out_grad, case.x, case.gamma))
    return three(submission.layer_norm_grad(out_grad, x, gamma))[0]


def inputs_afterwards(submission, case):
    """What x, gamma, beta and out_grad hold once every function has read them, and what pooling returned."""
    x, gamma, beta, out_grad = (
        submission.array(each) for each in (case.x, case.gamma, case.beta, case.out_grad)
    )
    pooled = submission.max_pool(x, 1, 1), submission.average_pool(x, 1, 1)
    submission.max_pool_grad(out_grad, x, 1, 1)
    submission.average_pool_grad(out_grad, x.shape, 1, 1)
    submission.global_average_pool(x)
    for norm in (submission.batch_norm, submission.layer_norm):
        norm(x, gamma, beta)
    for gradient in (submission.batch_norm_grad, submission.layer_norm_grad):
        gradient(out_grad, x, gamma)
    return x.numpy(), gamma.numpy(), beta.numpy(), out_grad.numpy(), *pooled


def three(gradients):
    """x_grad, gamma_grad and beta_grad. A single array could be taken apart along its first axis."""
    if gradients is None:
        raise TypeError("the function returned None: is a return missing?")
    if not isinstance(gradients, (tuple, list)) or len(gradients) != 3:
        is_several = isinstance(gradients, (tuple, list))
        several = f"{len(gradients)} values" if is_several else f"one {type(gradients).__name__}"
        raise TypeError(f"the function returned {several}; x_grad, gamma_grad and beta_grad are expected")
    return gradients


def images(submission, case):
    """x, with `level` added to each number if the case has one."""
    x = submission.array(case.x)
    return x + case.level if hasattr(case, "level") else x


def windows(case):
    """Window and stride, and the padding if the case has one."""
    return (case.window, case.stride, *([case.padding] if hasattr(case, "padding") else []))


def eps(case):
    """eps, if the case has one."""
    return [case.eps] if hasattr(case, "eps") else []
