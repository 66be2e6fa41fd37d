"""Blackboard: the zip "Download Assignment File", with a receipt for each attempt.

A name is `{column}_{username}_attempt_{time}_{file}`, or `{column}_{username}_attempt_{time}.txt` for the
receipt. The receipt's first line is `Name: Ada Lovelace (s1042)`, in the site's language. The time is that of
the site's clock.
"""

import re
from collections import defaultdict

from grader.intake.tree import Handin, LayoutReading, Tree
from grader.model.class_input.identity import Claim
from grader.model.class_input.times import moment_of

TITLE, RANK = "Blackboard", 30
NAME = re.compile(
    r"(?P<who>[^/]+_[^/]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>[^/]+)|\.txt)",
    re.ASCII | re.DOTALL,
)
PERSON = re.compile(r"[^:]{1,40}: *(?P<name>.*) \((?P<user>[^()]+)\)\s*")


def read(tree: Tree) -> LayoutReading | None:
    """Reads `Homework 1_s1042_attempt_2026-09-11-23-59-12_dense.py`, and the receipt next to it."""
    files: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    receipts: dict[tuple[str, str], str] = {}
    unexplained = []
    for path in tree.paths:
        match = NAME.fullmatch(path)
        if match is None:
            unexplained.append(path)
            continue
        attempt = match["who"], match["time"]
        if match["file"] is None:
            receipts[attempt] = path
        files[attempt][match["file"] or f"attempt_{match['time']}.txt"] = path
    if not files:
        return None
    handins = [
        Handin(
            label=f"{who} {time}",
            claim=_claim(who, tree.read(receipts[who, time]) if (who, time) in receipts else ""),
            files=theirs,
            sequence=time,
            submitted_at=moment_of(time, tree.zone),
        )
        for (who, time), theirs in files.items()
    ]
    return LayoutReading(tuple(handins), unexplained=tuple(unexplained))


def _claim(who: str, receipt: bytes | str) -> Claim:
    """The student's user name, and the name on the receipt.

    The name of the column may contain `_`, and so may the user name: without a receipt, each part after a `_`
    may be the user name, the shortest first.
    """
    line = (
        receipt.decode("utf-8-sig", errors="replace").partition("\n")[0] if isinstance(receipt, bytes) else ""
    )
    match = PERSON.fullmatch(line)
    if match is not None and who.endswith(f"_{match['user']}"):
        return Claim(ids=(match["user"],), name=match["name"])
    parts = who.split("_")
    return Claim(ids=tuple("_".join(parts[start:]) for start in range(len(parts) - 1, 0, -1) if parts[start]))
