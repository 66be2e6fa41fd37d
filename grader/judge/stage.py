"""Takes of a submission the files that are handed in, and nothing else."""

from pathlib import Path

from grader.model.assignment import Assignment
from grader.model.files import SubmittedFiles, read_plain


def stage(assignment: Assignment, submission: Path | SubmittedFiles) -> tuple[dict[str, bytes], str]:
    """The handed-in files by name, and what is wrong with them, or "".

    Of a folder only regular files are taken: a link, a device or a pipe is as good as no file.
    """
    files: dict[str, bytes] = {}
    for name in assignment.files:
        if isinstance(submission, SubmittedFiles):
            missing = submission.problems.get(name, f"{name} is missing")
            content: bytes | str = submission.files.get(name, missing)
        else:
            content = read_plain(submission / name, name)
        if isinstance(content, str):
            return {}, content
        files[name] = content
    return files, ""
