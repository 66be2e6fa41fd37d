"""Digests of the grader's own code and its dependencies, which name everything kept between runs."""

import hashlib
import importlib.util
import os
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import grader

CACHES = {"__pycache__", ".mypy_cache"}
JUDGING = ("judge", "model", "worker", "plugin.py")  # the code that decides a case's result


@cache
def code_digest(names: tuple[str, ...] = JUDGING) -> str:
    """A digest of the code in some of the grader's packages, and of the versions that it runs on."""
    root = Path(grader.__file__).parent
    digest = hashlib.sha256(f"{grader.__version__} numpy {numpy_version()}".encode())
    for path in code_files(names):
        digest.update(f"\0{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def code_files(names: Iterable[str] = JUDGING) -> list[Path]:
    """The modules of some packages, at any depth."""
    root = Path(grader.__file__).parent
    folders = [root / name for name in names if not name.endswith(".py")]
    modules = [path for path in files_below(*folders) if path.suffix == ".py"]
    return sorted([*modules, *(root / name for name in names if name.endswith(".py"))])


def files_below(*folders: Path) -> list[Path]:
    """All files in some folders, at any depth and sorted, without Python's caches."""
    paths = []
    for folder in folders:
        for place, inner, names in os.walk(folder):  # three times as fast as rglob
            inner[:] = [name for name in inner if name not in CACHES]
            paths += [Path(place, name) for name in names]
    return sorted(paths)


@cache
def numpy_version() -> str:
    """The version of NumPy, read from its files, because importing NumPy is slow."""
    spec = importlib.util.find_spec("numpy")
    if spec is not None and spec.origin is not None and "numpy" not in sys.modules:
        file = Path(spec.origin).with_name("version.py")
        if file.is_file() and (match := re.search(r'^version = "([^"]+)"$', file.read_text(), re.MULTILINE)):
            return match[1]
    import numpy

    return str(numpy.__version__)
