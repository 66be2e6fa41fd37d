"""Collects submissions from repositories: each push is one, dated by when the server got it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from grader.intake.layouts.collected import MANIFEST, SCHEMA, Entry
from grader.intake.repositories import git
from grader.intake.repositories.push_times import Push
from grader.intake.source import refusal_of
from grader.model.did_you_mean import near_file
from grader.model.errors import UserError

AT_A_TIME = 8
MAX_PUSHES, MAX_BYTES = 500, 64 << 20  # of one repository; content that several pushes share counts once
SHORT = 12  # hexadecimal digits of a commit that name a folder
NO_TIME = "nothing says when the server got it: collect again with --times, or look yourself"
LFS = "version https://git-lfs.github.com/spec/"  # https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
SOURCES = (".py", ".cu", ".ipynb", ".zip")  # endings of files that a student may submit
POINTER = "Git LFS keeps {names} elsewhere, and it is not read: ask the student to commit the file itself"
LOST_PUSH = "a push of {time} is no longer in the repository"


@dataclass(frozen=True)
class Repository:
    """A repository of the class: its name, its place, and whether it must be cloned from there."""

    name: str
    address: str
    is_remote: bool


@dataclass(frozen=True)
class RepositoryFiles:
    """The submissions from one repository with their files, or the reason that there is none."""

    repository: Repository
    entries: tuple[Entry, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    problem: str = ""


def repositories_of(source: Path) -> list[Repository]:
    """The clones in a folder, or the addresses in a file, one per line; UserError for none."""
    if source.is_dir():
        clones = sorted(path for path in source.iterdir() if (path / ".git").exists())
        repositories = [Repository(path.name, str(path), False) for path in clones]
    else:
        addresses = _addresses(source)
        repositories = [Repository(_name(text, source, line), text, True) for line, text in addresses]
    if not repositories:
        raise UserError(
            "found no repository: give a folder of clones, or a file with one address on each line", source
        )
    if len({one.name for one in repositories}) < len(repositories):
        raise UserError("found two repositories with the same name: list each once", source)
    return repositories


def _addresses(source: Path) -> list[tuple[int, str]]:
    """The addresses in a file, each with its line."""
    try:
        lines = source.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}{near_file(source)}", source) from error
    except UnicodeDecodeError as error:
        raise UserError("found bytes that are not UTF-8, expected an address on each line", source) from error
    numbered = ((number, line.strip()) for number, line in enumerate(lines, start=1))
    return [(number, line) for number, line in numbered if line and not line.startswith("#")]


def _name(address: str, source: Path, line: int) -> str:
    """The repository's name: the last part of its address, without `.git`."""
    path = urlsplit(address).path if "://" in address else address
    name = path.rstrip("/").replace("\\", "/").replace(":", "/").rpartition("/")[2].removesuffix(".git")
    if not name or refusal_of(name):
        raise UserError(f"found {address[:100]!r}, expected the address of a repository", source, line)
    return name


def collect(
    repositories: Sequence[Repository],
    pushes: Mapping[str, Sequence[Push]],
    scratch: Path,
    prefix: str,
    any_time: bool = False,
) -> list[RepositoryFiles]:
    """Reads every repository; one that cannot be reached reports so and does not stop the others.

    `prefix` is the part of each name before the student's login. If the time of a push is unknown, the
    submission is in doubt, unless `any_time` is allowed.
    """

    def one(repository: Repository) -> RepositoryFiles:
        try:
            return _read(repository, pushes.get(repository.name, ()), scratch, prefix, any_time)
        except git.GitRefused as error:
            return RepositoryFiles(repository, problem=str(error))

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return list(pool.map(one, repositories))


def common_prefix(names: Sequence[str], assignment: str) -> str:
    """The prefix of all names up to a dash: the assignment's name, or more than it; "" for none."""
    if len(names) == 1:
        prefix = f"{assignment}-"
        return names[0].partition(prefix)[0] + prefix if prefix in names[0] else ""
    first, last = min(names), max(names)
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[:length][: first[:length].rfind("-") + 1]


def _read(
    repository: Repository, pushes: Sequence[Push], scratch: Path, prefix: str, any_time: bool
) -> RepositoryFiles:
    folder = Path(repository.address)
    if repository.is_remote:
        folder = scratch / repository.name
        git.clone(repository.address, folder)
    head, branch = git.head_of(folder)
    on_branch = [push for push in pushes if push.branch in ("", branch)]
    if len(on_branch) > MAX_PUSHES:
        raise git.GitRefused(f"it got {len(on_branch)} pushes, and at most {MAX_PUSHES} are read")
    here = {push.commit: push for push in on_branch if git.has_commit(folder, push.commit)}
    warning = next((LOST_PUSH.format(time=push.time) for push in on_branch if push.commit not in here), "")
    times = {commit: push.time for commit, push in here.items()}
    times.setdefault(head, "")
    entries, files = [], {}
    contents: dict[str, bytes] = {}
    for commit, time in times.items():
        place = f"{repository.name}/{commit[:SHORT]}"
        of_commit = dict(_files(folder, commit, contents))
        doubts = (warning, "" if time or any_time else NO_TIME, _pointers(of_commit))
        doubt = "; ".join(filter(None, doubts))
        login = repository.name.removeprefix(prefix)
        entries.append(Entry(place, login, repository.name, repository.address, commit, time, doubt))
        files.update({f"{place}/{path}": content for path, content in of_commit.items()})
    return RepositoryFiles(repository, tuple(entries), files)


def _pointers(files: Mapping[str, bytes]) -> str:
    """A doubt about files that the commit holds only as pointers to Git LFS."""
    start = LFS.encode()
    names = sorted(name for name, content in files.items() if content.startswith(start))
    sources = [name for name in names if name.endswith(SOURCES)]
    return POINTER.format(names=", ".join(sources[:3])) if sources else ""


def _files(folder: Path, commit: str, contents: dict[str, bytes]) -> Iterable[tuple[str, bytes]]:
    """The files of a commit that can be a submission's; `contents` caches what was read already."""
    blobs = [blob for blob in git.blobs_of(folder, commit) if not refusal_of(blob.path)]
    if len(blobs) > git.MAX_FILES:
        raise git.GitRefused(f"it holds {len(blobs)} files, and a submission at most {git.MAX_FILES}")
    for blob in blobs:
        if blob.size <= git.MAX_FILE:
            if blob.object not in contents:
                if blob.size + sum(map(len, contents.values())) > MAX_BYTES:
                    raise git.GitRefused(f"its files are larger than {MAX_BYTES >> 20} MiB together")
                contents[blob.object] = git.content_of(folder, blob)
            yield blob.path, contents[blob.object]


def manifest(collected: Iterable[RepositoryFiles]) -> dict[str, bytes]:
    """The file that gives each folder's student, its commit, and the time the server got it."""
    entries = [asdict(entry) for one in collected for entry in one.entries]
    return {MANIFEST: json.dumps({"schema": SCHEMA, "submissions": entries}, indent=2).encode() + b"\n"}
