"""Backflip's grader: renders assignments, runs submissions in a sandbox and judges what they return.

As a library it is `from grader import Course` (see `grader.api`), which is loaded when it is first asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.api import Course as Course

__version__ = "0.1.0"
__all__ = ["Course", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Course":
        from grader.api import Course

        return Course
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
