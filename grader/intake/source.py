"""Reads the input of a class, a folder or a zip, entry by entry; unpacks nothing, follows no link."""

import io
import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol

from grader.intake.litter import is_litter_folder
from grader.model.did_you_mean import near_file
from grader.model.errors import UserError
from grader.model.submitted_files import MAX_FILE_BYTES, read_plain
from grader.model.text import UNSEEN

MAX_DEPTH = 12  # folders within folders; everything deeper is one entry
MAX_PARTS = 16
MAX_NAME = 255
MAX_ENTRIES = 500_000
MAX_ENTRIES_BELOW = 5_000  # in a student's folder: one of several at the top, or in one folder around them
MAX_OTHER_BYTES = 64 << 20  # a notebook with its pictures; an LMS's metadata about the whole class
TWICE = "there are two entries of this name"
REFUSED_IN_NAMES = {*UNSEEN, "Co"}  # invisible characters, and bytes that are not text
UTF8 = 0x800  # the flag of a zip entry with a name in UTF-8
MADE_ON_WINDOWS = 0  # a zip entry's creator; old programs there write `ada\\dense.py`
UNICODE_PATH = 0x7075  # Info-ZIP's extra field that holds the name in UTF-8


class Source(Protocol):
    """The entries of a folder or a zip, by paths with slashes, in NFC, sorted.

    `paths` are the files; a folder that was not read ends with a slash. `folders` are all folders.
    `unreadable` says why some files are never read: a link, encrypted, the same name twice. `refusals` gives
    the reason for entries that are not even listed, because their names cannot be trusted.
    """

    paths: tuple[str, ...]
    folders: frozenset[str]
    unreadable: dict[str, str]
    refusals: dict[str, str]

    def read(self, path: str) -> bytes | str:
        """The content of a file, or the problem with it."""


def open_source(root: Path) -> Source:
    """Opens a folder or a zip; UserError if it is neither."""
    if root.is_dir():
        return FolderSource(root)
    if not root.exists():
        raise UserError(f"no such file or folder; expected a folder or a zip{near_file(root)}", root)
    try:
        return ZipSource(zipfile.ZipFile(root))
    except zipfile.BadZipFile as error:
        is_damaged = root.suffix.lower() == ".zip"
        advice = "download it again" if is_damaged else "put the file into a folder, and name that folder"
        raise UserError(f"neither a folder nor a zip; {advice}", root) from error
    except (OSError, ValueError, NotImplementedError, struct.error) as error:
        raise UserError(f"neither a folder nor a zip: {error}", root) from error


class FolderSource:
    """A folder. Links are not followed, and folders of litter are not read."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files: dict[str, str] = {}  # by path in NFC: the name on the disk
        folders: set[str] = set()
        self.refusals: dict[str, str] = {}
        self.unreadable: dict[str, str] = {}
        try:
            for name, reason in self._walk(root, "", folders):
                self._add(name, reason)
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror}", error.filename or root) from error
        self.paths = tuple(sorted(self._files))
        self.folders = frozenset(folders)

    def read(self, path: str) -> bytes | str:
        """Reads a plain file."""
        name = path.rpartition("/")[2]
        if path in self.unreadable:
            return f"{name} cannot be read: {self.unreadable[path]}"
        return read_plain(self._root / self._files[path], name, limit_of(name))

    def _add(self, name: str, reason: str) -> None:
        path = unicodedata.normalize("NFC", name)
        if path in self._files:
            reason = TWICE
        self._files[path] = name
        if reason:
            self.unreadable[path] = reason

    def _walk(
        self, folder: Path, prefix: str, folders: set[str], *, is_within: bool = False, is_top: bool = False
    ) -> Iterator[tuple[str, str]]:
        """Every entry below, with the reason if it is refused; adds to `folders`.

        `is_top`: the folder is one of several, so it may be a student's. `is_within`: it is or lies in one.
        """
        for count, (name, reason) in enumerate(self._entries(folder, prefix, folders, is_within), 1):
            yield name, reason
            if is_top and count >= MAX_ENTRIES_BELOW:
                self.refusals[f"{printable_name(prefix)}…"] = (
                    f"more than {MAX_ENTRIES_BELOW} files: the rest is not read"
                )
                return

    def _entries(
        self, folder: Path, prefix: str, folders: set[str], is_within: bool
    ) -> Iterator[tuple[str, str]]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except PermissionError as error:
            if not prefix:
                raise
            yield prefix, f"a folder: {error.strerror}"
            return
        is_top = not is_within and sum(map(_is_looked_into, entries)) > 1
        for entry in entries:
            path = prefix + entry.name
            if refusal := refusal_of(path):
                self.refusals[printable_name(path)] = refusal
            elif reason := _kind_on_disk(entry):
                yield path, reason
            elif not entry.is_dir(follow_symlinks=False):
                yield path, ""
            elif is_litter_folder(entry.name) or path.count("/") + 1 >= MAX_DEPTH:
                yield f"{path}/", ""
            else:
                folders.add(unicodedata.normalize("NFC", path))
                below = self._walk(
                    Path(entry.path), f"{path}/", folders, is_within=is_within or is_top, is_top=is_top
                )
                yield from below


class ZipSource:
    """A zip. Its entries are read one by one and never written to disk."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive
        self._entries: dict[str, zipfile.ZipInfo] = {}
        folders: set[str] = set()
        self.refusals: dict[str, str] = {}
        self.unreadable: dict[str, str] = {}
        infos = archive.infolist()
        if len(infos) > MAX_ENTRIES:
            raise UserError(f"found {len(infos)} entries, expected at most {MAX_ENTRIES}", archive.filename)
        is_windows = bool(infos) and all(
            "\\" in i.orig_filename and "/" not in i.orig_filename for i in infos
        )
        for info in infos:
            name = _without_dots(unicodedata.normalize("NFC", _name_of(info)))
            if is_windows or info.create_system == MADE_ON_WINDOWS:  # file names on Windows hold no backslash
                name = name.replace("\\", "/")
            if not name:  # the folder of all
                continue
            if refusal := refusal_of(name):
                self.refusals[printable_name(name)] = refusal
            elif name.endswith("/"):
                folders.update((name.rstrip("/"), *parents(name.rstrip("/"))))
            elif name in self._entries:
                self.unreadable[name] = TWICE
            else:
                self._entries[name] = info
                folders.update(parents(name))
                if reason := _kind_in_zip(info):
                    self.unreadable[name] = reason
        self.paths = tuple(sorted(self._entries))
        self.folders = frozenset(folders)

    def read(self, path: str) -> bytes | str:
        """Reads an entry up to its limit, because the size in its header is only a claim."""
        name = path.rpartition("/")[2]
        if path in self.unreadable:
            return f"{name} cannot be read: {self.unreadable[path]}"
        limit = limit_of(name)
        try:
            with self._zip.open(self._entries[path]) as file:
                content = file.read(limit + 1)
        except Exception as error:  # zipfile, zlib, lzma and bz2 have errors of their own
            message = " ".join(f"{error or type(error).__name__}".split())
            return f"{name} cannot be unpacked: {message}"
        if len(content) > limit:
            return f"{name} has {self._entries[path].file_size} bytes; at most {limit} are read"
        return content


