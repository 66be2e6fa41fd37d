"""The files of a report, written whole or not at all."""

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from grader.model.class_row import ClassReport
from grader.model.errors import UserError
from grader.model.grade import Grade
from grader.model.late_policy import FinalScore

Files = Mapping[str, bytes]  # by path below the folder that they are written into
DIGEST = re.compile(r"-[0-9a-f]{8}\Z")  # how the name of a folder ends that is not the id itself


def write_files(out: Path, files: Files) -> list[Path]:
    """Writes every file below `out` and returns their paths; none appears before all of them are written."""
    with errors_with_path(out):
        return _write_whole(out, files)


def write_text(path: Path, text: str) -> None:
    """Writes one file to the path that the user chose: whole or not at all if it is a plain file."""
    with errors_with_path(path):
        if path.exists() and not path.is_file():  # a pipe behind /dev/stdout has no path to resolve
            path.write_text(text, encoding="utf-8")
        else:
            whole = path.resolve()
            _write_whole(whole.parent, {whole.name: text.encode()})


def _write_whole(out: Path, files: Files) -> list[Path]:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backflip-", dir=out) as scratch:
        ready = []
        for number, (name, content) in enumerate(files.items()):
            part = Path(scratch) / str(number)
            part.write_bytes(content)
            ready.append((part, out / name))
        for part, path in ready:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(part, path)
    return [path for _, path in ready]


@contextlib.contextmanager
def errors_with_path(path: Path) -> Iterator[None]:
    """Turns an error of the file system into a UserError about the path; "-" is an error, too."""
    if str(path) == "-":
        raise UserError(
            "found '-', expected the name of a file or a folder; to print a file, write /dev/stdout"
        )
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        raise UserError(
            "cannot be written: found a file where a folder must be; name another", path
        ) from error
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror or error}", path) from error


def results_files(
    report: ClassReport, results: Callable[[Grade, FinalScore | None], str], name: str = "results.json"
) -> Files:
    """`<student>/<assignment>/<name>` for each student with a score that needs no review."""
    return {
        f"{folder_name(row.student_id)}/{row.assignment}/{name}": results(row.grade, row.final).encode()
        for row in report.rows
        if row.grade is not None and not row.review_reason
    }


def folder_name(id: str) -> str:
    """A folder name for a student's id: the same for the same id, and different for different ids.

    An id that ends like a digest gets one too; otherwise it could be the name of another student's folder.
    """
    safe = re.sub(r"[^\w.@+-]", "_", id, flags=re.ASCII).lstrip(".")[:60]
    if safe and safe == id and not DIGEST.search(id):
        return id
    digest = hashlib.sha256(id.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{safe or 'student'}-{digest}"
