"""Writes a generated class as a zip, byte by byte, or as a folder.

Python's zipfile always sets the flag for UTF-8 and writes right checksums; exports do not.
The format is PKWARE's APPNOTE.TXT, sections 4.3.7 to 4.3.16.
"""

import os
import struct
import zlib
from pathlib import Path

from tests.grader.intake.class_model import Entry, GeneratedClass

IS_UTF8, IS_ENCRYPTED = 0x800, 0x1
DATE, TIME = (2026 - 1980) << 9 | 10 << 5 | 1, 10 << 11
STORED, DEFLATED, UNKNOWN = 0, 8, 97
MODES = {"folder": 0o40755, "link": 0o120777}
ONLY_IN_ZIPS = {"crc", "method", "encrypted"}


def write_zip(cls: GeneratedClass, path: Path) -> Path:
    """Writes the entries in their order, their names in the class's encoding."""
    local, central, count = bytearray(), bytearray(), 0
    for entry in cls.entries:
        offset = len(local)
        fields, mode, name, data = _packed(entry, cls.encoding)
        local += struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, *fields, len(name), 0) + name + data
        made_by = 3 << 8 | 20  # Unix: the upper half of the attributes is the mode
        central += struct.pack("<IHHHHHHIIIHH", 0x02014B50, made_by, 20, *fields, len(name), 0)
        central += struct.pack("<HHHII", 0, 0, 0, mode << 16, offset) + name
        count += 1
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(central), len(local), 0)
    path.write_bytes(bytes(local + central + end))
    return path


def _packed(entry: Entry, encoding: str) -> tuple[tuple[int, ...], int, bytes, bytes]:
    """The fields that both headers hold, the mode, the name and the packed content."""
    is_utf8 = encoding == "flagged" and not entry.path.isascii()
    name = entry.path.encode("cp437" if encoding == "cp437" else "utf-8")
    flags = (IS_UTF8 if is_utf8 else 0) | (IS_ENCRYPTED if entry.flaw == "encrypted" else 0)
    crc = zlib.crc32(entry.content) ^ (0xBAD if entry.flaw == "crc" else 0)
    method, data = STORED, entry.content
    if entry.flaw == "method":
        method = UNKNOWN
    elif len(entry.content) > 200:
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        method, data = DEFLATED, packer.compress(entry.content) + packer.flush()
    fields = (flags, method, TIME, DATE, crc, len(data), len(entry.content))
    return fields, MODES.get(entry.flaw, 0o100644), name, data


def write_folder(cls: GeneratedClass, root: Path) -> Path:
    """Writes the entries below the folder; ValueError for those that only a zip can hold."""
    root.mkdir(parents=True)
    for entry in cls.entries:
        path = root / entry.path
        if entry.flaw in ONLY_IN_ZIPS or ".." in path.parts or (path.exists() and entry.flaw != "folder"):
            raise ValueError(
                f"class {cls.seed}: only a zip can hold {entry.path!r} ({entry.flaw or 'twice'})"
            )
        if entry.flaw == "folder":
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if entry.flaw == "link":
            path.symlink_to(entry.content.decode())
        elif entry.flaw == "pipe":
            os.mkfifo(path)
        else:
            path.write_bytes(entry.content)
    return root
