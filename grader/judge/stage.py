"""Takes of a submission the files that are handed in, and nothing else."""

import os
import stat
from pathlib import Path

from grader.model.assignment import Assignment

MAX_FILE_BYTES = 1 << 20


def stage(assignment: Assignment, submission: Path, target: Path) -> str:
    """Copies the handed-in files to the empty folder `target`; returns what is wrong with them, or "".

    Only regular files are taken: a link, a device or a pipe is as good as no file.
    """
    for name in assignment.files:
        problem = _copy(submission / name, target / name, name)
        if problem:
            return problem
    return ""


def _copy(source: Path, target: Path, name: str) -> str:
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
        if status.st_size > MAX_FILE_BYTES:
            return f"{name} has {status.st_size} bytes; at most {MAX_FILE_BYTES} are read"
        target.write_bytes(file.read(MAX_FILE_BYTES))
    return ""
