"""How the files of a class lie: as Canvas, Moodle or Gradescope export them, or in folders of our own.

Sources: the three LMS's bulk downloads; a layout is told by its names alone.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml

from grader.batch.source import Source
from grader.model.errors import UserError

CANVAS = re.compile(r"(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<id>\d+)_(?P<submission>\d+)_(?P<file>[^/]+)")
AGAIN = re.compile(r"(?P<stem>.+)-(?P<number>\d+)(?P<suffix>\.[^.]+)")  # Canvas: uploaded once more
MOODLE = re.compile(
    r"(?P<name>[^/]+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_/|/|_)(?P<file>[^/].*)"
)
TIME = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[T _](?P<clock>\d\d[:-]\d\d(?:[:-]\d\d)?)(?P<fraction>\.\d+)? ?"
    r"(?P<zone>Z|UTC|(?P<sign>[+-])(?P<h>\d\d)[:-]?(?P<m>\d\d))"
)
METADATA = "submission_metadata.yml"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody handed in at one time, and what the layout says of who that is.

    `ids` are what the LMS calls them, the best first; `files` maps paths below the submission to paths in
    the source. `attempt` sorts several of one student. `lms_knows`: not being `late` means being in time.
    """

    label: str
    ids: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    email: str = ""
    attempt: str = ""
    submitted_at: str = ""
    late: bool = False
    lms_knows: bool = False


@dataclass(frozen=True)
class Layout:
    """The attempts found, and the paths that belong to none."""

    attempts: tuple[Attempt, ...]
    ignored: tuple[str, ...] = ()


def find_attempts(source: Source, wanted: Sequence[str]) -> Layout:
    """Tells the layout by the names of the files; `wanted` are the names handed in."""
    paths = [path for path in source.paths if not path.endswith("/")]
    for path in paths:
        if path == METADATA or (path.count("/") == 1 and path.endswith(f"/{METADATA}")):
            return _gradescope(paths, path, source.read)
    if any(MOODLE.fullmatch(path) for path in paths):
        return _moodle(paths)
    if any(CANVAS.fullmatch(path) for path in paths):
        return _canvas(paths)
    inner = _below_one_folder(paths, wanted) if source.may_wrap else ""
    if any("/" in path[len(inner) :] for path in source.paths):
        return _folders(source.paths, inner, wanted)
    return _files(paths, inner, wanted)


