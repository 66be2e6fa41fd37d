"""Slides the undilated gradient with the stride of the forward pass.

Ideas: stride_for_dilation.
"""


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("wrong shape of out_grad")
    images = x.permute((3, 1, 2, 0))
    kernel = out_grad.permute((1, 2, 0, 3))
    dw = conv(images, kernel, stride, padding)
    return dw.permute((1, 2, 0, 3))
