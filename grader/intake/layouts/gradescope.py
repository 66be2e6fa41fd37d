"""Gradescope: the export of an assignment's submissions, `assignment_<n>_export`."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from grader.intake.source import refusal_of
from grader.intake.tree import Handin, LayoutReading, Tree
from grader.model.class_input.identity import Claim
from grader.model.class_input.times import moment_of
from grader.model.errors import UserError

TITLE, RANK = "Gradescope", 40
METADATA = "submission_metadata.yml"
EXPORT = re.compile(r"assignment_\d+_export", re.ASCII)
SUBMISSION = re.compile(r"submission_\d+", re.ASCII)
MAX_ID = 100
WITHOUT = f"looks like Gradescope's export without its {METADATA}, which names the students"
WITHIN = "found Gradescope's export in the folder {folder!r}: give that folder, if it is not a student's"


def read(tree: Tree) -> LayoutReading | None:
    """Reads a folder per submission, and its students from submission_metadata.yml; a group shares a folder.

    The metadata file is read only at the top of the export: the top of the instructor's input, or of a folder
    that Gradescope named. Deeper down, a file of that name is a student's.
    """
    folder = tree.prefix.rstrip("/").rpartition("/")[2]
    if not tree.tops or not all(SUBMISSION.fullmatch(top) for top in tree.tops):
        return None
    is_named_so = not folder or EXPORT.fullmatch(folder) is not None
    if METADATA not in tree.files:
        return LayoutReading((), question=WITHOUT) if is_named_so else None
    if not is_named_so:  # a student may have made it from their own folder
        return LayoutReading((), question=WITHIN.format(folder=folder))
    return _export(tree)


def _export(tree: Tree) -> LayoutReading:
    """The submissions of an export with trusted metadata."""
    metadata = _read_metadata(f"{tree.prefix}{METADATA}", tree.read(METADATA))
    files: dict[str, dict[str, str]] = defaultdict(dict)
    unexplained = []
    for path in tree.paths:
        folder, _, rest = path.partition("/")
        if rest and folder in metadata:
            files[folder][rest] = path
        elif path != METADATA:
            unexplained.append(path)
    handins = [
        handin
        for folder, entry in metadata.items()
        for handin in _handins(tree, folder, entry, files.get(folder, {}))
    ]
    other_entries = {METADATA: ""}
    return LayoutReading(tuple(handins), other_entries, tuple(unexplained))


def _handins(tree: Tree, folder: str, entry: Mapping[str, Any], files: Mapping[str, str]) -> list[Handin]:
    submitters = entry.get(":submitters")
    people = submitters if isinstance(submitters, list) and submitters else [{}]
    handins = []
    for person in people:
        fields = person if isinstance(person, dict) else {}
        name, sid, email = (str(fields.get(key) or "") for key in (":name", ":sid", ":email"))
        safe = _id(sid)
        handins.append(
            Handin(
                label=f"{folder} ({name or email or sid or 'no name'})",
                claim=Claim(ids=tuple(id for id in (safe, _id(email)) if id), name=name, email=email),
                files=files,
                sequence=folder,
                folder=folder,
                submitted_at=moment_of(str(entry.get(":created_at") or ""), tree.zone),
                doubt="" if safe == sid else f"its sid is {sid[:MAX_ID]!a}, which is not an id",
            )
        )
    return handins


def _id(text: str) -> str:
    """An id as typed into Gradescope; "" if it cannot be one."""
    is_id = not refusal_of(text) and "/" not in text and len(text) <= MAX_ID
    return text.strip() if is_id else ""


def _read_metadata(path: str, content: bytes | str) -> dict[str, dict[str, Any]]:
    """The submissions by folder; UserError if Gradescope does not write such a file."""
    if isinstance(content, str):
        raise UserError(content, path)
    from grader.intake.export_yaml import read_yaml  # PyYAML takes longer to import than most classes to read

    data = read_yaml(content, path)
    if not isinstance(data, dict) or not all(isinstance(entry, dict) for entry in data.values()):
        raise UserError("found no submissions by folder; expected Gradescope's export", path)
    return {str(folder): entry for folder, entry in data.items()}
