"""Laws of files for an LMS: the right cell of the right student is filled, and nothing else changes."""

import csv
import io
import zipfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from grader.model.class_input.identity import Identities
from grader.model.class_row import ClassReport, ClassRow
from grader.model.errors import UserError
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.student import Adjustment, Student, Submission
from grader.report.formats import ReportFiles
from grader.report.formats.canvas import NEEDED, TWO_NAMES, fill_canvas
from grader.report.formats.moodle import fill_moodle
from grader.report.tables.sheet import read_sheet

STUDENTS = (
    Student("1001", "Ada Lovelace", "ada@x.edu"),
    Student("1002", "Grace Hopper", "grace@x.edu"),
    Student("1003", "Jörg Müller", "jm@x.edu"),
    Student("1004", "Emmy Noether", "emmy@x.edu"),
)
SCORES = {"1001": Fraction(100), "1002": Fraction(175, 2), "1003": Fraction(50)}
REASON = 'for 2 < 3, see "me"'
OURS = '+0 points from ta@x.edu: for 2 &lt; 3, see "me".'
ENGLISH = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
)
TIME = '"Friday, 18 September 2026, 6:45 PM"'


def class_report() -> ClassReport:
    rows = []
    for student in STUDENTS:
        score = SCORES.get(student.id)
        if score is None:
            rows.append(ClassRow(student.id, "dense", None, student=student))
            continue
        result = CheckResult("a", "b", Status.OK)
        criterion = CriterionGrade("a", "a", Fraction(100), score, Status.OK, (result,))
        grade = Grade("dense", student.id, (criterion,), "none")
        output = (Adjustment(student.id, "dense", "", Fraction(0), REASON, "ta@x.edu"),)
        handed_in = Submission(student.id, "dense", student.id)
        rows.append(ClassRow(student.id, "dense", grade, student=student, submission=handed_in,
                             adjustments=output if student.id == "1001" else ()))  # fmt: skip
    return ClassReport(tuple(rows), {"dense": "A layer by hand"}, {})


def canvas(path: Path, text: str, keep: bool = False) -> ReportFiles:
    path.write_bytes(text.encode())
    sheet = read_sheet(path, NEEDED, "Canvas")
    return fill_canvas(class_report(), sheet, Identities(STUDENTS).find, keep)


def moodle(
    path: Path, text: str | bytes, keep: bool = False, named: Mapping[str, str] | None = None
) -> ReportFiles:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return fill_moodle(class_report(), read_sheet(path, (), "Moodle"), Identities(STUDENTS).find, keep, named)


