"""The questions to a submission of conv_forward. A probe returns arrays and decides nothing."""

import numpy as np


def pad(submission, case):
    return submission.pad(submission.array(case.a), case.padding)


def a_after_overwriting_pad(submission, case):
    """What `a` holds once the result of pad has been overwritten with a number that no input has, and what
    that result was."""
    a = submission.array(case.a)
    out = submission.pad(a, case.padding)
    padded = np.array(out.numpy())
    out[...] = 99.0
    return a.numpy(), padded


def output_size(submission, case):
    """How many windows fit on each axis, as (height, width)."""
    strides, paddings = height_and_width(case.stride), height_and_width(case.padding)
    axes = zip(case.x.shape[1:3], case.w.shape[:2], strides, paddings, strict=True)
    return np.array([submission.output_size(*axis) for axis in axes])


def height_and_width(value):
    """A stride or a padding as a pair: one int stands for both axes."""
    return value if isinstance(value, tuple) else (value, value)


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
    """What is given to the windows, added up at the pixels of an array like x."""
    return submission.col2im(submission.array(case.out_grad), case.x.shape, *windows(case))


def windows(case):
    """Kernel, stride and padding as pairs."""
    return tuple(case.kernel), tuple(case.stride), tuple(case.padding)