def _canvas(paths: Iterable[str]) -> Layout:
    """`lastnamefirstname_[LATE_]<user>_<submission>_<file>`; `file-1.py` was uploaded after `file.py`."""
    files: dict[tuple[str, str, bool], dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    ignored = []
    for path in paths:
        match = CANVAS.fullmatch(path)
        if match is None:
            ignored.append(path)
            continue
        again = AGAIN.fullmatch(match["file"])
        name, number = (
            (again["stem"] + again["suffix"], int(again["number"])) if again else (match["file"], 0)
        )
        files[match["name"], match["id"], match["late"] is not None][number][name] = path
    attempts = [
        Attempt(
            label=f"{name}_{user}",
            ids=(user,),
            files=found,
            name=name,
            attempt=f"{number:03}" if number else "",
            late=late,
            lms_knows=True,
        )
        for (name, user, late), numbered in files.items()
        for number, found in sorted(numbered.items())
    ]
    return Layout(tuple(attempts), tuple(ignored))


def _moodle(paths: Iterable[str]) -> Layout:
    """`Full Name_<participant>_assignsubmission_file_/<file>`, or without the slash."""
    files: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    ignored = []
    for path in paths:
        match = MOODLE.fullmatch(path)
        if match is None:
            ignored.append(path)
        else:
            files[match["name"], match["id"]][match["file"]] = path
    attempts = [Attempt(f"{name}_{id}", (id,), found, name) for (name, id), found in files.items()]
    return Layout(tuple(attempts), tuple(ignored))


def _gradescope(paths: Iterable[str], metadata: str, read: Callable[[str], bytes | str]) -> Layout:
    """One folder a submission, and who handed it in in submission_metadata.yml; a group shares a folder."""
    root = metadata.removesuffix(METADATA)
    known = _read_metadata(metadata, read(metadata))
    files: dict[str, dict[str, str]] = defaultdict(dict)
    ignored = []
    for path in paths:
        folder, _, rest = path[len(root) :].partition("/")
        if path.startswith(root) and rest and folder in known:
            files[folder][rest] = path
        elif path != metadata:
            ignored.append(path)
    attempts = []
    for folder, entry in known.items():
        submitters = entry.get(":submitters") or [{}]
        for submitter in submitters:
            name, sid, email = (str(submitter.get(key) or "") for key in (":name", ":sid", ":email"))
            attempts.append(
                Attempt(
                    label=f"{folder} ({name or email or sid or 'nobody'})",
                    ids=tuple(id for id in (sid, email) if id),
                    files=files.get(folder, {}),
                    name=name,
                    email=email,
                    attempt=folder,
                    submitted_at=time_of(str(entry.get(":created_at") or "")),
                )
            )
    return Layout(tuple(attempts), tuple(ignored))


def _read_metadata(path: str, content: bytes | str) -> dict[str, dict[str, Any]]:
    """The submissions by folder; UserError where the file is not what Gradescope writes."""
    if isinstance(content, str):
        raise UserError(content, path)
    try:
        data = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
        raise UserError("no YAML; expected Gradescope's export as it was downloaded", path, line) from error
    if not isinstance(data, dict) or not all(isinstance(entry, dict) for entry in data.values()):
        raise UserError("found no submissions by folder; expected Gradescope's export", path)
    return {str(folder): entry for folder, entry in data.items()}


def _folders(paths: Iterable[str], inner: str, wanted: Sequence[str]) -> Layout:
    """One folder a student; where it holds only folders, each is an attempt, named by its time or number."""
    students: dict[str, dict[str, str]] = {}
    ignored = []
    for path in paths:
        student, slash, rest = path[len(inner) :].partition("/")
        if not (path.startswith(inner) and slash):
            ignored.append(path)
            continue
        files = students.setdefault(student, {})
        if rest:
            files[rest] = path
    attempts: list[Attempt] = []
    for student, files in students.items():
        here = {name: path for name, path in files.items() if "/" not in name}
        below: dict[str, dict[str, str]] = defaultdict(dict)
        for name, path in files.items():
            folder, _, rest = name.partition("/")
            if rest:
                below[folder][rest] = path
        several = {f: found for f, found in below.items() if any(is_wanted(n, wanted) for n in found)}
        if several and not any(is_wanted(name, wanted) for name in here):
            attempts += [
                Attempt(f"{student}/{f}", (student,), found, attempt=f, submitted_at=time_of(f))
                for f, found in several.items()
            ]
        else:
            attempts.append(Attempt(student, (student,), files))
    return Layout(tuple(attempts), tuple(ignored))


def _files(paths: Iterable[str], inner: str, wanted: Sequence[str]) -> Layout:
    """One file a student, `ada.py` where one is handed in; or `ada_conv.py`."""
    students: dict[str, dict[str, str]] = defaultdict(dict)
    ignored = []
    for path in paths:
        file = path[len(inner) :]
        stem, dot, suffix = file.rpartition(".")
        named = next((n for n in wanted if file.endswith((f"_{n}", f"-{n}"))), "")
        if named:
            students[file[: -len(named) - 1]][named] = path
        elif suffix == "ipynb" or (len(wanted) == 1 and wanted[0].endswith(f"{dot}{suffix}")):
            students[stem][file if suffix == "ipynb" else wanted[0]] = path
        else:
            ignored.append(path)
    return Layout(tuple(Attempt(s, (s,), f) for s, f in students.items()), tuple(ignored))


def _below_one_folder(paths: Sequence[str], wanted: Sequence[str]) -> str:
    """The folder around the whole class, where there is one: what is handed in lies two folders down."""
    tops = {path.partition("/")[0] for path in paths if "/" in path}
    depths = {path.count("/") for path in paths if is_wanted(path.rpartition("/")[2], wanted)}
    return f"{tops.pop()}/" if len(tops) == 1 and depths and min(depths) >= 2 else ""


def is_wanted(name: str, wanted: Sequence[str]) -> bool:
    """Whether a name is handed in, or a notebook, which may hold what is."""
    return name in wanted or name.endswith(".ipynb")


def time_of(text: str) -> str:
    """A time as ISO 8601 with its offset; "" where the text is none, or says no offset.

    Dashes may stand for colons, as in a folder's name, and a space for the T.
    """
    match = TIME.fullmatch(text.strip())
    if match is None:
        return ""
    zone = "+00:00" if match["zone"] in ("Z", "UTC") else f"{match['sign']}{match['h']}:{match['m']}"
    clock = re.sub("-", ":", match["clock"]) + (match["fraction"] or "")
    try:
        return datetime.fromisoformat(f"{match['date']}T{clock}{zone}").isoformat()
    except ValueError:
        return ""
