"""Wrong ideas about strided views, reductions and tiles, and what to tell students who have them."""

import math

import numpy as np
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
    """You list the places column by column: the first index runs fastest. In row-major order it is the
    last one, as in a page that is read line by line."""
    return original(shape[::-1], strides[::-1], offset)


@mutant(of="positions", help="#where-an-element-lies")
def offset_left_out(shape, strides, offset):
    """You begin at the start of the buffer. Element (0, 0, ...) lies at the offset, and all others are
    counted from there."""
    return original(shape, strides, 0)


@mutant(of="positions", help="#where-an-element-lies")
def strides_made_from_the_shape(shape, strides, offset):
    """You work out the strides from the shape. That is right for an array that was just made, and for no
    other: a view has the strides that it says it has."""
    return original(shape, row_major_strides(tuple(shape)), offset)


@mutant(of="positions", help="#where-an-element-lies")
def stride_without_its_sign(shape, strides, offset):
    """You always walk forward. A stride may be negative: the next element then lies before this one."""
    return original(shape, [abs(step) for step in strides], offset)


@mutant(of="positions", help="#where-an-element-lies")
def each_place_once(shape, strides, offset):
    """You list every place only once. With a stride of 0 several elements lie at one place, and each of
    them is listed: there are as many places as elements."""
    return np.array(list(dict.fromkeys(original(shape, strides, offset).tolist())), dtype=np.int64)


@mutant(of="positions", help="#where-an-element-lies")
def two_axes_at_most(shape, strides, offset):
    """You walk along two axes. There may be any number of them, and what you do for one axis you do for
    each."""
    return original(shape[:2], strides[:2], offset)


@mutant(of="positions", help="#where-an-element-lies")
def nothing_without_axes(shape, strides, offset):
    """You return no place for a view without axes. It has one element, which lies at the offset: the
    product of no lengths is 1."""
    return original(shape, strides, offset) if len(shape) else np.zeros(0, dtype=np.int64)


@mutant(of="positions", help="#where-an-element-lies")
def empty_axis_counted_as_one(shape, strides, offset):
    """You return a place for a view with a length of 0. It has no elements, so there are no places."""
    return original([max(n, 1) for n in shape], strides, offset)


# is_compact and compact


@mutant(of="NDArray.is_compact", help="#compact")
def elements_counted_only(self):
    """You take an array for compact when it has as many elements as its buffer. A transposed array has
    them, too, and they lie in another order: the strides tell."""
    return self.size == self.buffer.size


@mutant(of="NDArray.is_compact", help="#compact")
def buffer_not_looked_at(self):
    """You look at the strides alone. The first rows of a matrix have the strides of a compact array, and
    there are numbers in the buffer that do not belong to them."""
    return self.strides == row_major_strides(self.shape)


@mutant(of="NDArray.is_compact", help="#compact")
def direction_not_looked_at(self):
    """You take an array that runs backwards for compact. Its elements fill the buffer, but in the order
    from last to first: the sign of a stride matters."""
    return tuple(map(abs, self.strides)) == row_major_strides(self.shape) and self.size == self.buffer.size


@mutant(of="NDArray.is_compact", help="#compact")
def never_compact(self):
    """You say of an array that was just made that it is not compact. Compare its strides with those of a
    row-major array of its shape, which end in 1."""
    return False


@mutant(of="NDArray.compact", help="#compact")
def copied_in_any_case(self):
    """You copy an array that is compact already. There is nothing to be done for it: it can be returned
    as it is, and nothing is copied."""
    return self.copy()


@mutant(of="NDArray.compact", help="#compact")
def returned_as_it_is(self):
    """You return an array that is not compact. Its elements must be brought into row-major order, in a
    buffer of their own."""
    return self


@mutant(of="NDArray.compact", help="#compact")
def copied_in_memory_order(self):
    """You copy the numbers in the order in which they lie in the buffer. The compact array has them in
    the order of the view: its shape and its strides say which comes next."""
    return original(self if self.is_compact() else in_memory_order(self).copy())


# permute


@mutant(of="NDArray.permute", help="#views-are-free")
def inverse_permutation(self, axes):
    """You send axis i to place axes[i]. It is the other way round: the new axis i is the old axis axes[i].
    For an exchange of two axes both are the same, and nobody notices; with three axes you turn the wrong
    way."""
    return original(self, np.argsort([axis % self.ndim for axis in axes]).tolist())


@mutant(of="NDArray.permute", help="#views-are-free")
def reshaped_instead(self, axes):
    """Your result has the right shape, and its numbers stand in the old order. That is a reshape. When
    axes change places, each takes its stride along."""
    return self.reshape([self.shape[axis] for axis in axes])


