"""Writes docs/benchmarks.md; each benchmark writes its own section."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HEAD = """\
# Benchmarks

Commands measure these numbers, and each writes its own section. No number is typed by hand.
"""


def with_section(page: str, section: str) -> str:
    """The page with `section` in place of the one with the same title, or at the end.

    A section begins with its title, a line `## ...`, and ends where the next one begins.
    """
    title = re.escape(section.partition("\n")[0])
    match = re.search(rf"^{title}$.*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    before, after = (page, "") if match is None else (page[: match.start()], page[match.end() :])
    return "\n\n".join(part.strip() for part in (before, section, after) if part.strip()) + "\n"


def write(section: str) -> None:
    """Puts a section into docs/benchmarks.md."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    PAGE.write_text(with_section(page, section), encoding="utf-8")
