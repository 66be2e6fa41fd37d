"""layer_norm_grad sums the gradients of gamma and beta over the batch alone; max_pool_grad overwrites the share
of an earlier window.

Ideas: pooled_gradients_overwritten, layer_grads_over_the_samples.
"""


def max_pool_grad(out_grad, x, window, stride, padding=0):
    lengths = pool_lengths(x.shape, window, stride, padding)
    if out_grad.shape != (x.shape[0], *lengths, x.shape[-1]):
        raise ValueError("out_grad")
    axes = len(lengths)
    k, s, p = per_axis(window, axes), per_axis(stride, axes), per_axis(padding, axes)
    xp = pad_with(x, p, -math.inf)
    grad = zeros(xp.shape, x.device, x.dtype)
    for where in itertools.product(*map(range, lengths)):
        corner = [w * step for w, step in zip(where, s)]
        win = xp[(slice(None), *(slice(c, c + n) for c, n in zip(corner, k)))].numpy()
        flat = win.reshape((win.shape[0], -1, win.shape[-1]))
        first = flat.argmax(axis=1)
        g = out_grad[(slice(None), *where)].numpy()
        for n in range(first.shape[0]):
            for ch in range(first.shape[1]):
                rest, spot = int(first[n, ch]), []
                for length in reversed(k):
                    spot.insert(0, rest % length)
                    rest //= length
                at = (n, *(c + o for c, o in zip(corner, spot)), ch)
                grad[at] = float(g[n, ch])  # wrong: += , another window may have had the same maximum
    return grad[inner_slices(x.shape, p)].copy()


def layer_norm_grad(out_grad, x, gamma, eps=1e-5):
    if x.ndim < 2 or gamma.shape != (x.shape[-1],) or out_grad.shape != x.shape:
        raise ValueError("shapes")
    last = (x.ndim - 1,)
    x_hat = normalize(x, last, eps)
    beta_grad = out_grad.sum(axis=0)  # wrong: over all axes but the last
    gamma_grad = (out_grad * x_hat).sum(axis=0)  # wrong: over all axes but the last
    x_grad = normalize_grad(out_grad * gamma, x, last, eps)
    return x_grad, gamma_grad, beta_grad
