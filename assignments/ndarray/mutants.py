"""Wrong ideas about strided views, reductions and tiles, and what to tell students who have them."""

import math

import numpy as np

# `solution` is the solution as it is rendered from the templates.
from solution import NDArray, add_product, array, original, positions, row_major_strides, tiles, zeros

from grader.model.mutant import mutant


def in_memory_order(a):
    """The numbers of a's buffer from its start, in a's shape: what `a` would be if it were no view."""
    return a.as_strided(a.shape, row_major_strides(a.shape), 0)


def listed(a, axes):
    """One axis, several, or all of them (None) as a list."""
    if axes is None:
        return list(range(a.ndim))
    return [axes] if isinstance(axes, int) else list(axes)


def backwards(a, axes, offset):
    """`a` with the strides of some axes turned around, from `offset` on."""
    chosen = [axis % a.ndim for axis in listed(a, axes)]
    return a.as_strided(a.shape, [-s if i in chosen else s for i, s in enumerate(a.strides)], offset)


def way_to_the_end(a, axes):
    """How far in memory the first element is from the last one along some axes."""
    return sum(a.strides[axis] * (a.shape[axis] - 1) for axis in listed(a, axes))


def whole_index(a, index):
    """An index with a slice for every axis that it does not name."""
    items = index if isinstance(index, tuple) else (index,)
    named = sum(item is not None and item is not Ellipsis for item in items)
    at = items.index(Ellipsis) if Ellipsis in items else len(items)
    return items[:at] + (slice(None),) * (a.ndim - named) + items[at + 1 :]


def select(a, index, of_slice):
    """A view by an index, where `of_slice(slice, n)` tells start, length and step on an axis of length n."""
    shape, strides, offset, axis = [], [], a.offset, 0
    for item in whole_index(a, index):
        if item is None:
            shape.append(1)
            strides.append(0)
            continue
        n, stride = a.shape[axis], a.strides[axis]
        if isinstance(item, slice):
            start, length, step = of_slice(item, n)
            shape.append(length)
            strides.append(stride * step)
        else:
            start = item % n
        offset += start * stride
        axis += 1
    return a.as_strided(shape, strides, offset)


def taken(item, n):
    """Start, length and step of a slice, as they should be."""
    start, stop, step = item.indices(n)
    return start, len(range(start, stop, step)), step


def at_the_end(reduced, a, keepdims):
    """A reduction of `a`, with the axes that it lost as axes of length 1 at the end if `keepdims`."""
    return reduced.reshape((*reduced.shape, *[1] * (a.ndim - reduced.ndim))) if keepdims else reduced


def one_by_one(target, source, turned=False):
    """Copy `source` to `target`, element by element; `turned` begins with the last one."""
    place = zip(
        positions(target.shape, target.strides, target.offset).tolist(),
        positions(source.shape, source.strides, source.offset).tolist(),
        strict=True,
    )
    for there, here in reversed(list(place)) if turned else place:
        target.buffer[there] = source.buffer[here]


def overlaps(a, value):
    """Whether a value to be assigned lies in the memory of `a`."""
    return isinstance(value, NDArray) and value.buffer is a.buffer


def with_axes_of_1(a, result, axis, keepdims):
    """A reduced array with the reduced axes left in as length 1, where they are to be kept."""
    axes = [i % a.ndim for i in listed(a, axis)]
    kept = [1 if i in axes else n for i, n in enumerate(a.shape)]
    return array(result.reshape(kept if keepdims else [n for i, n in enumerate(a.shape) if i not in axes]))


# positions


@mutant(of="positions", help="#where-an-element-lies")
def first_axis_runs_fastest(shape, strides, offset):
    """You list the places column by column: the first index changes fastest. In row-major order the last
    index changes fastest, as on a page that you read line by line."""
    return original(shape[::-1], strides[::-1], offset)


@mutant(of="positions", help="#where-an-element-lies")
def offset_left_out(shape, strides, offset):
    """You begin at the start of the buffer. Element (0, 0, ...) is at the offset: count all others from
    there."""
    return original(shape, strides, 0)


@mutant(of="positions", help="#where-an-element-lies")
def strides_made_from_the_shape(shape, strides, offset):
    """You compute the strides from the shape. That is right only for an array that was just made. Use the
    strides that the view has."""
    return original(shape, row_major_strides(tuple(shape)), offset)


@mutant(of="positions", help="#where-an-element-lies")
def stride_without_its_sign(shape, strides, offset):
    """You always walk forward. A stride may be negative: then the next element is before this one."""
    return original(shape, [abs(step) for step in strides], offset)


@mutant(of="positions", help="#where-an-element-lies")
def each_place_once(shape, strides, offset):
    """You list every place only once. With a stride of 0, several elements are at one place. List it once
    for each of them: there are as many places as elements."""
    return np.array(list(dict.fromkeys(original(shape, strides, offset).tolist())), dtype=np.int64)


@mutant(of="positions", help="#where-an-element-lies")
def two_axes_at_most(shape, strides, offset):
    """You handle only two axes. There may be any number of them: do the same for each axis."""
    return original(shape[:2], strides[:2], offset)


@mutant(of="positions", help="#where-an-element-lies")
def nothing_without_axes(shape, strides, offset):
    """You return no place for a view without axes. It has one element, at the offset: an empty product is
    1."""
    return original(shape, strides, offset) if len(shape) else np.zeros(0, dtype=np.int64)


@mutant(of="positions", help="#where-an-element-lies")
def empty_axis_counted_as_one(shape, strides, offset):
    """You return a place for a view with a length of 0. It has no elements, so there are no places."""
    return original([max(n, 1) for n in shape], strides, offset)


@mutant(of="positions", help="#where-an-element-lies")
def floats_for_no_elements(shape, strides, offset):
    """Your places are floats if the view has no elements: NumPy makes floats of an empty list. Then `numpy()`
    and `print` fail for such an array. Say `dtype=np.int64`."""
    places = original(shape, strides, offset)
    return places if places.size else np.array([])


# is_compact and compact


@mutant(of="NDArray.is_compact", help="#compact")
def elements_counted_only(self):
    """You call an array compact if it has as many elements as its buffer. That is true for a transposed
    array too, but its elements are in another order: compare the strides."""
    return self.size == self.buffer.size


