"""The conditions for whose sake a case may be there, as laws: what a rubric's `covers` may name."""

from collections.abc import Callable, Mapping

import numpy as np

from grader.judge.cases import pair
from grader.judge.inputs import Inputs
from grader.model.assignment import Case


def _sizes(case: Case, inputs: Inputs) -> list[tuple[int, int, int, int]]:
    """(size, kernel, stride, padding) of each axis of a convolution; none for any other kind."""
    if case.kind != "conv":
        return []
    x, w = inputs.array("x").shape, inputs.array("w").shape
    stride, padding = pair(inputs.values["stride"]), pair(inputs.values["padding"])
    return list(zip(x[1:3], w[:2], stride, padding, strict=True))


def _some(law: Callable[[int, int, int, int], bool]) -> Callable[[Case, Inputs], bool]:
    return lambda case, inputs: any(law(*axis) for axis in _sizes(case, inputs))


def _differ(part: int) -> Callable[[Case, Inputs], bool]:
    return lambda case, inputs: len({axis[part] for axis in _sizes(case, inputs)}) == 2


def _channels_differ(case: Case, inputs: Inputs) -> bool:
    if case.kind != "conv":
        return False
    channels = inputs.array("w").shape[2:]
    return channels[0] != channels[1] and 1 not in channels


def _negative_axis(case: Case, inputs: Inputs) -> bool:
    axes = inputs.values.get("axes") or ()
    return any(axis < 0 for axis in ([axes] if isinstance(axes, int) else axes))


def _zero_size(case: Case, inputs: Inputs) -> bool:
    return any(base.size == 0 for base in inputs.bases.values())


def _length(law: Callable[[int], bool]) -> Callable[[Case, Inputs], bool]:
    """Whether a law holds for a length of some array's axis."""
    return lambda case, inputs: any(law(n) for name in inputs.bases for n in inputs.array(name).shape)


def _is_prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def _remainder(size: int, kernel: int, stride: int, padding: int) -> int:
    return (size + 2 * padding - kernel) % stride


def _is_cycle(axes: object) -> bool:
    if not isinstance(axes, list | tuple) or sorted(axes) != list(range(len(axes))):
        return False
    return not np.array_equal(np.asarray(axes)[list(axes)], range(len(axes)))


CONDITIONS: Mapping[str, Callable[[Case, Inputs], bool]] = {
    "batch": lambda case, inputs: case.kind == "conv" and inputs.array("x").shape[0] >= 2,
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
    "view": lambda case, inputs: bool(case.parameters.get("view")),
    "negative_axis": _negative_axis,
    "zero_size": _zero_size,
    "one_element": lambda case, inputs: any(base.size == 1 for base in inputs.bases.values()),
    "under_a_warp": _length(lambda n: n == 31),
    "over_a_warp": _length(lambda n: n == 33),
    "over_a_block": _length(lambda n: n == 257),
    "prime": lambda case, inputs: all(_is_prime(n) for b in inputs.bases.values() for n in b.shape),
    "unmodified_input": lambda case, inputs: "inputs" in case.probe,
    "permutation_not_involution": lambda case, inputs: _is_cycle(inputs.values.get("axes")),
}