def zip_within(content: bytes) -> ZipSource | None:
    """Opens a submitted file as a zip; None if it is not one."""
    try:
        return ZipSource(zipfile.ZipFile(io.BytesIO(content)))
    except Exception:  # whatever the problem, it does not count as a zip
        return None


def limit_of(name: str) -> int:
    """The maximum bytes to read from a file of that name."""
    return MAX_OTHER_BYTES if name.endswith((".ipynb", ".yml", ".zip")) else MAX_FILE_BYTES


def refusal_of(path: str) -> str:
    """The reason not to trust a name; "" if there is none."""
    parts = PurePosixPath(path).parts
    if path.startswith(("/", "\\")) or "\\" in path or (len(path) > 1 and path[1] == ":"):
        return "an absolute name, or one with backslashes"
    if ".." in parts:
        return "a name that leads out of its folder"
    if any(unicodedata.category(c) in REFUSED_IN_NAMES for c in path):
        return "control characters, direction marks or bytes that are not UTF-8 in its name"
    if len(parts) > MAX_PARTS or any(len(part) > MAX_NAME for part in parts):
        return f"a name of more than {MAX_NAME} characters, or more than {MAX_PARTS} folders deep"
    return ""


def printable_name(name: str) -> str:
    """A name that is safe to print: plain, on one line and of bounded length."""
    return name if name.isprintable() and len(name) <= MAX_NAME else ascii(name[:MAX_NAME])[1:-1]


def parents(name: str) -> Iterable[str]:
    """The folders around an entry, the outermost first."""
    parts = name.split("/")[:-1]
    return ("/".join(parts[: count + 1]) for count in range(len(parts)))


def _name_of(info: zipfile.ZipInfo) -> str:
    """An entry's name. It may be UTF-8 even without the flag for UTF-8: macOS writes such names."""
    name = info.orig_filename
    if info.flag_bits & UTF8 or name.isascii():
        return name
    raw = name.encode("cp437")  # zipfile decoded it with this
    if (unicode_path := _unicode_path(info.extra, raw)) is not None:
        return unicode_path
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return name


def _without_dots(name: str) -> str:
    """Turns `./ada//x.py`, which some programs write, into `ada/x.py`; an absolute name stays absolute."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return "/" * name.startswith("/") + "/".join(parts) + "/" * (name.endswith("/") and bool(parts))


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name in Info-ZIP's field (APPNOTE.TXT 4.6.9), if the field belongs to these bytes."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and len(field) > 5 and field[1:5] == struct.pack("<L", zlib.crc32(raw)):
            return field[5:].decode("utf-8", errors="replace")
    return None


def _is_looked_into(entry: "os.DirEntry[str]") -> bool:
    return entry.is_dir(follow_symlinks=False) and not is_litter_folder(entry.name)


def _kind_on_disk(entry: "os.DirEntry[str]") -> str:
    """The reason that an entry of a folder is neither a folder nor a plain file; "" if it is one."""
    if entry.is_symlink():
        return "a symbolic link; links are not followed"
    if not entry.is_dir(follow_symlinks=False) and not entry.is_file(follow_symlinks=False):
        return "a device, a pipe or a socket"
    return ""


def _kind_in_zip(info: zipfile.ZipInfo) -> str:
    """The reason that an entry of a zip is not a plain file; "" if it is one, or a folder."""
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "a device or a pipe"
    if info.flag_bits & 1:
        return "encrypted"
    return ""
