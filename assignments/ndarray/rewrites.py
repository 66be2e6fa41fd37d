"""Correct versions of the exercises, written in other ways. All of them must earn full marks."""

import itertools
import math

import numpy as np

# `solution` is the solution as it is rendered from the templates.
from solution import (
    NDArray,
    add_product,
    array,
    matmul,
    normalize_axes,
    positions,
    row_major_strides,
    tiles,
    to_index,
    to_integers,
    to_shape,
    zeros,
)

from grader.model.mutant import rewrite


def listed(a, axis):
    """The axes as a list of numbers from 0 on; all of them for None."""
    return normalize_axes(range(a.ndim) if axis is None else axis, a.ndim)


# positions


@rewrite(of="positions")
def positions_by_product(shape, strides, offset):
    """Goes over all indices, one by one."""
    places = [
        offset + sum(i * step for i, step in zip(index, strides, strict=True))
        for index in itertools.product(*map(range, shape))
    ]
    return np.array(places, dtype=np.int64)


@rewrite(of="positions")
def positions_by_indices(shape, strides, offset):
    """The indices of all elements, times the strides."""
    grid = np.indices(tuple(shape)).reshape(len(shape), math.prod(shape))
    return np.int64(offset) + np.array(strides, dtype=np.int64).reshape(-1) @ grid.astype(np.int64)


@rewrite(of="positions")
def positions_by_outer_sums(shape, strides, offset):
    """A sum for each axis, in a broadcast of all of them."""
    places = np.full((), offset, dtype=np.int64)
    for n, step in zip(shape, strides, strict=True):
        places = places[..., np.newaxis] + np.arange(n, dtype=np.int64) * step
    return places.ravel()


# is_compact and compact


@rewrite(of="NDArray.is_compact")
def is_compact_by_positions(self):
    """Checks that the positions are 0, 1, ... up to the end of the buffer, and the strides are row-major."""
    at = positions(self.shape, self.strides, self.offset)
    in_order = np.array_equal(at, np.arange(self.buffer.size))
    return bool(in_order) and tuple(self.strides) == row_major_strides(self.shape)


@rewrite(of="NDArray.is_compact")
def is_compact_from_the_last_axis(self):
    """Multiplies lengths, from the last axis on."""
    expected = 1
    for n, step in zip(reversed(self.shape), reversed(self.strides), strict=True):
        if step != expected:
            return False
        expected *= n
    return self.offset == 0 and len(self.buffer) == math.prod(self.shape)


@rewrite(of="NDArray.compact")
def compact_by_a_new_array(self):
    """Takes the elements out of the buffer."""
    if self.is_compact():
        return self
    values = self.buffer[positions(self.shape, self.strides, self.offset)]
    return NDArray(values, self.shape, row_major_strides(self.shape), 0)


@rewrite(of="NDArray.compact")
def compact_by_writing(self):
    """Writes the elements into zeros."""
    if self.is_compact():
        return self
    out = zeros(self.shape, self.dtype)
    out.buffer[:] = self.numpy().reshape(-1)
    return out


# permute


@rewrite(of="NDArray.permute")
def permute_by_sorting(self, axes):
    """Checks by sorting the axes."""
    order = [axis + self.ndim if axis < 0 else axis for axis in to_integers(axes)]
    if sorted(order) != list(range(self.ndim)):
        raise ValueError(axes)
    shape = tuple(map(self.shape.__getitem__, order))
    return self.as_strided(shape, tuple(map(self.strides.__getitem__, order)), self.offset)


@rewrite(of="NDArray.permute")
def permute_by_pairs(self, axes):
    """Keeps length and stride of an axis together."""
    pairs = list(zip(self.shape, self.strides, strict=True))
    given = to_integers(axes)
    order = [axis % self.ndim for axis in given if -self.ndim <= axis < self.ndim]
    if len(given) != self.ndim or len(set(order)) != self.ndim:
        raise ValueError(axes)
    chosen = [pairs[axis] for axis in order]
    return self.as_strided([n for n, _ in chosen], [step for _, step in chosen])


