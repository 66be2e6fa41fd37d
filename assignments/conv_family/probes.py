"""The probes of conv_family: each calls a submission's functions, returns arrays, and decides nothing."""


def conv_length(submission, case):
    return submission.conv_length(case.size, case.kernel, case.stride, case.padding, case.dilation)


def pixel_slices(submission, case):
    """The elements that the slices select from an array that goes on after the last window."""
    a = submission.array(case.a)
    return a[submission.pixel_slices(case.place, case.lengths, case.stride, case.dilation)]


def conv(submission, case):
    return submission.conv(submission.array(case.x), submission.array(case.w), **steps(case))


def conv_inputs(submission, case):
    """What x and w hold once conv and its gradients have read them."""
    x, w, out_grad = (submission.array(given) for given in (case.x, case.w, case.out_grad))
    submission.conv(x, w, **steps(case))
    submission.conv_x_grad(out_grad, w, case.x.shape, **steps(case))
    submission.conv_w_grad(x, out_grad, case.w.shape, **steps(case))
    return x.numpy(), w.numpy(), out_grad.numpy()


def x_grad(submission, case):
    """The gradient with respect to x, for a random upstream gradient."""
    out_grad, w = submission.array(case.out_grad), submission.array(case.w)
    return submission.conv_x_grad(out_grad, w, case.x.shape, **steps(case))


def w_grad(submission, case):
    """The gradient with respect to w, for a random upstream gradient."""
    x, out_grad = submission.array(case.x), submission.array(case.out_grad)
    return submission.conv_w_grad(x, out_grad, case.w.shape, **steps(case))


def transposed_length(submission, case):
    return submission.transposed_length(
        case.size, case.kernel, case.stride, case.padding, case.dilation, case.output_padding
    )


def conv_transpose(submission, case):
    x, w = submission.array(case.x), submission.array(case.w)
    return submission.conv_transpose(x, w, **transposed_steps(case))


def transposed_x_grad(submission, case):
    """The gradient of conv_transpose with respect to x, for a random upstream gradient."""
    out_grad, w = submission.array(case.out_grad), submission.array(case.w)
    return submission.conv_transpose_x_grad(out_grad, w, case.x.shape, **transposed_steps(case))


def transposed_w_grad(submission, case):
    """The gradient of conv_transpose with respect to w, for a random upstream gradient."""
    x, out_grad = submission.array(case.x), submission.array(case.out_grad)
    return submission.conv_transpose_w_grad(x, out_grad, case.w.shape, **transposed_steps(case))


def way_back(submission, case):
    """conv_transpose of out_grad, told what the stride of conv left over: an array like x."""
    out_grad, w = submission.array(case.out_grad), submission.array(case.w)
    return submission.conv_transpose(out_grad, w, output_padding=case.left_over, **steps(case))


def steps(case):
    """What a case says of stride, padding, dilation and groups; the functions know what it leaves out."""
    named = ("stride", "padding", "dilation", "groups")
    return {name: getattr(case, name) for name in named if hasattr(case, name)}


def transposed_steps(case):
    """The same, with output_padding."""
    more = {"output_padding": case.output_padding} if hasattr(case, "output_padding") else {}
    return {**steps(case), **more}
