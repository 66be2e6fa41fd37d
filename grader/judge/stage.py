"""Takes of a submission the files that are handed in, and nothing else."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.model.assignment import Assignment

MAX_FILE_BYTES = 1 << 20


@dataclass(frozen=True)
class HandedIn:
    """A submission that was read before: its files by name, and what is wrong with others, by theirs."""

    files: Mapping[str, bytes]
    problems: Mapping[str, str] = field(default_factory=dict)


def stage(assignment: Assignment, submission: Path | HandedIn) -> tuple[dict[str, bytes], str]:
    """The handed-in files by name, and what is wrong with them, or "".

    Of a folder only regular files are taken: a link, a device or a pipe is as good as no file.
    """
    files: dict[str, bytes] = {}
    for name in assignment.files:
        if isinstance(submission, HandedIn):
            missing = submission.problems.get(name, f"{name} is missing")
            content: bytes | str = submission.files.get(name, missing)
        else:
            content = read_plain(submission / name, name)
        if isinstance(content, str):
            return {}, content
        files[name] = content
    return files, ""


def read_plain(source: Path, name: str, limit: int = MAX_FILE_BYTES) -> bytes | str:
    """The content of a plain file, or what is wrong with it; `name` is what it is called in the reason."""
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
