"""Reads a folder of a test as one submission, without the intake."""

from pathlib import Path

from grader.model.submitted_files import SubmittedFiles, read_plain


def in_folder(folder: Path) -> SubmittedFiles:
    """The files at the top of a folder. Anything else there is a problem, under its name."""
    contents = {path.name: read_plain(path, path.name) for path in sorted(folder.iterdir())}
    files = {name: content for name, content in contents.items() if isinstance(content, bytes)}
    return SubmittedFiles(files, {name: why for name, why in contents.items() if isinstance(why, str)})
