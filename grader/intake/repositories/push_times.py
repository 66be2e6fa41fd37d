"""Reads the time of each push from GitHub's activity or events, or GitLab's events, as their APIs give them.

A commit's own date is ignored, because its author chooses it.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.model.class_input.times import moment_of
from grader.model.did_you_mean import near_file
from grader.model.errors import UserError

MAX_BYTES = 64 << 20
EXPECTED = (
    "expected pushes as an API gives them: GitHub's repos/OWNER/REPO/activity or its events, or GitLab's "
    "events; in a folder, a file REPO.json for each repository"
)


@dataclass(frozen=True)
class Push:
    """A commit that a server got on a branch, and the time: ISO 8601 with an offset."""

    commit: str
    branch: str
    time: str


def read_pushes(path: Path) -> Mapping[str, tuple[Push, ...]]:
    """The pushes by the repository's name, without its owner, each sorted by time.

    `path` is a folder with a file for each repository, or one file. The file holds an object by repository,
    or a list in which each event names its repository. Raises UserError for anything else.
    """
    pushes_of: dict[str, list[Push]] = defaultdict(list)
    for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
        default = file.stem if path.is_dir() else ""
        for name, push in _pushes(file, _loaded(file), default):
            pushes_of[name].append(push)
    if not pushes_of:
        raise UserError(f"found no push; {EXPECTED}", path)
    return {name: tuple(sorted(pushes, key=lambda push: push.time)) for name, pushes in pushes_of.items()}


def _loaded(path: Path) -> Any:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(f"found a larger file, expected at most {MAX_BYTES >> 20} MiB", path)
        return _values(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}{near_file(path)}", path) from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"found JSON that cannot be read: {error}", path) from error


def _values(text: str) -> Any:
    """The file's one value; or, from a client that prints page after page, the items of all its lists."""
    values: list[Any] = []
    decoder, rest = json.JSONDecoder(), text.strip()
    while rest or not values:
        value, end = decoder.raw_decode(rest)
        values.append(value)
        rest = rest[end:].lstrip()
    if len(values) == 1 and not (isinstance(values[0], list) and any(isinstance(v, list) for v in values[0])):
        return values[0]
    pages = values if len(values) > 1 else values[0]
    return [entry for page in pages if isinstance(page, list) for entry in page]


def _pushes(path: Path, data: Any, default: str) -> Iterator[tuple[str, Push]]:
    by_name = data if isinstance(data, dict) else {default: data}
    for name, entries in by_name.items():
        if not isinstance(entries, list):
            raise UserError(f"found {type(entries).__name__}; {EXPECTED}", path)
        for number, entry in enumerate(entries, 1):
            if isinstance(entry, dict) and (push := _push(entry)) is not None:
                repository = _text(entry, "repo", "name") or str(name)
                if not push.time or not repository:
                    raise UserError(f"entry {number}: found no time or no repository; {EXPECTED}", path)
                yield repository.rpartition("/")[2], push


def _push(entry: Mapping[str, Any]) -> Push | None:
    """The push that an entry records; None for an entry about something else."""
    commit = (
        _text(entry, "after") or _text(entry, "payload", "head") or _text(entry, "push_data", "commit_to")
    )
    branch = _text(entry, "ref") or _text(entry, "payload", "ref") or _text(entry, "push_data", "ref")
    time = _text(entry, "timestamp") or _text(entry, "created_at")
    if not commit or not set(commit) <= set("0123456789abcdef") or set(commit) == {"0"}:
        return None  # a branch was deleted, or it is not a push
    return Push(commit, branch.removeprefix("refs/heads/"), moment_of(time, None))


def _first(entry: Mapping[str, Any], *places: tuple[str, ...]) -> str:
    """The text at the first of several places that holds one."""
    return next(filter(None, (_text(entry, *keys) for keys in places)), "")


def _text(entry: Mapping[str, Any], *keys: str) -> str:
    value: Any = entry
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
