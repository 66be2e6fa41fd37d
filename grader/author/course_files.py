"""Finds and reads files of a course, as text and as Python: assignments, oracles, and provided files."""

import ast
import hashlib
import os
from pathlib import Path

from grader.model.did_you_mean import near_file
from grader.model.errors import UserError

MAX_TEXT = 4 << 20  # bytes of any file that an author writes


def digest_of(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def has_assignment(assignments: Path, name: str) -> bool:
    """True if a course's folder contains an assignment of that name."""
    return os.path.isfile(assignments / name / "assignment.yaml")  # False for a name that no file can have


def has_oracle(oracle: str, root: Path) -> bool:
    """True if an oracle is a module of the repository's reference, which is run without a sandbox."""
    package, *names = oracle.split(".")
    is_named = package == "reference" and names and all(name.isidentifier() for name in names)
    path = root.joinpath(package, *names) if is_named else None
    if path is None:
        return False
    return os.path.isfile(path.with_suffix(".py")) or os.path.isfile(path / "__init__.py")


def provided_file(path: Path, recorded: str) -> bytes:
    """A provided file of a handout, with its original line ends, even if git has changed them."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"a provided file cannot be read ({error.strerror}): unpack the handout again", path
        ) from error
    plain = content.replace(b"\r\n", b"\n")
    return plain if digest_of(plain) == recorded else content


def read_text(path: Path, missing: str = "no such file", limit: int = MAX_TEXT) -> str:
    """An author's file as text; UserError if it is too large or, with the message `missing`, not there."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise UserError(f"found a larger file, expected at most {limit // 1024} KiB", path)
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError as error:
        raise UserError(missing + near_file(path), path) from error
    except UnicodeDecodeError as error:
        raise UserError(f"found bytes that are not UTF-8 (at byte {error.start})", path) from error
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", path) from error


def parse_python(path: Path, missing: str = "no such file") -> ast.Module:
    """An author's Python file; UserError, with the line, also if it is not valid Python."""
    try:
        return ast.parse(read_text(path, missing))
    except SyntaxError as error:
        raise UserError(f"found Python that cannot be read: {error.msg}", path, error.lineno) from error
