"""A convolution of images, its two gradients, and the slips that students make in its arithmetic.

May import: what a kind of case may import, and `shape_slips`, the arithmetic of its lengths.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np

from grader.judge.inputs import Inputs
from grader.judge.kind import Condition, Kind, Lengths, Shape, draw_arrays, view_in_words
from grader.judge.kinds.conv.shape_slips import pair, slip_of
from grader.judge.kinds.conv.small_cases import small_cases
from grader.model.assignment import Case
from grader.model.example import Drawing

if TYPE_CHECKING:
    from grader.judge.case_model import CaseModel

FOR_THE_PROBE = ("stride", "padding")
LENGTHS = ("n", "h", "w", "c_in", "kh", "kw", "c_out", "out_h", "out_w")


@cache
def conv_keys() -> "Mapping[str, type[CaseModel]]":
    """The models of a case, by the key that identifies this kind."""
    from pydantic import Field

    from grader.judge.case_model import CaseModel, Count, Draws, Length

    Pair = Length | Annotated[list[Length], Field(min_length=2, max_length=2)]
    Strides = Count | Annotated[list[Count], Field(min_length=2, max_length=2)]
    Triple = Annotated[list[Count], Field(min_length=3, max_length=3)]

    class ConvCase(CaseModel):
        """A convolution: x is [H, W, C_in], w is [KH, KW, C_out]."""

        x: Triple
        """[H, W, C_in]: the images without the batch."""
        w: Triple
        """[KH, KW, C_out]: the kernels without C_in."""
        stride: Strides
        """One number, or [height, width]."""
        padding: Pair
        """One number, or [height, width]: zeros on either side."""
        batch: Count | None = None
        """The number of images; replaces the default."""

    class DrawnConvCases(CaseModel):
        """`draw` random convolutions, named id-1, id-2, ..."""

        draw: Draws
        """How many convolutions."""
        remainder: Literal["any", "zero", "between", "full"]
        """The stride's remainder on both axes, (H + 2p - K) mod s: r = 0, 0 < r < s - 1, or r = s - 1."""

    return {"x": ConvCase, "remainder": DrawnConvCases}


def _sizes(inputs: Inputs) -> list[tuple[int, int, int, int]]:
    """(size, kernel, stride, padding) of each axis."""
    x, w = inputs.array("x").shape, inputs.array("w").shape
    stride, padding = pair(inputs.values["stride"]), pair(inputs.values["padding"])
    return list(zip(x[1:3], w[:2], stride, padding, strict=True))


def _remainder(size: int, kernel: int, stride: int, padding: int) -> int:
    return (size + 2 * padding - kernel) % stride


def _some(law: Callable[[int, int, int, int], bool]) -> Condition:
    return lambda case, inputs: any(law(*axis) for axis in _sizes(inputs))


def _differ(part: int) -> Condition:
    return lambda case, inputs: len({axis[part] for axis in _sizes(inputs)}) == 2


def _channels_differ(case: Case, inputs: Inputs) -> bool:
    channels = inputs.array("w").shape[2:]
    return channels[0] != channels[1] and 1 not in channels


