"""Compiles the modules that an assignment provides, once for all processes that import them.

Each process that runs a submission, or compiles one, has its own folder of provided files, and would compile
them again.
"""

import hashlib
import importlib.util
from pathlib import Path

from grader.judge.process.user_cache import UserCache


def add_bytecode(folder: Path, cache: UserCache) -> None:
    """Adds the bytecode of each module in a folder, for this version of Python, from `cache` if it is there.

    The interpreter takes it unchecked, so the modules must not change any more.
    """
    for path in folder.rglob("*.py"):
        source = path.read_bytes()
        key = f"{hashlib.sha256(importlib.util.MAGIC_NUMBER + source).hexdigest()}.pyc"
        target = Path(importlib.util.cache_from_source(str(path), optimization=""))
        content = cache.get(key)
        if content:
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)
        elif content := _compiled(path, target):
            cache.keep(key, content)


def _compiled(path: Path, target: Path) -> bytes:
    """The bytecode of a module; b"" if it does not compile: the process that imports it says so."""
    from py_compile import PycInvalidationMode, PyCompileError, compile  # rarely needed

    try:
        compile(
            str(path),
            str(target),
            doraise=True,
            optimize=0,
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )
    except PyCompileError:
        return b""
    return target.read_bytes()
