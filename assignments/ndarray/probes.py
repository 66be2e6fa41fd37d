"""The probes of ndarray: each calls a submission's functions, returns arrays, and decides nothing."""

import numpy as np


def positions(submission, case):
    """The places in memory of the elements of the view `strided`."""
    view = case.strided
    places = submission.positions(tuple(view["shape"]), tuple(view["strides"]), view.get("offset", 0))
    if isinstance(places, np.ndarray) and places.dtype.kind not in "iu":
        return places  # NumPy takes no such array as an index, even without elements
    return np.asarray(places, dtype=np.int64)


def compact(submission, case):
    """Whether an array is compact, and its compact form."""
    a = _start(submission, case)
    is_compact = int(a.is_compact())
    values, shape, strides, offset, values_after_plus_100 = _seen(a.compact(), a)
    return is_compact, values, shape, strides, offset, values_after_plus_100


def permute(submission, case):
    a = _start(submission, case)
    values, shape, strides, offset, values_after_plus_100 = _seen(a.permute(_tuples(case.axes)), a)
    return values, shape, strides, offset, values_after_plus_100


def broadcast_to(submission, case):
    a = _start(submission, case)
    values, shape, strides, offset, values_after_plus_100 = _seen(a.broadcast_to(_tuples(case.target)), a)
    return values, shape, strides, offset, values_after_plus_100


def flip(submission, case):
    """Flips along `axes`, or along all axes if the case names none."""
    a = _start(submission, case)
    view = a.flip(_tuples(case.axes)) if hasattr(case, "axes") else a.flip()
    values, shape, strides, offset, values_after_plus_100 = _seen(view, a)
    return values, shape, strides, offset, values_after_plus_100


def getitem(submission, case):
    a = _start(submission, case)
    values, shape, strides, offset, values_after_plus_100 = _seen(a.__getitem__(_index(case.index)), a)
    return values, shape, strides, offset, values_after_plus_100


def setitem(submission, case):
    """All that the memory holds after v[index] = value; v is `a` with its axes permuted by `axes`.

    The value is `number`, a[source], the array `other`, or `a` itself.
    """
    whole = submission.array(case.a)
    a = _view(whole, case)
    target = a.permute(_tuples(case.axes)) if hasattr(case, "axes") else a
    if hasattr(case, "number"):
        value = case.number
    elif hasattr(case, "source"):
        value = a[_index(case.source)]
    else:
        value = submission.array(case.other) if hasattr(case, "other") else a
    target.__setitem__(_index(case.index), value)
    return whole


def reshape(submission, case):
    a = _start(submission, case)
    values, shape, strides, offset, values_after_plus_100 = _seen(a.reshape(_tuples(case.target)), a)
    return values, shape, strides, offset, values_after_plus_100


def pad(submission, case):
    a = _start(submission, case)
    values, shape, strides, offset, values_after_plus_100 = _seen(a.pad(_tuples(case.padding)), a)
    return values, shape, strides, offset, values_after_plus_100


def sum(submission, case):
    a = _start(submission, case)
    return a.sum(_tuples(getattr(case, "axes", None)), getattr(case, "keepdims", False))


def max(submission, case):
    a = _start(submission, case)
    return a.max(_tuples(getattr(case, "axes", None)), getattr(case, "keepdims", False))


def view_chain(submission, case):
    """The view at the end of a chain, and whether it still shares memory with the array at the start."""
    a = view = submission.array(case.a)
    for name, argument in case.ops:
        view = view[_index(argument)] if name == "index" else getattr(view, name)(argument)
    values, shape, strides, offset, values_after_plus_100 = _seen(view, a)
    return values, shape, strides, offset, values_after_plus_100


def add_product(submission, case):
    """What the memory under `out` holds after a product was added; `out` is a view of it by strides."""
    a, b = _start(submission, case), submission.array(case.b)
    memory = submission.array(case.memory)
    submission.add_product(a, b, memory.as_strided(**case.out))
    return memory


def matmul(submission, case):
    return submission.matmul(submission.array(case.a), submission.array(case.b))


def tiles(submission, case):
    """The tiles, and their layout in memory."""
    out = submission.tiles(_start(submission, case), case.tile)
    shape, strides, offset = _layout(out)
    return out, shape, strides, offset


def matmul_tiled(submission, case):
    return submission.matmul_tiled(submission.array(case.a), submission.array(case.b), case.tile)


def _start(submission, case):
    return _view(submission.array(case.a), case)


def _view(a, case):
    """The view of `a` that the case begins with."""
    return a.as_strided(**case.strided) if hasattr(case, "strided") else a


def _index(items):
    """An index as Python's: the text "1:8:2" is a slice, and "..." an Ellipsis."""
    return tuple(_item(item) if isinstance(item, str) else item for item in items)


def _item(text):
    return ... if text == "..." else slice(*(int(part) if part else None for part in text.split(":")))


def _tuples(value):
    """A list, and each list in it, as a tuple: YAML has no tuples."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


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