# broadcast_to


@rewrite(of="NDArray.broadcast_to")
def broadcast_from_the_last_axis(self, shape):
    """Walks over both shapes from their last axes."""
    lengths = to_shape(shape)
    if len(lengths) < self.ndim:
        raise ValueError(shape)
    strides = []
    own = itertools.zip_longest(reversed(self.shape), reversed(self.strides))
    for wanted, (n, step) in itertools.zip_longest(reversed(lengths), own, fillvalue=(1, 0)):
        if n != wanted and n != 1:
            raise ValueError(shape)
        strides.append(step if n == wanted and n != 1 else 0)
    return self.as_strided(lengths, strides[::-1])


@rewrite(of="NDArray.broadcast_to")
def broadcast_in_two_steps(self, shape):
    """New axes first, by None; then the stretched ones."""
    lengths = to_shape(shape)
    added = len(lengths) - self.ndim
    if added < 0:
        raise ValueError(shape)
    a = self[(None,) * added + (Ellipsis,)]
    steps = []
    for n, wanted, step in zip(a.shape, lengths, a.strides, strict=True):
        if n not in (wanted, 1):
            raise ValueError(shape)
        steps.append(step if n == wanted else 0)
    return a.as_strided(lengths, steps)


# flip


@rewrite(of="NDArray.flip")
def flip_by_slices(self, axes=None):
    """A slice with step -1 on each of the axes."""
    chosen = listed(self, axes)
    return self[tuple(slice(None, None, -1) if i in chosen else slice(None) for i in range(self.ndim))]


@rewrite(of="NDArray.flip")
def flip_one_axis_at_a_time(self, axes=None):
    """A view of a view."""
    out = self
    for axis in listed(self, axes):
        steps = [-step if i == axis else step for i, step in enumerate(out.strides)]
        out = out.as_strided(out.shape, steps, out.offset + out.strides[axis] * (out.shape[axis] - 1))
    return out


# a[index]


@rewrite(of="NDArray.__getitem__")
def getitem_item_by_item(self, index):
    """Takes one item after another: each makes a view of the view before."""
    items = list(index) if isinstance(index, tuple) else [index]
    if sum(item is Ellipsis for item in items) > 1:
        raise IndexError(index)
    missing = self.ndim - sum(item is not None and item is not Ellipsis for item in items)
    if missing < 0:
        raise IndexError(index)
    at = next((i for i, item in enumerate(items) if item is Ellipsis), len(items))
    items[at : at + 1] = [slice(None)] * missing
    shape, strides, offset, axis = list(self.shape), list(self.strides), self.offset, 0
    for item in items:
        if item is None:
            shape.insert(axis, 1)
            strides.insert(axis, 0)
            axis += 1
        elif isinstance(item, slice):
            chosen = range(shape[axis])[item]
            offset += chosen.start * strides[axis]
            shape[axis], strides[axis] = len(chosen), strides[axis] * chosen.step
            axis += 1
        else:
            number = range(shape[axis])[to_index(item)]
            offset += number * strides[axis]
            del shape[axis], strides[axis]
    return self.as_strided(shape, strides, offset)


@rewrite(of="NDArray.__getitem__")
def getitem_by_ranges(self, index):
    """Takes the places along each axis as a range; an integer moves the offset and drops its axis."""
    items = index if isinstance(index, tuple) else (index,)
    dots = [i for i, item in enumerate(items) if item is Ellipsis]
    named = [item for item in items if item is not None and item is not Ellipsis]
    if len(dots) > 1 or len(named) > self.ndim:
        raise IndexError(index)
    rest = (slice(None),) * (self.ndim - len(named))
    items = items[: dots[0]] + rest + items[dots[0] + 1 :] if dots else items + rest
    lengths = iter(zip(self.shape, self.strides, strict=True))
    axes, offset = [], self.offset
    for item in items:
        if item is None:
            axes.append((1, 0))
            continue
        n, step = next(lengths)
        if isinstance(item, slice):
            places = range(*item.indices(n))
            axes.append((len(places), places.step * step))
            offset += places.start * step
        else:
            number = to_index(item)
            if number >= n or number < -n:
                raise IndexError(index)
            offset += (number + n if number < 0 else number) * step
    return self.as_strided([n for n, _ in axes], [step for _, step in axes], offset)


