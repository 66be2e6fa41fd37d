"""Finds the file that may be the missing one: `Dense.py`, `dense (1).py`, `dense.py.txt`, `hw.zip`."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from grader.intake.litter import is_litter
from grader.intake.source import zip_within

# Suffixes from browsers, mail programs and file managers: " (1)", "-1", "_1", " copy", " - Copy (2)".
ADDED = re.compile(
    r"(?: ?\(\d+\)|[-_ ]\d+|(?:[-_ ]+(?:copy|kopie|copie|copia))(?: ?\(?\d+\)?)?)+$", re.IGNORECASE
)
ReadFile = Callable[[str], bytes | str]  # a file's content by its path, or why it cannot be read

LEAST_SIMILARITY = 0.8  # the least similarity at which one name may be a typo of the other
MAX_ZIPS = 5  # the zips of one submission that are read; if there are more, none is
MAX_ZIP_ENTRIES = 10_000
ENTRY = b"PK\x01\x02"  # the first bytes of each entry in a zip's directory


@dataclass(frozen=True)
class Near:
    """A file that may be the missing one; if `path` is a zip, `inner` is the file's name in it, else ""."""

    path: str
    inner: str = ""

    def __str__(self) -> str:
        return f"{self.inner} in {self.path}" if self.inner else self.path


def nearest(name: str, paths: Iterable[str], read: ReadFile) -> tuple[Near, ...]:
    """The files that may be the missing file `name`, judging by their names; looks into zips."""
    near = []
    paths = sorted(paths)
    zips = sum(path.casefold().endswith(".zip") for path in paths)
    for path in paths:
        file = path.rpartition("/")[2]
        if is_near(file, name):
            near.append(Near(path))
        elif file.casefold().endswith(".zip") and zips <= MAX_ZIPS:
            near += [Near(path, inner) for inner in _inside(read(path), name)]
    return tuple(near)


def content_of(near: Near, read: ReadFile) -> bytes | str:
    """The bytes of such a file, or the problem with it."""
    content = read(near.path)
    if not near.inner or isinstance(content, str):
        return content
    within = zip_within(content)
    return f"{near.path} is not a zip" if within is None else within.read(near.inner)


def is_near(file: str, name: str) -> bool:
    """True if a name differs from the expected one by case, an added number or "copy", or a second ending."""
    stem, _, ending = name.rpartition(".")
    file = file.casefold()
    for second in (".txt", f".{ending.casefold()}"):
        if file.endswith(f".{ending.casefold()}{second}"):
            file = file.removesuffix(second)
    base, dot, end = file.rpartition(".")
    return bool(dot) and end == ending.casefold() and ADDED.sub("", base) == stem.casefold()


def similar_names(name: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Files with the same ending that only a human can take for `name`: `dense_final.py`, `dnese.py`."""
    stem, _, ending = name.casefold().rpartition(".")
    return tuple(
        path for path in sorted(paths) if _is_similar(path.rpartition("/")[2].casefold(), stem, ending)
    )


def _is_similar(file: str, stem: str, ending: str) -> bool:
    other, _, end = file.rpartition(".")
    if end != ending or other.startswith("test") or len(other) > 4 * len(stem) + 20:
        return False
    words = re.split(r"[^a-z0-9]+|(?<=[a-z])(?=[0-9])", other)
    is_within = all(word in words for word in re.split(r"[^a-z0-9]+|(?<=[a-z])(?=[0-9])", stem))
    if is_within:
        return True
    from difflib import SequenceMatcher  # only similar names need it

    return SequenceMatcher(a=stem, b=other).ratio() >= LEAST_SIMILARITY


def _inside(content: bytes | str, name: str) -> list[str]:
    if isinstance(content, str) or content.count(ENTRY) > MAX_ZIP_ENTRIES:  # reading its directory takes long
        return []
    within = zip_within(content)
    if within is None:
        return []
    paths = [path for path in within.paths if not is_litter(path)]
    exact = [path for path in paths if path.rpartition("/")[2] == name]
    return exact or [path for path in paths if is_near(path.rpartition("/")[2], name)]
