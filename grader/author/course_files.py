"""Finds and reads files of a course without their YAML: assignments, oracles, and provided files."""

import hashlib
from pathlib import Path

from grader.model.errors import UserError


def digest_of(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def has_assignment(assignments: Path, name: str) -> bool:
    """True if a course's folder contains an assignment of that name."""
    return (assignments / name / "assignment.yaml").is_file()


def has_oracle(oracle: str, root: Path) -> bool:
    """True if an oracle is a module of the repository's reference, which is run without a sandbox."""
    package, *names = oracle.split(".")
    is_named = package == "reference" and names and all(name.isidentifier() for name in names)
    path = root.joinpath(package, *names) if is_named else None
    return path is not None and (path.with_suffix(".py").is_file() or (path / "__init__.py").is_file())


def provided_file(path: Path, recorded: str) -> bytes:
    """A provided file of a handout, with its original line ends even if git has changed them."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"a provided file cannot be read ({error.strerror}): unpack the handout again", path
        ) from error
    plain = content.replace(b"\r\n", b"\n")
    return plain if digest_of(plain) == recorded else content
