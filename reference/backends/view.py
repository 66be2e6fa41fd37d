"""A view of a buffer, as operations take it."""

from __future__ import annotations

from typing import Any, NamedTuple


class View(NamedTuple):
    """Element (i, j, ...) of the view is at offset + i * strides[0] + j * strides[1] + ... in the buffer."""

    buffer: Any  # the device decides
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int
