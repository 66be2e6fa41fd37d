"""Provided modules are imported from bytecode that is made once for all processes."""

import subprocess
import sys
from pathlib import Path

from grader.judge.process.bytecode import bytecode_of
from grader.judge.process.user_cache import UserCache

SOURCE = b"def answer():\n    return 42\n"
ASK = "import package.one; print(package.one.answer())"


def test_a_module_is_imported_from_its_bytecode_and_not_compiled_again(tmp_path: Path) -> None:
    """The source beside it says something else, so it was not read."""
    provided = {"package/__init__.py": b"", "package/one.py": SOURCE, "package/text.md": b"42"}
    compiled = dict(bytecode_of(provided, UserCache("", tmp_path / "cache")))
    assert [path.count(".pyc") for path in compiled] == [1, 1]
    for path, content in (provided | compiled | {"package/one.py": SOURCE.replace(b"42", b"43")}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "42\n"


def test_an_edited_module_has_other_bytecode(tmp_path: Path) -> None:
    cache = UserCache("", tmp_path)
    first, again, other = (
        dict(bytecode_of({"one.py": source}, cache)) for source in (SOURCE, SOURCE, SOURCE + b"ANSWER = 1\n")
    )
    assert first == again != other


def test_a_module_that_does_not_compile_has_none(tmp_path: Path) -> None:
    assert not dict(bytecode_of({"one.py": b"def answer(:\n"}, UserCache("", tmp_path)))
