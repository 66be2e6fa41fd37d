"""Shows values as Python writes them, for a student who reads what was asked and what came back."""

from typing import Any

import numpy as np

LONGEST = 300  # characters of a value as it is shown


def shown(value: Any) -> str:
    """A value as Python writes it; a long one is cut."""
    text = _written(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _written(value: Any) -> str:
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(_written, value))) + "}" if value else "set()"
    if isinstance(value, np.ndarray):
        return f"array({np.array2string(value, threshold=20, separator=', ')}, dtype={value.dtype.name})"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))}{',' * (len(value) == 1)})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_written(k)}: {_written(v)}" for k, v in value.items()) + "}"
    return repr(value)
