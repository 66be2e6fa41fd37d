"""The places that an assignment can be published to, one module each, found by name.

A module says `WRITES`, what its files are; `USES`, the programs that the instructor needs for the next
step, and for what; and has `files(bundle)`, the files by path. `next_step(bundle)` says what to do with them.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Protocol

from grader.publish.bundle import Bundle


class Target(Protocol):
    """What a module of this package offers."""

    WRITES: str
    USES: Mapping[str, str]

    def files(self, bundle: Bundle) -> Mapping[str, bytes]:
        """The files that are written, by path below the folder that the instructor names."""

    def next_step(self, bundle: Bundle) -> str:
        """What the instructor does with them, in a line or two."""


def names() -> tuple[str, ...]:
    """The targets, sorted; none is imported for it."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def target_of(name: str) -> Target:
    """The target of that name."""
    module: Target = importlib.import_module(f"{__name__}.{name}")
    return module
