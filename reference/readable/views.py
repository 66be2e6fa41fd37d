"""NDArray in the form to read: a shape, strides and an offset over a flat buffer, here a NumPy array.

The ndarray handout shows this. `reference.ndarray` has these methods in the form to run, for every device,
and a test checks that both forms agree.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from reference.ndarray import Axes, Shape, normalize_axes, row_major_strides, to_index, to_integers, to_shape


def positions(shape: Sequence[int], strides: Sequence[int], offset: int) -> npt.NDArray[np.int64]:
    """The place in the buffer of each element of a view, in row-major order: integers on one axis.

    Element (i, j, ...) lies at offset + i * strides[0] + j * strides[1] + ...; in row-major order the last
    index runs fastest. A view without axes has one element; a view with a length of 0 has none.
    """
    places = np.array([offset], dtype=np.int64)
    for n, step in zip(shape, strides, strict=True):
        # From each place so far, n steps along this axis.
        places = (places[:, None] + step * np.arange(n)).reshape(-1)
    return places


def cpu() -> str:
    """The only device here."""
    return "cpu"


def array(values: npt.ArrayLike, device: str = "cpu", dtype: str = "float32") -> NDArray:
    """A compact array with a copy of `values`: a NumPy array, a number or nested lists."""
    host = np.array(values, dtype=dtype, order="C")
    return NDArray(host.reshape(-1), host.shape, row_major_strides(host.shape), 0)


def zeros(shape: Axes, dtype: str = "float32") -> NDArray:
    """A compact array of zeros."""
    return array(np.zeros(to_shape(shape)), dtype=dtype)


class NDArray:
    """An n-dimensional array: element (i, j, ...) of it lies at
    buffer[offset + i * strides[0] + j * strides[1] + ...].

    The buffer is a NumPy array with one axis. Several NDArrays may lie over one buffer, which is then shared
    memory. To make a view of an array, use as_strided; to make an array, use array() or zeros().
    """

    def __init__(self, buffer: npt.NDArray[Any], shape: Shape, strides: Shape, offset: int) -> None:
        self.buffer = buffer
        self.shape = shape
        self.strides = strides
        self.offset = offset

    @property
    def dtype(self) -> str:
        """The type of the elements: "float32" or "float64"."""
        return str(self.buffer.dtype)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def numpy(self) -> npt.NDArray[Any]:
        """A NumPy array with the same shape and values. A copy: writing to it changes nothing here."""
        return self.buffer[positions(self.shape, self.strides, self.offset)].reshape(self.shape)

    def copy(self) -> NDArray:
        """A compact copy."""
        return array(self.numpy(), dtype=self.dtype)

    def __repr__(self) -> str:
        values = np.array2string(self.numpy(), separator=", ", prefix="NDArray(")
        return f"NDArray({values}, shape={self.shape}, strides={self.strides}, offset={self.offset})"

    def as_strided(self, shape: Axes, strides: Axes, offset: int | None = None) -> NDArray:
        """The view of this array's buffer with the given shape, strides and offset, all in elements.

        `offset` counts from the start of the buffer; None keeps this array's. A view without elements has
        offset 0. ValueError if the numbers of axes differ or an element would lie outside the buffer.
        """
        lengths, steps = to_shape(shape), to_integers(strides)
        start = self.offset if offset is None else operator.index(offset)
        if len(lengths) != len(steps):
            raise ValueError(f"shape {lengths} and strides {steps} have different numbers of axes")
        if 0 in lengths:
            return NDArray(self.buffer, lengths, steps, 0)
        reach = [step * (n - 1) for n, step in zip(lengths, steps, strict=True)]
        first = start + sum(r for r in reach if r < 0)
        last = start + sum(r for r in reach if r > 0)
        if first < 0 or last >= self.buffer.size:
            raise ValueError(
                f"shape {lengths} with strides {steps} and offset {start} reaches from element {first} to "
                f"{last} of a buffer of {self.buffer.size}"
            )
        return NDArray(self.buffer, lengths, steps, start)

    def is_compact(self) -> bool:
        """Whether the buffer holds exactly the elements of this array, in row-major order."""
        return self.strides == row_major_strides(self.shape) and self.size == self.buffer.size

    def compact(self) -> NDArray:
        """This array if it is compact already, else a compact copy."""
        return self if self.is_compact() else self.copy()

    def permute(self, axes: Axes) -> NDArray:
        """A view: its axis i is axis axes[i] of this array. A negative axis counts from the last.

        ValueError unless each axis is named once, IndexError for an axis out of range.
        """
        order = normalize_axes(axes, self.ndim)
        if len(order) != self.ndim:
            raise ValueError(f"axes {order} do not name each axis of an array of shape {self.shape}")
        return self.as_strided([self.shape[axis] for axis in order], [self.strides[axis] for axis in order])

    def broadcast_to(self, shape: Axes) -> NDArray:
        """A view of a larger shape: new axes in front, and axes of length 1, repeat their elements.

        ValueError if another axis would have to change its length, or if an axis would disappear.
        """
        lengths = to_shape(shape)
        new_axes = len(lengths) - self.ndim
        if new_axes < 0 or any(n not in (1, m) for n, m in zip(self.shape, lengths[new_axes:], strict=True)):
            raise ValueError(f"cannot broadcast an array of shape {self.shape} to shape {lengths}")
        # Stride 0 repeats: it takes the same element again, whatever the index.
        steps = [0 if n == 1 else step for n, step in zip(self.shape, self.strides, strict=True)]
        return self.as_strided(lengths, [0] * new_axes + steps)

    def flip(self, axes: Axes | None = None) -> NDArray:
        """A view with the order of the elements reversed along `axes` (None: along all)."""
        strides, offset = list(self.strides), self.offset
        for axis in normalize_axes(range(self.ndim) if axes is None else axes, self.ndim):
            # Start at the last element of the axis, wherever this array itself starts, and walk back.
            offset += self.strides[axis] * (self.shape[axis] - 1)
            strides[axis] = -self.strides[axis]
        return self.as_strided(self.shape, strides, offset)

    def __getitem__(self, index: Any) -> NDArray:
        """A view of the elements that integers, slices, ... and None select, as in NumPy.

        `index` is one of these or a tuple of them. An integer drops its axis, and None adds an axis of length
        1; with an integer for every axis, the result has no axes. IndexError for an integer that is out of
        bounds, for one index too many, and for an index of any other kind.
        """
        items = index if isinstance(index, tuple) else (index,)
        ellipses = [position for position, item in enumerate(items) if item is Ellipsis]
        named = len(items) - len(ellipses) - sum(item is None for item in items)
        if len(ellipses) > 1:
            raise IndexError("an index can have only one ellipsis ('...')")
        if named > self.ndim:
            raise IndexError(f"too many indices: {named} for an array of shape {self.shape}")
        # An axis that is not named is selected whole.
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
        return self.as_strided(shape, strides, offset)

    def __setitem__(self, index: Any, value: NDArray | float) -> None:
        """Write `value`, broadcast to the shape of self[index], to the elements that self[index] selects.

        ValueError if it does not broadcast, or if several elements of self[index] share one place, as
        in a broadcast view.
        """
        target = self[index]
        axes = zip(target.shape, target.strides, strict=True)
        if target.size and any(step == 0 and n > 1 for n, step in axes):
            raise ValueError("cannot assign to a broadcast view: several elements share one place in memory")
        source = value if isinstance(value, NDArray) else array(value, dtype=self.dtype)
        # A copy of all values: nothing is overwritten before it is read.
        values = source.broadcast_to(target.shape).numpy().reshape(-1)
        self.buffer[positions(target.shape, target.strides, target.offset)] = values

    def reshape(self, shape: Axes) -> NDArray:
        """The same elements in row-major order under another shape. One of its lengths may be -1.

        A view if strides can describe it, else a compact copy. ValueError if the sizes differ, and for a -1
        next to a length of 0.
        """
        lengths = to_integers(shape)
        error = ValueError(f"cannot reshape an array of shape {self.shape}, size {self.size}, into {lengths}")
        if lengths.count(-1) == 1:
            size_of_others = -math.prod(lengths)
            if size_of_others <= 0 or self.size % size_of_others:
                raise error
            lengths = tuple(self.size // size_of_others if n == -1 else n for n in lengths)
        if math.prod(lengths) != self.size or any(n < 0 for n in lengths):
            raise error
        if self.size == 0:
            return self.as_strided(lengths, row_major_strides(lengths))

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
        return self.as_strided(lengths, strides)

    def pad(self, padding: Sequence[tuple[int, int]]) -> NDArray:
        """A compact copy with `low` zeros before and `high` zeros after each axis; one (low, high) an axis.

        ValueError for another number of pairs or for a negative number.
        """
        if len(padding) != self.ndim or any(low < 0 or high < 0 for low, high in padding):
            raise ValueError(f"padding {padding} is not a pair of numbers >= 0 an axis of shape {self.shape}")
        sides = list(zip(self.shape, padding, strict=True))
        out = zeros([low + n + high for n, (low, high) in sides], self.dtype)
        out[tuple(slice(low, low + n) for n, (low, _) in sides)] = self
        return out

    def sum(self, axis: Axes | None = None, keepdims: bool = False) -> NDArray:
        """The sum over `axis` (an int, several, or None: all), which keepdims leaves with length 1."""
        rows, shape = reduction(self, axis, keepdims)
        return array(rows.sum(axis=1), dtype=self.dtype).reshape(shape)

    def max(self, axis: Axes | None = None, keepdims: bool = False) -> NDArray:
        """The maximum over `axis`, as for sum. ValueError if that is a maximum of no elements."""
        rows, shape = reduction(self, axis, keepdims)
        if rows.shape[1] == 0:
            raise ValueError(f"no maximum: shape {self.shape} has no elements along axis {axis}")
        return array(rows.max(axis=1), dtype=self.dtype).reshape(shape)


def reduction(a: NDArray, axis: Axes | None, keepdims: bool) -> tuple[npt.NDArray[Any], Shape]:
    """The rows of a matrix, each of which is reduced to one number, and the shape of the result."""
    reduced = normalize_axes(range(a.ndim) if axis is None else axis, a.ndim)
    remaining = tuple(i for i in range(a.ndim) if i not in reduced)
    # The reduced axes go last: in row-major order the elements of one result then follow one another.
    elements = a.permute(remaining + reduced).compact().buffer
    rows = elements.reshape(math.prod(a.shape[i] for i in remaining), math.prod(a.shape[i] for i in reduced))
    if keepdims:
        return rows, tuple(n if i in remaining else 1 for i, n in enumerate(a.shape))
    return rows, tuple(a.shape[i] for i in remaining)


def add_product(a: NDArray, b: NDArray, out: NDArray) -> None:
    """Add the matrix product of `a` (m, k) and `b` (k, n) to `out` (m, n), in place; each may be any view.

    out[i, j] grows by the sum over p of a[i, p] * b[p, j]. `out` shares no memory with a or b.
    """
    (m, k), n = a.shape, b.shape[1]
    for i in range(m):
        for j in range(n):
            place = out.offset + i * out.strides[0] + j * out.strides[1]
            for p in range(k):
                left = a.buffer[a.offset + i * a.strides[0] + p * a.strides[1]]
                right = b.buffer[b.offset + p * b.strides[0] + j * b.strides[1]]
                out.buffer[place] += left * right


def matmul(a: NDArray, b: NDArray) -> NDArray:
    """The matrix product of `a` (m, k) and `b` (k, n): compact, (m, n), with the dtype of `a`.

    ValueError for any other shapes.
    """
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0]:
        raise ValueError(f"cannot multiply matrices of shapes {a.shape} and {b.shape}")
    out = zeros((a.shape[0], b.shape[1]), a.dtype)
    add_product(a, b, out)
    return out


def tiles(a: NDArray, tile: int) -> NDArray:
    """The matrix `a` (m, n) as a compact array (M, N, tile, tile) of square tiles, M = m / tile rounded up.

    Element (i, j) of tile (I, J) is a[I * tile + i, J * tile + j], or 0 where that is outside of `a`: the
    tiles at the lower and the right edge are filled up with zeros. N is n / tile rounded up.
    """
    m, n = a.shape
    rows, columns = -(-m // tile), -(-n // tile)
    full = a.pad(((0, rows * tile - m), (0, columns * tile - n)))
    return full.reshape((rows, tile, columns, tile)).permute((0, 2, 1, 3)).compact()


def matmul_tiled(a: NDArray, b: NDArray, tile: int) -> NDArray:
    """The matrix product of `a` (m, k) and `b` (k, n): compact, (m, n), from products of tiles.

    Tile (I, J) of the result is the sum over P of tile (I, P) of `a` times tile (P, J) of `b`. The result has
    the dtype of `a`. The shapes fit together: you need not check them.
    """
    left, right = tiles(a, tile), tiles(b, tile)
    (rows, inner), columns = left.shape[:2], right.shape[1]
    out = zeros((rows, columns, tile, tile), a.dtype)
    for i in range(rows):
        for j in range(columns):
            for p in range(inner):
                add_product(left[i, p], right[p, j], out[i, j])
    # The way back from tiles to rows, without the zeros at the edges.
    full = out.permute((0, 2, 1, 3)).reshape((rows * tile, columns * tile))
    return full[: a.shape[0], : b.shape[1]].compact()
