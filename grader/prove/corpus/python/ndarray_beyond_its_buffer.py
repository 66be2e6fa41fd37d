"""Returns one of the course's own arrays with an offset beyond its memory."""

import copy


def attack(a, *rest, **named):
    right = original(a, *rest, **named)
    out = copy.copy(right)
    try:
        object.__setattr__(out, "offset", 1 << 40)
    except AttributeError:
        out._offset = 1 << 40
    return out
