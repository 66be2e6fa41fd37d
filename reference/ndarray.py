"""NDArray: an n-dimensional array as a shape, strides and an offset over a flat buffer on a device."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .backends import Device, cpu, cuda, emulated
from .backends.view import View

__all__ = [
    "NDArray",
    "array",
    "cpu",
    "cuda",
    "empty",
    "emulated",
    "from_dlpack",
    "full",
    "normalize_axes",
    "zeros",
]

Shape: TypeAlias = tuple[int, ...]
Axes: TypeAlias = int | Sequence[int]
Operand: TypeAlias = "NDArray | npt.NDArray[Any] | float"


def array(values: npt.ArrayLike, device: Device | None = None, dtype: str | None = None) -> NDArray:
    """A compact copy of `values`: a NumPy array, an NDArray, a number or nested lists.

    `device` defaults to cpu(). `dtype` is "float32" or "float64"; None keeps that of an array which has one
    of the two and is "float32" for everything else.
    """
    host = np.asarray(values)
    if dtype is None:
        is_array = isinstance(values, np.ndarray | np.generic | NDArray)
        dtype = host.dtype.name if is_array and host.dtype.name in ("float32", "float64") else "float32"
    out = empty(host.shape, device, dtype)
    out.device.ops.from_host(host.reshape(-1), out.buffer)
    return out


def from_dlpack(exporter: Any) -> NDArray:
    """An array over the memory of any object that supports DLPack. The two share their elements.

    It is on cpu() or cuda(), where that memory is. ValueError for another kind of device, TypeError for
    another dtype than float32 and float64.
    """
    kind, _ = exporter.__dlpack_device__()
    if kind not in (1, 2):
        raise ValueError(
            f"this memory is on a device of DLPack's kind {kind}, neither a CPU (1) nor CUDA (2)"
        )
    device = cpu() if kind == 1 else cuda()
    buffer, shape, strides, offset = device.ops.from_dlpack(exporter)
    if buffer.dtype not in ("float32", "float64"):
        raise TypeError(f"dtype must be 'float32' or 'float64', not {str(buffer.dtype)!r}")
    return NDArray(buffer, shape, strides, offset, device)


def empty(shape: Axes, device: Device | None = None, dtype: str = "float32") -> NDArray:
    """A compact array with elements that hold whatever was in memory. TypeError for any other dtype."""
    if isinstance(device, str):  # as in NumPy, where a dtype comes second
        raise TypeError(
            f"device must be one such as cpu(), not {device!r}; for a dtype write dtype={device!r}"
        )
    if dtype not in ("float32", "float64"):
        raise TypeError(f"dtype must be 'float32' or 'float64', not {dtype!r}")
    device = device or cpu()
    lengths = to_shape(shape)
    buffer = device.ops.empty(math.prod(lengths), dtype)
    return NDArray(buffer, lengths, row_major_strides(lengths), 0, device)


def full(shape: Axes, value: float, device: Device | None = None, dtype: str = "float32") -> NDArray:
    """A compact array with every element equal to `value`."""
    out = empty(shape, device, dtype)
    out.device.ops.fill(float(value), out.buffer)
    return out


def zeros(shape: Axes, device: Device | None = None, dtype: str = "float32") -> NDArray:
    """A compact array of zeros."""
    return full(shape, 0.0, device, dtype)


class NDArray:
    """An n-dimensional array of float32 or float64: element (i, j, ...) of it lies at
    buffer[offset + i * strides[0] + j * strides[1] + ...].

    Several arrays may lie over one buffer, which is then shared memory: reshape (where it can), permute,
    broadcast_to, flip, as_strided and indexing return such views and copy nothing. To make an array, use
    array(), zeros(), full() or empty().

    Both operands of an operator broadcast as NumPy's do, and one of them may be a number or a NumPy array,
    which takes the NDArray's dtype. float32 with float64 gives float64. Arrays on two devices: ValueError.
    """

    __array_ufunc__ = None  # so that numpy_array + a is decided here, by __radd__

    def __init__(self, buffer: Any, shape: Shape, strides: Shape, offset: int, device: Device) -> None:
        self.buffer = buffer
        self.shape = shape
        self.strides = strides
        self.offset = offset
        self.device = device

    @property
    def dtype(self) -> str:
        """The type of the elements: "float32" or "float64"."""
        return "float32" if self.buffer.itemsize == 4 else "float64"

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    # Copies to NumPy, to another device, or to row-major order.

    def numpy(self) -> npt.NDArray[Any]:
        """A NumPy array with the same shape, dtype and values. A copy: writing to it changes nothing here."""
        host: npt.NDArray[Any] = self.device.ops.to_host(self.copy().buffer)
        return host.reshape(self.shape)

    def to(self, device: Device) -> NDArray:
        """This array on `device`: itself if it is there already, else a compact copy."""
        return self if device == self.device else array(self.numpy(), device)

    def copy(self, dtype: str | None = None) -> NDArray:
        """A compact copy, in another dtype if one is given."""
        out = empty(self.shape, self.device, dtype or self.dtype)
        self.device.ops.compact(self.buffer, self.shape, self.strides, self.offset, out.buffer)
        return out

    def is_compact(self) -> bool:
        """Whether the buffer holds exactly the elements of this array, in row-major order."""
        return self.strides == row_major_strides(self.shape) and self.size == self.buffer.size

    def compact(self) -> NDArray:
        """This array if it is compact already, else a compact copy."""
        return self if self.is_compact() else self.copy()

    def is_run(self) -> bool:
        """Whether the elements lie one after another in memory, in row-major order."""
        expected = 1
        for n, step in zip(reversed(self.shape), reversed(self.strides), strict=True):
            if n != 1 and step != expected:
                return False
            expected *= n
        return True

    def in_memory(self) -> View:
        """Where the array is, as an operation of its device takes it."""
        return View(self.buffer, self.shape, self.strides, self.offset)

    def run(self) -> Any:
        """The elements in row-major order as a buffer: a part of this array's if they lie so, else a copy."""
        return self.buffer[self.offset : self.offset + self.size] if self.is_run() else self.copy().buffer

    def native(self) -> Any:
        """This array as the device's own kind of array, np.ndarray or cupy.ndarray, over the same memory."""
        return self.device.ops.strided(self.buffer, self.shape, self.strides, self.offset)

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        if copy is False:
            raise ValueError("an NDArray gives its values to NumPy as a copy only")
        return self.numpy() if dtype is None else self.numpy().astype(dtype)

    def __dlpack__(self, **options: Any) -> Any:
        return self.native().__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        kind, number = self.device.ops.strided(self.buffer, (0,), (1,), 0).__dlpack_device__()
        return int(kind), int(number)

    def __float__(self) -> float:
        return float(self.numpy())

    def __bool__(self) -> bool:
        return bool(self.numpy())

    def __repr__(self) -> str:
        values = np.array2string(self.numpy(), separator=", ", prefix="NDArray(")
        return (
            f"NDArray({values}, shape={self.shape}, strides={self.strides}, offset={self.offset}, "
            f"dtype={self.dtype}, device={self.device})"
        )

    # Views: the same buffer, seen through another shape, other strides and another offset.

    def as_strided(self, shape: Axes, strides: Axes, offset: int | None = None) -> NDArray:
        """The view of this array's buffer with the given shape, strides and offset, all in elements.

        `offset` counts from the start of the buffer; None keeps this array's. A view without elements has
        offset 0. ValueError if the numbers of axes differ or an element would lie outside the buffer.
        """
        lengths, steps = to_shape(shape), to_integers(strides)
        start = self.offset if offset is None else operator.index(offset)
        if len(lengths) != len(steps):
            raise ValueError(f"shape {lengths} and strides {steps} have different numbers of axes")
        first = last = start
        for n, step in zip(lengths, steps, strict=True):
            if step > 0:
                last += step * (n - 1)
            else:
                first += step * (n - 1)
        if 0 not in lengths and (first < 0 or last >= self.buffer.size):
            raise ValueError(
                f"shape {lengths} with strides {steps} and offset {start} reaches from element {first} to "
                f"{last} of a buffer of {self.buffer.size}"
            )
        return self.view(lengths, steps, start)

    def view(self, shape: Shape, strides: Shape, offset: int) -> NDArray:
        """as_strided for a view that is known to stay inside the buffer: it checks nothing."""
        return NDArray(self.buffer, shape, strides, 0 if 0 in shape else offset, self.device)

    def reshape(self, shape: Axes) -> NDArray:
        """The same elements in row-major order under another shape. One of its lengths may be -1.

        A view if strides can describe it, else a compact copy. ValueError if the sizes differ.
        """
        lengths = to_integers(shape)
        if lengths.count(-1) == 1:
            size_of_others = -math.prod(lengths)
            if size_of_others > 0 and self.size % size_of_others == 0:
                lengths = tuple(self.size // size_of_others if n == -1 else n for n in lengths)
        if math.prod(lengths) != self.size or min(lengths, default=0) < 0:
            raise ValueError(
                f"cannot reshape an array of shape {self.shape}, size {self.size}, into {lengths}"
            )
        if self.size == 0 or self.is_run():
            return self.view(lengths, row_major_strides(lengths), self.offset)

        # Neighboring axes along which memory goes on at one step are one run, with (length, step).
        runs: list[tuple[int, int]] = []
        for n, step in zip(self.shape, self.strides, strict=True):
            if n == 1:
                continue
            if runs and runs[-1][1] == n * step:
                runs[-1] = (runs[-1][0] * n, step)
            else:
                runs.append((n, step))

        # Each new axis must divide what is left of a run: no stride can cross from one run to the next.
        strides: list[int] = []
        remaining, step = 1, 1
        for n in reversed(lengths):
            if remaining == 1 and n > 1:
                remaining, step = runs.pop()
            if remaining % n:
                return self.compact().reshape(lengths)
            strides.insert(0, step)
            remaining, step = remaining // n, step * n
        return self.view(lengths, tuple(strides), self.offset)

    def permute(self, axes: Axes) -> NDArray:
        """A view: its axis i is axis axes[i] of this array. ValueError unless each axis is named once."""
        order = normalize_axes(axes, self.ndim, self.shape)
        if len(order) != self.ndim:
            raise ValueError(f"axes {order} do not name each axis of an array of shape {self.shape}")
        shape, strides = (tuple(each[axis] for axis in order) for each in (self.shape, self.strides))
        return self.view(shape, strides, self.offset)

    def broadcast_to(self, shape: Axes) -> NDArray:
        """A view of a larger shape: new axes in front, and axes of length 1, repeat their elements.

        ValueError if another axis would have to change its length.
        """
        lengths = to_shape(shape)
        new_axes = len(lengths) - self.ndim
        if new_axes < 0 or any(n not in (1, m) for n, m in zip(self.shape, lengths[new_axes:], strict=True)):
            raise ValueError(f"cannot broadcast an array of shape {self.shape} to shape {lengths}")
        # Stride 0 repeats: it takes the same element again, whatever the index.
        steps = (0 if n == 1 else step for n, step in zip(self.shape, self.strides, strict=True))
        return self.view(lengths, (*[0] * new_axes, *steps), self.offset)

    def __getitem__(self, index: Any) -> NDArray:
        """A view of the elements that integers, slices, ... and None select, as in NumPy.

        An integer drops its axis, and None adds an axis of length 1; with an integer for every axis, the
        result has no axes. IndexError for an index that is out of bounds, for one index too many, and for an
        index of any other kind.
        """
        items = index if isinstance(index, tuple) else (index,)
        ellipses = [position for position, item in enumerate(items) if item is Ellipsis]
        named = len(items) - len(ellipses) - sum(item is None for item in items)
        if len(ellipses) > 1:
            raise IndexError("an index can have only one ellipsis ('...')")
        if named > self.ndim:
            raise IndexError(f"too many indices: {named} for an array of shape {self.shape}")
        position = ellipses[0] if ellipses else len(items)
        items = items[:position] + (slice(None),) * (self.ndim - named) + items[position + 1 :]

        shape: list[int] = []
        strides: list[int] = []
        offset, axis = self.offset, 0
        for item in items:
            if item is None:
                shape.append(1)
                strides.append(0)
                continue
            n, stride = self.shape[axis], self.strides[axis]
            if isinstance(item, slice):
                start, stop, step = item.indices(n)
                shape.append(len(range(start, stop, step)))
                strides.append(stride * step)
            else:
                start = to_index(item)
                if not -n <= start < n:
                    raise IndexError(f"index {start} is out of bounds for axis {axis} of shape {self.shape}")
                start %= n
            offset += start * stride
            axis += 1
        return self.view(tuple(shape), tuple(strides), offset)

    def __setitem__(self, index: Any, value: Operand) -> None:
        """Write `value`, broadcast to the shape of self[index], to the elements that self[index] selects.

        ValueError if it does not broadcast, or if several elements of self[index] share one place, as
        in a broadcast view.
        """
        target = self if index is Ellipsis else self[index]
        place = (target.buffer, target.shape, target.strides, target.offset)
        if 0 in target.strides and any(
            step == 0 and n > 1 and target.size for n, step in zip(target.shape, target.strides, strict=True)
        ):
            raise ValueError("cannot assign to a broadcast view: several elements share one place in memory")
        source = to_operand(value, self)
        if not isinstance(source, NDArray):
            self.device.ops.assign_scalar(source, *place)
            return
        while source.ndim > target.ndim and source.shape[0] == 1:
            source = source[0]
        source = source if source.shape == target.shape else source.broadcast_to(target.shape)
        # Where both lie over one buffer, an element could be overwritten before it is read.
        source = source.copy() if source.buffer is self.buffer else source
        if target.is_run():
            view = (source.buffer, source.shape, source.strides, source.offset)
            self.device.ops.compact(*view, target.run())
        else:
            self.device.ops.assign(source.run(), *place)

    def flip(self, axes: Axes | None = None) -> NDArray:
        """A view with the order of the elements reversed along `axes` (None: along all)."""
        reversed_axes = normalize_axes(range(self.ndim) if axes is None else axes, self.ndim, self.shape)
        strides, offset = list(self.strides), self.offset
        for axis in reversed_axes:
            # Start at the last element of the axis, wherever this array itself starts, and walk back.
            offset += self.strides[axis] * (self.shape[axis] - 1)
            strides[axis] = -self.strides[axis]
        return self.view(self.shape, tuple(strides), offset)

    def pad(self, padding: Sequence[tuple[int, int]]) -> NDArray:
        """A compact copy with `low` zeros before and `high` zeros after each axis; one (low, high) an axis.

        ValueError for another number of pairs or for a negative number.
        """
        if len(padding) != self.ndim or any(low < 0 or high < 0 for low, high in padding):
            raise ValueError(f"padding {padding} is not a pair of numbers >= 0 an axis of shape {self.shape}")
        sides = list(zip(self.shape, padding, strict=True))
        out = zeros([low + n + high for n, (low, high) in sides], self.device, self.dtype)
        out[tuple(slice(low, low + n) for n, (low, _) in sides)] = self
        return out

    # Arithmetic: both operands broadcast to one shape, compact, element by element.

    def __add__(self, other: Operand) -> NDArray:
        return elementwise("add", self, other)

    def __radd__(self, other: Operand) -> NDArray:
        return elementwise("add", other, self)

    def __sub__(self, other: Operand) -> NDArray:
        return elementwise("subtract", self, other)

    def __rsub__(self, other: Operand) -> NDArray:
        return elementwise("subtract", other, self)

    def __mul__(self, other: Operand) -> NDArray:
        return elementwise("multiply", self, other)

    def __rmul__(self, other: Operand) -> NDArray:
        return elementwise("multiply", other, self)

    def __truediv__(self, other: Operand) -> NDArray:
        return elementwise("divide", self, other)

    def __rtruediv__(self, other: Operand) -> NDArray:
        return elementwise("divide", other, self)

    def __pow__(self, other: Operand) -> NDArray:
        return elementwise("power", self, other)

    def __neg__(self) -> NDArray:
        return elementwise("negative", self)

    def __eq__(self, other: Operand) -> NDArray:  # type: ignore[override]  # an array of 0 and 1, as in NumPy
        return elementwise("equal", self, other)

    def __ne__(self, other: Operand) -> NDArray:  # type: ignore[override]
        return elementwise("subtract", 1, self == other)

    def __ge__(self, other: Any) -> NDArray:
        return elementwise("greater_equal", self, other)

    def __le__(self, other: Any) -> NDArray:
        return elementwise("greater_equal", other, self)

    def __gt__(self, other: Any) -> NDArray:
        return elementwise("multiply", self >= other, self != other)

    def __lt__(self, other: Any) -> NDArray:
        return elementwise("multiply", self <= other, self != other)

    def maximum(self, other: Operand) -> NDArray:
        """The larger of the two, element by element; NaN where either is NaN."""
        return elementwise("maximum", self, other)

    def log(self) -> NDArray:
        """The natural logarithm of each element."""
        return elementwise("log", self)

    def exp(self) -> NDArray:
        """e to the power of each element."""
        return elementwise("exp", self)

    def tanh(self) -> NDArray:
        """The hyperbolic tangent of each element."""
        return elementwise("tanh", self)

    def __matmul__(self, other: NDArray | npt.NDArray[Any]) -> NDArray:
        """The matrix product (m, k) @ (k, n) -> (m, n). ValueError for any other shapes."""
        right = to_operand(other, self)
        if not isinstance(right, NDArray):
            raise ValueError("@ takes two matrices, not a number")
        if self.ndim != 2 or right.ndim != 2 or self.shape[1] != right.shape[0]:
            raise ValueError(f"cannot multiply matrices of shapes {self.shape} and {right.shape}")
        out = empty((self.shape[0], right.shape[1]), self.device, common_dtype(self, right))
        self.device.ops.matmul(self.in_memory(), right.in_memory(), out.buffer)
        return out

    def sum(self, axis: Axes | None = None, keepdims: bool = False) -> NDArray:
        """The sum over `axis` (an int, several, or None: all), which keepdims leaves with length 1."""
        return reduction("sum", self, axis, keepdims)

    def max(self, axis: Axes | None = None, keepdims: bool = False) -> NDArray:
        """The maximum over `axis`, as for sum. ValueError if that is a maximum of no elements."""
        return reduction("max", self, axis, keepdims)


def elementwise(operation: str, *operands: Operand) -> NDArray:
    """The backend's operation on operands that broadcast to one shape; at least one is an NDArray."""
    like = next(operand for operand in operands if isinstance(operand, NDArray))
    ready = [to_operand(operand, like) for operand in operands]
    arrays = [operand for operand in ready if isinstance(operand, NDArray)]
    shape = broadcast_shape(*(a.shape for a in arrays))
    out = empty(shape, like.device, common_dtype(*arrays))
    compute = getattr(like.device.ops, operation)
    views = [v.broadcast_to(shape) if isinstance(v, NDArray) and v.shape != shape else v for v in ready]
    if like.device.is_host:
        # NumPy handles views itself, so nothing is copied.
        compute(*(v.native() if isinstance(v, NDArray) else v for v in views), out.buffer.reshape(shape))
        return out
    flat: list[Any] = []
    spare: NDArray | None = out  # the first operand that has to be copied goes where the result will be
    for view in views:
        if isinstance(view, NDArray) and spare is not None and not view.is_run() and view.dtype == out.dtype:
            spare[...] = view
            view, spare = spare, None
        flat.append(view.run() if isinstance(view, NDArray) else view)
    compute(*flat, out.buffer)
    return out


def reduction(operation: str, a: NDArray, axis: Axes | None, keepdims: bool) -> NDArray:
    """The backend's "sum" or "max" over `axis`."""
    reduced = normalize_axes(range(a.ndim) if axis is None else axis, a.ndim, a.shape)
    remaining = tuple(i for i in range(a.ndim) if i not in reduced)
    row_length = math.prod(a.shape[i] for i in reduced)
    if operation == "max" and row_length == 0:
        raise ValueError(f"no maximum: shape {a.shape} has no elements along axis {axis}")
    out = empty([a.shape[i] for i in remaining], a.device, a.dtype)
    if a.device.is_host:
        view = a.buffer, a.shape, a.strides, a.offset
        getattr(a.device.ops, f"{operation}_axes")(*view, reduced, out.buffer)
    else:
        # The reduced axes go last, and each result is one row's.
        getattr(a.device.ops, f"{operation}_rows")(
            a.permute(remaining + reduced).run(), row_length, out.buffer
        )
    return out.reshape([n if i in remaining else 1 for i, n in enumerate(a.shape)]) if keepdims else out


def to_operand(value: Operand, like: NDArray) -> NDArray | float:
    """A number as a float; a NumPy array as an NDArray of like's dtype, on its device."""
    if isinstance(value, NDArray):
        check_device(value, like)
        return value
    if isinstance(value, np.ndarray):
        return array(value, like.device, like.dtype)
    if isinstance(value, int | float | np.integer | np.floating):
        return float(value)
    raise TypeError(f"expected an NDArray, a NumPy array or a number, not {type(value).__name__}")


def check_device(a: NDArray, b: NDArray) -> None:
    """ValueError unless both arrays are on one device."""
    if a.device != b.device:
        raise ValueError(
            f"arrays on two devices: shape {a.shape} on {a.device} and shape {b.shape} on {b.device}; "
            "use a.to(device)"
        )


def common_dtype(*arrays: NDArray) -> str:
    """The dtype of a result: float64 if one operand has it."""
    return "float64" if any(a.dtype == "float64" for a in arrays) else "float32"


def broadcast_shape(*shapes: Shape) -> Shape:
    """The shape that all of these broadcast to. ValueError if there is none."""
    if len(set(shapes)) == 1:
        return shapes[0]
    ndim = max(len(shape) for shape in shapes)
    result = []
    for lengths in zip(*((1,) * (ndim - len(shape)) + shape for shape in shapes), strict=True):
        others = {n for n in lengths if n != 1}
        if len(others) > 1:
            raise ValueError(f"shapes {' and '.join(map(str, shapes))} do not broadcast together")
        result.append(others.pop() if others else 1)
    return tuple(result)


def row_major_strides(shape: Shape) -> Shape:
    """The strides of a compact array: the last axis runs fastest."""
    strides = [1] * len(shape)
    for axis in range(len(shape) - 1, 0, -1):
        strides[axis - 1] = strides[axis] * shape[axis]
    return tuple(strides)


def normalize_axes(axes: Axes, ndim: int, shape: Shape | None = None) -> Shape:
    """Axes as numbers from 0 to ndim - 1, in the order given; a negative axis counts from the last.

    IndexError for an axis out of range, ValueError for one that is named twice: the message names the array's
    shape where it is given.
    """
    numbers = to_integers(axes)
    described = f"an array of {ndim} axes" if shape is None else f"an array of shape {shape}"
    if any(not -ndim <= axis < ndim for axis in numbers):
        raise IndexError(f"axes {numbers} are out of range for {described}")
    positive = tuple(axis % ndim for axis in numbers)
    if len(set(positive)) < len(positive):
        raise ValueError(f"axes {numbers} name an axis twice of {described}")
    return positive


def to_shape(shape: Axes) -> Shape:
    """One length or several as a tuple. ValueError for a negative one."""
    lengths = to_integers(shape)
    if min(lengths, default=0) < 0:
        raise ValueError(f"negative length in shape {lengths}")
    return lengths


def to_integers(values: Axes) -> tuple[int, ...]:
    """One integer or several as a tuple of int. TypeError for anything else."""
    if isinstance(values, (int, np.integer)):
        return (operator.index(values),)
    return tuple(map(operator.index, values))


def to_index(item: Any) -> int:
    """An integer index as an int. IndexError for True and False, which are masks to NumPy, and all else."""
    try:
        if not isinstance(item, bool):
            return operator.index(item)
    except TypeError:
        pass
    raise IndexError(f"an index is an integer, a slice, ... or None, not {item!r}")
