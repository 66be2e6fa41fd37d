"""The probes of conv_backward: each calls a submission's functions, returns arrays, and decides nothing."""


def conv(submission, case):
    x, w = submission.array(case.x), submission.array(case.w)
    return submission.conv(x, w, stride=case.stride, padding=case.padding)


def dilate(submission, case):
    return submission.dilate(submission.array(case.a), tuple(case.axes), case.dilation)


def undilate(submission, case):
    return submission.undilate(submission.array(case.a), tuple(case.axes), case.dilation)


def flip(submission, case):
    return submission.flip(submission.array(case.a), tuple(case.axes))


def views_after_writing(submission, case):
    """What flip's and undilate's results show once every element of `a` has grown by 100."""
    a = submission.array(case.a)
    flipped = submission.flip(a, tuple(case.axes))
    undilated = submission.undilate(a, tuple(case.axes), case.dilation)
    a[...] = a + 100.0
    return flipped, undilated


def x_grad(submission, case):
    """The gradient with respect to x, for a random upstream gradient."""
    out_grad, w = submission.array(case.out_grad), submission.array(case.w)
    return submission.conv_x_grad(out_grad, w, case.x.shape, stride=case.stride, padding=case.padding)


def w_grad(submission, case):
    """The gradient with respect to w, for a random upstream gradient."""
    x, out_grad = submission.array(case.x), submission.array(case.out_grad)
    return submission.conv_w_grad(x, out_grad, case.w.shape, stride=case.stride, padding=case.padding)


def gradient_inputs(submission, case):
    """What x, w and out_grad hold once both gradients have read them, and the gradients."""
    x, w, out_grad = (submission.array(given) for given in (case.x, case.w, case.out_grad))
    x_grad = submission.conv_x_grad(out_grad, w, case.x.shape, stride=case.stride, padding=case.padding)
    w_grad = submission.conv_w_grad(x, out_grad, case.w.shape, stride=case.stride, padding=case.padding)
    return x.numpy(), w.numpy(), out_grad.numpy(), x_grad, w_grad
