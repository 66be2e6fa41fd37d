"""Laws of `grader generate` for one student."""

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.author.load import load
from grader.author.wheel import NOT_IN_HANDOUTS
from grader.cli.command_line.exit_status import PASSED, USER_MISTAKE


def test_one_students_handout_is_next_to_the_others_and_has_own_numbers(root: Path) -> None:
    page = root / "assignments" / "tiny" / "templates" / "README.md.j2"
    candidates = ", ".join(["range(100)"] * 4)
    page.write_text(f'{page.read_text()}\n{{{{ row(variant.pick("a", [1, 2, 3, 4], [{candidates}])) }}}}\n')
    for words in ([], ["--variant", "ada"], ["--variant", "eve"]):
        assert main(["generate", "--out", "build", *words]) == PASSED
    pages = {f.name: (f / "README.md").read_text() for f in Path("build/release").iterdir()}

    assert set(pages) == {"tiny", "tiny-ada", "tiny-eve"}
    assert len(set(pages.values())) == 3
    assert "1 2 3 4" in pages["tiny"]
    assert [f.name for f in Path("build/solution").iterdir()] == ["tiny"]


@pytest.mark.parametrize("key", ["", 'python: "3.14"'], ids=["by_default", "by_the_course"])
def test_a_handout_says_which_python_the_course_grades_with(root: Path, key: str) -> None:
    course = root / "assignments" / "course.yaml"
    course.write_text(f"{course.read_text()}{key}\n")
    expected = "3.14" if key else f"3.{sys.version_info[1]}"

    assert main(["generate", "--out", "build"]) == PASSED
    handout = Path("build/release/tiny")
    assert load(handout / "grading").python == expected
    assert f"Your instructor grades with Python {expected}." in (handout / "README.md").read_text()


@pytest.mark.parametrize("value", ["3.11", '"3.10"', '"3.15"', '"3"', "true"])
def test_a_python_that_no_course_grades_with_is_refused_with_its_line(
    root: Path, value: str, complaint: Callable[[], str]
) -> None:
    (root / "assignments" / "course.yaml").write_text(f"title: A\nassignments: [tiny]\npython: {value}\n")

    assert main(["generate"]) == USER_MISTAKE
    message = complaint()
    assert "course.yaml:3: found " in message and "'3.11', '3.12', '3.13' or '3.14'" in message


def test_a_case_that_takes_the_reference_past_a_limit_is_named_with_its_line(
    root: Path, complaint: Callable[[], str]
) -> None:
    rubric = root / "assignments" / "tiny" / "rubric.yaml"
    text = rubric.read_text().replace("dilation: 1}", "dilation: 10000000000000}")
    rubric.write_text(text)
    line = next(n for n, each in enumerate(text.splitlines(), 1) if "id: rows" in each)

    assert main(["generate"]) == USER_MISTAKE
    message = complaint()
    assert f"rubric.yaml:{line}: dilate/rows: the reference has no answer: " in message
    assert "MemoryError" in message or "memory" in message
    assert message.rstrip().endswith("choose smaller values for this case")


@pytest.mark.parametrize("id", ["../ada", "a/b", ".hidden", " "])
def test_an_id_that_names_no_folder_is_refused(root: Path, id: str, complaint: Callable[[], str]) -> None:
    assert main(["generate", "--variant", id]) == USER_MISTAKE
    assert "the id becomes the name of a folder" in complaint()


def test_the_grader_in_a_handout_holds_nothing_that_instructors_alone_use(release_folder: Path) -> None:
    wheels = sorted(release_folder.rglob("backflip*.whl"))
    assert wheels
    with zipfile.ZipFile(wheels[0]) as archive:
        names = archive.namelist()
        (record,) = (name for name in names if name.endswith(".dist-info/RECORD"))
        record_text = archive.read(record).decode()
    assert "grader/cli/grade.py" in names
    for folder in NOT_IN_HANDOUTS:
        assert not [name for name in names if name.startswith(folder)] and folder not in record_text


def test_a_handout_is_graded_from_anywhere(
    release_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    handout = next(release_folder.rglob("grading")).parent
    monkeypatch.chdir(tmp_path)
    assert main(["grade", str(handout)]) == PASSED
    assert "All visible cases pass" in capsys.readouterr().out
    assert main(["grade", "."]) == USER_MISTAKE
    assert (
        "Run this in a handout's folder, or name the assignment with --assignment" in capsys.readouterr().err
    )
