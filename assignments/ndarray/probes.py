"""The questions to a submission of ndarray. A probe returns arrays and decides nothing."""

import numpy as np


def positions(submission, case):
    """Where the elements of the view `strided` lie."""
    view = case.strided
    return np.asarray(submission.positions(view["shape"], view["strides"], view["offset"]), dtype=np.int64)


def compact(submission, case):
    """Whether an array is compact, and its compact form."""
    a = _start(submission, case)
    return int(a.is_compact()), *_seen(a.compact(), a)


def permute(submission, case):
    a = _start(submission, case)
    return _answer(case, a, lambda: a.permute(case.axes))


def broadcast_to(submission, case):
    a = _start(submission, case)
    return _answer(case, a, lambda: a.broadcast_to(case.target))


def flip(submission, case):
    """Along `axes`, or along all where the case names none."""
    a = _start(submission, case)
    return _answer(case, a, lambda: a.flip(case.axes) if hasattr(case, "axes") else a.flip())


def getitem(submission, case):
    a = _start(submission, case)
    return _answer(case, a, lambda: a.__getitem__(_index(case.index)))


def setitem(submission, case):
    """All that the memory holds after v[index] = value; v is `a` with its axes permuted by `axes`.

    The value is `number`, a[source], the array `other`, or `a` itself.
    """
    whole = submission.array(case.a)
    a = _view(whole, case)
    target = a.permute(case.axes) if hasattr(case, "axes") else a
    if hasattr(case, "number"):
        value = case.number
    elif hasattr(case, "source"):
        value = a[_index(case.source)]
    else:
        value = submission.array(case.other) if hasattr(case, "other") else a

    def write():
        target.__setitem__(_index(case.index), value)
        return whole

    return _refusal(write) if hasattr(case, "refused") else write()


def reshape(submission, case):
    a = _start(submission, case)
    return _answer(case, a, lambda: a.reshape(case.target))


def pad(submission, case):
    a = _start(submission, case)
    return _answer(case, a, lambda: a.pad(case.padding))


def sum(submission, case):
    a = _start(submission, case)
    return a.sum(getattr(case, "axes", None), getattr(case, "keepdims", False))


def max(submission, case):
    a = _start(submission, case)
    if hasattr(case, "refused"):
        return _refusal(lambda: a.max(case.axes))
    return a.max(getattr(case, "axes", None), getattr(case, "keepdims", False))


def view_chain(submission, case):
    """Where a chain of views leads to, and whether it still shares memory with the array at its start."""
    a = view = submission.array(case.a)
    for name, argument in case.ops:
        view = view[_index(argument)] if name == "index" else getattr(view, name)(argument)
    return _seen(view, a)


def add_product(submission, case):
    """What a matrix of 0, 1, 2, ..., seen through a transposed view, holds after a product was added."""
    a, b = _start(submission, case), submission.array(case.other)
    m, n = a.shape[0], b.shape[1]
    out = submission.array(_Numbers(m * n)).as_strided((m, n), (1, m))
    submission.add_product(a, b, out)
    return out


def matmul(submission, case):
    a, b = _start(submission, case), submission.array(case.other)
    if hasattr(case, "refused"):
        return _refusal(lambda: submission.matmul(a, b))
    return submission.matmul(a, b)


def tiles(submission, case):
    """The tiles, and how they lie in memory."""
    out = submission.tiles(_start(submission, case), case.tile)
    return out, *_layout(out)


def matmul_tiled(submission, case):
    return submission.matmul_tiled(_start(submission, case), submission.array(case.other), case.tile)


class _Numbers:
    """An input that no case has: 0, 1, ..., n - 1."""

    def __init__(self, n):
        self.base, self.recipe = np.arange(n, dtype=np.float32), ()


def _start(submission, case):
    return _view(submission.array(case.a), case)


def _view(a, case):
    """The view of `a` that the case begins with."""
    return a.as_strided(**case.strided) if hasattr(case, "strided") else a


def _index(items):
    """An index as Python's: "1:8:2" is a slice, "..." an Ellipsis, "new" None."""
    words = {"...": ..., "new": None}
    return tuple(
        item if isinstance(item, int) else words[item] if item in words else _slice(item) for item in items
    )


def _slice(text):
    return slice(*(int(part) if part else None for part in text.split(":")))


def _answer(case, a, make):
    """A view of `a`, or the exception where the case is one that must be refused."""
    return _refusal(make) if hasattr(case, "refused") else _seen(make(), a)


def _refusal(make):
    """The name of the exception, as bytes."""
    try:
        make()
        name = "no exception"
    except (IndexError, ValueError) as error:
        name = type(error).__name__
    return np.frombuffer(name.encode(), dtype=np.uint8)


def _seen(view, a):
    """All there is to say of a view: values, shape, strides, offset, and whether it shares a's memory.

    That is seen in its values once every number in the buffer of `a` has grown by 100.
    """
    before, layout = view.numpy(), _layout(view)
    a.buffer[...] = a.buffer + 100
    return before, *layout, view.numpy()


def _layout(view):
    """Shape, strides and offset as arrays of integers. What cannot matter is 0: see README.md."""
    shape, strides = tuple(view.shape), tuple(view.strides)
    offset = view.offset
    if 0 in shape:
        strides, offset = (0,) * len(strides), 0
    strides = [0 if n == 1 else step for n, step in zip(shape, strides, strict=True)]
    return tuple(np.array(value, dtype=np.int64) for value in (shape, strides, offset))
