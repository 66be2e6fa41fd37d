"""Reads the output of `grader collect`: a folder for each push, and a file that names the students."""

import json
from dataclasses import dataclass
from typing import Any

from grader.intake.tree import Handin, LayoutReading, Tree
from grader.model.class_input.identity import Claim
from grader.model.class_input.times import moment_of
from grader.model.errors import UserError

TITLE, RANK = "grader collect", 50
MANIFEST = "collected.json"
SCHEMA = "backflip/collected/1"
OTHER = f"{MANIFEST} does not list it: it was added after `grader collect`"


@dataclass(frozen=True)
class Entry:
    """One submission: its folder, the student's login, its origin, and when the server got it, or ""."""

    folder: str
    login: str
    repository: str
    address: str
    commit: str
    submitted_at: str
    doubt: str


def read(tree: Tree) -> LayoutReading | None:
    """Reads what the manifest lists, only at the top: a manifest below it may be a student's own file."""
    if tree.prefix or MANIFEST not in tree.files:
        return None
    entries = _entries(tree)
    handins, read = [], {MANIFEST}
    for entry in entries:
        start = f"{entry.folder}/"
        files = {path.removeprefix(start): path for path in tree.paths if path.startswith(start)}
        read |= set(files.values())
        handins.append(
            Handin(
                label=f"{entry.repository} ({entry.commit[:12]})",
                claim=Claim(ids=tuple(dict.fromkeys((entry.login, entry.repository)))),
                files=files,
                sequence=entry.submitted_at,
                submitted_at=moment_of(entry.submitted_at, None),
                doubt=entry.doubt,
            )
        )
    other_entries = {path: OTHER for path in tree.paths if path not in read}
    return LayoutReading(tuple(handins), {MANIFEST: "", **other_entries})


def _entries(tree: Tree) -> list[Entry]:
    content = tree.read(MANIFEST)
    if isinstance(content, str):
        raise UserError(content, MANIFEST)
    try:
        data: Any = json.loads(content)
        if data["schema"] != SCHEMA:
            raise UserError(
                f"found the schema {data['schema']!r}, expected {SCHEMA}: collect again", MANIFEST
            )
        entries = [Entry(**entry) for entry in data["submissions"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError("found no list of submissions: collect again", MANIFEST) from error
    if not all(isinstance(value, str) for entry in entries for value in vars(entry).values()):
        raise UserError("found no list of submissions: collect again", MANIFEST)
    return entries
