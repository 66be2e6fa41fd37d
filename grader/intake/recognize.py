"""Recognizes the layout of a class's input: an LMS's export, clones, plain folders or files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from grader.intake.layouts import LAYOUTS
from grader.intake.layouts.folders import names_a_version
from grader.intake.litter import is_litter, is_new_folder
from grader.intake.source import Source, printable_name
from grader.intake.tree import LayoutReading, Tree
from grader.model.errors import UserError

MAX_WRAPPERS = 3  # folders around the class to look through, besides an export's own
PLAIN = ("folders", "files")
SHOWN = 3


@dataclass(frozen=True)
class LayoutMatch:
    """The layout's name, the tree in which it was found, and its reading."""

    layout: str
    tree: Tree
    reading: LayoutReading

    @property
    def title(self) -> str:
        """The layout's name for instructors."""
        return LAYOUTS[self.layout].TITLE

    @property
    def who(self) -> frozenset[str]:
        """The students it finds."""
        return frozenset(handin.label for handin in self.reading.handins)


@dataclass(frozen=True)
class ClassFacts:
    """Facts about the class known before its input is read; the fields are those of `Tree`."""

    names: tuple[str, ...]
    assignment: str = ""
    zone: tzinfo | None = None
    has_person: Callable[[str], bool] | None = None


def recognize(root: Path, source: Source, facts: ClassFacts, layout: str = "") -> LayoutMatch:
    """Finds the layout that explains every entry; `layout` names one that the instructor chose.

    The outermost folder that looks like an export decides, because students made everything below it. The
    most specific layout wins there. Raises UserError, a question to the instructor, if an export has entries
    that its LMS did not write, if two readings give different students, or if there is no class here.
    """
    trees = _trees(source, facts)
    if layout:
        return _named_layout(root, trees, layout)
    for tree in trees:
        exports = list(_exports(tree))
        whole = [export for export in exports if export.reading.handins and not export.reading.unexplained]
        if whole:
            return _most_specific(root, whole)
        if exports:
            raise _question_about(root, exports[0])
    return _plain(root, trees)


def _trees(source: Source, facts: ClassFacts) -> list[Tree]:
    """The whole input, then the contents of its one folder, and so on inward."""
    trees = [_tree(source, facts, "")]
    while len(trees) <= MAX_WRAPPERS + 1 and (folder := _only_folder(trees[-1])):
        trees.append(_tree(source, facts, f"{trees[-1].prefix}{folder}/"))
    return trees


def _only_folder(tree: Tree) -> str:
    """The one folder that may hold the class; "" if empty folders next to it may be students' too."""
    if len(tree.full_tops) != 1:
        return ""
    empty = set(tree.tops) - set(tree.full_tops)
    is_person = tree.has_person or (lambda folder: not is_new_folder(folder))
    return "" if any(map(is_person, empty)) else tree.full_tops[0]


def _tree(source: Source, facts: ClassFacts, prefix: str) -> Tree:
    start = len(prefix)
    below = [path[start:] for path in source.paths if path.startswith(prefix) and path != prefix]
    return Tree(
        prefix=prefix,
        paths=tuple(path for path in below if not path.endswith("/") and not is_litter(path)),
        folders=frozenset(
            folder[start:] for folder in source.folders if folder.startswith(prefix) and folder != prefix
        ),
        all_paths=tuple(below),
        names=facts.names,
        read=lambda path: source.read(prefix + path),
        assignment=facts.assignment,
        zone=facts.zone,
        has_person=facts.has_person,
    )


def _exports(tree: Tree) -> Iterator[LayoutMatch]:
    """The exports that a tree may be. A folder named after someone on the roster belongs to that student."""
    folders = tree.prefix.split("/")[:-1]
    if tree.has_person is not None and any(map(tree.has_person, folders)):
        return
    for name, layout in LAYOUTS.items():
        reading = None if name in PLAIN else layout.read(tree)
        if reading is not None and (reading.handins or reading.question):
            yield LayoutMatch(name, tree, reading)


def _most_specific(root: Path, exports: Sequence[LayoutMatch]) -> LayoutMatch:
    rank = max(LAYOUTS[one.layout].RANK for one in exports)
    best = [one for one in exports if rank == LAYOUTS[one.layout].RANK]
    if len({one.who for one in best}) > 1:
        raise _two_readings(root, best)
    return best[0]


def _named_layout(root: Path, trees: Sequence[Tree], name: str) -> LayoutMatch:
    readings = [(tree, LAYOUTS[name].read(tree)) for tree in trees]
    exports = [LayoutMatch(name, tree, reading) for tree, reading in readings if reading and reading.handins]
    if not exports:
        entries = _some(trees[0].paths)
        raise UserError(f"--layout {name}: no entry fits {LAYOUTS[name].TITLE}; found {entries}", root)
    return min(exports, key=lambda one: len(one.reading.unexplained))


