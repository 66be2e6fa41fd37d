"""The cache of rubrics never returns an old rubric, or one that someone tampered with."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.author import read_yaml
from grader.author.load import load, load_course
from grader.model.errors import UserError
from tests.tiny_course import write_course_of_its_own

ROOT = Path(__file__).parents[3]
FOLDER = "assignments/tiny"
TEST = '''\
import pytest


@pytest.mark.criterion("flip")
def test_own(submission):
    """It is right."""
'''


@pytest.fixture
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder, which does not exist yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "backflip" / "loaded"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A repository with a course of one assignment, and the parts of the reference that it needs."""
    return write_course_of_its_own(tmp_path / "course")


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files and folders whose YAML was read and not taken from the cache."""
    read: list[Path] = []

    def noting(reader: Callable[[Path], Any]) -> Callable[[Path], Any]:
        def note(path: Path) -> Any:
            read.append(path)
            return reader(path)

        return note

    for name in ("read_assignment", "read_course"):
        monkeypatch.setattr(read_yaml, name, noting(getattr(read_yaml, name)))
    return read


def test_the_cached_rubric_equals_the_loaded_one(cache_folder: Path, readings: list[Path]) -> None:
    folders = sorted(path.parent for path in ROOT.glob("*/assignments/*/assignment.yaml"))
    folders += sorted(path.parent for path in ROOT.glob("assignments/*/assignment.yaml"))
    assert {"conv_forward", "optimizers"} < {folder.name for folder in folders}
    for folder in folders:
        fresh, again = load(folder), load(folder)
        assert (repr(fresh), fresh) == (repr(again), again)  # with the types of all it holds
        assert load_course(folder.parent / "course.yaml") == load_course(folder.parent / "course.yaml")
        assert readings.count(folder) == 1
    assert len(readings) == len(folders) + len({folder.parent for folder in folders})


def edit(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


EDITS: dict[str, tuple[str, str, str]] = {
    "points": (f"{FOLDER}/rubric.yaml", "points: 4", "points: 3"),
    "a_limit": (f"{FOLDER}/assignment.yaml", "case_seconds: 2", "case_seconds: 3"),
    "a_probe_renamed": (f"{FOLDER}/probes.py", "def flip(", "def turn("),
    "a_heading_gone": (f"{FOLDER}/templates/README.md.j2", "## Flip", "## Turn"),
    "the_course": ("assignments/course.yaml", "A course", "Another"),
}


@pytest.mark.parametrize("edited", EDITS)
def test_an_edited_file_is_read_again(course: Path, cache_folder: Path, edited: str) -> None:
    def outcome() -> str:
        try:
            return repr((load(course / FOLDER), load_course(course / "assignments" / "course.yaml")))
        except UserError as error:
            return str(error)

    before = outcome()
    file, old, new = EDITS[edited]
    edit(course, file, old, new)
    after = outcome()
    assert after != before
    edit(course, file, new, old)
    assert outcome() == before


def test_files_that_come_and_go_are_noticed(course: Path, cache_folder: Path) -> None:
    before = load(course / FOLDER)
    (course / FOLDER / "test_own.py").write_text(TEST, encoding="utf-8")
    assert len(load(course / FOLDER).rubric.criteria[0].cases) == len(before.rubric.criteria[0].cases) + 1
    (course / FOLDER / "test_own.py").unlink()
    assert load(course / FOLDER) == before
    load_course(course / "assignments" / "course.yaml")
    (course / "reference" / "conv.py").rename(course / "reference" / "gone.py")
    with pytest.raises(UserError, match="expected a module of the folder reference"):
        load(course / FOLDER)
    shutil.rmtree(course / FOLDER)
    with pytest.raises(UserError, match="expected a folder with assignment"):
        load_course(course / "assignments" / "course.yaml")


def test_other_code_reads_anew(
    course: Path, cache_folder: Path, readings: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(course / FOLDER)
    monkeypatch.setattr("grader.author.load.code_digest", lambda names: "other")
    load(course / FOLDER)
    assert len(readings) == 2


@pytest.mark.parametrize("content", [b"", b"junk", b'{"tuple":[]}'], ids=["empty", "junk", "foreign"])
def test_a_cache_that_was_tampered_with_is_not_used(
    course: Path, cache_folder: Path, readings: list[Path], content: bytes
) -> None:
    before = load(course / FOLDER)
    for path in cache_folder.iterdir():
        path.write_bytes(content)
    assert load(course / FOLDER) == before
    assert len(readings) == 2
    assert load(course / FOLDER) == before
    assert len(readings) == 2


def test_a_file_that_changes_while_it_is_read_is_not_kept(
    course: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load(course / FOLDER)
    shutil.rmtree(cache_folder)
    read = read_yaml.read_assignment

    def edited_meanwhile(folder: Path) -> Any:
        edit(course, f"{FOLDER}/assignment.yaml", "case_seconds: 2", "case_seconds: 3")
        return read(folder)

    monkeypatch.setattr(read_yaml, "read_assignment", edited_meanwhile)
    load(course / FOLDER)
    monkeypatch.setattr(read_yaml, "read_assignment", read)
    edit(course, f"{FOLDER}/assignment.yaml", "case_seconds: 3", "case_seconds: 2")
    assert load(course / FOLDER) == before


def test_a_cached_rubric_needs_neither_yaml_nor_pydantic(course: Path, cache_folder: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from grader.author.load import load, load_course;"
        f"load(Path({str(course / FOLDER)!r}));"
        f"load_course(Path({str(course / 'assignments' / 'course.yaml')!r}));"
        "print({'yaml', 'pydantic', 'numpy'} & sys.modules.keys())"
    )
    output = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert "pydantic" in output[0]
    assert output[1].strip() == "set()"