class ConvKind(Kind):
    """Images `x` (N, H, W, C_in), kernels `w` (KH, KW, C_in, C_out), and the upstream gradient `out_grad`."""

    name = "conv"
    keys = staticmethod(conv_keys)
    arrays = ("x", "w", "out_grad")
    differentiable = ("x", "w")
    values = FOR_THE_PROBE
    drawing = Drawing.CONVOLUTION
    largest_drawn: ClassVar = {"batch": 3, "x": [20, 20, 4], "w": [4, 4, 4], "stride": 1, "padding": 3}
    conditions: ClassVar = {
        "batch": lambda case, inputs: inputs.array("x").shape[0] >= 2,
        "rectangular": _differ(0),
        "kernel_rectangular": _differ(1),
        "strides_differ": _differ(2),
        "paddings_differ": _differ(3),
        "channels_differ": _channels_differ,
        "padding_not_half": _some(lambda n, k, s, p: 2 * p != k - 1),
        "kernel_over_stride": _some(lambda n, k, s, p: k > s),
        "stride_over_kernel": _some(lambda n, k, s, p: k < s),
        "remainder_zero": _some(lambda n, k, s, p: s > 1 and _remainder(n, k, s, p) == 0),
        "remainder_between": _some(lambda n, k, s, p: 0 < _remainder(n, k, s, p) < s - 1),
        "remainder_full": _some(lambda n, k, s, p: s > 1 and _remainder(n, k, s, p) == s - 1),
        "padding_over_kernel": _some(lambda n, k, s, p: p > k - 1),
        "kernel_one": _some(lambda n, k, s, p: k == 1),
        "kernel_whole": _some(lambda n, k, s, p: k == n),
    }

    def draw(self, case: Case, shapes: "np.random.Generator", numbers: "np.random.Generator") -> Inputs:
        """The arrays, the stride and the padding, of a drawn case or of one that the rubric writes."""
        parameters = dict(case.parameters)
        if "x" not in parameters:
            parameters |= _draw_configuration(shapes, parameters["remainder"])
        height, width, channels = parameters["x"]
        kernel_height, kernel_width, filters = parameters["w"]
        values = {key: parameters[key] for key in FOR_THE_PROBE}
        arrays = {
            "x": (parameters["batch"], height, width, channels),
            "w": (kernel_height, kernel_width, channels, filters),
            "out_grad": tuple(_result(parameters)),
        }
        return draw_arrays(case, numbers, values, arrays)

    def describe(self, case: Case, inputs: Inputs) -> str:
        """The images, the filters, the stride and the padding in words."""
        n, height, width, channels = inputs.array("x").shape
        kernel_height, kernel_width, _, filters = inputs.array("w").shape
        stride, padding = pair(inputs.values["stride"]), pair(inputs.values["padding"])
        remainder = "×".join(str(_remainder(*axis)) for axis in _sizes(inputs))
        return (
            f"{n} image{'s' if n != 1 else ''} of {height}×{width}, {channels} channels, "
            f"{filters} filters of {kernel_height}×{kernel_width}, stride {stride[0]}×{stride[1]}, "
            f"padding {padding[0]}×{padding[1]}, remainder {remainder}{view_in_words(case)}"
        )

    def formula_names(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The names of the lengths of the images, the kernels and the result."""
        return LENGTHS

    def names_of_lengths(self, case: Case, inputs: Inputs) -> Mapping[str, int]:
        """The lengths, in the order of LENGTHS."""
        x, w, out = (inputs.array(name).shape for name in ("x", "w", "out_grad"))
        return dict(zip(LENGTHS, (*x, *w[:2], w[3], *out[1:3]), strict=True))

    def lengths(self, parameters: Mapping[str, Any]) -> tuple[Lengths, Lengths]:
        """The shapes of the arrays, and of the result, which is like `out_grad`."""
        x, w, out = parameters["x"], parameters["w"], _result(parameters)
        return [[parameters["batch"], *x], [*w, x[2]], out], [out]

    def complete(self, parameters: dict[str, Any], batch: int) -> dict[str, Any]:
        """The parameters, with the default batch if the case gives the images' shape and no batch."""
        return {"batch": batch, **parameters} if "x" in parameters else parameters

    def complaint(self, parameters: Mapping[str, Any]) -> str:
        """The problem with a kernel that is larger than the padded input."""
        if "x" in parameters and min(_result(parameters)) < 1:
            return "found a kernel larger than the padded input: there is no output"
        return ""

    def why_not_linear(self, parameters: Mapping[str, Any]) -> str:
        """ "": a convolution is linear in the images and in the kernels."""
        return ""

    def grid_of(self, shape: Shape, inputs: Inputs) -> tuple[int, int]:
        """The two axes in the middle of images, and the first two of kernels."""
        if len(shape) != 4:
            return super().grid_of(shape, inputs)
        return (0, 1) if shape == inputs.array("w").shape else (1, 2)

    def explain_shape(self, expected: Shape, actual: Shape, inputs: Inputs) -> str:
        """The slip in the arithmetic of lengths that gives the actual shape; "" if no known slip does."""
        return slip_of(expected, actual, inputs)

    def reduce(self, parameters: Mapping[str, Any], longest: int, channels: int) -> dict[str, Any]:
        """The case with fewer channels and shorter axes; strides, remainders and paddings stay the same."""
        (*image, depth), (*kernel, filters) = parameters["x"], parameters["w"]
        axes = zip(image, kernel, pair(parameters["stride"]), strict=True)
        shorter = [n - s * max(0, (n - max(longest, k)) // s) for n, k, s in axes]
        return {
            **parameters,
            "x": [*shorter, min(depth, channels)],
            "w": [*kernel, min(filters, channels)],
            "batch": min(parameters["batch"], 2),
        }

    def is_plain(self, inputs: Inputs) -> bool:
        """True for one image with one channel, and less padding than the kernel has rows and columns."""
        n, _, _, channels = inputs.array("x").shape
        return bool(n == channels == 1) and all(p < k for _, k, _, p in _sizes(inputs))

    def smaller(self, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Small convolutions with the case's settings, the plain ones first."""
        return small_cases(parameters)


def _result(parameters: Mapping[str, Any]) -> list[int]:
    """The shape of the forward pass's result: batch, height, width, filters."""
    strides, paddings = pair(parameters["stride"]), pair(parameters["padding"])
    sizes = zip(parameters["x"][:2], parameters["w"][:2], strides, paddings, strict=True)
    return [parameters["batch"], *((n + 2 * p - k) // s + 1 for n, k, s, p in sizes), parameters["w"][2]]


def _draw_configuration(rng: "np.random.Generator", remainder: str) -> dict[str, Any]:
    """A random rectangular convolution with the requested remainder (n + 2p - k) mod s on both axes.

    "zero": r = 0; "full": r = s - 1 with s >= 2; "between": 0 < r < s - 1, so s >= 3; "any": any remainder.
    """
    smallest = {"any": 1, "zero": 1, "full": 2, "between": 3}[remainder]
    while True:
        stride = rng.integers(smallest, 5, 2)
        kernel = rng.integers(1, 5, 2)
        padding = rng.integers(0, 4, 2)
        zero = 0 * stride
        low = {"any": zero, "zero": zero, "full": stride - 1, "between": zero + 1}[remainder]
        high = {"any": stride - 1, "zero": zero, "full": stride - 1, "between": stride - 2}[remainder]
        steps = rng.integers(2, 5, 2) - 1
        size = steps * stride + kernel - 2 * padding + rng.integers(low, high, endpoint=True)
        channels, filters = rng.integers(2, 5, 2)
        pairs = (size, kernel, stride, (channels, filters))
        if min(size) >= 1 and all(one != other for one, other in pairs):
            return {
                "batch": int(rng.integers(2, 4)),
                "x": [int(size[0]), int(size[1]), int(channels)],
                "w": [int(kernel[0]), int(kernel[1]), int(filters)],
                "stride": [int(s) for s in stride],
                "padding": [int(p) for p in padding],
            }
