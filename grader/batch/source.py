"""What was handed in, as files in a folder or in a zip; nothing is unpacked, and nothing hostile is read."""

import os
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from grader.judge.stage import MAX_FILE_BYTES, read_plain
from grader.model.errors import UserError

MAX_DEPTH = 4  # folders within folders: class, student, attempt, one of their own
MAX_NAME = 255
MAX_OTHER_BYTES = 64 << 20  # a notebook with the pictures that it shows; what an LMS says of the whole class
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control characters, direction marks, bytes that are no text


@dataclass(frozen=True)
class SetAside:
    """Something that a person must look at, and why."""

    name: str
    reason: str


class Source(Protocol):
    """`paths`, with slashes and sorted, can be read; `refused` cannot, with the reason.

    A folder at the top, which may be empty, is a path too, with a slash at its end. `may_wrap`: the whole
    class may lie in one more folder.
    """

    may_wrap: bool
    paths: tuple[str, ...]
    refused: tuple[SetAside, ...]
    ignored: tuple[str, ...]

    def read(self, path: str) -> bytes | str:
        """The content of a file, or what is wrong with it."""


def open_source(root: Path) -> Source:
    """A folder or a zip; UserError where it is neither."""
    if root.is_dir():
        return FolderSource(root)
    if not root.exists():
        raise UserError("no such file or folder; expected a folder of submissions or an LMS's zip", root)
    return ZipSource(root)


class FolderSource:
    """A folder. Links are not followed and reported where they stand for a student's folder or file."""

    may_wrap = False

    def __init__(self, root: Path) -> None:
        self._root = root
        refused: list[SetAside] = []
        ignored: list[str] = []
        try:
            self.paths = tuple(sorted(self._walk(root, "", refused, ignored)))
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror}", error.filename or root) from error
        self.refused = tuple(refused)
        self.ignored = tuple(sorted(ignored))

    def read(self, path: str) -> bytes | str:
        """Reads a plain file."""
        name = path.rpartition("/")[2]
        return read_plain(self._root / path, name, limit_of(name))

    def _walk(self, folder: Path, prefix: str, refused: list[SetAside], ignored: list[str]) -> Iterator[str]:
        depth = prefix.count("/")
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            path = prefix + entry.name
            if entry.name.startswith(".") or entry.name in ("__pycache__", "__MACOSX"):
                ignored += [path] if depth == 0 else []
            elif reason := refusal_of(path):
                refused.append(SetAside(ascii(path), reason))
            elif entry.is_symlink() and depth == 0:
                refused.append(SetAside(path, "a symbolic link; expected the student's folder itself"))
            elif not entry.is_dir(follow_symlinks=False):
                yield path  # whether it is a plain file shows when it is read
            else:
                if depth == 0:
                    yield f"{path}/"
                elif "." in entry.name:
                    yield path  # a folder named like a file: said to be none when it is read
                if depth + 1 < MAX_DEPTH:
                    yield from self._walk(Path(entry.path), f"{path}/", refused, ignored)


class ZipSource:
    """A zip. Its entries are read one by one, never written to a disk and never unpacked further."""

    may_wrap = True

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise UserError(f"no zip: {error}; expected a folder, or the zip of an LMS", path) from error
        self.ignored: tuple[str, ...] = ()
        self._entries: dict[str, zipfile.ZipInfo] = {}
        refused = []
        seen: dict[str, str] = {}
        for entry in self._zip.infolist():
            if entry.is_dir():
                continue
            name = entry.orig_filename
            same = unicodedata.normalize("NFKC", name).casefold()
            reason = refusal_of(name) or _kind_of(entry)
            if not reason and same in seen:
                reason = f"the same name as {seen[same]!a} but for case or Unicode form"
            if reason:
                refused.append(SetAside(ascii(name[:MAX_NAME])[1:-1], reason))
            else:
                seen[same] = name
                self._entries[name] = entry
        self.paths = tuple(sorted(self._entries))
        self.refused = tuple(refused)

    def read(self, path: str) -> bytes | str:
        """Reads an entry, no further than its limit: a header's size is only a claim."""
        name = path.rpartition("/")[2]
        limit = limit_of(name)
        try:
            with self._zip.open(self._entries[path]) as file:
                content = file.read(limit + 1)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
            return f"{name} cannot be unpacked: {error}"
        except Exception as error:  # zlib, lzma and bz2 have errors of their own
            return f"{name} cannot be unpacked: {type(error).__name__}: {error}"
        if len(content) > limit:
            return f"{name} has {self._entries[path].file_size} bytes; at most {limit} are read"
        return content


def limit_of(name: str) -> int:
    """The most bytes that are read of a file of that name."""
    return MAX_OTHER_BYTES if name.endswith((".ipynb", ".yml")) else MAX_FILE_BYTES


def refusal_of(path: str) -> str:
    """Why a name is not trusted; "" where it is."""
    parts = PurePosixPath(path).parts
    if path.startswith(("/", "\\")) or "\\" in path or (len(path) > 1 and path[1] == ":"):
        return "an absolute name, or one with backslashes"
    if ".." in parts:
        return "a name that leads out of its folder"
    if any(unicodedata.category(c) in UNSEEN for c in path):
        return "control characters, direction marks or bytes that are not UTF-8 in its name"
    if len(parts) > 16 or any(len(part) > MAX_NAME for part in parts):
        return f"a name of more than {MAX_NAME} characters"
    return ""


def _kind_of(entry: zipfile.ZipInfo) -> str:
    """Why an entry is no plain file; "" where it is."""
    mode = entry.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "a device or a pipe"
    if entry.flag_bits & 1:
        return "encrypted"
    return ""