@mutant(of="NDArray.is_compact", help="#compact")
def buffer_not_looked_at(self):
    """You check only the strides. The first rows of a matrix have the strides of a compact array, but the
    buffer contains more numbers than theirs: compare its length too."""
    return self.strides == row_major_strides(self.shape)


@mutant(of="NDArray.is_compact", help="#compact")
def direction_not_looked_at(self):
    """You call an array compact although it runs backward. Its elements fill the buffer, but from last to
    first: check the sign of the strides."""
    return tuple(map(abs, self.strides)) == row_major_strides(self.shape) and self.size == self.buffer.size


@mutant(of="NDArray.is_compact", help="#compact")
def never_compact(self):
    """You say that a new array is not compact. Compare its strides with those of a row-major array
    of its shape, which end in 1."""
    return False


@mutant(of="NDArray.compact", help="#compact")
def copied_in_any_case(self):
    """You copy an array that is already compact. Return it as it is, and copy nothing."""
    return self.copy()


@mutant(of="NDArray.compact", help="#compact")
def returned_as_it_is(self):
    """You return an array that is not compact. Copy its elements, in row-major order, into a buffer of
    their own."""
    return self


@mutant(of="NDArray.compact", help="#compact")
def copied_in_memory_order(self):
    """You copy the numbers in the order of the buffer. The compact array has them in the order of the view:
    its shape and its strides say which comes next."""
    return original(self if self.is_compact() else in_memory_order(self).copy())


# permute


@mutant(of="NDArray.permute", help="#views-are-free")
def inverse_permutation(self, axes):
    """You move axis i to place axes[i]. Do the reverse: the new axis i is the old axis axes[i]. If you swap
    two axes, both are the same; with three axes you may turn the wrong way."""
    return original(self, np.argsort([axis % self.ndim for axis in axes]).tolist())


@mutant(of="NDArray.permute", help="#views-are-free")
def reshaped_instead(self, axes):
    """Your result has the right shape, but its numbers are in the old order. That is a reshape. When you
    move an axis, its stride moves with it."""
    return self.reshape([self.shape[axis] for axis in axes])


@mutant(of="NDArray.permute", help="#views-are-free")
def strides_left_behind(self, axes):
    """You permute the shape but not the strides. An axis is a length *and* a stride: move the two
    together."""
    return self.as_strided([self.shape[axis] for axis in axes], self.strides)


@mutant(of="NDArray.permute", help="#views-are-free")
def permuted_copy(self, axes):
    """You copy the elements. A permuted array is the same memory, read with its strides in another order:
    no number has to move."""
    return original(self, axes).copy()


@mutant(of="NDArray.permute", help="#views-are-free")
def permuted_from_the_start_of_the_buffer(self, axes):
    """You drop the offset. A permuted view begins where the original view begins."""
    return self.as_strided([self.shape[i] for i in axes], [self.strides[i] for i in axes], 0)


@mutant(of="NDArray.permute", help="#views-are-free")
def strides_of_a_compact_array_permuted(self, axes):
    """You permute the strides that a compact array of this shape would have. This array may be a view, with
    strides of its own."""
    return original(self.as_strided(self.shape, row_major_strides(self.shape)), axes)


@mutant(of="NDArray.permute", help="#views-are-free")
def negative_axis_without_its_sign(self, axes):
    """You drop the sign of a negative axis. -1 is the last axis, -2 the one before it: use
    normalize_axes."""
    return original(self, [abs(axis) for axis in axes])


@mutant(of="NDArray.permute", help="#views-are-free")
def axis_named_twice(self, axes):
    """You accept an axis that is named twice. A permutation names each axis once: raise ValueError in all
    other cases."""
    if len(axes) != self.ndim:
        return original(self, axes)
    return self.as_strided([self.shape[axis] for axis in axes], [self.strides[axis] for axis in axes])


@mutant(of="NDArray.permute", help="#views-are-free")
def axes_left_out(self, axes):
    """You accept a list of axes that leaves some out, and lose those. A permutation names each axis once:
    count them, and raise ValueError if there are too few."""
    if len(set(axes)) < len(axes):
        return original(self, axes)
    return self.as_strided([self.shape[axis] for axis in axes], [self.strides[axis] for axis in axes])


@mutant(of="NDArray.permute", help="#views-are-free")
def permuted_with_offset_0(self, axes):
    """You make the permuted array with the offset 0. It begins where this array begins: pass on
    `self.offset`."""
    view = original(self, axes)
    return NDArray(self.buffer, view.shape, view.strides, 0)


@mutant(of="NDArray.permute", help="#views-are-free", edits={"raise ValueError": "raise AssertionError"})
def number_of_axes_asserted():
    """You check the number of axes with `assert`, which raises AssertionError. Raise ValueError, as the
    docstring says: a caller can catch it, and Python can run without assertions."""


