"""The platforms for which an assignment can be published, one module each, found by name.

A module defines `WRITES`, a description of its files; `USES`, the programs that the instructor needs for the
next step, and why; `files(bundle)`, the files by path; and `next_step(bundle)`, what to do with them.
May import: grader.model, grader.judge, grader.publish.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Protocol

from grader.publish.bundle import Bundle


class Target(Protocol):
    """The interface of a module of this package."""

    WRITES: str
    USES: Mapping[str, str]

    def files(self, bundle: Bundle) -> Mapping[str, bytes]:
        """The files to write, by path below the folder that the instructor names."""

    def next_step(self, bundle: Bundle) -> str:
        """The instructor's next step, in a line or two."""


def names() -> tuple[str, ...]:
    """The names of the targets, sorted; imports none of them."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def target_of(name: str) -> Target:
    """The target of that name."""
    module: Target = importlib.import_module(f"{__name__}.{name}")
    return module