@mutant(of="NDArray.permute", help="#views-are-free")
def strides_left_behind(self, axes):
    """You permute the shape and leave the strides as they were. An axis is a length *and* a stride: the
    two move together."""
    return self.as_strided([self.shape[axis] for axis in axes], self.strides)


@mutant(of="NDArray.permute", help="#views-are-free")
def permuted_copy(self, axes):
    """You copy the elements. No number has to move for this: a permuted array is the same memory, read
    with its strides in another order."""
    return original(self, axes).copy()


@mutant(of="NDArray.permute", help="#views-are-free")
def permuted_from_the_start_of_the_buffer(self, axes):
    """You lose the offset. A view of a view begins where the first view begins."""
    return self.as_strided([self.shape[i] for i in axes], [self.strides[i] for i in axes], 0)


@mutant(of="NDArray.permute", help="#views-are-free")
def strides_of_a_compact_array_permuted(self, axes):
    """You permute the strides that a compact array of this shape would have. This one may be a view, with
    strides of its own."""
    return original(self.as_strided(self.shape, row_major_strides(self.shape)), axes)


@mutant(of="NDArray.permute", help="#views-are-free")
def negative_axis_without_its_sign(self, axes):
    """You drop the sign of a negative axis. -1 is the last axis, -2 the one before it: normalize_axes
    knows."""
    return original(self, [abs(axis) for axis in axes])


@mutant(of="NDArray.permute", help="#views-are-free")
def axis_named_twice(self, axes):
    """You let an axis be named twice. A permutation names each axis once; everything else is a
    ValueError."""
    return self.as_strided([self.shape[axis] for axis in axes], [self.strides[axis] for axis in axes])


# broadcast_to


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def broadcast_copy(self, shape):
    """You write the repeated elements down. They need no memory: an axis whose stride is 0 takes the same
    element again and again."""
    return original(self, shape).copy()


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def new_axes_behind(self, shape):
    """You put the stride of 0 behind the others. New axes come in front: the last axes of the two shapes
    are held against each other."""
    view = original(self, shape)
    added = view.ndim - self.ndim
    return view.as_strided(view.shape, view.strides[added:] + (0,) * added)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def lined_up_at_the_first_axes(self, shape):
    """You compare the two shapes from their first axes on. They are compared from the last: an array of
    shape (3,) fits into (2, 3), where it is every row."""
    added = (1,) * (len(shape) - self.ndim)
    return original(self.as_strided(self.shape + added, self.strides + added), shape)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def stretched_axis_keeps_its_stride(self, shape):
    """You change a length from 1 to n and leave the stride. With it, the second element is looked for
    further on in memory, where something else lies: it is the first one again."""
    view = original(self, shape)
    return view.as_strided(shape, (0,) * (view.ndim - self.ndim) + self.strides)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def every_stride_0(self, shape):
    """You repeat the first element everywhere. Only the axes that are new or that had length 1 repeat;
    the others keep their stride."""
    view = original(self, shape)
    return view.as_strided(shape, (0,) * view.ndim)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def broadcast_from_the_start_of_the_buffer(self, shape):
    """You lose the offset. A view of a view begins where the first view begins."""
    view = original(self, shape)
    return view.as_strided(shape, view.strides, 0)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def every_other_length_repeats(self, shape):
    """You give a stride of 0 to every axis whose length changes. Only a length of 1 can be repeated: 3
    elements do not become 6, and asking for it is a ValueError."""
    added = len(shape) - self.ndim
    if added < 0:
        return original(self, shape)
    ends = zip(self.shape, shape[added:], self.strides, strict=True)
    return self.as_strided(shape, [0] * added + [step if n == m else 0 for n, m, step in ends])


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def length_0_refused(self, shape):
    """You refuse to broadcast to a length of 0 because it is smaller. A length of 1 becomes whatever is
    asked for: repeating an element no times gives an array without elements."""
    if 0 in shape:
        raise ValueError(f"cannot broadcast {self.shape} to {shape}")
    return original(self, shape)


@mutant(of="NDArray.broadcast_to", help="#broadcasting-is-a-stride-of-0")
def axes_of_length_1_dropped(self, shape):
    """You drop axes in front to make the shapes fit. A broadcast adds axes and never takes any away, not
    even those of length 1: that is a ValueError."""
    while self.ndim > len(shape) and self.shape[0] == 1:
        self = self.as_strided(self.shape[1:], self.strides[1:])
    return original(self, shape)


# flip


@mutant(of="NDArray.flip", help="#walking-backwards")
def one_past_the_end(self, axes=None):
    """You start one step too far. An axis of length n has its last element n - 1 steps from the first."""
    steps = sum(self.strides[axis] for axis in listed(self, axes))
    return backwards(self, axes, self.offset + way_to_the_end(self, axes) + steps)


