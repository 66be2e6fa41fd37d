"""Explains a wrong length of a convolution's result by the slip in its arithmetic that gives it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.judge.inputs import Inputs
from grader.model.text import plural

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Axis:
    """One spatial axis of a convolution, with the stride and the padding of the other one."""

    name: str
    size: int
    kernel: int
    stride: int
    padding: int
    other_stride: int
    other_padding: int

    @property
    def last(self) -> int:
        """The last position where the kernel still fits: H + 2p - K."""
        return self.size + 2 * self.padding - self.kernel

    @property
    def out(self) -> int:
        """The number of windows."""
        return self.last // self.stride + 1

    @property
    def rest(self) -> int:
        """The number of pixels that the stride leaves over: r."""
        return self.last % self.stride

    @property
    def extra(self) -> int:
        """The number of zeros after the last window that must be cut off: s - 1 - r."""
        return self.stride - 1 - self.rest

    @property
    def edge(self) -> int:
        """The padding of out_grad in the backward pass: K - 1 - p."""
        return self.kernel - 1 - self.padding

    @property
    def remainder(self) -> str:
        """The remainder as arithmetic."""
        return f"({self.size} + 2·{self.padding} - {self.kernel}) mod {self.stride} = {self.rest}"

    def back(self, length: int) -> int:
        """The length of x_grad if out_grad is first brought to that length."""
        return length + 2 * self.edge - self.kernel + 1

    def under(self, length: int) -> int:
        """The length of w_grad if out_grad is first brought to that length."""
        return self.size + 2 * self.padding - length + 1


@dataclass(frozen=True)
class Mistake:
    """A way to miscalculate a length, and the end of the sentence "you get 31 instead of 32 if ..."."""

    length: Callable[[Axis], int]
    reason: Callable[[Axis], str]


FORWARD = (
    Mistake(
        lambda a: (a.size - a.kernel) // a.stride + 1,
        lambda a: f"you leave out the padding, 2·{a.padding}: ({a.size} - {a.kernel}) // {a.stride} + 1",
    ),
    Mistake(
        lambda a: (a.size + a.padding - a.kernel) // a.stride + 1,
        lambda a: (
            f"you count the zeros at one end only: {a.size} + {a.padding}, not {a.size} + 2·{a.padding}"
        ),
    ),
    Mistake(
        lambda a: (a.last + 1) // a.stride,
        lambda a: (
            f"you divide all {a.last + 1} positions by the stride {a.stride}: the first window needs no step"
        ),
    ),
    Mistake(
        lambda a: a.last // a.stride,
        lambda a: (
            f"you count the steps, ({a.size} + 2·{a.padding} - {a.kernel}) // {a.stride}: "
            "there is one more window than steps"
        ),
    ),
    Mistake(
        lambda a: -(-a.last // a.stride) + 1,
        lambda a: f"you also count a window that does not fit: the remainder is {a.remainder}",
    ),
    Mistake(lambda a: a.last + 1, lambda a: f"you leave out the stride {a.stride}"),
    Mistake(
        lambda a: (a.size + 2 * min(a.padding, a.kernel - 1) - a.kernel) // a.stride + 1,
        lambda a: f"you leave out windows that see only zeros: use the whole padding, {a.padding}",
    ),
    Mistake(
        lambda a: a.last // a.other_stride + 1,
        lambda a: f"you move by {a.other_stride}, the stride of the other axis, and not by {a.stride}",
    ),
    Mistake(
        lambda a: (a.size + 2 * a.other_padding - a.kernel) // a.stride + 1,
        lambda a: f"you pad by {a.other_padding}, the padding of the other axis, and not by {a.padding}",
    ),
    Mistake(
        lambda a: (a.size + 2 * a.other_padding - a.kernel) // a.other_stride + 1,
        lambda a: (
            f"you use the stride and padding of the other axis, {a.other_stride} and {a.other_padding}, "
            f"and not {a.stride} and {a.padding}"
        ),
    ),
)
X_GRAD = (
    Mistake(
        lambda a: a.back((a.out - 1) * a.stride + 1), lambda a: f"you leave out the remainder {a.remainder}"
    ),
    Mistake(
        lambda a: a.back(a.out * a.stride),
        lambda a: (
            f"you keep the zeros after the last window, s - 1 - r = {a.stride} - 1 - {a.rest} = {a.extra} "
            "too many"
        ),
    ),
    Mistake(
        lambda a: a.back(a.out),
        lambda a: (
            f"you keep out_grad at its length {a.out}: the stride {a.stride} skipped positions in between"
        ),
    ),
    Mistake(
        lambda a: a.back(a.out * (a.stride + 1)),
        lambda a: (
            f"you put {plural(a.stride, 'zero')} after each element of out_grad, "
            f"and not s - 1 = {a.stride - 1}"
        ),
    ),
    Mistake(
        lambda a: a.back((a.out - 1) * (a.stride + 1) + 1),
        lambda a: (
            f"you put {plural(a.stride, 'zero')} between the elements of out_grad, "
            f"and not s - 1 = {a.stride - 1}"
        ),
    ),
    Mistake(
        lambda a: a.size + 2 * a.padding,
        lambda a: f"you keep the padding: {a.size} + 2·{a.padding} = {a.size + 2 * a.padding}",
    ),
    Mistake(
        lambda a: a.last + 1 + 2 * a.padding - a.kernel + 1,
        lambda a: f"you pad out_grad by p = {a.padding}, and not by K - 1 - p = {a.edge}",
    ),
    Mistake(
        lambda a: a.size + 2,
        lambda a: f"you pad out_grad by K - p = {a.edge + 1}, and not by K - 1 - p = {a.edge}",
    ),
    Mistake(
        lambda a: a.last + 1 + 2 * (a.kernel // 2) - a.kernel + 1,
        lambda a: f"you pad out_grad by K // 2 = {a.kernel // 2}, and not by K - 1 - p = {a.edge}",
    ),
    Mistake(
        lambda a: a.last + 1 - a.kernel + 1,
        lambda a: (
            f"you do not pad out_grad: K - 1 - p = {a.edge}"
            if a.edge > 0
            else f"you treat K - 1 - p = {a.edge} as 0: a negative padding cuts elements off"
        ),
    ),
    Mistake(
        lambda a: (a.out - 1) * a.stride + a.kernel - 2 * a.padding + (a.size - a.kernel) % a.stride,
        lambda a: f"you compute the remainder without the padding; it is {a.remainder}",
    ),
    Mistake(
        lambda a: (a.out + 2 * a.edge - a.kernel) // a.stride + 1,
        lambda a: f"you move the kernel by {a.stride} over out_grad, too: backward it moves by 1",
    ),
    Mistake(
        lambda a: a.back(min(a.out * a.other_stride, a.last + 1)),
        lambda a: (
            f"you dilate out_grad by the stride of the other axis, {a.other_stride}, and not by {a.stride}"
        ),
    ),
    Mistake(
        lambda a: a.size + 2 * (a.padding - a.other_padding),
        lambda a: f"you use the padding of the other axis, {a.other_padding}, and not {a.padding}",
    ),
    Mistake(lambda a: a.out, lambda a: f"you keep the length of out_grad, {a.out}"),
)
W_GRAD = (
    Mistake(
        lambda a: a.under((a.out - 1) * a.stride + 1),
        lambda a: f"you end out_grad with its last element and leave out the remainder {a.remainder}",
    ),
    Mistake(
        lambda a: a.under(a.out * a.stride),
        lambda a: (
            f"you keep the zeros after the last window, s - 1 - r = {a.stride} - 1 - {a.rest} = {a.extra} "
            "too many"
        ),
    ),
    Mistake(
        lambda a: a.under(a.out),
        lambda a: (
            f"you keep out_grad at its length {a.out}: the stride {a.stride} skipped positions in between"
        ),
    ),
    Mistake(
        lambda a: a.under((a.out - 1) * (a.stride + 1) + 1),
        lambda a: (
            f"you put {plural(a.stride, 'zero')} between the elements of out_grad, "
            f"and not s - 1 = {a.stride - 1}"
        ),
    ),
    Mistake(
        lambda a: a.kernel - 2 * a.padding,
        lambda a: f"you do not pad x: {a.size}, not {a.size} + 2·{a.padding}",
    ),
    Mistake(
        lambda a: a.kernel - a.padding,
        lambda a: f"you pad x at one end only: {a.size} + {a.padding}, not {a.size} + 2·{a.padding}",
    ),
    Mistake(
        lambda a: a.under(min(a.out * a.other_stride, a.last + 1)),
        lambda a: (
            f"you dilate out_grad by the stride of the other axis, {a.other_stride}, and not by {a.stride}"
        ),
    ),
    Mistake(
        lambda a: a.kernel + 2 * (a.other_padding - a.padding),
        lambda a: f"you pad x by {a.other_padding}, the padding of the other axis, and not by {a.padding}",
    ),
    Mistake(lambda a: a.out, lambda a: f"you return the length of out_grad, {a.out}"),
)
# what a convolution's probe may return: (the array with the same shape, its spatial axes, the mistakes)
RESULTS: Mapping[str, tuple[tuple[int, int], Sequence[Mistake]]] = {
    "out_grad": ((1, 2), FORWARD),
    "x": ((1, 2), X_GRAD),
    "w": ((0, 1), W_GRAD),
}


def slip_of(expected: Shape, actual: Shape, inputs: Inputs) -> str:
    """The mistake that gives the actual length on every spatial axis that differs; "" if none does.

    It is also "" if other axes differ, or if two arrays of the case have the expected shape.
    """
    axes = spatial_axes(inputs)
    names = [name for name in RESULTS if inputs.array(name).shape == expected]
    if len(names) != 1:
        return ""
    places, mistakes = RESULTS[names[0]]
    wrong = [place for place, (e, a) in enumerate(zip(expected, actual, strict=True)) if e != a]
    if not set(wrong) <= set(places):
        return ""
    lengths = list(zip(places, axes, strict=True))
    fitting = [m for m in mistakes if all(m.length(axis) == actual[i] for i, axis in lengths if i in wrong)]
    # a mistake on one axis is most likely on both, unless the code says otherwise
    whole = [m for m in fitting if all(m.length(axis) == actual[i] for i, axis in lengths)]
    reasons = whole or fitting
    if not reasons:
        return ""
    parts = [
        f"{axis.name}: you get {actual[i]} instead of {expected[i]} if "
        + ", or if ".join(mistake.reason(axis) for mistake in reasons)
        for i, axis in lengths
        if i in wrong
    ]
    return "; ".join(parts)


def spatial_axes(inputs: Inputs) -> tuple[Axis, ...]:
    """Height and width of a convolution's inputs."""
    sizes, kernels = inputs.array("x").shape[1:3], inputs.array("w").shape[:2]
    strides, paddings = pair(inputs.values["stride"]), pair(inputs.values["padding"])
    return tuple(
        Axis(name, sizes[i], kernels[i], strides[i], paddings[i], strides[1 - i], paddings[1 - i])
        for i, name in enumerate(("height", "width"))
    )


def pair(value: int | list[int] | tuple[int, int]) -> tuple[int, int]:
    """An int or a pair as a pair (height, width)."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])
