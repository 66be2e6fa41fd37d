"""Turns a table of named rows into pytest's parameters, so that a failure names its row."""

from collections.abc import Mapping
from typing import Any

import pytest


def by_name(rows: Mapping[str, Any]) -> list[Any]:
    """A parameter set for each row, with the row's name as its id; a row that is no tuple is one argument."""
    return [pytest.param(*(row if isinstance(row, tuple) else (row,)), id=name) for name, row in rows.items()]
