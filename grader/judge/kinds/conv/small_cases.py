"""Small convolutions that show a mistake at a glance: one image, one channel, a few pixels."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from grader.judge.kinds.conv.shape_slips import pair

# (length, kernel, stride, padding) of one axis, the simplest first: a plain window, a gap, a remainder, a
# padding, a padding that is longer than the kernel, and one that changes what the stride leaves over.
AXES = (
    (1, 1, 1, 0), (2, 1, 1, 0), (2, 2, 1, 0), (3, 2, 1, 0), (2, 1, 2, 0), (3, 2, 2, 0), (3, 1, 2, 0),
    (3, 2, 3, 0), (4, 2, 2, 0), (5, 2, 3, 0), (4, 1, 3, 0), (2, 2, 1, 1), (1, 1, 1, 1), (2, 1, 1, 1),
    (3, 3, 1, 1), (2, 2, 1, 2), (3, 2, 2, 1), (4, 3, 1, 0), (3, 1, 3, 0), (2, 1, 3, 1), (3, 2, 3, 1),
    (4, 1, 3, 2),
)  # fmt: skip
MOST_PIXELS = 12
SIMPLE = 3  # the number of axes that are combined with each of the others
CHANNELS = ((2, 1, 1), (1, 2, 1), (1, 1, 2), (2, 2, 3))  # pictures, channels, filters
MANY = ((17, 1, 1), (1, 17, 1), (1, 1, 17))  # for a kernel whose tiles have a side of 16

Axis = tuple[int, int, int, int]


def small_cases(parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Cases with one image and one channel, then with more images or channels, or the views of the case."""
    pairs = itertools.product(enumerate(AXES), enumerate(AXES))
    for (i, high), (j, wide) in pairs:
        if high[0] * wide[0] <= MOST_PIXELS and (min(i, j) < SIMPLE or i == j):
            yield _case(high, wide)
    for sizes in CHANNELS:
        for high, wide in ((AXES[1], AXES[0]), (AXES[2], AXES[1]), (AXES[5], AXES[5])):
            yield _case(high, wide, sizes)
    for sizes in MANY:
        yield _case(AXES[0], AXES[0], sizes)
    if parameters.get("view"):
        yield _case(AXES[2], AXES[1], view=parameters["view"])
    stride, padding = pair(parameters.get("stride", 1)), pair(parameters.get("padding", 0))
    if stride[0] == stride[1] and padding[0] == padding[1]:  # one number may be written for both axes
        yield {**_case(AXES[3], AXES[3]), "stride": stride[0], "padding": padding[0]}


def _case(
    high: Axis, wide: Axis, sizes: tuple[int, int, int] = (1, 1, 1), view: tuple[str, ...] = ()
) -> dict[str, Any]:
    batch, channels, filters = sizes
    return {
        "batch": batch,
        "x": [high[0], wide[0], channels],
        "w": [high[1], wide[1], filters],
        "stride": [high[2], wide[2]],
        "padding": [high[3], wide[3]],
        "view": view,
    }