# a[index] = value


@rewrite(of="NDArray.__setitem__")
def setitem_element_by_element(self, index, value):
    """Copies the values first, and then writes one element after another."""
    target = self[index]
    if any(n > 1 and step == 0 for n, step in zip(target.shape, target.strides, strict=True)) and target.size:
        raise ValueError(index)
    source = value if isinstance(value, NDArray) else array(value, dtype=self.dtype)
    values = source.copy().broadcast_to(target.shape).numpy().reshape(-1).tolist()
    for place, number in zip(positions(target.shape, target.strides, target.offset), values, strict=True):
        self.buffer[place] = number


@rewrite(of="NDArray.__setitem__")
def setitem_by_put(self, index, value):
    """NumPy's put with a list of numbers."""
    target = self[index]
    at = positions(target.shape, target.strides, target.offset)
    if len(set(at.tolist())) < len(at):
        raise ValueError(index)
    given = value if isinstance(value, NDArray) else array(value, dtype=self.dtype)
    np.put(self.buffer, at, given.broadcast_to(target.shape).numpy())


# reshape


@rewrite(of="NDArray.reshape")
def reshape_by_trying(self, shape):
    """Tries the strides that the first elements of each axis need, and checks that all places fit."""
    lengths = list(to_integers(shape))
    if lengths.count(-1) == 1:
        rest = -math.prod(lengths)
        if rest <= 0 or self.size % rest:
            raise ValueError(shape)
        lengths[lengths.index(-1)] = self.size // rest
    if min(lengths, default=0) < 0 or math.prod(lengths) != self.size:
        raise ValueError(shape)
    if self.size == 0:
        return self.as_strided(lengths, row_major_strides(tuple(lengths)))
    places = positions(self.shape, self.strides, self.offset)
    steps = []
    for axis, n in enumerate(lengths):
        distance = math.prod(lengths[axis + 1 :])
        steps.append(int(places[distance] - places[0]) if n > 1 else 0)
    if np.array_equal(positions(lengths, steps, self.offset), places):
        return self.as_strided(lengths, steps)
    return array(self.numpy().reshape(lengths), dtype=self.dtype)