def table(data: bytes, delimiter: str = ",", encoding: str = "utf-8-sig") -> list[list[str]]:
    text = data.decode(encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lms.csv"


CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,A layer by hand (12345),Final Score\n"
POINTS = "    Points Possible,,,,,100,(read only)\n"


def test_canvas_refuses_a_line_whose_id_and_name_disagree(path: Path) -> None:
    text = f'{CANVAS}{POINTS}"Lovelace, Ada",1002,,,A,,50\n"Müller, Jörg",79,,,A,,50\n'
    filled = canvas(path, text)
    assert [line[5] for line in table(filled.files["canvas.csv"])[2:]] == ["", "50"]
    assert filled.left_out[0].startswith(
        f"{path}:3: Lovelace, Ada: the number '1002' means 1002 (Grace Hopper)"
    )
    assert any(line.startswith("1001, dense: ") for line in filled.left_out)


@pytest.mark.parametrize("form", ["canvas", "moodle"])
def test_a_login_on_the_roster_finds_the_line_of_a_student(path: Path, form: str) -> None:
    """An export may name students by their logins alone: Canvas's SIS Login ID, Moodle's username."""
    students = [Student(s.id, login=f"login{s.id}") for s in STUDENTS]
    canvas = f'{CANVAS}{POINTS}"A, A",77,,login1001,A,,\n"B, B",78,,LOGIN1002,A,,\n"C, C",79,,1003,A,,\n'
    header = ENGLISH.replace('"Email address"', '"ID number"')
    lines = (f"Participant 7{n},X Y,{id},,,100.00,Yes,,,\n" for n, id in enumerate(("login1001", "1002")))
    path.write_text(canvas if form == "canvas" else header + "".join(lines), encoding="utf-8")
    find = Identities(students).find
    if form == "canvas":
        filled = fill_canvas(class_report(), read_sheet(path, NEEDED, "Canvas"), find)
        scores = [line[5] for line in table(filled.files["canvas.csv"])[2:]]
    else:
        filled = fill_moodle(class_report(), read_sheet(path, (), "Moodle"), find)
        scores = [line[4] for line in table(filled.files["moodle.csv"])[1:]]

    assert [Fraction(score) for score in scores] == [100, Fraction(175, 2), 50][: len(scores)]


def test_canvas_two_lines_of_one_student_are_both_refused(path: Path) -> None:
    text = f'{CANVAS}{POINTS}"Lovelace, Ada",7,1001,,A,,\n"Lovelace, A.",8,1001,,B,,\n'
    filled = canvas(path, text)
    assert [line[5] for line in table(filled.files["canvas.csv"])[2:]] == ["", ""]
    assert [line for line in filled.left_out if "several lines mean 1001 (Ada Lovelace)" in line] == list(
        filled.left_out[:2]
    )


def test_canvas_semicolons_and_decimal_commas_are_written_back(path: Path) -> None:
    header = CANVAS.replace(",", ";")
    text = f'{header}    Points Possible;;;;;100,00;(read only)\n"Hopper, Grace";78;1002;;"A and B";;50\n'
    filled = canvas(path, text + '"Student, Test";99;;abc;A;;\n')
    lines = table(filled.files["canvas.csv"], ";")
    assert [line[5] for line in lines[1:]] == ["100,00", "87,5", ""]
    assert lines[2][:5] == ["Hopper, Grace", "78", "1002", "", "A and B"]
    assert not filled.notes


def test_canvas_lines_without_a_student_are_recognized_by_structure(path: Path) -> None:
    german = ",,,,,Manuelle Veröffentlichung,\n    Mögliche Punkte,,,,,100,(nur lesen)\n"
    text = f'{CANVAS}{german}"Lovelace, Ada",7,1001,,A,,\n'
    filled = canvas(path, text)
    assert [line[5] for line in table(filled.files["canvas.csv"])[1:]] == [
        "Manuelle Veröffentlichung",
        "100",
        "100",
    ]
    with pytest.raises(UserError, match=r"lms.csv:3: found '90' points possible for dense, expected 100"):
        canvas(path, text.replace(",100,", ",90,"))


def test_canvas_keeps_excused_cells_and_counts_missing_students(path: Path) -> None:
    text = f'{CANVAS}{POINTS}"Lovelace, Ada",7,1001,,A,EX,\n"Hopper, Grace",8,1002,,A,N/A,\n'
    text += '"Noether, Emmy",9,1004,,A,3,\n'
    filled = canvas(path, text + '"Turing, Alan",10,1912,,A,4,\n')
    assert [line[5] for line in table(filled.files["canvas.csv"])[2:]] == ["EX", "N/A", "3", "4"]
    assert filled.counts == {"without a submission": 1}
    assert filled.notes[0].startswith(f"{path}:6: Turing, Alan: matches no student on the roster")


def test_cells_that_held_another_grade_are_listed_and_kept_on_demand(path: Path) -> None:
    text = f'{CANVAS}{POINTS}"Lovelace, Ada",7,1001,,A,55.00,\n"Hopper, Grace",8,1002,,A,87.50,\n'
    text += '"Müller, Jörg",9,1003,,A,C+,\n'
    filled = canvas(path, text)
    assert filled.changes == ("Ada Lovelace 55.00 → 100", "Jörg Müller C+ → 50")
    assert [line[5] for line in table(filled.files["canvas.csv"])[2:]] == ["100", "87.50", "50"]
    report = canvas(path, text, keep=True)
    assert report.changes == () and report.unchanged == (
        "Ada Lovelace 55.00 (not 100)",
        "Jörg Müller C+ (not 50)",
    )
    assert [line[5] for line in table(report.files["canvas.csv"])[2:]] == ["55.00", "87.50", "C+"]


def test_canvas_last_and_first_names_in_two_columns_are_read(path: Path) -> None:
    header = CANVAS.replace("Student,", "LastName,FirstName,").encode()
    path.write_bytes(header + b"Lovelace,Ada,77,,,A,,\nStudent,Test,99,,,A,,\n")
    sheet = read_sheet(path, NEEDED, "Canvas", TWO_NAMES)
    filled = fill_canvas(class_report(), sheet, Identities(STUDENTS).find)
    assert [line[6] for line in table(filled.files["canvas.csv"])[1:]] == ["100", ""]
    assert not filled.notes


def row(number: int, name: str, email: str, grade: str = "", changed: str = "Yes", comment: str = "") -> str:
    return f'"Participant {number}","{name}",{email},Submitted,{grade},100.00,{changed},{TIME},-,{comment}\n'


ADA = row(5001, "Ada Lovelace", "ada@x.edu")
GRACE = row(5002, "Grace Hopper", "grace@x.edu")


def test_moodle_refuses_a_line_whose_number_is_another_students_id(path: Path) -> None:
    filled = moodle(path, ENGLISH + row(1002, "Ada Lovelace", "ada@x.edu") + GRACE)
    assert [line[4] for line in table(filled.files["moodle.csv"])[1:]] == ["", "87.5"]
    output = (
        "the e-mail 'ada@x.edu' and the name 'Ada Lovelace' mean 1001 (Ada Lovelace), but the number '1002'"
    )
    assert f"{output} means 1002 (Grace Hopper)" in filled.left_out[0]


def test_moodle_a_teachers_comment_stays_and_ours_follows_once(path: Path) -> None:
    before = '"<p>Nice work, see me</p>"'
    first = moodle(path, ENGLISH + row(5001, "Ada Lovelace", "ada@x.edu", "55.00", "Yes", before))
    data = first.files["moodle.csv"]
    assert table(data)[1][9] == f"<p>Nice work, see me</p><p>{OURS}</p>"
    assert moodle(path, data).files["moodle.csv"] == data
    alone = moodle(path, ENGLISH + ADA).files["moodle.csv"]
    assert table(alone)[1][9] == f"<p>{OURS}</p>"
    assert moodle(path, alone).files["moodle.csv"] == alone


def test_moodle_a_locked_line_stays_and_is_named_as_locked(path: Path) -> None:
    text = ENGLISH + row(5001, "Ada Lovelace", "ada@x.edu", "55.00", "No") + GRACE
    filled = moodle(path, text)
    assert [line[4] for line in table(filled.files["moodle.csv"])[1:]] == ["55.00", "87.5"]
    assert (
        filled.left_out[0]
        == f"{path}:2: Ada Lovelace: locked in Moodle: unlock the grade there, and export again"
    )
    with zipfile.ZipFile(io.BytesIO(filled.files["feedback.zip"])) as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {
            "Grace Hopper_5002_assignsubmission_file_"
        }


def test_moodle_a_word_that_is_neither_yes_nor_no_is_a_doubt(path: Path) -> None:
    filled = moodle(path, ENGLISH + row(5001, "Ada Lovelace", "ada@x.edu", "", "Perhaps"))
    assert table(filled.files["moodle.csv"])[1][4] == ""
    assert "'Grade can be changed' says 'Perhaps', which may mean yes or no" in filled.left_out[0]


GERMAN = (
    'ID,"Vollständiger Name",{}Status,Bewertung,Bestwertung,"Bewertung kann geändert werden",'
    '"Zuletzt geändert (Abgabe)","Zuletzt geändert (Bewertung)"{}\n'
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_moodle_in_german_is_read_and_written_as_it_was(path: Path, delimiter: str, encoding: str) -> None:
    text = GERMAN.format("E-Mail-Adresse,Abteilung,", ',"Feedback als Kommentar"') + (
        '"Teilnehmer/in5001","Ada Lovelace",ada@x.edu,Mathe,Abgegeben,,"100,00",Ja,x,-,\n'
        '"Teilnehmer/in5002","Grace Hopper",grace@x.edu,Navy,"Abgegeben\nzu spät","10,50","100,00",Ja,x,-,'
        '"ein ""Wort"""\n'
        '"Teilnehmer/in5003","Jörg Müller",jm@x.edu,Bio,Abgegeben,"1,00","100,00",Nein,x,-,\n'
    )
    separated = "\r\n".join(delimiter.join(_requoted(line)) for line in table(text.encode())) + "\r\n"
    filled = moodle(path, separated.encode(encoding))
    data = filled.files["moodle.csv"]
    assert data.startswith(separated.encode(encoding)[:3])
    lines = table(data, delimiter, "utf-16" if encoding == "utf-16" else "utf-8-sig")
    assert [line[5] for line in lines[1:]] == ["100", "87,5", "1,00"]
    assert lines[1][10] == f"<p>{OURS}</p>"
    assert lines[2][4] == "Abgegeben\nzu spät" and lines[2][10] == 'ein "Wort"'
    assert "locked in Moodle" in filled.left_out[0]


def _requoted(cells: list[str]) -> list[str]:
    return ['"' + cell.replace('"', '""') + '"' for cell in cells]


def test_moodle_marked_blind_is_known_by_numbers_alone(path: Path) -> None:
    text = 'Nro,Etat,Note,Max,Modifiable,Soumis,Corrigé\n"Participant 1001",Remis,,"100,00",Oui,x,-\n'
    text += '"Participant 77",Remis,,"100,00",Oui,x,-\n'
    filled = moodle(path, text)
    assert [line[2] for line in table(filled.files["moodle.csv"])[1:]] == ["100", ""]
    assert len(filled.notes) == 1 and ":3: Participant 77: matches no student" in filled.notes[0]
    with zipfile.ZipFile(io.BytesIO(filled.files["feedback.zip"])) as archive:
        assert "Participant_1001_assignsubmission_file_/feedback.txt" in archive.namelist()


def test_moodle_without_a_column_of_comments_is_filled_in(path: Path) -> None:
    header = ENGLISH.replace(',"Feedback comments"', "")
    line = ADA.removesuffix(",\n") + "\n"
    assert table(moodle(path, header + line).files["moodle.csv"])[1][4] == "100"
    german = GERMAN.format("E-Mail,", "") + line.replace("Yes", "Ja")
    cells = table(moodle(path, german).files["moodle.csv"])[1]
    assert cells[3:] == ["Submitted", "100", "100.00", "Ja", TIME.strip('"'), "-"]


def test_moodle_graded_by_a_scale_takes_only_what_the_scale_has(path: Path) -> None:
    header = ENGLISH.replace("Maximum Grade", "Scale")
    lines = ADA.replace("100.00", '"50\n100"') + GRACE.replace("100.00", '"50\n100"')
    filled = moodle(path, header + lines)
    assert [line[4] for line in table(filled.files["moodle.csv"])[1:]] == ["100", ""]
    assert "graded by a scale (50, 100), which lacks 87.5" in filled.left_out[0]


def test_moodle_id_number_is_an_id_of_the_institution(path: Path) -> None:
    header = ENGLISH.replace('"Email address"', '"ID number"')
    filled = moodle(path, header + row(1002, "Ada Lovelace", "1001"))
    assert table(filled.files["moodle.csv"])[1][4] == "100"


def test_moodle_an_unrecognized_column_is_asked_for(path: Path) -> None:
    text = "Nr,Wer,Punkte,Etwas\nT 1,Ada Lovelace,,x\nT 2,Grace Hopper,,y\n"
    with pytest.raises(UserError) as error:
        moodle(path, text)
    assert "the headers are 'Nr', 'Wer', 'Punkte', 'Etwas'" in str(error.value)
    assert "--column maximum=HEADER" in str(error.value)
    filled = moodle(path, text, named={"grade": "Punkte", "changed": ""})
    assert [line[2] for line in table(filled.files["moodle.csv"])[1:]] == ["100", "87.5"]
    with pytest.raises(UserError, match="found no columns 'Note', expected one; the headers are 'Nr'"):
        moodle(path, text, named={"grade": "Note"})


def test_cells_that_the_lms_wrote_are_never_changed(path: Path) -> None:
    odd = '"Participant 9",=1+1,@x,"-a\rb" ,  5 ,100.00,Yes,'
    text = (ENGLISH + ADA).encode() + odd[:-1].encode() + b",x,-,=kept\r\n"
    text = text.replace(b'"-a\rb" ', b'"-a\r\nb"')
    data = moodle(path, text).files["moodle.csv"]
    old, new = table(text), table(data)
    assert old[2] == new[2]
    assert [line[:4] for line in old] == [line[:4] for line in new]
