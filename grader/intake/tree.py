"""The entries of a class as a layout sees them, and the layout's reading of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import cached_property

from grader.intake.litter import is_litter
from grader.intake.near_names import ReadFile, is_near
from grader.model.class_input.identity import Claim


@dataclass(frozen=True)
class Tree:
    """The entries below `prefix`, except litter; `names` are the files that the assignment asks for.

    `paths` and `folders` are relative to the prefix; `all_paths` holds litter too. `read` takes such a path.
    `zone` is the course's time zone, for times without an offset. `has_person` tests if an id means someone
    on the roster; it is None without a roster.
    """

    prefix: str
    paths: tuple[str, ...]
    folders: frozenset[str]
    all_paths: tuple[str, ...]
    names: tuple[str, ...]
    read: ReadFile
    assignment: str = ""
    zone: tzinfo | None = None
    has_person: Callable[[str], bool] | None = None

    @cached_property
    def tops(self) -> tuple[str, ...]:
        """The folders at the top, except litter."""
        below = {path.partition("/")[0] for path in self.paths if "/" in path}
        here = {folder for folder in self.folders if "/" not in folder}
        return tuple(sorted(folder for folder in below | here if not is_litter(f"{folder}/")))

    @cached_property
    def full_tops(self) -> tuple[str, ...]:
        """The folders at the top that hold a file."""
        return tuple(top for top in self.tops if self.below(top))

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files at the top."""
        return tuple(path for path in self.paths if "/" not in path)

    def below(self, folder: str) -> dict[str, str]:
        """The files below a folder at the top, by their paths in it."""
        return {rest: f"{folder}/{rest}" for rest in self._by_top.get(folder, ())}

    @cached_property
    def _by_top(self) -> Mapping[str, list[str]]:
        by: dict[str, list[str]] = {}
        for path in self.paths:
            top, slash, rest = path.partition("/")
            if slash:
                by.setdefault(top, []).append(rest)
        return by

    def is_wanted(self, path: str) -> bool:
        """True if a file may be one that the assignment asks for, by its name or as a notebook or zip."""
        file = path.rpartition("/")[2]
        return (
            file in self.names
            or file.endswith((".ipynb", ".zip"))
            or any(is_near(file, name) for name in self.names)
        )


@dataclass(frozen=True, slots=True)
class Handin:
    """One submission of one person, and what the layout says about that person.

    `files` maps paths below the submission to paths in the tree. `sequence` and `submitted_at` (ISO 8601 with
    an offset, or "") put several of one student in order; `label` is the layout's name for it.
    `knows_lateness`: a submission that is not `late` was on time. `doubt` says what the layout is not certain
    of; `folder` is the top-level folder that belongs to this student alone. `is_group`: the name may be a
    group's, and the number that of any of its members.
    """

    label: str
    claim: Claim
    files: Mapping[str, str] = field(default_factory=dict)
    sequence: str = ""
    submitted_at: str = ""
    late: bool = False
    knows_lateness: bool = False
    doubt: str = ""
    folder: str = ""
    is_group: bool = False


@dataclass(frozen=True)
class LayoutReading:
    """A layout's reading of a tree: submissions; other entries, each with its reason; and the rest.

    A layout claims a tree if nothing is `unexplained`; a `question` prevents reading it at all.
    """

    handins: tuple[Handin, ...]
    other_entries: Mapping[str, str] = field(default_factory=dict)
    unexplained: tuple[str, ...] = ()
    question: str = ""