@rewrite(of="NDArray.reshape")
def reshape_by_runs(self, shape):
    """Asks for each run of memory separately, from the front on."""
    lengths = to_integers(shape)
    if lengths.count(-1) == 1:
        rest = -math.prod(lengths)
        if rest <= 0 or self.size % rest:
            raise ValueError(shape)
        lengths = tuple(self.size // rest if n == -1 else n for n in lengths)
    if any(n < 0 for n in lengths) or math.prod(lengths) != self.size:
        raise ValueError(shape)
    if 0 in lengths:
        return NDArray(self.buffer, lengths, row_major_strides(lengths), 0)
    old = [(n, step) for n, step in zip(self.shape, self.strides, strict=True) if n != 1]
    new, strides, i = [n for n in lengths if n != 1], [], 0
    j = 0
    while i < len(old) and j < len(new):
        i_end, j_end = i + 1, j + 1
        left, right = old[i][0], new[j]
        while left != right:
            if left < right:
                left *= old[i_end][0]
                i_end += 1
            else:
                right *= new[j_end]
                j_end += 1
        for k in range(i, i_end - 1):
            if old[k][1] != old[k + 1][0] * old[k + 1][1]:
                return self.copy().reshape(lengths)
        step, own = old[i_end - 1][1], []
        for n in reversed(new[j:j_end]):
            own.insert(0, step)
            step *= n
        strides += own
        i, j = i_end, j_end
    steps = iter(strides)
    return self.as_strided(lengths, [1 if n == 1 else next(steps) for n in lengths])


# pad


@rewrite(of="NDArray.pad")
def pad_in_numpy(self, padding):
    """Writes into zeros of NumPy's."""
    if len(padding) != self.ndim or min((min(pair) for pair in padding), default=0) < 0:
        raise ValueError(padding)
    out = np.zeros([low + n + high for n, (low, high) in zip(self.shape, padding, strict=True)], self.dtype)
    out[tuple(slice(low, low + n) for n, (low, _) in zip(self.shape, padding, strict=True))] = self.numpy()
    return array(out, dtype=self.dtype)


@rewrite(of="NDArray.pad")
def pad_through_strides(self, padding):
    """Writes to a strided view of zeros."""
    if len(padding) != self.ndim or any(n < 0 for pair in padding for n in pair):
        raise ValueError(padding)
    out = zeros([sum(pair) + n for n, pair in zip(self.shape, padding, strict=True)], self.dtype)
    start = sum(low * step for (low, _), step in zip(padding, out.strides, strict=True))
    out.as_strided(self.shape, out.strides, start)[...] = self
    return out


# sum and max


@rewrite(of="NDArray.sum")
def sum_in_numpy(self, axis=None, keepdims=False):
    """NumPy's own sum of a copy, in float64."""
    wide = self.numpy().astype(np.float64)
    return array(wide.sum(axis=listed(self, axis), keepdims=keepdims), dtype=self.dtype)


@rewrite(of="NDArray.sum")
def sum_axis_by_axis(self, axis=None, keepdims=False):
    """One axis at a time, the last one first."""
    values = self.numpy()
    for one in sorted(listed(self, axis), reverse=True):
        values = values.sum(axis=one, keepdims=keepdims)
    return array(values, dtype=self.dtype)


@rewrite(of="NDArray.sum")
def sum_by_adding_at(self, axis=None, keepdims=False):
    """Adds each element to its place, from the last one on."""
    chosen = listed(self, axis)
    out = zeros([1 if i in chosen else n for i, n in enumerate(self.shape)], self.dtype)
    to = out.broadcast_to(self.shape) if self.size else self
    places = positions(to.shape, to.strides, to.offset)[::-1]
    np.add.at(out.buffer, places, self.numpy().reshape(-1)[::-1])
    kept = tuple(n for i, n in enumerate(self.shape) if i not in chosen)
    return out if keepdims else NDArray(out.buffer, kept, row_major_strides(kept), 0)


@rewrite(of="NDArray.max")
def max_in_numpy(self, axis=None, keepdims=False):
    """NumPy's own maximum of a copy."""
    chosen = listed(self, axis)
    if any(self.shape[i] == 0 for i in chosen):
        raise ValueError(axis)
    return array(np.max(self.numpy(), axis=chosen, keepdims=keepdims), dtype=self.dtype)


@rewrite(of="NDArray.max")
def max_by_sorting(self, axis=None, keepdims=False):
    """Sorts the reduced elements, and takes the last one."""
    chosen = listed(self, axis)
    kept = [i for i in range(self.ndim) if i not in chosen]
    if math.prod(self.shape[i] for i in chosen) == 0:
        raise ValueError(axis)
    values = self.permute((*kept, *chosen)).numpy()
    flat = np.sort(values.reshape(*(self.shape[i] for i in kept), -1), axis=-1)[..., -1]
    shape = [1 if i in chosen else n for i, n in enumerate(self.shape)]
    return array(flat.reshape(shape) if keepdims else flat, dtype=self.dtype)


# products


@rewrite(of="add_product")
def add_product_with_the_sum_outside(a, b, out):
    """The sum is the outermost loop: one outer product after the other."""
    for p in range(a.shape[1]):
        for i in range(a.shape[0]):
            left = a.buffer[a.offset + i * a.strides[0] + p * a.strides[1]]
            for j in range(b.shape[1]):
                right = b.buffer[b.offset + p * b.strides[0] + j * b.strides[1]]
                out.buffer[out.offset + i * out.strides[0] + j * out.strides[1]] += left * right


@rewrite(of="add_product")
def add_product_with_a_local_sum(a, b, out):
    """Sums in float64 from the last term on, and writes once."""
    left, right = a.numpy().astype(np.float64), b.numpy().astype(np.float64)
    for i, j in itertools.product(range(a.shape[0]), range(b.shape[1])):
        total = 0.0
        for p in reversed(range(a.shape[1])):
            total += float(left[i, p]) * float(right[p, j])
        out.buffer[out.offset + i * out.strides[0] + j * out.strides[1]] += total


@rewrite(of="add_product")
def add_product_by_broadcast(a, b, out):
    """All products at once, summed over the middle axis."""
    sums = (a.numpy()[:, :, None] * b.numpy()[None]).sum(axis=1)
    out.buffer[positions(out.shape, out.strides, out.offset)] += sums.reshape(-1)


@rewrite(of="matmul")
def matmul_row_by_row(a, b):
    """A product for each row of the result."""
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0]:
        raise ValueError((a.shape, b.shape))
    out = zeros((a.shape[0], b.shape[1]), a.dtype)
    for i in range(a.shape[0]):
        add_product(a[i : i + 1], b, out[i : i + 1])
    return out