@mutant(of="NDArray.flip", help="#walking-backwards")
def start_not_moved(self, axes=None):
    """You turn the strides around and start where you started before. From the first element there is
    nothing to walk back to: start at the last one."""
    return backwards(self, axes, self.offset)


@mutant(of="NDArray.flip", help="#walking-backwards")
def axes_reversed(self, axes=None):
    """You reverse the order of the *axes*. That transposes the array. A flip leaves the shape as it is and
    reverses the order of the elements along an axis."""
    return self.permute(tuple(reversed(range(self.ndim))))


@mutant(of="NDArray.flip", help="#walking-backwards")
def flipped_copy(self, axes=None):
    """You copy the elements in the other order. No number has to move for this: it is the same memory, read
    from the other end with a negative stride."""
    return original(self, axes).copy()


@mutant(of="NDArray.flip", help="#walking-backwards")
def one_axis_of_several(self, axes=None):
    """You flip the first of the axes that are named, and not the others. Each of them has its part in the
    offset and a stride to turn around."""
    return original(self, listed(self, axes)[:1])


@mutant(of="NDArray.flip", help="#walking-backwards")
def every_axis_flipped(self, axes=None):
    """You flip all axes. Only those that are named run backwards."""
    return original(self)


@mutant(of="NDArray.flip", help="#walking-backwards")
def flipped_without_its_own_offset(self, axes=None):
    """You work the new offset out from the lengths alone. The array may be a view that begins somewhere in
    the buffer: the way to its last element is counted from its own offset."""
    return backwards(self, axes, way_to_the_end(self, axes))


@mutant(of="NDArray.flip", help="#walking-backwards")
def way_of_a_compact_array(self, axes=None):
    """You walk to the last element in steps that a compact array would have. This one may be a view, with
    strides of its own."""
    return backwards(self, axes, self.offset + way_to_the_end(in_memory_order(self), axes))


@mutant(of="NDArray.flip", help="#walking-backwards")
def stride_always_negative(self, axes=None):
    """You make the stride negative, whatever it was. An array that runs backwards already runs forwards
    when it is flipped: the sign turns around, and so does the way to the last element."""
    chosen = [axis % self.ndim for axis in listed(self, axes)]
    strides = [-abs(step) if i in chosen else step for i, step in enumerate(self.strides)]
    way = sum(abs(self.strides[i]) * (self.shape[i] - 1) for i in chosen)
    return self.as_strided(self.shape, strides, self.offset + way)


@mutant(of="NDArray.flip", help="#walking-backwards")
def none_means_no_axis(self, axes=None):
    """You flip nothing when no axes are given. None stands for all of them."""
    return original(self, () if axes is None else axes)


@mutant(of="NDArray.flip", help="#walking-backwards")
def negative_axis_passed_over(self, axes=None):
    """You pass over negative axes. -1 is the last axis: normalize_axes knows."""
    return original(self, [axis for axis in listed(self, axes) if axis >= 0])


# a[index]


@mutant(of="NDArray.__getitem__", help="#slices")
def selected_copy(self, index):
    """You copy what was selected. A slice is a view: it has another shape, other strides and another
    offset, and no number moves. What is written to it must show in the array that it came from."""
    return original(self, index).copy()


@mutant(of="NDArray.__getitem__", help="#slices")
def integer_keeps_its_axis(self, index):
    """You leave an axis of length 1 where an integer was given. An integer drops its axis: a[1] of a matrix
    is a row, with one axis. A slice such as 1:2 keeps it."""
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
    """You take the first element of every axis that the index does not name. Such an axis is selected as a
    whole, as if there were a `:` for it."""
    items = index if isinstance(index, tuple) else (index,)
    if Ellipsis in items:
        return original(self, index)
    return original(self, items + (0,) * (self.ndim - sum(item is not None for item in items)))


@mutant(of="NDArray.__getitem__", help="#slices")
def length_without_the_step(self, index):
    """Your slice has stop - start elements, whatever the step. With a step of 2 there are half as many, or
    one more than that: start, start + step, ... below stop."""
    original(self, index)
    return select(
        self, index, lambda i, n: (i.indices(n)[0], abs(i.indices(n)[1] - i.indices(n)[0]), i.indices(n)[2])
    )


