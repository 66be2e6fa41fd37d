"""The layouts of a class's submissions, one module each, found by name.

A module defines `TITLE`, the layout's name for instructors; `RANK`, how specific the layout is (an LMS's
export before plain folders and files); and `read(tree)`, which returns a `Reading` of the entries, or None if
it sees no sign of this layout. May import: grader.model, grader.intake's tree and times.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Protocol

from grader.intake.tree import LayoutReading, Tree


class Layout(Protocol):
    """The interface of a module of this package."""

    TITLE: str
    RANK: int

    def read(self, tree: Tree) -> LayoutReading | None:
        """Reads the class's entries as far as this layout explains them."""


def _find() -> dict[str, Layout]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


LAYOUTS: Mapping[str, Layout] = _find()
