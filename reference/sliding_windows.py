"""Says where the windows of a convolution or a pooling lie on one axis of images."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias


class Axis(NamedTuple):
    """Place a of window i lies at pixel start + stride * i + dilation * a; `start` is minus the padding."""

    kernel: int
    start: int
    stride: int
    dilation: int = 1

    def pixels(self, windows: slice) -> tuple[int, int]:
        """The first pixel that these windows cover, and the one behind the last, also beyond the images."""
        first = self.start + self.stride * windows.start
        last = self.start + self.stride * (windows.stop - 1) + self.dilation * (self.kernel - 1)
        return first, last + 1

    def places(self, windows: slice, size: int) -> Iterator[tuple[slice, slice]]:
        """For each place, those of the windows for which it lies on the `size` pixels, and these pixels.

        The windows are counted from the first of them. A place that lies on no pixel is left out.
        """
        for place in range(self.start, self.start + self.dilation * self.kernel, self.dilation):
            first = max(windows.start, -(place // self.stride))
            stop = min(windows.stop, (size - 1 - place) // self.stride + 1)
            if first < stop:
                pixels = slice(self.stride * first + place, self.stride * (stop - 1) + place + 1, self.stride)
                yield slice(first - windows.start, stop - windows.start), pixels

    def phase(self, remainder: int) -> tuple[slice, Axis]:
        """The places that lie on the pixels r, r + stride, r + 2 * stride, ... for a remainder r.

        Seen from these pixels the windows are places: pixel r + stride * m lies in the windows at
        start + dilation * a + m of the Axis returned, where place a is the a-th last of the places returned.
        """
        step = self.stride // math.gcd(self.stride, self.dilation)
        ahead = remainder - self.start
        places = [a for a in range(self.kernel) if (ahead - self.dilation * a) % self.stride == 0]
        if not places:
            return slice(0), Axis(0, 0, 1, 1)
        start = (ahead - self.dilation * places[-1]) // self.stride
        return slice(places[0], None, step), Axis(len(places), start, 1, self.dilation * step // self.stride)


Axes: TypeAlias = tuple[Axis, ...]
