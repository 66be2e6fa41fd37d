"""Reads one submission: finds each file that the assignment asks for, wherever the student put it."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.intake.litter import is_litter
from grader.intake.near_names import Near, ReadFile, content_of, nearest, similar_names
from grader.intake.notebook import TOO_LONG, Cells, module_of, tagged_sources
from grader.intake.source import open_source, zip_within
from grader.model.submitted_files import SubmittedFiles

MAX_NOTEBOOKS = 20  # of one submission that are read
MAX_NOTEBOOK_BYTES = 64 << 20  # of all those together: reading them takes some seconds at most
TOO_MUCH = "the notebooks before it are too large together: leave only the right one"
SHOWN = 3  # files to name if one is missing


@dataclass(frozen=True)
class ReadFiles:
    """A submission's files with their paths in the source.

    `is_missing`: a file is missing or unreadable, so the score is zero if nothing else turns up.
    `doubt` says why an instructor must review these files before they are graded; "" if they are certain.
    """

    submitted: SubmittedFiles
    paths: frozenset[str] = frozenset()
    doubt: str = ""
    is_missing: bool = False


@dataclass
class _FileResult:
    """The result for one name: its content or a problem, its place, and what to note or doubt about it."""

    content: bytes | str
    paths: tuple[str, ...] = ()
    note: str = ""
    is_missing: bool = False
    doubts: list[str] = field(default_factory=list)


def read_submission(root: Path, names: Iterable[str], accept_renamed: bool = False) -> ReadFiles:
    """Reads the submission in a folder or a zip. `names` are the files that the assignment asks for.

    A file may be at the top, in the outermost folder below that has it, or in the cells of a notebook that
    are tagged with its name. A file with a similar name counts only with `accept_renamed`. Raises UserError
    if `root` is neither a folder nor a zip.
    """
    source = open_source(root)
    litter = [path for path in source.paths if path.endswith("/") or is_litter(path)]
    files = {path: path for path in source.paths if path not in set(litter)}
    return find_files(files, sorted(names), source.read, accept_renamed, litter)


def find_files(
    files: Mapping[str, str],
    names: Sequence[str],
    read: ReadFile,
    accept_renamed: bool = False,
    litter: Sequence[str] = (),
) -> ReadFiles:
    """The same for the files of a source: `files` maps paths below the submission to paths of the source.

    `litter` are the paths below it that are never read: they are named if there is nothing else.
    """
    finder = _Finder(files, read, litter)
    by_name = {name: finder.find(name, accept_renamed) for name in names}
    contents = {name: one.content for name, one in by_name.items() if isinstance(one.content, bytes)}
    problems = {name: one.content for name, one in by_name.items() if isinstance(one.content, str)}
    doubts = [*problems.values(), *(doubt for one in by_name.values() for doubt in one.doubts)]
    is_missing = bool(problems) and all(
        one.is_missing for one in by_name.values() if isinstance(one.content, str)
    )
    return ReadFiles(
        SubmittedFiles(contents, problems, tuple(one.note for one in by_name.values() if one.note)),
        frozenset(path for one in by_name.values() if isinstance(one.content, bytes) for path in one.paths),
        "; ".join(dict.fromkeys(doubts)),
        is_missing and not any(one.doubts for one in by_name.values()),
    )


class _Finder:
    """Looks for files in one submission; reads each notebook once."""

    def __init__(self, files: Mapping[str, str], read: ReadFile, litter: Sequence[str]) -> None:
        self._files, self._litter = files, litter
        self._read_source = read
        self._notebooks: dict[str, Cells | str] = {}
        self._bytes_left = MAX_NOTEBOOK_BYTES

    def _read(self, path: str) -> bytes | str:
        return self._read_source(self._files[path])

    def find(self, name: str, accept_renamed: bool) -> _FileResult:
        """Finds the file of that name. It is in doubt if an upload may have damaged it."""
        file = self._find(name, accept_renamed)
        if isinstance(file.content, bytes) and (damage := _damage(name, file.content)):
            file.doubts.append(damage)
        return file

    def _find(self, name: str, accept_renamed: bool) -> _FileResult:
        deeper = sorted(path for path in self._files if path.endswith(f"/{name}"))
        path = name if name in self._files else _outermost(deeper)
        if path:
            content = self._read(path)
            return self._compare_with_notebooks(
                name, _FileResult(content, (self._files[path],), "", isinstance(content, str))
            )
        if deeper:
            return _FileResult(f"{name} is there more than once ({_some(deeper)}): leave one of them")
        return self._in_notebook(name) or self._missing(name, accept_renamed)

    def _compare_with_notebooks(self, name: str, file: _FileResult) -> _FileResult:
        """The file, in doubt if a notebook holds another version of it."""
        for notebook, module, _ in self._tagged(name):
            if isinstance(module, str) or not isinstance(file.content, bytes):
                continue
            if module.split() != file.content.split():
                file.doubts.append(
                    f"{name} and the cells of {notebook} tagged {name} differ: leave one of them"
                )
        return file

    def _in_notebook(self, name: str) -> _FileResult | None:
        tagged = self._tagged(name)
        if not tagged:
            return None
        if len({module for _, module, _ in tagged}) > 1:
            notebooks = _some([notebook for notebook, _, _ in tagged])
            return _FileResult(
                f"{name} is in the cells of more than one notebook ({notebooks}): leave one of them"
            )
        notebook, module, path = tagged[0]
        if isinstance(module, str):
            return _FileResult(f"{notebook}: {module}", (path,), is_missing=True)
        file = _FileResult(module, (path,), f"{name} was taken from the cells of {notebook} tagged {name}")
        if unread := self._unread():
            file.doubts.append(
                f"{_some(unread)} may hold another {name}, and was not read: leave one notebook"
            )
        return file

    def _tagged(self, name: str) -> list[tuple[str, bytes | str, str]]:
        """The notebooks with cells tagged `name`: the notebook, its module or the problem, its path."""
        tagged = []
        for notebook in self._notebook_paths():
            cells = self._cells(notebook)
            module = None if isinstance(cells, str) else module_of(cells, name)
            if module is not None:
                tagged.append((notebook, module, self._files[notebook]))
        return tagged

    def _notebook_paths(self) -> list[str]:
        return self._all_notebooks()[:MAX_NOTEBOOKS]

    def _all_notebooks(self) -> list[str]:
        return sorted(path for path in self._files if path.endswith(".ipynb"))

    def _unread(self) -> list[str]:
        """The notebooks that were not read because they are too many or too large."""
        return [path for path in self._all_notebooks() if self._notebooks.get(path, TOO_MUCH) == TOO_MUCH]

    def _cells(self, notebook: str) -> Cells | str:
        if notebook not in self._notebooks:
            self._notebooks[notebook] = self._cells_of(self._read(notebook))
        return self._notebooks[notebook]

    def _cells_of(self, content: bytes | str) -> Cells | str:
        if isinstance(content, str):
            return content
        if len(content) > self._bytes_left:
            return TOO_MUCH
        self._bytes_left -= len(content)
        cells = tagged_sources(content)
        if cells == TOO_LONG:  # a second notebook would take as long
            self._bytes_left = 0
        return cells

    def _missing(self, name: str, accept_renamed: bool) -> _FileResult:
        near = nearest(name, self._files, self._read)
        if len(near) == 1 and accept_renamed:
            content = content_of(near[0], self._read)
            note = f"{name} was taken from {near[0]}"
            return _FileResult(content, (self._files[near[0].path],), note, isinstance(content, str))
        if near:
            return _FileResult(f"{name} is missing; {_offer(near)}", is_missing=True)
        if similar := similar_names(name, self._files):
            remedy = f"may be it: rename the right one to {name}"
            return _FileResult(f"{name} is missing; {_some(similar)} {remedy}", is_missing=True)
        for notebook in self._notebook_paths():
            cells = self._cells(notebook)
            if isinstance(cells, str):
                message = f"{name} is missing, and {notebook} is no notebook: {cells}"
                return _FileResult(message, is_missing=True)
            return _FileResult(
                f"{name} is missing, and no code cell of {notebook} is tagged {name}", is_missing=True
            )
        return _FileResult(f"{name} is missing; found {self._what_is_there()}", is_missing=True)

    def _what_is_there(self) -> str:
        """The files in place of the missing one, each with its problem."""
        if self._files:
            return _some(
                [f"{path}{self._flaw(path)}" for path in sorted(self._files)[: SHOWN + 1]], len(self._files)
            )
        return f"only what programs leave behind: {_some(self._litter)}" if self._litter else "nothing"

    def _flaw(self, path: str) -> str:
        if not path.casefold().endswith(".zip"):
            return ""
        content = self._read(path)
        return "" if isinstance(content, bytes) and zip_within(content) else " (not a readable zip)"


def _damage(name: str, content: bytes) -> str:
    """The reason that a file may not be what the student wrote, "" if there is none."""
    is_marker = name.rpartition("/")[2] == "__init__.py"  # which may be empty
    if not content.removeprefix(BOM_UTF8).strip() and not is_marker:
        return f"{name} is empty"
    return f"{name} contains null bytes, so it is not plain text (UTF-16?)" if b"\0" in content else ""


def _outermost(paths: Sequence[str]) -> str:
    """The one path with all others in or below its folder; "" if there is none."""
    first = min(paths, key=lambda path: path.count("/"), default="")
    folder = first.rpartition("/")[0]
    return first if all(path.startswith(f"{folder}/") for path in paths) else ""


def _offer(near: Sequence[Near]) -> str:
    if len(near) == 1:
        return f"{near[0]} may be it: --accept-renamed takes it"
    return f"{_some([str(one) for one in near])} may be it: leave one of them, named as asked for"


def _some(paths: Sequence[str], count: int = 0) -> str:
    """Lists the first paths, and how many more there are of `count`, by default of all."""
    count = count or len(paths)
    more = f" and {count - SHOWN} more" if count > SHOWN else ""
    return ", ".join(paths[:SHOWN]) + more
