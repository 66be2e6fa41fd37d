"""The loops pad height and width only, as F.pad does, but pad wants a pair for each axis."""


def pad(a, padding):
    padding = list(padding)
    if len(padding) != a.ndim:
        raise ValueError(f"{len(padding)} pairs for {a.ndim} axes")
    new = tuple(s + l + h for s, (l, h) in zip(a.shape, padding))
    if len(new) and min(new) < 0:
        raise ValueError("negative length")
    out = zeros(new, a.device, a.dtype)
    get = tuple(slice(max(-l, 0), s - max(-h, 0)) for s, (l, h) in zip(a.shape, padding))
    put = tuple(slice(max(l, 0), n - max(h, 0)) for n, (l, h) in zip(new, padding))
    sizes = [len(range(*g.indices(s))) for g, s in zip(get, a.shape)]
    if all(sizes):
        out[put] = a[get]
    return out


def conv_loops(x, w, stride=1, padding=0):
    n, h, wd, o = output_shape(x.shape, w.shape, stride, padding)
    s1, s2 = pair(stride)
    p1, p2 = pair(padding)
    x = pad(x, ((p1, p1), (p2, p2)))  # wrong: batch and channels need a pair, too
    out = zeros((n, h, wd, o), x.device, x.dtype)
    for b, i, j, k in itertools.product(range(n), range(h), range(wd), range(o)):
        patch = x[b, i * s1 : i * s1 + w.shape[0], j * s2 : j * s2 + w.shape[1]]
        out[b, i, j, k] = (patch * w[..., k]).sum()
    return out
