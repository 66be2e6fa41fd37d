"""Reads the file names in Canvas's zip of submissions.

Source: `lib/content_zipper.rb` of canvas-lms. A name is `{who}[_LATE]_{user id}_{attachment id}_{file}`,
where `who` is the sortable name of the student or the name of the group, in lower case, reduced to letters,
digits and `_`. Text and links are `{who}[_LATE]_{user id}_text.html` and `..._link.html`. In anonymous
assignments a name is `[LATE_]anon_{anonymous id}_{attachment id}_{file}`. The zip holds one submission of
each student. A file that was uploaded again has `-1`, `-2` before its ending, even if the first one is
missing.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.intake.tree import Handin, LayoutReading, Tree
from grader.model.class_input.identity import Claim

NUMBERS = re.compile(r"_(?P<user>\d+)_(?P<attachment>\d+)_(?=[^/])", re.ASCII)
ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?anon_(?P<id>[A-Za-z0-9]{1,12})_(?P<attachment>\d+)_(?P<file>[^/]+)", re.ASCII
)
ANONYMOUS_ENTRY = re.compile(
    r"(?P<late>LATE_)?anon_(?P<id>[A-Za-z0-9]{1,12})_(?P<file>text\.html|link\.html)", re.ASCII
)
ENTRY = re.compile(r"(?P<who>[^/]+?)_(?P<user>\d+)_(?P<file>text\.html|link\.html)", re.ASCII)  # no file
AGAIN = re.compile(r"(?P<stem>.+)-\d+(?P<ending>\.[^.]+)", re.ASCII)
LATE = "_LATE"
NO_ATTACHMENT = "0"  # of a text or a link
UNSURE = "{path} can be read in two ways: the numbers in it may be ids, or the end of a group's name"


@dataclass(frozen=True)
class CanvasName:
    """One reading of a file's name; `unsure` says why another reading is just as likely."""

    who: str
    late: bool
    user: str
    attachment: str
    file: str
    unsure: str = ""


def readings(path: str) -> list[CanvasName]:
    """The one or two ways to read a name; none if Canvas did not write it.

    Canvas removes `_12_` from names, so the first such numbers are the ids, unless the name itself ends with
    a number. In `team_3_1001_50001_dense.py` the ids may be 3 and 1001, or 1001 and 50001.
    """
    if "/" in path:
        return []
    if (entry := ENTRY.fullmatch(path)) is not None:
        return [CanvasName(*_without_late(entry["who"]), entry["user"], NO_ATTACHMENT, entry["file"])]
    first = NUMBERS.search(path)
    if first is None or not first.start():
        return []
    who = path[: first.start()]
    candidates = [CanvasName(*_without_late(who), first["user"], first["attachment"], path[first.end() :])]
    second = NUMBERS.match(path, first.start() + 1 + len(first["user"]))
    if second is not None:
        name = f"{who}_{first['user']}"
        candidates.append(CanvasName(name, False, second["user"], second["attachment"], path[second.end() :]))
    # Canvas numbers attachments of all courses, and has far more of them than users
    likely = [candidate for candidate in candidates if int(candidate.attachment) >= int(candidate.user)]
    return likely or candidates


def _without_late(who: str) -> tuple[str, bool]:
    return who.removesuffix(LATE), who.endswith(LATE)


def read_names(
    tree: Tree, parsed: Mapping[str, CanvasName], unexplained: Sequence[str]
) -> LayoutReading | None:
    """The submissions in a tree of parsed file names: one per person, with one or more files."""
    if not parsed:
        return None
    files_by_claim: dict[tuple[str, str, bool], dict[str, str]] = defaultdict(dict)
    for path, one in sorted(parsed.items(), key=lambda item: int(item[1].attachment)):
        files_by_claim[one.who, one.user, one.late][path] = one.file
    handins = []
    for (who, user, late), names in files_by_claim.items():
        files, doubt = _without_numbers(names, tree)
        doubt = next((parsed[path].unsure for path in names if parsed[path].unsure), doubt)
        handins.append(
            Handin(
                label=f"{who}_{user}" if who else f"anon_{user}",
                claim=Claim(internal=user, name=who),
                files=files,
                late=late,
                knows_lateness=True,
                doubt=doubt,
                is_group="_" in who,
            )
        )
    return LayoutReading(tuple(handins), unexplained=tuple(unexplained))


def choose(paths: Iterable[str], tree: Tree) -> tuple[dict[str, CanvasName], list[str]]:
    """One reading of each name, and the names that Canvas did not write.

    If a name can be read in two ways, the unambiguous names decide, by their people and the lengths of their
    ids; then the file that the assignment asks for decides. A reading that nothing decides is marked unsure.
    """
    options = {path: readings(path) for path in paths}
    unexplained = [path for path, candidates in options.items() if not candidates]
    likely = {path: _sure(candidates, tree) for path, candidates in options.items()}
    sure = {path: candidates[0] for path, candidates in likely.items() if len(candidates) == 1}
    lengths = Counter(len(one.attachment) for one in sure.values() if one.attachment != NO_ATTACHMENT)
    users = Counter((one.who, one.user) for one in sure.values())

    def likelihood(path: str, one: CanvasName) -> tuple[bool, bool, bool]:
        others, usual = users, lengths  # a name is not evidence for itself
        if (certain := sure.get(path)) is not None:
            others = users - Counter([(certain.who, certain.user)])
            usual = lengths - Counter([len(certain.attachment)])
        length = usual.most_common(1)[0][0] if usual else 0
        is_usual = abs(len(one.attachment) - length) <= 1 if length else False
        return (one.who, one.user) in others, is_usual, tree.is_wanted(plain_name(one.file))

    names_by_path = {}
    for path, candidates in options.items():
        if candidates:
            by_likelihood = {candidate: likelihood(path, candidate) for candidate in candidates}
            best = max(candidates, key=by_likelihood.__getitem__)
            is_sure = list(by_likelihood.values()).count(by_likelihood[best]) == 1
            names_by_path[path] = best if is_sure else replace(best, unsure=UNSURE.format(path=path))
    return names_by_path, unexplained


def _sure(candidates: list[CanvasName], tree: Tree) -> list[CanvasName]:
    """The readings of a name; of several, those with a file that the assignment may ask for."""
    if len(candidates) < 2:
        return candidates
    return [one for one in candidates if tree.is_wanted(plain_name(one.file))]


def plain_name(file: str) -> str:
    """A file's name without the number that Canvas adds to a repeated upload."""
    again = AGAIN.fullmatch(file)
    return again["stem"] + again["ending"] if again else file


def _without_numbers(files: Mapping[str, str], tree: Tree) -> tuple[dict[str, str], str]:
    """A submission's files by name: `dense-1.py` becomes `dense.py` if the assignment asks for that file."""
    paths_by_name: dict[str, str] = {}
    twice: dict[str, list[str]] = defaultdict(list)
    for path, file in files.items():
        name = plain_name(file) if file not in tree.names and plain_name(file) in tree.names else file
        twice[name].append(path)
        while name in paths_by_name:
            name = f"{name} (again)"
        paths_by_name[name] = path
    for name, paths in twice.items():
        if len(paths) > 1 and name in tree.names and len({tree.read(path) for path in paths}) > 1:
            names = ", ".join(files[path] for path in paths)
            return paths_by_name, f"{name} was uploaded as {names} in one submission: the first is graded"
    return paths_by_name, ""
