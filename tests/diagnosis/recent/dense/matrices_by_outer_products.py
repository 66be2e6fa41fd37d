"""Nothing is wrong here: the gradients are sums of outer products, relu is a mean of two numbers, and the loss is
computed one sample after the other."""


def dense_x_grad(out_grad, w):
    if out_grad.ndim != 2 or w.ndim != 2 or out_grad.shape[1] != w.shape[1]:
        raise ValueError(f"{out_grad.shape} and {w.shape}")
    (n, outs), ins = out_grad.shape, w.shape[0]
    # w, repeated for each sample, and a weighted sum of its columns
    return (w.reshape((1, ins, outs)).broadcast_to((n, ins, outs)) * out_grad.reshape((n, 1, outs))).sum(axis=2)


def dense_w_grad(x, out_grad):
    if x.ndim != 2 or out_grad.ndim != 2 or x.shape[0] != out_grad.shape[0]:
        raise ValueError(f"{x.shape} and {out_grad.shape}")
    total = None
    for sample in range(x.shape[0]):
        outer = x[sample, :, None] * out_grad[sample, None, :]
        total = outer if total is None else outer + total
    return total


def relu(a):
    return (a + a.maximum(-a)) / 2


def relu_grad(out_grad, a):
    if out_grad.shape != a.shape:
        raise ValueError("out_grad has another shape than a")
    return out_grad - out_grad * (a <= 0)


def unbroadcast(grad, shape):
    target = list(shape)
    if len(target) > grad.ndim:
        raise ValueError("shape has more axes than grad")
    target = [1] * (grad.ndim - len(target)) + target
    for axis in range(grad.ndim):
        if target[axis] == grad.shape[axis]:
            continue
        if target[axis] != 1:
            raise ValueError(f"no {tuple(shape)} from {grad.shape}")
        grad = grad.sum(axis=axis, keepdims=True)
    return grad.reshape(tuple(shape)).copy()
