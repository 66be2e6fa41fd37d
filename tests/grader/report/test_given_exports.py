"""Exports of Canvas and Moodle as downloaded, each with the required result of filling it in.

The files are outside the project, in `shared/inputs`. Without them these tests cannot run.
"""

from pathlib import Path

import pytest

from tests.grader.report.test_into import canvas, moodle, table

INPUTS = Path(__file__).parents[4] / "shared" / "inputs"
pytestmark = pytest.mark.skipif(not INPUTS.is_dir(), reason="shared/inputs is not beside the project")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lms.csv"


def export(name: str) -> str:
    return (INPUTS / name).read_text(encoding="utf-8-sig")


def test_canvas_lines_whose_number_and_name_disagree_are_refused(path: Path) -> None:
    filled = canvas(path, export("canvas_idclash.csv"))
    assert [line[5] for line in table(filled.files["canvas.csv"])[2:]] == ["", "", "50"]
    assert (
        sum("1001 (Ada Lovelace)" in line and "1002 (Grace Hopper)" in line for line in filled.left_out) == 2
    )


def test_moodle_lines_whose_number_and_name_disagree_are_refused(path: Path) -> None:
    filled = moodle(path, export("moodle_idclash.csv"))
    assert [line[4] for line in table(filled.files["moodle.csv"])[1:]] == ["", "", "50"]
    assert (
        sum("1001 (Ada Lovelace)" in line and "1002 (Grace Hopper)" in line for line in filled.left_out) == 2
    )


def test_a_teachers_comment_is_still_there(path: Path) -> None:
    filled = moodle(path, export("moodle_existing_comment.csv"))
    ada = table(filled.files["moodle.csv"])[1]
    assert ada[4] == "100" and ada[9].startswith("<p>Nice work, see me</p>")
    assert filled.changes == ("Ada Lovelace 55.00 → 100",)


def test_separators_and_decimal_commas_are_theirs(path: Path) -> None:
    filled = canvas(path, export("semi_comma.csv"))
    lines = table(filled.files["canvas.csv"], ";")
    assert [line[5] for line in lines[1:]] == ["100,00", "100", "87,5", "50", ""]


def test_the_language_is_theirs(path: Path) -> None:
    (ada,) = table(moodle(path, export("m_german.csv")).files["moodle.csv"])[1:]
    assert ada[4:7] == ["100", "100,00", "Ja"]


def test_a_locked_line_is_named_as_locked(path: Path) -> None:
    filled = moodle(path, export("m_locked.csv"))
    assert [line[4] for line in table(filled.files["moodle.csv"])[1:]] == ["55.00", "87.5", "50"]
    assert "Ada Lovelace: locked in Moodle" in filled.left_out[0]
