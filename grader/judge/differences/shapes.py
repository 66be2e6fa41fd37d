"""Explains why a shape is wrong: the number of axes, their order, or a slip in a kind's own arithmetic."""

from collections.abc import Callable

from grader.model.text import plural

Shape = tuple[int, ...]
POSSIBLE = "\none possible cause: "  # begins an explanation that fits the lengths but is not certain


def no_arithmetic(expected: Shape, actual: Shape) -> str:
    """No slip: nothing is known about the inputs."""
    return ""


def explain_shape(expected: Shape, actual: Shape, slip: Callable[[Shape, Shape], str] = no_arithmetic) -> str:
    """Explains why two shapes differ; `slip` finds the mistake in a kind's arithmetic, or returns ""."""
    if len(expected) != len(actual):
        return f"the result has {plural(len(actual), 'axis', 'axes')} and not {len(expected)}"
    if sorted(expected) == sorted(actual):
        return "the lengths are right but in the wrong order: axes were exchanged"
    axes = [axis for axis, (e, a) in enumerate(zip(expected, actual, strict=True)) if e != a]
    lengths = "; ".join(f"axis {axis} has length {actual[axis]} and not {expected[axis]}" for axis in axes)
    arithmetic = slip(expected, actual)
    return f"{lengths}{POSSIBLE}{arithmetic}" if arithmetic else lengths


def without_slip(rationale: str) -> str:
    """The certain part of a rationale: a length that merely fits helps only if nothing better is found."""
    return rationale.partition(POSSIBLE)[0]
