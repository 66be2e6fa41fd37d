"""Prints a command's report as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any


def print_json(report: str, facts: Mapping[str, object]) -> None:
    """Prints a report after its name and version, such as `batch/1`; writes a value that JSON lacks as text.

    docs/commands.schema.json describes each. A report that loses a key or changes one gets a new version.
    """
    values = {"schema": f"backflip/{report}", **facts}
    print(json.dumps(values, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
