"""A sample submission as its difference to the right file: the trouble, and the edits that make it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Edit:
    """Replaces a text wherever it occurs; it must occur `times` times, so that an edit never goes stale."""

    old: str
    new: str
    times: int = 1


@dataclass(frozen=True)
class Difference:
    """What one student did: the trouble in a sentence, and the edits of the right file, in order."""

    trouble: str
    edits: tuple[Edit, ...] = ()

    def apply(self, text: str) -> str:
        """The student's file."""
        for edit in self.edits:
            occurrences = text.count(edit.old)
            if occurrences != edit.times:
                raise ValueError(
                    f"found {edit.old!r} {occurrences} times, expected {edit.times}: {self.trouble}"
                )
            text = text.replace(edit.old, edit.new)
        return text


def write_class(folder: Path, submissions: Mapping[str, Mapping[str, str]]) -> Path:
    """Writes a folder for each student, with its files by name; returns `folder`."""
    for student, files in submissions.items():
        (folder / student).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / student / name).write_text(text, encoding="utf-8")
    return folder
