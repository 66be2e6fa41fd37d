"""The emulator's C++ keeps to the length of lines that ruff allows for Python."""

import tomllib
from pathlib import Path

HOUSE = Path(__file__).parents[3]


def test_no_line_of_the_emulators_c_plus_plus_is_too_long():
    settings = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
    most = settings["tool"]["ruff"]["line-length"]
    paths = [path for path in (HOUSE / "reference" / "emulator").rglob("*") if path.suffix in (".h", ".cpp")]
    lines = [(path.name, line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    assert [one for one in lines if len(one[1]) > most] == []
    assert len(lines) > 5000
