"""The names that Canvas gives the files of its zip of submissions.

Source: `lib/content_zipper.rb` of canvas-lms. A name is `{who}[_LATE]_{user id}_{attachment id}_{file}`,
where `who` is the student's sortable name, or the group's name, in lower case with letters, digits and `_`
alone. Without names it is `[LATE_]anon_{anonymous id}_{attachment id}_{file}`. The zip holds one submission
of each student. A file that was uploaded again has `-1`, `-2` before its ending, whether or not the first one
is there.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.intake.tree import Handin, Reading, Tree
from grader.model.identity import Claim

NUMBERS = re.compile(r"_(?P<user>\d+)_(?P<attachment>\d+)_(?=[^/])", re.ASCII)
ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?anon_(?P<id>[A-Za-z0-9]{1,12})_(?P<attachment>\d+)_(?P<file>[^/]+)", re.ASCII
)
AGAIN = re.compile(r"(?P<stem>.+)-\d+(?P<ending>\.[^.]+)", re.ASCII)
LATE = "_LATE"


@dataclass(frozen=True)
class Parsed:
    """One reading of a file's name."""

    who: str
    late: bool
    user: str
    attachment: str
    file: str


def readings(path: str) -> Iterator[Parsed]:
    """Every way to read a name: digits may be ids, the end of a group's name, or the start of a file's."""
    if "/" in path:
        return
    for match in re.finditer(rf"(?={NUMBERS.pattern})", path, re.ASCII):
        inner = NUMBERS.match(path, match.start())
        who = path[: match.start()]
        if inner is None or not who.removesuffix(LATE):
            continue
        is_late = who.endswith(LATE)
        yield Parsed(who.removesuffix(LATE), is_late, inner["user"], inner["attachment"], path[inner.end() :])


def read_names(tree: Tree, parsed: Mapping[str, Parsed], unexplained: Sequence[str]) -> Reading | None:
    """The submissions of a tree whose files' names were read: one a person, of one or more files."""
    if not parsed:
        return None
    of: dict[tuple[str, str, bool], dict[str, str]] = defaultdict(dict)
    for path, one in sorted(parsed.items(), key=lambda item: int(item[1].attachment)):
        of[one.who, one.user, one.late][path] = one.file
    handins = []
    for (who, user, late), theirs in of.items():
        files, doubt = _without_numbers(theirs, tree)
        handins.append(
            Handin(
                label=f"{who}_{user}" if who else f"anon_{user}",
                claim=Claim(internal=user, name=who) if who else Claim(ids=(user,)),
                files=files,
                late=late,
                knows_lateness=True,
                doubt=doubt,
            )
        )
    return Reading(tuple(handins), unexplained=tuple(unexplained))


def choose(paths: Iterable[str], names: Sequence[str]) -> tuple[dict[str, Parsed], list[str]]:
    """One reading of each name, and the names that are none of Canvas's.

    Where a name can be read in several ways, the ids' lengths in names that can be read in one decide, then
    the file that the assignment asks for.
    """
    options = {path: list(readings(path)) for path in paths}
    lengths = Counter(len(ways[0].attachment) for ways in options.values() if len(ways) == 1)
    usual = lengths.most_common(1)[0][0] if lengths else 0
    users = {(ways[0].who, ways[0].user) for ways in options.values() if len(ways) == 1}
    chosen, unexplained = {}, []
    for path, ways in options.items():
        if not ways:
            unexplained.append(path)
            continue
        chosen[path] = max(
            ways,
            key=lambda one: (
                (one.who, one.user) in users,
                abs(len(one.attachment) - usual) <= 1 if usual else False,
                plain_name(one.file) in names or one.file in names,
                -len(one.who),
            ),
        )
    return chosen, unexplained


def plain_name(file: str) -> str:
    """A file's name without the number that Canvas adds to a file uploaded again."""
    again = AGAIN.fullmatch(file)
    return again["stem"] + again["ending"] if again else file


def _without_numbers(files: Mapping[str, str], tree: Tree) -> tuple[dict[str, str], str]:
    """A submission's files by name: `dense-1.py` is `dense.py` where the assignment asks for that one."""
    named: dict[str, str] = {}
    twice: dict[str, list[str]] = defaultdict(list)
    for path, file in files.items():
        name = plain_name(file) if file not in tree.names and plain_name(file) in tree.names else file
        twice[name].append(path)
        while name in named:
            name = f"{name} (again)"
        named[name] = path
    for name, paths in twice.items():
        if len(paths) > 1 and name in tree.names and len({tree.read(path) for path in paths}) > 1:
            listed = ", ".join(files[path] for path in paths)
            return named, f"{name} was uploaded as {listed} in one submission: the first is graded"
    return named, ""
