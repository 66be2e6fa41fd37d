"""Shows students arguments and results as Python writes them."""

from typing import Any

import numpy as np

LONGEST = 300  # characters shown of a value


def in_python(value: Any) -> str:
    """A value as Python writes it, cut if it is long."""
    text = in_full(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def in_full(value: Any) -> str:
    """A value as Python writes it; only a long array is cut."""
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(in_full, value))) + "}" if value else "set()"
    if isinstance(value, np.ndarray):
        return f"array({np.array2string(value, threshold=20, separator=', ')}, dtype={value.dtype.name})"
    if isinstance(value, list):
        return f"[{', '.join(map(in_full, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(in_full, value))}{',' * (len(value) == 1)})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{in_full(k)}: {in_full(v)}" for k, v in value.items()) + "}"
    return repr(value)
