"""Writes docs/attacks.md from the table of attacks: `make docs`."""

import ast
from pathlib import Path

from tests.attacks.test_attacks import FLIP, SUBMISSIONS, TABLE, Must

PAGE = Path(__file__).parents[2] / "docs" / "attacks.md"
HEAD = f"""\
# What attacks get

`make test` grades each of these behind the real sandbox, followed by an honest submission, whose grade must
be the same as where no attack ever ran. Two functions are graded; an attack stands in one of them, which is
worth {FLIP} points. `make docs` writes this page from `tests/attacks/test_attacks.py`, and a test holds it.

| attack | what it does | points | status |
|---|---|---|---|
"""


def row(name: str, must: Must) -> str:
    """One attack: its name, its own first line, the points of what it attacks, how its cases may end."""
    source = (SUBMISSIONS / f"{name}.py").read_text(encoding="utf-8")
    does = " ".join((ast.get_docstring(ast.parse(source)) or "").split()).replace("|", "\\|")
    status = ", ".join(status.value for status in must.status)
    return f"| {name.replace('_', ' ')} | {does} | {must.flip:g} | {status} |\n"


def page() -> str:
    """The whole page."""
    return HEAD + "".join(row(name, must) for name, must in TABLE.items())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
