"""Moodle: the zip "Download all submissions", with folders or without.

Source: `download_submissions` in `mod/assign/locallib.php` of moodle.
"""

import re
from collections import defaultdict

from grader.intake.tree import Handin, LayoutReading, Tree
from grader.model.class_input.identity import Claim

TITLE, RANK = "Moodle", 30
NAME = re.compile(
    r"(?P<name>[^/]+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?P<rest>_?/.*|_[^/]+|_)?",
    re.ASCII | re.DOTALL,
)


def read(tree: Tree) -> LayoutReading | None:
    """Reads `Ada Lovelace_1001_assignsubmission_file/dense.py`, flat `..._assignsubmission_file_dense.py`."""
    files: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    folders: dict[tuple[str, str], str] = {}
    unexplained = []
    for path in tree.paths:
        match = NAME.fullmatch(path)
        rest = "" if match is None else (match["rest"] or "").removeprefix("_").removeprefix("/")
        if match is None or not rest:
            unexplained.append(path)
        else:
            folders[match["name"], match["id"]] = path.partition("/")[0] if "/" in path else ""
            theirs = files[match["name"], match["id"]]
            theirs[rest if rest not in theirs else f"{rest} (again)"] = path
    for folder in tree.tops:  # a student's folder may be empty
        if (match := NAME.fullmatch(folder)) is not None:
            files.setdefault((match["name"], match["id"]), {})
            folders.setdefault((match["name"], match["id"]), folder)
    if not files:
        return None
    placeholder = _placeholder([name for name, _ in files])
    handins = [
        Handin(
            label=f"{name}_{id}",
            claim=Claim(internal=id, name="" if name == placeholder else name),
            files=theirs,
            folder=folders.get((name, id), ""),
        )
        for (name, id), theirs in files.items()
    ]
    return LayoutReading(tuple(handins), unexplained=tuple(unexplained))


def _placeholder(names: list[str]) -> str:
    """The word that replaces every name in blind marking, in the site's language; "" if there is none."""
    is_blind = len(names) > 2 and len(set(names)) == 1
    return names[0] if is_blind or set(names) == {"Participant"} else ""