# broadcast_to


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def broadcast_copy(self, shape):
    """You write down copies of the repeated elements. They need no memory: an axis with a stride of 0 reads
    the same element again and again."""
    return original(self, shape).copy()


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def new_axes_behind(self, shape):
    """You put the new axes, with their stride of 0, at the end. They come in front: broadcasting lines up
    the last axes of the two shapes."""
    view = original(self, shape)
    added = view.ndim - self.ndim
    return view.as_strided(view.shape, view.strides[added:] + (0,) * added)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def lined_up_at_the_first_axes(self, shape):
    """You compare the two shapes from their first axes on. Compare them from the last: an array of shape
    (3,) fits into (2, 3), where it is every row."""
    added = (1,) * (len(shape) - self.ndim)
    return original(self.as_strided(self.shape + added, self.strides + added), shape)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def stretched_axis_keeps_its_stride(self, shape):
    """You change a length from 1 to n but keep the stride. Then the second element is read further on in
    memory, from somewhere else. It is the first one again: set the stride to 0."""
    view = original(self, shape)
    return view.as_strided(shape, (0,) * (view.ndim - self.ndim) + self.strides)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def every_stride_0(self, shape):
    """You set all strides to 0, so the first element is everywhere. Only axes that are new or had length 1
    repeat; the others keep their stride."""
    view = original(self, shape)
    return view.as_strided(shape, (0,) * view.ndim)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def broadcast_from_the_start_of_the_buffer(self, shape):
    """You drop the offset. A broadcast view begins where the original view begins."""
    view = original(self, shape)
    return view.as_strided(shape, view.strides, 0)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def every_other_length_repeats(self, shape):
    """You accept another length for an axis that is not of length 1. Only a length of 1 can repeat, with a
    stride of 0: 3 elements do not become 6, so raise ValueError."""
    added = len(shape) - self.ndim
    if added < 0:
        return original(self, shape)
    ends = zip(self.shape, shape[added:], self.strides, strict=True)
    return self.as_strided(shape, [0] * added + [step if n == m else 0 for n, m, step in ends])


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def length_0_refused(self, shape):
    """You refuse to broadcast to a length of 0. A length of 1 may become any length: if you repeat an
    element zero times, you get an array without elements."""
    if 0 in shape:
        raise ValueError(f"cannot broadcast {self.shape} to {shape}")
    return original(self, shape)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def axes_of_length_1_dropped(self, shape):
    """You accept a shape with fewer axes. A broadcast adds axes in front and never removes any, not even
    those of length 1: raise ValueError."""
    while self.ndim > len(shape) and self.shape[0] == 1:
        self = self.as_strided(self.shape[1:], self.strides[1:])
    return original(self, shape)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def broadcast_with_offset_0(self, shape):
    """You make the larger array with the offset 0. It begins where this array begins: pass on
    `self.offset`."""
    view = original(self, shape)
    return NDArray(self.buffer, view.shape, view.strides, 0)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def new_axes_refused(self, shape):
    """You refuse a shape with more axes than the array has. Broadcasting adds axes in front: line the two
    shapes up at their last axes. A new axis has the stride 0."""
    if len(shape) != self.ndim:
        raise ValueError(f"{self.shape} and {shape} have different numbers of axes")
    return original(self, shape)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def new_axes_asserted_away(self, shape):
    """You assert that both shapes have as many axes. Broadcasting adds axes in front: line the two shapes up
    at their last axes. A new axis has the stride 0. For shapes that do not fit, raise ValueError."""
    assert len(shape) == self.ndim
    assert all(n in (1, m) for n, m in zip(self.shape, shape, strict=True))
    return original(self, shape)


@mutant(
    of="NDArray.broadcast_to",
    help="#broadcasting-is-a-stride-of-0",
    edits={"raise ValueError": "raise AssertionError"},
)
def lengths_asserted():
    """You check the lengths with `assert`, which raises AssertionError. Raise ValueError, as the docstring
    says: a caller can catch it, and Python can run without assertions."""


# flip


@mutant(of="NDArray.flip", help="#walking-backwards")
def one_past_the_end(self, axes=None):
    """You start one step too far. On an axis of length n the last element is n - 1 steps from the first."""
    steps = sum(self.strides[axis] for axis in listed(self, axes))
    return backwards(self, axes, self.offset + way_to_the_end(self, axes) + steps)


@mutant(of="NDArray.flip", help="#walking-backwards")
def start_not_moved(self, axes=None):
    """You negate the strides but start where you started before. There is nothing before the first element
    to walk back to: start at the last one."""
    return backwards(self, axes, self.offset)


@mutant(of="NDArray.flip", help="#walking-backwards")
def axes_reversed(self, axes=None):
    """You reverse the order of the *axes*, which transposes the array. A flip keeps the shape and reverses
    the order of the elements along an axis."""
    return self.permute(tuple(reversed(range(self.ndim))))


@mutant(of="NDArray.flip", help="#walking-backwards")
def flipped_copy(self, axes=None):
    """You copy the elements in the reverse order. A flipped array is the same memory, read from the other
    end with a negative stride: no number has to move."""
    return original(self, axes).copy()


@mutant(of="NDArray.flip", help="#walking-backwards")
def one_axis_of_several(self, axes=None):
    """You flip only the first of the named axes. Each of them moves the offset and negates a stride."""
    return original(self, listed(self, axes)[:1])


@mutant(of="NDArray.flip", help="#walking-backwards")
def every_axis_flipped(self, axes=None):
    """You flip all axes. Flip only those that are named."""
    return original(self)


@mutant(of="NDArray.flip", help="#walking-backwards")
def flipped_without_its_own_offset(self, axes=None):
    """You compute the new offset from the lengths alone. The array may be a view that begins somewhere else
    in the buffer: count the way to its last element from its own offset."""
    return backwards(self, axes, way_to_the_end(self, axes))


@mutant(of="NDArray.flip", help="#walking-backwards")
def way_of_a_compact_array(self, axes=None):
    """You move to the last element with the strides of a compact array. This array may be a view, with
    strides of its own."""
    return backwards(self, axes, self.offset + way_to_the_end(in_memory_order(self), axes))


@mutant(of="NDArray.flip", help="#walking-backwards")
def stride_always_negative(self, axes=None):
    """You make the stride negative, whatever it was. An array that already runs backward must run forward
    after the flip: negate the stride, and the way to the last element with it."""
    chosen = [axis % self.ndim for axis in listed(self, axes)]
    strides = [-abs(step) if i in chosen else step for i, step in enumerate(self.strides)]
    way = sum(abs(self.strides[i]) * (self.shape[i] - 1) for i in chosen)
    return self.as_strided(self.shape, strides, self.offset + way)


@mutant(of="NDArray.flip", help="#walking-backwards")
def none_means_no_axis(self, axes=None):
    """You flip nothing if `axes` is None. None means all axes."""
    return original(self, () if axes is None else axes)


@mutant(of="NDArray.flip", help="#walking-backwards")
def negative_axis_passed_over(self, axes=None):
    """You ignore negative axes. -1 is the last axis: use normalize_axes."""
    return original(self, [axis for axis in listed(self, axes) if axis >= 0])


# a[index]


@mutant(of="NDArray.__getitem__", help="#slices")
def selected_copy(self, index):
    """You copy the selected elements. A slice is a view: it has another shape, other strides and another
    offset, and no number moves. What you write to it must show in the original array."""
    return original(self, index).copy()


@mutant(of="NDArray.__getitem__", help="#slices")
def integer_keeps_its_axis(self, index):
    """You keep an axis of length 1 for an integer. An integer drops its axis: a[1] of a matrix is a row,
    with one axis. A slice such as 1:2 keeps it."""
    original(self, index)
    items = whole_index(self, index)
    axes = [n for n, item in enumerate(items) if item is not None]
    lengths = {n: self.shape[axis] for axis, n in enumerate(axes)}
    starts = {n: items[n] % lengths[n] for n in axes if not isinstance(items[n], slice)}
    return original(
        self, tuple(slice(starts[n], starts[n] + 1) if n in starts else i for n, i in enumerate(items))
    )


