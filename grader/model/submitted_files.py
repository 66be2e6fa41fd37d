"""The files of one submission, and a way to read a plain file without trusting it."""

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MAX_FILE_BYTES = 1 << 20  # of one file that a student submits


@dataclass(frozen=True)
class SubmittedFiles:
    """A submission as it was read: its files by name, and the problem of each other file by name.

    `notes` say where a file was found, if it was not the plain file of that name.
    """

    files: Mapping[str, bytes]
    problems: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def all_of(self, names: Iterable[str]) -> tuple[dict[str, bytes], str]:
        """The files of those names, or none and the problem of the first missing one."""
        files: dict[str, bytes] = {}
        for name in names:
            if name not in self.files:
                return {}, self.problems.get(name, f"{name} is missing")
            files[name] = self.files[name]
        return files, ""


def read_plain(source: Path, name: str, limit: int = MAX_FILE_BYTES) -> bytes | str:
    """The content of a plain file, or the problem with it, which calls the file `name`."""
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return f"{name} is missing"
    except OSError as error:
        return f"{name} cannot be read: {error.strerror}"
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        return f"{name} is not a plain file"
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        return f"{name} has {status.st_size} bytes; at most {limit} are read"
    return content