def _plain(root: Path, trees: Sequence[Tree]) -> LayoutMatch:
    """Reads folders or files in the innermost folder that holds the whole class."""
    tree = _class_level(root, trees)
    top = [name for name in tree.names if name in tree.files]
    if top:
        raise UserError(
            f"this is one submission, not a class: {top[0]} is at its top; grade it with `grader grade`, or "
            "put it into a folder that is named after its student",
            root / tree.prefix if tree.prefix else root,
        )
    for name in PLAIN:
        reading = LAYOUTS[name].read(tree)
        if reading is not None and reading.handins:
            return LayoutMatch(name, tree, reading)
    raise UserError(
        "found no submission; expected a folder for each student, or the zip of Canvas, Moodle or Gradescope",
        root,
    )


def _class_level(root: Path, trees: Sequence[Tree]) -> Tree:
    """The tree of the students' folders or files; UserError if it could be either of two."""
    level = 0
    while level < min(MAX_WRAPPERS, len(trees) - 1) and _is_wrapper(root, trees, level):
        level += 1
    return trees[level]


def _is_wrapper(root: Path, trees: Sequence[Tree], level: int) -> bool:
    """True if the one folder of a tree holds the class and is not one student's."""
    tree, inner = trees[level], trees[level + 1]
    if len(tree.tops) > 1:
        return False
    if tree.has_person is not None:
        if tree.has_person(tree.tops[0]):
            return False
        if any(map(tree.has_person, inner.tops)) or any(map(tree.has_person, _students(inner))):
            return True
        if level + 2 < len(trees) and _is_wrapper(root, trees, level + 1):
            return True
    if any(map(tree.is_wanted, tree.files)) or any(name in inner.files for name in tree.names):
        return False
    if len(inner.tops) > 1:
        return _is_wrapper_of_folders(root, inner)
    if len(inner.tops) == 1:
        return _is_wrapper_around_one(root, trees, level)
    return _is_wrapper_of_files(root, tree, inner)


def _is_wrapper_of_folders(root: Path, inner: Tree) -> bool:
    """The same for a folder of folders: one student's versions, or the class; with files, either."""
    if any(names_a_version(top) for top in inner.tops):
        return False
    if any(inner.is_wanted(file) and not file.endswith(".zip") for file in inner.files):
        return False
    if not inner.files:
        return True
    raise UserError(
        f"found folders and files in {inner.prefix}: is it a student's, or the class? Add --roster, or take "
        f"{_some(inner.files)} out",
        root,
    )


def _is_wrapper_around_one(root: Path, trees: Sequence[Tree], level: int) -> bool:
    """The same for a folder within a folder, `x/y/dense.py`: that is x's, unless y holds a class."""
    if level + 2 >= len(trees):
        return False
    tree, inner = trees[level], trees[level + 1]
    if inner.files or _is_wrapper(root, trees, level + 1):
        return not inner.files
    chain = trees[level + 2]
    if len(chain.tops) == 1 and not chain.files and not names_a_version(chain.tops[0]):
        folders = " or ".join(repr(one.tops[0]) for one in (tree, inner))
        raise UserError(
            f"found folders within folders ({chain.prefix}): is the student {folders}? Add --roster, or give "
            "the folder that holds the students' folders",
            root,
        )
    return False


def _is_wrapper_of_files(root: Path, tree: Tree, inner: Tree) -> bool:
    """The same for a folder with only files: `class/ada.py`, or the files of the student `class`."""
    students = _students(inner)
    if len(students) < 2 or any(
        inner.is_wanted(f) and not f.endswith((".ipynb", ".zip")) for f in inner.files
    ):
        return False
    raise UserError(
        f"found files alone in {inner.prefix}: do they all belong to one student, or one to "
        f"each ({_some(students)})? Add --layout folders, or --layout files",
        root,
    )


def _students(tree: Tree) -> list[str]:
    """The students of a tree's files, if each file were one student's."""
    reading = LAYOUTS["files"].read(tree)
    return [] if reading is None else [handin.label for handin in reading.handins]


def _question_about(root: Path, export: LayoutMatch) -> UserError:
    if export.reading.question:
        return UserError(export.reading.question, root)
    count, all_count = len(export.reading.unexplained), len(export.tree.paths)
    verb = "does" if count == 1 else "do"
    return UserError(
        f"looks like an export of {export.title}, but {count} of {all_count} entries {verb} not fit: "
        f"{_some(export.reading.unexplained)}; take them out, or add --layout {export.layout} to ignore them",
        root,
    )


def _two_readings(root: Path, exports: Sequence[LayoutMatch]) -> UserError:
    ways = " or ".join(f"{one.title} ({_some(sorted(one.who))})" for one in exports)
    names = ", ".join(dict.fromkeys(one.layout for one in exports))
    return UserError(f"can be read as {ways}: choose with --layout ({names})", root)


def _some(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(repr(printable_name(path)) for path in paths[:SHOWN]) + more if paths else "nothing"
