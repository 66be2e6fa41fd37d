"""conv and pad in styles of their own, and slips in them."""

from tests.diagnosis.slip import slip

CONV = """
def conv(x, w, stride=1, padding=0):
    (sh, sw), (ph, pw) = two(stride), two(padding)
    a, k = x.numpy(), w.numpy()
    n, height, width, c_in = a.shape
    kh, kw, _, c_out = k.shape
    big = np.zeros((n, height + 2 * ph, width + 2 * pw, c_in), a.dtype)
    big[:, ph:ph + height, pw:pw + width] = a
    oh, ow = (height + 2 * ph - kh) // sh + 1, (width + 2 * pw - kw) // sw + 1
    out = np.zeros((n, oh, ow, c_out), a.dtype)
    for i in range(oh):
        for j in range(ow):
            window = big[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
            out[:, i, j] = window.reshape(n, -1) @ k.reshape(-1, c_out)
    return array(out)
"""
CONV_SLIPS = (
    slip("a, k = x.numpy(), w.numpy()", "a, k = x.numpy(), w.numpy()[::-1, ::-1]", "kernel_turned_around"),
    slip("two(stride), two(padding)", "two(stride), (0, 0)", "padding_forgotten"),
    slip(
        "i * sh:i * sh + kh, j * sw:j * sw + kw",
        "i:i + kh, j:j + kw",
        "windows_one_pixel_apart",
    ),
    slip("window.reshape(n", "window.transpose(0, 3, 1, 2).reshape(n", "channels_first_in_the_window"),
    slip("k.reshape(-1", "k.transpose(2, 0, 1, 3).reshape(-1", "channels_first_in_the_kernel"),
    slip("(sh, sw), (ph, pw) =", "(sw, sh), (pw, ph) =", "numbers_exchanged_in_pairs"),
    slip(
        "a, k = x.numpy()",
        "a, k = x.buffer[:x.size].reshape(x.shape)",
        "pictures_read_in_memory_order",
    ),
    slip(
        "(height + 2 * ph - kh) // sh + 1, (width + 2 * pw - kw) // sw + 1",
        "(height + 2 * ph - kh + 1) // sh, (width + 2 * pw - kw + 1) // sw",
        "windows_counted_without_the_first",
    ),
    slip("two(stride), two(", "(stride + 0, stride), two(", "stride_of_conv_taken_for_one_number"),
    slip(", two(padding)", ", (padding + 0, padding)", "padding_of_conv_taken_for_one_number"),
)
PAD = """
def pad(a, padding):
    data = a.numpy()
    shape = [n + low + high for n, (low, high) in zip(data.shape, padding)]
    out = np.zeros(shape, data.dtype)
    to, source = [], []
    for n, (low, high) in zip(data.shape, padding):
        to.append(slice(max(low, 0), max(low, 0) + n + min(low, 0) + min(high, 0)))
        source.append(slice(max(-low, 0), n - max(-high, 0)))
    out[tuple(to)] = data[tuple(source)]
    return array(out)
"""
PAD_SLIPS = (
    slip(
        "for n, (low, high) in zip(data.shape, padding):",
        "for n, (high, low) in zip(data.shape, padding):",
        "ends_exchanged",
    ),
    slip("n + low + high for", "n + low + min(high, 0) for", "zeros_before_only"),
    slip("slice(max(low, 0), max(low, 0) + n", "slice(0, n", "zeros_after_only"),
    slip(
        "out = np.zeros",
        "padding = [(low, low) for low, _ in padding]\n"
        "    shape = [n + 2 * low for n, (low, _) in zip(data.shape, padding)]\n    out = np.zeros",
        "first_number_for_both_ends",
    ),
    slip(
        "out[tuple(to)] = data[tuple(source)]",
        "nearest = [np.clip(np.arange(-low, n + high), max(-low, 0), n - 1 - max(-high, 0))\n"
        "               for n, (low, high) in zip(data.shape, padding)]\n"
        "    out = data[np.ix_(*nearest)]",
        "edge_values_for_zeros",
    ),
    slip(
        "data = a.numpy()",
        "data = a.numpy()\n    padding = [(max(low, 0), max(high, 0)) for low, high in padding]",
        "nothing_cut_off",
    ),
    slip(
        "to, source = [], []",
        "to, source = [], []\n    _, rows, columns, _ = padding\n"
        "    padding = ((0, 0), rows, columns, (0, 0))",
        "height_and_width_only",
    ),
    slip("    data =", "    if a.size == 0:\n        return a\n    data =", "no_elements_left_alone"),
    slip("= a.numpy()", "= a.buffer[:a.size].reshape(a.shape)", "memory_order_taken_for_order"),
    slip(
        "\ndef pad(a, padding):\n",
        "\ndef pad(a, padding):\n    if not any(map(any, padding)):\n        return a\n",
        "same_array_when_nothing_to_pad",
    ),
)