@mutant(of="NDArray.__getitem__", help="#slices")
def length_rounded_down(self, index):
    """You lose the last element of a slice whose step does not divide it. From 0 to 7 in steps of 2 there
    are 0, 2, 4 and 6: the number of elements is rounded up."""

    def rounded_down(item, n):
        start, stop, step = item.indices(n)
        return start, max((stop - start) // step, 0), step

    original(self, index)
    return select(self, index, rounded_down)


@mutant(of="NDArray.__getitem__", help="#slices")
def step_not_in_the_stride(self, index):
    """Your slice has the right number of elements, and they are neighbours. From one to the next it is
    `step` elements, each a stride long."""
    original(self, index)
    return select(self, index, lambda item, n: (*taken(item, n)[:2], 1 if taken(item, n)[2] > 0 else -1))


@mutant(of="NDArray.__getitem__", help="#slices")
def selected_without_the_views_offset(self, index):
    """You count the new offset from the start of the buffer. The array may be a view, and then the part of
    it that you select begins at *its* offset, plus the way to the first element selected."""
    view = original(self, index)
    return view.as_strided(view.shape, view.strides, view.offset - self.offset)


@mutant(of="NDArray.__getitem__", help="#slices")
def strides_of_a_compact_array_selected(self, index):
    """You take the strides that a compact array of this shape would have. This one may be a view, with
    strides of its own."""
    return original(self.as_strided(self.shape, row_major_strides(self.shape)), index)


@mutant(of="NDArray.__getitem__", help="#slices")
def offset_counted_without_strides(self, index):
    """You add the start of a slice to the offset as it is. It counts elements along its axis: in memory that
    is start times the stride of the axis."""
    view = original(self, index)
    starts = [
        taken(item, n)[0] if isinstance(item, slice) else item % n
        for item, n in zip((i for i in whole_index(self, index) if i is not None), self.shape, strict=True)
    ]
    return view.as_strided(view.shape, view.strides, self.offset + sum(starts))


@mutant(of="NDArray.__getitem__", help="#slices")
def negative_start_taken_for_0(self, index):
    """You take a negative start for 0. -3 is the third element from the end: of 5 it is number 2."""

    def from_0(item, n):
        negative = item.start is not None and item.start < 0
        return taken(slice(0 if negative else item.start, item.stop, item.step), n)

    original(self, index)
    return select(self, index, from_0)


@mutant(of="NDArray.__getitem__", help="#slices")
def negative_stop_taken_for_the_end(self, index):
    """You go on to the end where stop is negative. -1 is the last element, and a slice ends before its
    stop: 1:-1 leaves out the first and the last."""

    def to_the_end(item, n):
        negative = item.stop is not None and item.stop < 0
        return taken(slice(item.start, None if negative else item.stop, item.step), n)

    original(self, index)
    return select(self, index, to_the_end)


@mutant(of="NDArray.__getitem__", help="#slices")
def nothing_with_a_negative_step(self, index):
    """You select nothing where the step is negative. It starts at the last element, unless start says
    otherwise, and goes down to stop: there the start is the larger of the two."""

    def upwards(item, n):
        start, stop, step = item.indices(n)
        return start, max(-((start - stop) // abs(step)), 0), step

    original(self, index)
    return select(self, index, lambda i, n: taken(i, n) if i.step is None or i.step > 0 else upwards(i, n))


@mutant(of="NDArray.__getitem__", help="#slices")
def turned_around_afterwards(self, index):
    """You select from stop to start and turn the result around. 4:0:-2 begins *at* 4 and stops *before* 0:
    it selects 4 and 2, and 0:4:2 selects 0 and 2."""

    def turned(item, n):
        if item.step is None or item.step > 0:
            return taken(item, n)
        start, length, step = taken(slice(item.stop, item.start, -item.step), n)
        return start + (length - 1) * step, length, -step

    original(self, index)
    return select(self, index, turned)


@mutant(of="NDArray.__getitem__", help="#slices")
def negative_integer_as_it_stands(self, index):
    """You walk back from the first element where an index is negative. -1 is the last element of its axis:
    count from the end."""
    items = whole_index(self, index)
    numbers = zip((i for i in items if i is not None), self.strides, self.shape, strict=True)
    back = sum(n * step for i, step, n in numbers if not isinstance(i, slice) and i < 0)
    view = original(self, index)
    return view.as_strided(view.shape, view.strides, view.offset - back)


@mutant(of="NDArray.__getitem__", help="#slices")
def bounds_not_checked(self, index):
    """You let an integer beyond the end start again from the front. That hides mistakes: an index that is
    not from -n to n - 1 is an IndexError."""
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
    """You take `...` for one axis. It stands for all axes that are not named, however many they are: with
    three axes, a[..., 1] is a[:, :, 1]."""
    items = index if isinstance(index, tuple) else (index,)
    return original(self, tuple(slice(None) if item is Ellipsis else item for item in items))


@mutant(of="NDArray.__getitem__", help="#slices")
def new_axis_at_the_end(self, index):
    """You put the axis that None adds behind the others. It stands where None stands in the index."""
    items = whole_index(self, index)
    original(self, index)
    return original(self, tuple(i for i in items if i is not None) + (None,) * items.count(None))


@mutant(of="NDArray.__getitem__", help="#slices")
def slices_not_cut_to_the_axis(self, index):
    """You take a slice's numbers as they are, even beyond the ends of the axis. A slice selects what there
    is: 2:9 on an axis of 4 is 2:4, and -9:3 is 0:3."""

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
    """You exchange start and stop where stop comes first. Going up from 3, one is past 1 already: 3:1
    selects nothing, and the length is 0."""

    def exchanged(item, n):
        start, stop, step = item.indices(n)
        return taken(slice(stop, start, step), n) if step > 0 and stop < start else taken(item, n)

    original(self, index)
    return select(self, index, exchanged)


@mutant(of="NDArray.__getitem__", help="#slices")
def superfluous_indices_passed_over(self, index):
    """You pass over the indices that are one too many. An array of two axes takes two; a third one is an
    IndexError."""
    items = index if isinstance(index, tuple) else (index,)
    return original(self, items[: self.ndim] if None not in items and Ellipsis not in items else items)


# a[index] = value


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def written_to_a_copy(self, index, value):
    """You write to a copy of what was selected, and the array stays as it was. Write through the view: its
    strides and its offset say where in the buffer."""
    original(self[index].copy(), Ellipsis, value)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def whole_buffer_filled(self, index, value):
    """You set all numbers of the buffer where the value is one number. Only the selected elements get it."""
    if isinstance(value, NDArray):
        return original(self, index, value)
    self.buffer[...] = value


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def value_not_broadcast(self, index, value):
    """You refuse a value whose shape is not that of the selected part. A value broadcasts: a row is written
    to every row."""
    if isinstance(value, NDArray) and value.shape != self[index].shape:
        raise ValueError(f"shapes differ: {value.shape} and {self[index].shape}")
    original(self, index, value)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def written_in_memory_order(self, index, value):
    """You write as if the array lay in memory in the order of its axes, from the start of the buffer. It may
    be a view: write where its strides and its offset say."""
    original(in_memory_order(self), index, value)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def value_read_in_memory_order(self, index, value):
    """You read the value's buffer one number after the other. The value may be a view: bring it into
    row-major order first."""
    if overlaps(self, value):
        value = value.as_strided(value.shape, row_major_strides(value.shape))
    original(self, index, value)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def read_while_writing(self, index, value):
    """You write where you still have to read. In a[1:] = a[:-1] your first step overwrites a[1], which your
    second step reads: one number goes through the whole array. Where both lie in one buffer, all is read
    before anything is written."""
    if not overlaps(self, value):
        return original(self, index, value)
    one_by_one(self[index], value.broadcast_to(self[index].shape))


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def read_while_writing_from_the_end(self, index, value):
    """You write where you still have to read, from the last element to the first. That saves a[1:] = a[:-1]
    and ruins a[:-1] = a[1:]. Where both lie in one buffer, all is read before anything is written."""
    if not overlaps(self, value):
        return original(self, index, value)
    one_by_one(self[index], value.broadcast_to(self[index].shape), turned=True)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def direction_chosen_by_the_offsets(self, index, value):
    """You begin at the end where the target lies behind the source, and at the front where it lies before
    it. That is enough for a shift. When an array is assigned to its own transpose, no order is right: all is
    read before anything is written."""
    if not overlaps(self, value):
        return original(self, index, value)
    target = self[index]
    one_by_one(target, value.broadcast_to(target.shape), turned=target.offset > value.offset)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def number_of_elements_is_enough(self, index, value):
    """You only ask whether there are as many values as places. A value of shape (3, 2) does not fit into
    (2, 3), though there are six of each: that is a ValueError."""
    target = self[index]
    if isinstance(value, NDArray) and value.size == target.size:
        value = value.reshape(target.shape)
    original(self, index, value)


@mutant(of="NDArray.__setitem__", help="#writing-through-a-view")
def several_values_for_one_place(self, index, value):
    """You write to a broadcast view. Several of its elements are one place in memory: which of the values
    should be there at the end? That is a ValueError."""
    target = self[index]
    if any(step == 0 and n > 1 for n, step in zip(target.shape, target.strides, strict=True)):
        return one_by_one(target, value.broadcast_to(target.shape))
    original(self, index, value)


# reshape


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def reshaped_copy(self, shape):
    """You copy where no number has to move. As long as strides can tell the new shape's way through the same
    memory, a reshape is a view."""
    return original(self.copy(), shape)


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def open_length_refused(self, shape):
    """You refuse a length of -1. It stands for the one length that is left open: the number of elements,
    divided by all other lengths."""
    if -1 in ([shape] if isinstance(shape, int) else shape):
        raise ValueError(f"negative length in {shape}")
    return original(self, shape)


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def strides_taken_for_row_major(self, shape):
    """You give the new shape the strides of a compact array. The array that you reshape may be a view, and
    its elements do not follow one another in memory."""
    lengths = original(self, shape).shape
    return self.as_strided(lengths, row_major_strides(lengths))


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def copied_where_not_compact(self, shape):
    """You copy every array that is not compact. That is right, and often not needed: to split the rows of a
    view, nothing but the rows themselves must lie in one piece."""
    return original(self.compact(), shape)


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def gap_overlooked(self, shape):
    """You put two rows together that have a gap between them in memory. Along one axis all steps are equal:
    where the step from the end of a row to the next one is another, no stride can say it. Copy."""
    view = original(self, shape)
    if self.size == 0 or view.buffer is self.buffer or self.strides[-1] != 1:
        return view
    return self.as_strided(view.shape, row_major_strides(view.shape))


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def numbers_left_over(self, shape):
    """You let elements be left over. Every element has its place in the new shape: where the numbers of
    elements differ, that is a ValueError."""
    lengths = [shape] if isinstance(shape, int) else list(shape)
    if min(lengths, default=0) < 0 or math.prod(lengths) >= self.size:
        return original(self, shape)
    return self.compact().as_strided(lengths, row_major_strides(tuple(lengths)))


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def backward_copied(self, shape):
    """You copy an array that runs backwards. Two axes become one where the step over a whole row is n times
    the step inside it: -4 is 4 times -1."""
    return original(self.copy() if any(step < 0 for step in self.strides) else self, shape)


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def length_1_in_the_way(self, shape):
    """You copy because of an axis of length 1. Nobody takes a step along it, so its stride means nothing:
    leave such axes out before you look which ones go on in one piece."""
    return original(self.copy() if 1 in self.shape and not self.is_compact() else self, shape)


@mutant(of="NDArray.reshape", help="#when-reshape-must-copy")
def open_length_rounded_down(self, shape):
    """You round the open length down, and elements are left over. Where the other lengths do not divide the
    number of elements, there is no such shape: that is a ValueError."""
    lengths = [shape] if isinstance(shape, int) else list(shape)
    known = -math.prod(lengths)
    if lengths.count(-1) != 1 or known <= 0 or self.size % known == 0:
        return original(self, shape)
    lengths[lengths.index(-1)] = self.size // known
    return self.compact().as_strided(lengths, row_major_strides(tuple(lengths)))


# pad


@mutant(of="NDArray.pad", help="#pad-is-a-copy")
def before_and_after_exchanged(self, padding):
    """You put `high` zeros in front and `low` zeros behind. A pair is (low, high): before, after."""
    return original(self, [(high, low) for low, high in padding])


@mutant(of="NDArray.pad", help="#pad-is-a-copy")
def axes_of_the_padding_exchanged(self, padding):
    """You take the pairs in the wrong order. The first pair is for axis 0, the rows: they are added above
    and below."""
    return original(self, padding[::-1])


@mutant(of="NDArray.pad", help="#pad-is-a-copy")
def all_zeros_in_front(self, padding):
    """Your result has the right shape, and all zeros stand in front. `low` of them do; `high` stand at the
    end."""
    return original(self, [(low + high, 0) for low, high in padding])


@mutant(of="NDArray.pad", help="#pad-is-a-copy")
def edges_repeated(self, padding):
    """You fill with the numbers at the edge. What is added is 0."""
    ends = zip(self.shape, padding, strict=True)
    nearest = [np.clip(range(-low, n + high), 0, n - 1) for n, (low, high) in ends]
    return array(self.numpy()[np.ix_(*nearest)])


@mutant(of="NDArray.pad", help="#pad-is-a-copy")
def returned_where_nothing_is_added(self, padding):
    """You return the array itself where there is nothing to add. Then the result is a copy one time and a
    view another time: who writes to it would write to the array, sometimes. It is always a copy."""
    return original(self, padding) if any(n for pair in padding for n in pair) else self


@mutant(of="NDArray.pad", help="#pad-is-a-copy")
def negative_padding_cut_off(self, padding):
    """You cut elements off where a number is negative. This pad adds zeros, and nothing else: a negative
    number is a ValueError."""
    cut = [(max(-low, 0), n - max(-high, 0)) for n, (low, high) in zip(self.shape, padding, strict=True)]
    view = self[tuple(slice(start, stop) for start, stop in cut)]
    return original(view, [(max(low, 0), max(high, 0)) for low, high in padding])


# sum


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def last_axis_summed(self, axis=None, keepdims=False):
    """You add up along the last axis, whichever is asked for. Rows of numbers that lie one after the other
    are easy to add up: bring the axis there first."""
    return original(self, axis if axis is None else -1, keepdims)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def rows_of_the_memory_summed(self, axis=None, keepdims=False):
    """Your sums have the right shape, and each adds up neighbours in memory. The elements of one sum lie
    apart unless their axis is the last: let it become the last, and then copy."""
    axes = [i % self.ndim for i in listed(self, axis)]
    row = math.prod(self.shape[i] for i in axes)
    rows = self.numpy().reshape(-1, row) if row else np.zeros((self.shape[0], 0), dtype=self.dtype)
    return with_axes_of_1(self, rows.sum(1), axis, keepdims)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def mean_for_the_sum(self, axis=None, keepdims=False):
    """You divide by the number of elements. That is the mean; a sum is not divided."""
    total = original(self, axis, keepdims)
    total.buffer[...] = total.buffer / max(self.size // max(total.size, 1), 1)
    return total


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def one_axis_of_several_summed(self, axis=None, keepdims=False):
    """You sum over one of the axes that are named. All of them are summed over, and the result has none of
    them."""
    return original(self, axis if axis is None else listed(self, axis)[0], keepdims)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def last_axis_for_none(self, axis=None, keepdims=False):
    """You sum over one axis where none is named. None stands for all axes: what is left is one number."""
    return original(self, -1 if axis is None else axis, keepdims)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def summed_axis_dropped(self, axis=None, keepdims=False):
    """You drop the axis that was summed over. With keepdims it stays, with length 1, so that the sum still
    broadcasts against the array that it came from."""
    return original(self, axis)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def summed_in_memory_order(self, axis=None, keepdims=False):
    """You read the buffer as if the array lay in it in the order of its axes, from the start. It may be a
    view: make it compact first."""
    return original(in_memory_order(self), axis, keepdims)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def sum_in_half(self, axis=None, keepdims=False):
    """You add up in half precision: 16 bits hold 11 binary digits, so that 2049 becomes 2048. Keep the dtype
    of the array, float32, in every step in between."""
    total = original(self, axis, keepdims)
    total.buffer[...] = total.buffer.astype(np.float16)
    return total


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def sum_begins_with_the_first_element(self, axis=None, keepdims=False):
    """You begin with the first element, and fail where there is none. A sum begins with 0, and a sum of
    nothing is 0."""
    if 0 in [self.shape[i] for i in listed(self, axis)]:
        raise IndexError("there is no first element")
    return original(self, axis, keepdims)


@mutant(of="NDArray.sum", help="#reductions-are-rows")
def added_to_fresh_memory(self, axis=None, keepdims=False):
    """You add to memory that you have not set to 0. Fresh memory holds whatever was there before; that it is
    often 0 is luck, and the grader takes care that it is not."""
    total = original(self, axis, keepdims)
    total.buffer[...] = total.buffer + np.empty(total.size, total.dtype)
    return total


# max


@mutant(of="NDArray.max", help="#reductions-are-rows")
def maximum_begins_with_0(self, axis=None, keepdims=False):
    """You begin with 0, and no negative number is larger. The maximum of -3 and -5 is -3: begin with the
    first element."""
    largest = original(self, axis, keepdims)
    largest.buffer[...] = np.maximum(largest.buffer, 0)
    return largest


@mutant(of="NDArray.max", help="#reductions-are-rows")
def maximum_begins_with_a_small_number(self, axis=None, keepdims=False):
    """You begin with the smallest number that your type has, and that is the smallest *positive* one. All
    negative numbers are below it: begin with the first element, or with minus infinity."""
    largest = original(self, axis, keepdims)
    largest.buffer[...] = np.maximum(largest.buffer, np.finfo(np.float32).tiny)
    return largest


@mutant(of="NDArray.max", help="#reductions-are-rows")
def largest_in_size(self, axis=None, keepdims=False):
    """You look for the number that is furthest from 0. -5 is not larger than -3."""
    smallest = array(-self.numpy())
    largest, smallest = original(self, axis, keepdims), original(smallest, axis, keepdims)
    turned = -smallest.buffer
    largest.buffer[...] = np.where(abs(turned) > abs(largest.buffer), turned, largest.buffer)
    return largest


@mutant(of="NDArray.max", help="#reductions-are-rows")
def maximum_over_the_last_axis(self, axis=None, keepdims=False):
    """You take the maximum along the last axis, whichever is asked for. Bring the axis there first."""
    return original(self, axis if axis is None else -1, keepdims)


@mutant(of="NDArray.max", help="#reductions-are-rows")
def maximum_of_nothing(self, axis=None, keepdims=False):
    """You return a maximum of no numbers. There is none, whatever you begin with: that is a ValueError."""
    if 0 in [self.shape[i] for i in listed(self, axis)]:
        return zeros([n for i, n in enumerate(self.shape) if i not in listed(self, axis)])
    return original(self, axis, keepdims)


# Matrix products


@mutant(of="add_product", help="#a-matrix-product")
def overwritten_instead_of_added(a, b, out):
    """You write the product over what was there. It is added: a large product is put together from many
    small ones."""
    out[...] = 0.0
    original(a, b, out)


@mutant(of="add_product", help="#a-matrix-product")
def last_product_only(a, b, out):
    """You add one product of two numbers to each element, the last one. Each element grows by the sum over
    all p of a[i, p] · b[p, j]."""
    original(a[:, -1:], b[-1:], out)


@mutant(of="add_product", help="#a-matrix-product")
def result_written_row_by_row(a, b, out):
    """You write to `out` as if its rows lay one after the other in memory. It may be a view: its strides say
    where element (i, j) lies."""
    original(a, b, out.as_strided(out.shape, row_major_strides(out.shape)))


@mutant(of="add_product", help="#a-matrix-product")
def factor_read_in_memory_order(a, b, out):
    """You read `a` as if its rows lay one after the other, from the start of the buffer. It may be a view,
    with strides and an offset of its own."""
    original(in_memory_order(a), b, out)


@mutant(of="matmul", help="#a-matrix-product")
def product_transposed(a, b):
    """Your product has rows for columns. Row i of the result belongs to row i of the first matrix."""
    return original(a, b).permute((1, 0)).compact()


@mutant(of="matmul", help="#a-matrix-product")
def lengths_not_compared(a, b):
    """You multiply matrices that do not fit. The rows of the first must be as long as the columns of the
    second: everything else is a ValueError."""
    k = min(a.shape[1], b.shape[0])
    return original(a[:, :k], b[:k])


# Tiles


@mutant(of="tiles", help="#tiles")
def reshaped_into_tiles(a, tile):
    """You reshape the matrix to the shape of its tiles. That puts the first numbers of the first row into the
    first tile; it should have a corner of the matrix. Split both axes, then bring the two tile axes to the
    end."""
    out = original(a, tile)
    m, n = out.shape[0] * tile, out.shape[1] * tile
    return a.pad(((0, m - a.shape[0]), (0, n - a.shape[1]))).reshape(out.shape)


@mutant(of="tiles", help="#tiles")
def tiles_left_scattered(a, tile):
    """Your tiles are right, and their rows still lie apart in memory. The point of tiles is that each lies in
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
    """You leave out the rows and columns that fill no whole tile. They get tiles of their own, filled up with
    zeros: the number of tiles is rounded up."""
    m, n = a.shape[0] // tile * tile, a.shape[1] // tile * tile
    return original(a[:m, :n], tile)


@mutant(of="tiles", help="#tiles")
def filled_up_in_front(a, tile):
    """You put the zeros that fill the tiles up in front. Then no tile begins where it should: they belong
    behind the last row and the last column."""
    m, n = a.shape
    return original(a.pad(((-m % tile, 0), (-n % tile, 0))), tile)


@mutant(of="matmul_tiled", help="#tiles")
def last_pair_of_tiles_only(a, b, tile):
    """You keep the product of one pair of tiles. A tile of the result is the *sum* of the products along a
    row of tiles and a column of tiles."""
    start = max((a.shape[1] - 1) // tile * tile, 0)
    return original(a[:, start:], b[start:], tile)


@mutant(of="matmul_tiled", help="#tiles")
def sum_not_set_back(a, b, tile):
    """Each tile of your result begins with the result of the tile before it. Begin with zeros for each of
    them."""
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
    """You go over the whole tiles only, and the edges of the result stay 0. Where the sizes are no multiples
    of the tile there is one more tile in each direction."""
    (m, k), n = a.shape, b.shape[1]
    m, k, n = m // tile * tile, k // tile * tile, n // tile * tile
    out = zeros((a.shape[0], b.shape[1]), a.dtype)
    if m and n:
        out[:m, :n] = original(a[:m, :k], b[:k, :n], tile)
    return out


@mutant(of="matmul_tiled", help="#tiles")
def zeros_left_at_the_edges(a, b, tile):
    """Your result is as large as its tiles together. The zeros that filled them up belong neither to `a` nor
    to `b`: cut the product to (m, n)."""
    m, n = -a.shape[0] % tile, -b.shape[1] % tile
    return original(a, b, tile).pad(((0, m), (0, n)))


@mutant(of="matmul_tiled", help="#tiles")
def large_tile_refused(a, b, tile):
    """You refuse a tile that is larger than a matrix. One tile, filled up with zeros, is enough then."""
    if tile > min(*a.shape, *b.shape):
        raise ValueError(f"a tile of {tile} does not fit")
    return original(a, b, tile)
