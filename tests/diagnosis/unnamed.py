"""Slips that no mutant names: whatever is claimed of them is false."""

from tests.diagnosis.slip import slip

UNNAMED_SLIPS = {
    "conv_x_grad": (
        slip("out += framed", "out = framed"),
        slip("@ turned[a, b]", "@ turned[kh - 1 - a, b]"),
        slip("for b in range(kw):", "for b in range(kw - 1):"),
        slip("g, k = out_grad.numpy()", "g, k = np.abs(out_grad.numpy())"),
        slip("return array(out)", "return array(np.ascontiguousarray(out[:, ::-1]))"),
        slip("kh - 1 - ph, kw - 1 - pw", "kh - 2 - ph, kw - 2 - pw"),
    ),
    "conv_w_grad": (
        slip("a, g = x.numpy(), out_grad.numpy()", "a, g = x.numpy()[:1], out_grad.numpy()[:1]"),
        slip("out[i, j] = seen", "out[kh - 1 - i, j] = seen"),
        slip("for j in range(kw):", "for j in range(kw - 1):"),
        slip("@ g.reshape(-1, c_out)", "@ np.sign(g).reshape(-1, c_out)"),
        slip("    return array(out)", "    return array(out + out)"),
        slip(
            "i:i + sh * oh:sh, j:j + sw * ow:sw][:, :oh, :ow]",
            "i:i + sh * oh:sh, j:j + sh * ow:sh][:, :oh, :ow]",
        ),
    ),
    "dilate": (
        slip("out = np.zeros(shape, data.dtype)", "out = np.ones(shape, data.dtype)"),
        slip("    return array(data)", "    return array(data + data)"),
        slip("    return array(data)", "    return array(np.ascontiguousarray(data[::-1]))"),
        slip("list(axes)", "list(axes)[1:]"),
    ),
    "flip": (
        slip("(a.shape[axis] - 1)", "(a.shape[axis] - 2)"),
        slip("strides[axis] = -strides[axis]", "strides[axis] = strides[axis]"),
        slip("list(axes)", "list(axes)[1:]"),
        slip("a.shape[axis] - 1", "a.shape[0] - 1"),
    ),
    "undilate": (
        slip("step = dilation + 1", "step = dilation + 2"),
        slip("list(axes)", "list(axes)[1:]"),
    ),
    "conv": (
        slip("a, k = x.numpy(), w.numpy()", "a, k = x.numpy(), w.numpy()[::-1]"),
        slip("i * sh:i * sh + kh", "i * sw:i * sw + kh"),
        slip("return array(out)", "return array(out + 1)"),
        slip("big[:, ph:ph + height, pw:pw + width] = a", "big[:, :height, :width] = a"),
    ),
    "pad": (
        slip("out = np.zeros(shape", "out = np.ones(shape"),
        slip("slice(max(-low, 0), n - max(-high, 0))", "slice(0, n + min(low, 0) + min(high, 0))"),
        slip("return array(out)", "return array(out * 2)"),
    ),
}
