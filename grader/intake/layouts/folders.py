"""Plain folders: one per student, named by an id, an e-mail address or a name."""

import re
from collections import defaultdict

from grader.intake.tree import Handin, LayoutReading, Tree
from grader.model.class_input.identity import Claim
from grader.model.class_input.times import course_time, moment_of

TITLE, RANK = "folders", 10
MAX_VERSION_DIGITS = 2  # a longer number is a student's id
NUMBERED = re.compile(r"(?P<word>[^0-9]*?)(?P<number>[0-9]{1,9})", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# Words that name a version of a submission, not a student.
VERSION = re.compile(
    r"(?:v|ver|version|final|draft|attempt|submission|submit|try|take|old|new|latest|last|first|backup|bak|copy|"
    r"hw|homework|lab|assignment|exercise|solution|src|source|code|part|rev|revision|test|tests)"
    r"(?:[-_ .]?(?:v|final|new|old|copy|fixed|really|last))*[-_ .]?\(?[0-9]*\)?",
    re.IGNORECASE | re.ASCII,
)
OTHER = "a file next to the students' folders: put it into the folder of its student"


def read(tree: Tree) -> LayoutReading | None:
    """Reads every folder at the top as a student's; refuses files next to them."""
    if not tree.tops:
        return None
    handins = [handin for student in tree.tops for handin in of_student(student, Claim(ids=(student,)), tree)]
    return LayoutReading(tuple(handins), dict.fromkeys(tree.files, OTHER))


def of_student(student: str, claim: Claim, tree: Tree) -> list[Handin]:
    """The submissions in a student's folder: one, or one in each of several folders."""
    files = tree.below(student)
    here = [name for name in files if "/" not in name]
    within: dict[str, dict[str, str]] = defaultdict(dict)
    for name, path in files.items():
        folder, slash, rest = name.partition("/")
        if slash:
            within[folder][rest] = path
    several = {f: inner for f, inner in within.items() if any(tree.is_wanted(name) for name in inner)}
    is_timed = len(several) == 1 and bool(course_time(next(iter(several)), None))
    if any(tree.is_wanted(name) for name in here) or (len(several) < 2 and not is_timed):
        return [Handin(student, claim, files, folder=student)]
    sequence = order(list(several))
    others = {name: path for name, path in files.items() if name.partition("/")[0] not in several}
    return [
        Handin(
            f"{student}/{folder}",
            claim,
            {**others, **inner},
            sequence="" if moment_of(folder, tree.zone) else sequence.get(folder, ""),
            submitted_at=moment_of(folder, tree.zone) if sequence else "",
            folder=student,
        )
        for folder, inner in several.items()
    ]


def order(folders: list[str]) -> dict[str, str]:
    """Sort keys for folders that are all named by times, days or numbers; empty for others."""
    if all(course_time(folder, None) for folder in folders):
        return {folder: course_time(folder, None) for folder in folders}
    if all(DAY.fullmatch(folder) and course_time(f"{folder}T00:00", None) for folder in folders):
        return {folder: folder for folder in folders}
    matches = {folder: NUMBERED.fullmatch(folder) for folder in folders}
    words = {match["word"].casefold() for match in matches.values() if match is not None}
    numbers = {int(match["number"]) for match in matches.values() if match is not None}
    if None in matches.values() or len(words) > 1 or len(numbers) < len(folders):
        return {}
    return {folder: f"{int(match['number']):09}" for folder, match in matches.items() if match is not None}


def names_a_version(folder: str) -> bool:
    """True if a folder is named like a version of a submission, not like a student."""
    is_student_id = folder.isascii() and folder.isdigit() and len(folder) > MAX_VERSION_DIGITS
    has_letters = any(c.isalpha() for c in folder)
    is_version = bool(course_time(folder, None) or VERSION.fullmatch(folder))
    return is_version or not (has_letters or is_student_id)