@mutant(of="NDArray.__getitem__", help="#slices")
def unnamed_axes_dropped(self, index):
    """You take the first element of every axis that the index does not name. Select the whole axis, as if
    there were a `:` for it."""
    items = index if isinstance(index, tuple) else (index,)
    if Ellipsis in items:
        return original(self, index)
    return original(self, items + (0,) * (self.ndim - sum(item is not None for item in items)))


@mutant(of="NDArray.__getitem__", help="#slices")
def length_without_the_step(self, index):
    """Your slice has stop - start elements, whatever the step is. With a step of 2 it has half as many,
    rounded up: start, start + step, ... below stop."""
    original(self, index)
    return select(
        self, index, lambda i, n: (i.indices(n)[0], abs(i.indices(n)[1] - i.indices(n)[0]), i.indices(n)[2])
    )


@mutant(of="NDArray.__getitem__", help="#slices")
def length_rounded_down(self, index):
    """You lose the last element of a slice if the step does not divide its length. From 0 to 7 in steps of
    2 there are 0, 2, 4 and 6: round the number of elements up."""

    def rounded_down(item, n):
        start, stop, step = item.indices(n)
        return start, max((stop - start) // step, 0), step

    original(self, index)
    return select(self, index, rounded_down)


@mutant(of="NDArray.__getitem__", help="#slices")
def step_not_in_the_stride(self, index):
    """Your slice has the right number of elements, but they are next to each other. From one to the next it
    is `step` elements: multiply the stride by the step."""
    original(self, index)
    return select(self, index, lambda item, n: (*taken(item, n)[:2], 1 if taken(item, n)[2] > 0 else -1))


@mutant(of="NDArray.__getitem__", help="#slices")
def selected_without_the_views_offset(self, index):
    """You count the new offset from the start of the buffer. The array may be a view: start from *its*
    offset, and add the way to the first selected element."""
    view = original(self, index)
    return view.as_strided(view.shape, view.strides, view.offset - self.offset)


@mutant(of="NDArray.__getitem__", help="#slices")
def strides_of_a_compact_array_selected(self, index):
    """You use the strides that a compact array of this shape would have. This array may be a view, with
    strides of its own."""
    return original(self.as_strided(self.shape, row_major_strides(self.shape)), index)


@mutant(of="NDArray.__getitem__", help="#slices")
def offset_counted_without_strides(self, index):
    """You add the start of a slice to the offset. But start counts elements along its axis: multiply it by
    the stride of that axis."""
    view = original(self, index)
    starts = [
        taken(item, n)[0] if isinstance(item, slice) else item % n
        for item, n in zip((i for i in whole_index(self, index) if i is not None), self.shape, strict=True)
    ]
    return view.as_strided(view.shape, view.strides, self.offset + sum(starts))


@mutant(of="NDArray.__getitem__", help="#slices")
def negative_start_taken_for_0(self, index):
    """You treat a negative start as 0. -3 is the third element from the end: of 5 elements it is number
    2."""

    def from_0(item, n):
        negative = item.start is not None and item.start < 0
        return taken(slice(0 if negative else item.start, item.stop, item.step), n)

    original(self, index)
    return select(self, index, from_0)


@mutant(of="NDArray.__getitem__", help="#slices")
def negative_stop_taken_for_the_end(self, index):
    """You go on to the end if stop is negative. -1 is the last element, and a slice ends before its stop:
    1:-1 leaves out the first and the last."""

    def to_the_end(item, n):
        negative = item.stop is not None and item.stop < 0
        return taken(slice(item.start, None if negative else item.stop, item.step), n)

    original(self, index)
    return select(self, index, to_the_end)


@mutant(of="NDArray.__getitem__", help="#slices")
def nothing_with_a_negative_step(self, index):
    """You select nothing if the step is negative. Then the slice begins at the last element, unless start
    says otherwise, and goes down to stop: start is larger than stop."""

    def upwards(item, n):
        start, stop, step = item.indices(n)
        return start, max(-((start - stop) // abs(step)), 0), step

    original(self, index)
    return select(self, index, lambda i, n: taken(i, n) if i.step is None or i.step > 0 else upwards(i, n))


@mutant(of="NDArray.__getitem__", help="#slices")
def turned_around_afterwards(self, index):
    """You select from stop to start and reverse the result. 4:0:-2 begins *at* 4 and stops *before* 0: it
    selects 4 and 2, and 0:4:2 selects 0 and 2."""

    def turned(item, n):
        if item.step is None or item.step > 0:
            return taken(item, n)
        start, length, step = taken(slice(item.stop, item.start, -item.step), n)
        return start + (length - 1) * step, length, -step

    original(self, index)
    return select(self, index, turned)


@mutant(of="NDArray.__getitem__", help="#slices")
def negative_integer_as_it_stands(self, index):
    """You walk back from the first element if an index is negative. Count from the end: -1 is the last
    element of its axis."""
    items = whole_index(self, index)
    numbers = zip((i for i in items if i is not None), self.strides, self.shape, strict=True)
    back = sum(n * step for i, step, n in numbers if not isinstance(i, slice) and i < 0)
    view = original(self, index)
    return view.as_strided(view.shape, view.strides, view.offset - back)


@mutant(of="NDArray.__getitem__", help="#slices")
def bounds_not_checked(self, index):
    """You accept an integer beyond the end. To wrap it around to the front hides mistakes: raise IndexError
    if an index is not from -n to n - 1."""
    items = whole_index(self, index)
    lengths = iter(self.shape[: sum(item is not None for item in items)])
    if len(items) - items.count(None) > self.ndim:
        return original(self, index)
    sizes = [None if item is None else next(lengths) for item in items]
    return original(
        self, tuple(i % n if isinstance(i, int) else i for i, n in zip(items, sizes, strict=True))
    )


@mutant(of="NDArray.__getitem__", help="#slices")
def ellipsis_taken_for_one_axis(self, index):
    """You treat `...` as one axis. It means all axes that are not named, however many: with three axes,
    a[..., 1] is a[:, :, 1]."""
    items = index if isinstance(index, tuple) else (index,)
    return original(self, tuple(slice(None) if item is Ellipsis else item for item in items))


@mutant(of="NDArray.__getitem__", help="#slices")
def new_axis_at_the_end(self, index):
    """You put the axis that None adds at the end. Put it where None is in the index."""
    items = whole_index(self, index)
    original(self, index)
    return original(self, tuple(i for i in items if i is not None) + (None,) * items.count(None))


@mutant(of="NDArray.__getitem__", help="#slices")
def slices_not_cut_to_the_axis(self, index):
    """You use a slice's numbers as they are, even beyond the ends of the axis. A slice selects only
    elements that exist: 2:9 on an axis of 4 is 2:4, and -9:3 is 0:3."""

    def uncut(item, n):
        if item.step is not None and item.step < 0:
            return taken(item, n)
        start, stop = item.start or 0, n if item.stop is None else item.stop
        start, stop = (number + n if number < 0 else number for number in (start, stop))
        return start, max(-(-(stop - start) // (item.step or 1)), 0), item.step or 1

    original(self, index)
    return select(self, index, uncut)


@mutant(of="NDArray.__getitem__", help="#slices")
def stop_before_start_exchanged(self, index):
    """You swap start and stop if stop comes first. Going up from 3, you are past 1 already: 3:1 selects
    nothing, and the length is 0."""

    def exchanged(item, n):
        start, stop, step = item.indices(n)
        return taken(slice(stop, start, step), n) if step > 0 and stop < start else taken(item, n)

    original(self, index)
    return select(self, index, exchanged)


@mutant(of="NDArray.__getitem__", help="#slices")
def superfluous_indices_passed_over(self, index):
    """You accept more indices than the array has axes. An array with two axes accepts two; raise IndexError
    for a third one, and do not ignore it."""
    items = index if isinstance(index, tuple) else (index,)
    return original(self, items[: self.ndim] if None not in items and Ellipsis not in items else items)


@mutant(of="NDArray.__getitem__", help="#slices")
def negative_start_taken_for_the_end(self, index):
    """You replace a negative start by the length of the axis, so the slice is empty. -3 is the third element
    from the end: add the length to it."""

    def from_the_end(item, n):
        negative = item.start is not None and item.start < 0
        return taken(slice(n if negative else item.start, item.stop, item.step), n)

    original(self, index)
    return select(self, index, from_the_end)


@mutant(of="NDArray.__getitem__", help="#slices")
def slices_asserted_to_go_forward(self, index):
    """You assert that a slice goes forward: that its step is positive, and that stop comes after start. A
    negative step goes backward, and a slice may select nothing. A negative start counts from the end: add the
    length to it."""
    for item, n in zip((i for i in whole_index(self, index) if i is not None), self.shape, strict=False):
        if isinstance(item, slice):
            assert (item.step or 1) > 0
            start, stop = item.start or 0, n if item.stop is None else item.stop
            assert (n if start < 0 else start) < (n + stop if stop < 0 else stop)
    return original(self, index)


# a[index] = value


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def written_to_a_copy(self, index, value):
    """You write to a copy of the selected part, and the array does not change. Write through the view: its
    strides and its offset say where in the buffer."""
    original(self[index].copy(), Ellipsis, value)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def whole_buffer_filled(self, index, value):
    """If the value is one number, you set all numbers of the buffer. Set only the selected elements."""
    if isinstance(value, NDArray):
        return original(self, index, value)
    self.buffer[...] = value


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def value_not_broadcast(self, index, value):
    """You refuse a value whose shape differs from that of the selected part. Broadcast the value: a row is
    written to every row."""
    if isinstance(value, NDArray) and value.shape != self[index].shape:
        raise ValueError(f"shapes differ: {value.shape} and {self[index].shape}")
    original(self, index, value)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def written_in_memory_order(self, index, value):
    """You write from the start of the buffer, as if the array were compact. It may be a view: write where
    its strides and its offset say."""
    original(in_memory_order(self), index, value)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def value_read_in_memory_order(self, index, value):
    """You read the numbers of the value in the order of its buffer. The value may be a view: bring it into
    row-major order first."""
    if overlaps(self, value):
        value = value.as_strided(value.shape, row_major_strides(value.shape))
    original(self, index, value)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def read_while_writing(self, index, value):
    """You overwrite elements that you still have to read. In a[1:] = a[:-1] your first step overwrites
    a[1], which your second step reads: one number spreads through the whole array. If both are in one
    buffer, read everything before you write anything."""
    if not overlaps(self, value):
        return original(self, index, value)
    one_by_one(self[index], value.broadcast_to(self[index].shape))


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def read_while_writing_from_the_end(self, index, value):
    """You go from the last element to the first, and overwrite elements that you still have to read. That
    is right for a[1:] = a[:-1] and wrong for a[:-1] = a[1:]. If both are in one buffer, read everything
    before you write anything."""
    if not overlaps(self, value):
        return original(self, index, value)
    one_by_one(self[index], value.broadcast_to(self[index].shape), turned=True)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def direction_chosen_by_the_offsets(self, index, value):
    """You go backward if the target comes after the source, and forward if it comes before it. That is
    enough for a shift. But if you assign an array to its own transpose, no order is right: read everything
    before you write anything."""
    if not overlaps(self, value):
        return original(self, index, value)
    target = self[index]
    one_by_one(target, value.broadcast_to(target.shape), turned=target.offset > value.offset)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def number_of_elements_is_enough(self, index, value):
    """You accept a value of another shape with as many elements. A value of shape (3, 2) does not fit into
    (2, 3), though both have six: raise ValueError."""
    target = self[index]
    if isinstance(value, NDArray) and value.size == target.size:
        value = value.reshape(target.shape)
    original(self, index, value)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def several_values_for_one_place(self, index, value):
    """You accept values for a broadcast view. Several of its elements share one place in memory, and it can
    keep only one of their values: raise ValueError."""
    target = self[index]
    if any(step == 0 and n > 1 for n, step in zip(target.shape, target.strides, strict=True)):
        return one_by_one(target, value.broadcast_to(target.shape))
    original(self, index, value)


# reshape


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def reshaped_copy(self, shape):
    """You copy where no number has to move. If strides can describe the new shape in the same memory, a
    reshape is a view."""
    return original(self.copy(), shape)


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def open_length_refused(self, shape):
    """You refuse a length of -1. It means: compute this length, as the number of elements divided by all
    other lengths."""
    if -1 in ([shape] if isinstance(shape, int) else shape):
        raise ValueError(f"negative length in {shape}")
    return original(self, shape)


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def strides_taken_for_row_major(self, shape):
    """You give the new shape the strides of a compact array. The array that you reshape may be a view,
    whose elements are not next to each other in memory."""
    lengths = original(self, shape).shape
    return self.as_strided(lengths, row_major_strides(lengths))


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def copied_where_not_compact(self, shape):
    """You copy every array that is not compact. That is right, but often needless: to split the rows of a
    view, only each row itself must be in one piece."""
    return original(self.compact(), shape)


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def gap_overlooked(self, shape):
    """You merge two rows that have a gap between them in memory. Along one axis all steps are equal. If the
    step from the end of a row to the next row differs, no stride can describe it: copy."""
    view = original(self, shape)
    if self.size == 0 or view.buffer is self.buffer or self.strides[-1] != 1:
        return view
    return self.as_strided(view.shape, row_major_strides(view.shape))


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def numbers_left_over(self, shape):
    """You accept a shape with another number of elements. Every element has a place in the new shape, and
    none is left over: if the numbers of elements differ, raise ValueError."""
    lengths = [shape] if isinstance(shape, int) else list(shape)
    if min(lengths, default=0) < 0 or math.prod(lengths) >= self.size:
        return original(self, shape)
    return self.compact().as_strided(lengths, row_major_strides(tuple(lengths)))


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def backward_copied(self, shape):
    """You copy an array that runs backward. You can merge two axes if the step over a whole row is n times
    the step inside it: -4 is 4 times -1."""
    return original(self.copy() if any(step < 0 for step in self.strides) else self, shape)


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def length_1_in_the_way(self, shape):
    """You copy because of an axis of length 1. You never take a step along it, so its stride does not
    matter: ignore such axes before you check which ones you can merge."""
    return original(self.copy() if 1 in self.shape and not self.is_compact() else self, shape)


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def open_length_rounded_down(self, shape):
    """You accept a length of -1 where nothing fits. Rounded down, it would leave elements over. If the other
    lengths do not divide the number of elements, there is no such shape: raise ValueError."""
    lengths = [shape] if isinstance(shape, int) else list(shape)
    known = -math.prod(lengths)
    if lengths.count(-1) != 1 or known <= 0 or self.size % known == 0:
        return original(self, shape)
    lengths[lengths.index(-1)] = self.size // known
    return self.compact().as_strided(lengths, row_major_strides(tuple(lengths)))


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def only_compact_arrays_reshaped(self, shape):
    """You refuse an array that is not compact. If strides can describe the new shape in the same memory,
    return a view; if not, reshape a compact copy."""
    if not self.is_compact():
        raise ValueError("the array is not compact")
    return original(self, shape)


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def only_compact_arrays_asserted(self, shape):
    """You assert that the array is compact. If strides can describe the new shape in the same memory, return
    a view; if not, reshape a compact copy."""
    assert self.is_compact()
    return original(self, shape)


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def sizes_asserted(self, shape):
    """You compare the sizes with `assert`, which raises AssertionError. Raise ValueError, as the docstring
    says: a caller can catch it, and Python can run without assertions."""
    try:
        return original(self, shape)
    except ValueError as error:
        raise AssertionError(str(error)) from error


# pad


@mutant(of="NDArray.pad", help="#pad-is-a-copy")
def before_and_after_exchanged(self, padding):
    """You put `high` zeros in front and `low` zeros at the end. A pair is (low, high): before, after."""
    return original(self, [(high, low) for low, high in padding])


@mutant(of="NDArray.pad", help="#pad-is-a-copy")
def axes_of_the_padding_exchanged(self, padding):
    """You use the pairs in the wrong order. The first pair is for axis 0: it adds rows above and below."""
    return original(self, padding[::-1])


@mutant(of="NDArray.pad", help="#pad-is-a-copy")
def all_zeros_in_front(self, padding):
    """Your result has the right shape, but all zeros are in front. Put `low` of them there and `high` at
    the end."""
    return original(self, [(low + high, 0) for low, high in padding])


@mutant(of="NDArray.pad", help="#pad-is-a-copy")
def edges_repeated(self, padding):
    """You fill the padding with the numbers at the edge. Fill it with 0."""
    ends = zip(self.shape, padding, strict=True)
    nearest = [np.clip(range(-low, n + high), 0, n - 1) for n, (low, high) in ends]
    return array(self.numpy()[np.ix_(*nearest)])


@mutant(of="NDArray.pad", help="#pad-is-a-copy")
def returned_where_nothing_is_added(self, padding):
    """You return the array itself if there is nothing to add. Then the result is sometimes a view, and a
    caller that writes to it changes the array. Always return a copy."""
    return original(self, padding) if any(n for pair in padding for n in pair) else self


@mutant(of="NDArray.pad", help="#pad-is-a-copy")
def negative_padding_cut_off(self, padding):
    """You accept a negative number. This pad only adds zeros and never cuts elements off: raise
    ValueError."""
    cut = [(max(-low, 0), n - max(-high, 0)) for n, (low, high) in zip(self.shape, padding, strict=True)]
    view = self[tuple(slice(start, stop) for start, stop in cut)]
    return original(view, [(max(low, 0), max(high, 0)) for low, high in padding])


# sum


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def last_axis_summed(self, axis=None, keepdims=False):
    """You add up along the last axis, whatever `axis` says. It is easy to add up numbers that are next to
    each other: move the axis to the end first."""
    return original(self, axis if axis is None else -1, keepdims)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def rows_of_the_memory_summed(self, axis=None, keepdims=False):
    """Your sums have the right shape, but each adds up neighbors in memory. The elements of one sum are
    apart unless their axis is the last: move it to the end, and then copy."""
    axes = [i % self.ndim for i in listed(self, axis)]
    row = math.prod(self.shape[i] for i in axes)
    rows = self.numpy().reshape(-1, row) if row else np.zeros((self.shape[0], 0), dtype=self.dtype)
    return with_axes_of_1(self, rows.sum(1), axis, keepdims)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def summed_axes_in_front(self, axis=None, keepdims=False):
    """You move the axes of the sum to the front, and then add up neighbors in memory. Only the last axes are
    next to each other: move the axes of the sum to the end."""
    right, summed = original(self, axis, keepdims), [i % self.ndim for i in listed(self, axis)]
    others = [i for i in range(self.ndim) if i not in summed]
    rows = self.permute(summed + others).numpy().reshape(right.size, -1 if self.size else 0)
    return array(rows.sum(axis=1), dtype=self.dtype).reshape(right.shape)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def mean_for_the_sum(self, axis=None, keepdims=False):
    """You divide by the number of elements. That is the mean; for a sum, divide by nothing."""
    total = original(self, axis, keepdims)
    total.buffer[...] = total.buffer / max(self.size // max(total.size, 1), 1)
    return total


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def one_axis_of_several_summed(self, axis=None, keepdims=False):
    """You sum over only one of the named axes. Sum over all of them: the result has none of them."""
    return original(self, axis if axis is None else listed(self, axis)[0], keepdims)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def last_axis_for_none(self, axis=None, keepdims=False):
    """You sum over one axis if `axis` is None. None means all axes: the result is one number."""
    return original(self, -1 if axis is None else axis, keepdims)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def summed_axis_dropped(self, axis=None, keepdims=False):
    """You drop the axis that you summed over. With keepdims it stays, with length 1, so that the sum still
    broadcasts against the original array."""
    return original(self, axis)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def summed_axes_kept_at_the_end(self, axis=None, keepdims=False):
    """With keepdims you put the axes of length 1 at the end of the shape. Each one stays where the axis was
    that you summed over, so that the sum still broadcasts against the original array."""
    return at_the_end(original(self, axis), self, keepdims)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def summed_in_memory_order(self, axis=None, keepdims=False):
    """You read the numbers from the start of the buffer, as if the array were compact. It may be a view:
    make it compact first."""
    return original(in_memory_order(self), axis, keepdims)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def sum_in_half(self, axis=None, keepdims=False):
    """You add up in half precision: 16 bits store 11 binary digits, so 2049 becomes 2048. Keep the dtype of
    the array, float32, in every step."""
    total = original(self, axis, keepdims)
    total.buffer[...] = total.buffer.astype(np.float16)
    return total


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def sum_begins_with_the_first_element(self, axis=None, keepdims=False):
    """You begin with the first element, so you fail if there is none. Begin with 0: a sum of nothing is
    0."""
    if 0 in [self.shape[i] for i in listed(self, axis)]:
        raise IndexError("there is no first element")
    return original(self, axis, keepdims)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def added_to_fresh_memory(self, axis=None, keepdims=False):
    """You add to memory that you have not set to 0. New memory contains whatever was there before. It is
    often 0, but only by luck, and the grader makes sure that it is not."""
    total = original(self, axis, keepdims)
    total.buffer[...] = total.buffer + np.empty(total.size, total.dtype)
    return total


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def several_axes_asserted_away(self, axis=None, keepdims=False):
    """You assert that `axis` names one axis. It may name several: sum over all of them."""
    assert axis is None or len(listed(self, axis)) == 1
    return original(self, axis, keepdims)


# max


@mutant(of="NDArray.max", help="#reductions-are-rows")
def maximum_begins_with_0(self, axis=None, keepdims=False):
    """You begin with 0, so no negative number is ever larger. The maximum of -3 and -5 is -3: begin with
    the first element."""
    largest = original(self, axis, keepdims)
    largest.buffer[...] = np.maximum(largest.buffer, 0)
    return largest


@mutant(of="NDArray.max", help="#reductions-are-rows")
def maximum_begins_with_a_small_number(self, axis=None, keepdims=False):
    """You begin with the smallest number of the dtype, but that is the smallest *positive* one. All
    negative numbers are below it: begin with the first element, or with minus infinity."""
    largest = original(self, axis, keepdims)
    largest.buffer[...] = np.maximum(largest.buffer, np.finfo(np.float32).tiny)
    return largest


@mutant(of="NDArray.max", help="#reductions-are-rows")
def largest_in_size(self, axis=None, keepdims=False):
    """You look for the number that is furthest from 0. But -5 is not larger than -3."""
    smallest = array(-self.numpy())
    largest, smallest = original(self, axis, keepdims), original(smallest, axis, keepdims)
    turned = -smallest.buffer
    largest.buffer[...] = np.where(abs(turned) > abs(largest.buffer), turned, largest.buffer)
    return largest


@mutant(of="NDArray.max", help="#reductions-are-rows")
def maximum_over_the_last_axis(self, axis=None, keepdims=False):
    """You take the maximum along the last axis, whatever `axis` says. Move the axis to the end first."""
    return original(self, axis if axis is None else -1, keepdims)


@mutant(of="NDArray.max", help="#reductions-are-rows")
def maximum_of_nothing(self, axis=None, keepdims=False):
    """You accept a maximum of no numbers. There is none: raise ValueError."""
    if 0 in [self.shape[i] for i in listed(self, axis)]:
        return zeros([n for i, n in enumerate(self.shape) if i not in listed(self, axis)])
    return original(self, axis, keepdims)


@mutant(of="NDArray.max", help="#reductions-are-rows")
def maximum_axis_dropped(self, axis=None, keepdims=False):
    """You drop the axis along which you took the maximum. With keepdims it stays, with length 1, so that the
    maximum still broadcasts against the original array."""
    return original(self, axis)


@mutant(of="NDArray.max", help="#reductions-are-rows")
def maximum_axes_kept_at_the_end(self, axis=None, keepdims=False):
    """With keepdims you put the axes of length 1 at the end of the shape. Each one stays where the axis was
    along which you took the maximum, so that the maximum still broadcasts against the original array."""
    return at_the_end(original(self, axis), self, keepdims)


# Matrix products


@mutant(of="add_product", help="#a-matrix-product")
def overwritten_instead_of_added(a, b, out):
    """You overwrite `out` with the product. Add the product to it: a large product is put together from
    many small ones."""
    out[...] = 0.0
    original(a, b, out)


@mutant(of="add_product", help="#a-matrix-product")
def last_product_only(a, b, out):
    """You add only one product, the last one, to each element. Each element grows by the sum over all p of
    a[i, p] · b[p, j]."""
    original(a[:, -1:], b[-1:], out)


@mutant(of="add_product", help="#a-matrix-product")
def result_written_row_by_row(a, b, out):
    """You write to `out` as if it were compact. It may be a view: its strides say where element (i, j)
    is."""
    original(a, b, out.as_strided(out.shape, row_major_strides(out.shape)))


@mutant(of="add_product", help="#a-matrix-product")
def factor_read_in_memory_order(a, b, out):
    """You read `a` from the start of its buffer, as if it were compact. It may be a view, with its own
    offset and strides."""
    original(in_memory_order(a), b, out)


@mutant(of="add_product", help="#a-matrix-product")
def offset_of_out_forgotten(a, b, out):
    """You write to `out` from the start of its buffer. It may be a view: the place of element (i, j) begins
    with `out.offset`."""
    original(a, b, out.as_strided(out.shape, out.strides, 0))


@mutant(of="matmul", help="#a-matrix-product")
def product_transposed(a, b):
    """Your product is transposed. Row i of the result belongs to row i of the first matrix."""
    return original(a, b).permute((1, 0)).compact()


@mutant(of="matmul", help="#a-matrix-product", edits={"a.shape[1] != b.shape[0]": "a.shape[0] != b.shape[1]"})
def outer_lengths_compared():
    """You compare the number of rows of the first matrix with the number of columns of the second. These may
    differ. The lengths that must agree are a.shape[1] and b.shape[0]."""


@mutant(of="matmul", help="#a-matrix-product")
def lengths_not_compared(a, b):
    """You accept matrices that do not fit. The rows of the first must be as long as the columns of the
    second: raise ValueError if they are not."""
    k = min(a.shape[1], b.shape[0])
    return original(a[:, :k], b[:k])


# Tiles


@mutant(of="tiles", help="#tiles")
def reshaped_into_tiles(a, tile):
    """You reshape the matrix to the shape of its tiles. That fills the first tile with the start of the
    first row, but it should be a corner of the matrix. Split both axes, then move the two axes inside a
    tile to the end."""
    out = original(a, tile)
    m, n = out.shape[0] * tile, out.shape[1] * tile
    return a.pad(((0, m - a.shape[0]), (0, n - a.shape[1]))).reshape(out.shape)


@mutant(of="tiles", help="#tiles")
def tiles_left_scattered(a, tile):
    """Your tiles are right, but their rows are still apart in memory. The point of tiles is that each is in
    one piece: make the result compact."""
    out = original(a, tile)
    m, n = out.shape[0] * tile, out.shape[1] * tile
    full = a.pad(((0, m - a.shape[0]), (0, n - a.shape[1])))
    return full.reshape((m // tile, tile, n // tile, tile)).permute((0, 2, 1, 3))


@mutant(of="tiles", help="#tiles")
def tiles_numbered_by_column(a, tile):
    """You number the tiles column by column. Tile (I, J) is in row I of the tiles, and column J."""
    return original(a, tile).permute((1, 0, 2, 3)).compact()


@mutant(of="tiles", help="#tiles")
def edges_cut_off(a, tile):
    """You leave out the rows and columns that do not fill a whole tile. Put them into tiles of their own,
    filled up with zeros: round the number of tiles up."""
    m, n = a.shape[0] // tile * tile, a.shape[1] // tile * tile
    return original(a[:m, :n], tile)


@mutant(of="tiles", help="#tiles")
def filled_up_in_front(a, tile):
    """You put the zeros that fill up the tiles in front, so no tile begins where it should. Put them after
    the last row and the last column."""
    m, n = a.shape
    return original(a.pad(((-m % tile, 0), (-n % tile, 0))), tile)


@mutant(of="matmul_tiled", help="#tiles")
def last_pair_of_tiles_only(a, b, tile):
    """You keep the product of only one pair of tiles. A tile of the result is the *sum* of the products
    along a row of tiles and a column of tiles."""
    start = max((a.shape[1] - 1) // tile * tile, 0)
    return original(a[:, start:], b[start:], tile)


@mutant(of="matmul_tiled", help="#tiles")
def sum_not_set_back(a, b, tile):
    """Each tile of your result starts with the sum of the tile before it. Start each one with zeros."""
    left, right = tiles(a, tile), tiles(b, tile)
    (rows, inner), columns = left.shape[:2], right.shape[1]
    total = zeros((tile, tile), a.dtype)
    full = zeros((rows * tile, columns * tile), a.dtype)
    for i in range(rows):
        for j in range(columns):
            for p in range(inner):
                add_product(left[i, p], right[p, j], total)
            full[i * tile : (i + 1) * tile, j * tile : (j + 1) * tile] = total
    return full[: a.shape[0], : b.shape[1]].compact()


@mutant(of="matmul_tiled", help="#tiles")
def edge_tiles_left_out(a, b, tile):
    """You compute only the whole tiles, so the edges of the result stay 0. If a size is not a multiple of
    the tile, there is one more tile in that direction."""
    (m, k), n = a.shape, b.shape[1]
    m, k, n = m // tile * tile, k // tile * tile, n // tile * tile
    out = zeros((a.shape[0], b.shape[1]), a.dtype)
    if m and n:
        out[:m, :n] = original(a[:m, :k], b[:k, :n], tile)
    return out


@mutant(of="matmul_tiled", help="#tiles")
def zeros_left_at_the_edges(a, b, tile):
    """Your result is as large as all its tiles together. The zeros that filled them up belong neither to
    `a` nor to `b`: cut the product to (m, n)."""
    m, n = -a.shape[0] % tile, -b.shape[1] % tile
    return original(a, b, tile).pad(((0, m), (0, n)))


@mutant(of="matmul_tiled", help="#tiles", edits={"out.permute((0, 2, 1, 3)).reshape": "out.reshape"})
def tiles_joined_in_their_order():
    """You reshape the tiles of the result to a matrix as they are, one after the other. The first row of the
    matrix goes through the first rows of all tiles in a row: exchange the two axes in the middle first."""


@mutant(of="matmul_tiled", help="#tiles")
def large_tile_refused(a, b, tile):
    """You refuse a tile that is larger than a matrix. Then one tile, filled up with zeros, is enough."""
    if tile > min(*a.shape, *b.shape):
        raise ValueError(f"a tile of {tile} does not fit")
    return original(a, b, tile)