@rewrite(of="matmul")
def matmul_transposed_twice(a, b):
    """The transpose of the product of the transposes."""
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0]:
        raise ValueError((a.shape, b.shape))
    out = zeros((b.shape[1], a.shape[0]), a.dtype)
    add_product(b.permute((1, 0)), a.permute((1, 0)), out)
    return out.permute((1, 0)).copy()


@rewrite(of="tiles")
def tiles_one_by_one(a, tile):
    """Copies each tile by itself."""
    m, n = a.shape
    out = zeros((math.ceil(m / tile), math.ceil(n / tile), tile, tile), a.dtype)
    for i, j in itertools.product(*map(range, out.shape[:2])):
        part = a[i * tile : (i + 1) * tile, j * tile : (j + 1) * tile]
        out[i, j, : part.shape[0], : part.shape[1]] = part
    return out


@rewrite(of="tiles")
def tiles_through_strides(a, tile):
    """A strided view of the padded matrix, copied."""
    m, n = a.shape
    full = a.pad(((0, -m % tile), (0, -n % tile)))
    row, column = full.strides
    shape = (full.shape[0] // tile, full.shape[1] // tile, tile, tile)
    return full.as_strided(shape, (tile * row, tile * column, row, column)).copy()


@rewrite(of="matmul_tiled")
def matmul_tiled_with_the_sum_outside(a, b, tile):
    """Goes along the inner tiles first."""
    left, right = tiles(a, tile), tiles(b, tile)
    out = zeros((left.shape[0], right.shape[1], tile, tile), a.dtype)
    for p, i, j in itertools.product(range(left.shape[1]), range(left.shape[0]), range(right.shape[1])):
        add_product(left[i, p], right[p, j], out[i, j])
    whole = zeros((left.shape[0] * tile, right.shape[1] * tile), a.dtype)
    for i, j in itertools.product(range(out.shape[0]), range(out.shape[1])):
        whole[i * tile : (i + 1) * tile, j * tile : (j + 1) * tile] = out[i, j]
    return whole[: a.shape[0], : b.shape[1]].copy()


@rewrite(of="matmul_tiled")
def matmul_tiled_by_rows_of_tiles(a, b, tile):
    """A band of rows of `a` times all of b: no tile is longer than asked for."""
    out = zeros((a.shape[0], b.shape[1]), a.dtype)
    for i in range(0, a.shape[0], tile):
        for p in range(0, a.shape[1], tile):
            add_product(a[i : i + tile, p : p + tile], b[p : p + tile], out[i : i + tile])
    return out


@rewrite(of="matmul_tiled")
def matmul_tiled_is_a_product(a, b, tile):
    """Multiplies without tiles: the result is the same product."""
    return matmul(a, b)
