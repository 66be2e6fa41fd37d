"""The probes of conv_forward: each calls a submission's functions, returns arrays, and decides nothing."""


def pad(submission, case):
    return submission.pad(submission.array(case.a), _pairs(case.padding))


def a_after_overwriting_pad(submission, case):
    """What `a` holds once the result of pad has been overwritten with a number that no input has, and what
    that result was."""
    a = submission.array(case.a)
    out = submission.pad(a, _pairs(case.padding))
    padded = out.copy()  # of an NDArray or a NumPy array
    out[...] = 99.0
    return a.numpy(), padded


def _pairs(padding):
    """(before, after) of each axis: YAML has no tuples."""
    return tuple(map(tuple, padding))


def output_size(submission, case):
    return submission.output_size(case.size, case.kernel, case.stride, case.padding)


def conv(submission, case):
    x, w = submission.array(case.x), submission.array(case.w)
    return submission.conv(x, w, stride=case.stride, padding=case.padding)


def conv_inputs(submission, case):
    """What x and w hold once conv has read them, and what conv returned."""
    x, w = submission.array(case.x), submission.array(case.w)
    out = submission.conv(x, w, stride=case.stride, padding=case.padding)
    return x.numpy(), w.numpy(), out


def conv_loops(submission, case):
    x, w = submission.array(case.x), submission.array(case.w)
    return submission.conv_loops(x, w, stride=case.stride, padding=case.padding)


def conv_shifted(submission, case):
    x, w = submission.array(case.x), submission.array(case.w)
    return submission.conv_shifted(x, w, stride=case.stride, padding=case.padding)


def im2col(submission, case):
    """The windows of x; `out_grad`, which has the shape of the matrix, is not used."""
    return submission.im2col(submission.array(case.x), *windows(case))


def col2im(submission, case):
    """The numbers of the windows, added up at the pixels.

    A case has `columns` and `x_shape`; where col2im is tried as the transpose of im2col, they are `out_grad`
    and the shape of `x`.
    """
    columns, x_shape = (
        (case.columns, case.x_shape) if hasattr(case, "columns") else (case.out_grad, case.x.shape)
    )
    return submission.col2im(submission.array(columns), tuple(x_shape), *windows(case))


def windows(case):
    """Kernel, stride and padding as pairs."""
    return tuple(case.kernel), tuple(case.stride), tuple(case.padding)
