"""Prints a command's report as JSON."""

import json
from dataclasses import asdict, is_dataclass
from typing import Any


def print_json(facts: object) -> None:
    """Prints values, mappings and dataclasses; writes a value that JSON lacks as text."""
    print(json.dumps(facts, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
