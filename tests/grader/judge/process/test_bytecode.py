"""Provided modules are imported from bytecode that is made once for all processes."""

import subprocess
import sys
from pathlib import Path

from grader.judge.process.bytecode import add_bytecode
from grader.judge.process.user_cache import UserCache

SOURCE = b"def answer():\n    return 42\n"
ASK = "import package.one; print(package.one.answer())"


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def bytecode(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*.pyc"))}


def test_a_module_is_imported_from_its_bytecode_and_not_compiled_again(tmp_path: Path) -> None:
    """The source beside it then says something else, so it was not read."""
    write_files(tmp_path, {"package/__init__.py": b"", "package/one.py": SOURCE, "package/text.md": b"42"})
    add_bytecode(tmp_path, UserCache("", tmp_path / "cache"))
    assert len(bytecode(tmp_path / "package")) == 2
    write_files(tmp_path, {"package/one.py": SOURCE.replace(b"42", b"43")})
    words = [sys.executable, "-c", ASK]
    process = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert process.stdout == "42\n"


def test_processes_share_bytecode_and_an_edited_module_has_its_own(tmp_path: Path) -> None:
    cache = UserCache("", tmp_path / "cache")
    for name, source in (("first", SOURCE), ("again", SOURCE), ("other", SOURCE + b"ANSWER = 1\n")):
        write_files(tmp_path / name, {"one.py": source})
        add_bytecode(tmp_path / name, cache)
    first, again, other = (bytecode(tmp_path / name) for name in ("first", "again", "other"))
    assert first == again != other
    assert len(bytecode(tmp_path / "cache")) == 2


def test_a_module_that_does_not_compile_has_none(tmp_path: Path) -> None:
    write_files(tmp_path, {"one.py": b"def answer(:\n"})
    add_bytecode(tmp_path, UserCache("", tmp_path / "cache"))
    assert not bytecode(tmp_path)
