"""Faults that once gave a class wrong grades silently, each covered by a test of its name.

Every test goes through the commands, on the tiny course: what a user types, sees and gets.
"""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.batch.gradebook import Gradebook, GradeEntry
from grader.cli.command_line.exit_status import NO_SANDBOX, NOT_PASSED, PASSED, USER_MISTAKE
from grader.model.student import Student, Submission
from tests.grader.cli.conftest import grade_of
from tests.tiny_course import RIGHT
from tests.waiting import LIMIT, children_cpu_seconds

Files = Mapping[str, str | bytes]
WRONG = "raise SystemExit('of another student')\n"
FULL = "10"
ROSTER = "student_id,name,email,section,extension\n"
LOOP = """\
def flip(a, axes):
    while True:
        pass
"""


class Commands:
    """Runs commands in the tiny course, and keeps what they print."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._root, self._capsys = root, capsys
        self.status, self.shown = -1, ""

    def __call__(self, *words: object) -> str:
        self._capsys.readouterr()
        self.status = main([str(word) for word in words])
        output = self._capsys.readouterr()
        self.shown = " ".join((output.out + output.err).split())  # a narrow terminal breaks lines
        assert "Traceback" not in self.shown and "internal error in Backflip" not in self.shown, self.shown
        return self.shown

    def intake(self, path: Path, *words: object) -> dict[str, tuple[str, str]]:
        """The student and the role of each entry, as `grader intake --csv` writes them."""
        self("intake", path, "--assignment", "tiny", "--csv", self._root / "intake.csv", *words)
        with (self._root / "intake.csv").open(encoding="utf-8-sig", newline="") as file:
            return {line["entry"]: (line["student"], line["role"]) for line in csv.DictReader(file)}

    def batch(self, path: Path, *words: object) -> dict[str, str]:
        """The scores in the csv report after `grader batch`; "review" where they need one."""
        self("batch", path, "--assignment", "tiny", "--jobs", "1", "--gradebook", self.url, *words)
        status, shown = self.status, self.shown
        self("report", "--gradebook", self.url, "--format", "csv", "--out", self._root / "out")
        self.status, self.shown = status, shown
        with (self._root / "out" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            return {
                line["student_id"]: "review" if line["needs_review"] else line["tiny"]
                for line in csv.DictReader(file)
            }

    @property
    def url(self) -> str:
        return f"sqlite:///{self._root}/gradebook.db"


@pytest.fixture
def grader(root: Path, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(root, capsys)


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[[Files], Path]:
    def zipped(files: Files) -> Path:
        path = tmp_path / f"class {len(list(tmp_path.glob('*.zip')))}.zip"
        path.write_bytes(zip_of(files))
        return path

    return zipped


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[Files], Path]:
    def folder(files: Files) -> Path:
        root = tmp_path / "submitted"
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return folder


def zip_of(files: Files) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def notebook(source: str, **more: object) -> str:
    cell = {"cell_type": "code", "metadata": {"tags": ["conv.py"]}, "source": source, "id": "same"}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more})


def test_a_number_on_another_file_makes_no_second_attempt(
    grader: Commands, zipped: Callable[[Files], Path]
) -> None:
    """Nor do a group's `_` and an anonymous id keep a file from its student."""
    files: dict[str, str | bytes] = {
        "lovelaceada_1001_50001_conv.py": RIGHT,
        "lovelaceada_1001_50002_report-1.pdf": b"%PDF",
        "hopper_1002_50003_conv-1.py": RIGHT,
        "hopper_1002_50004_notes.txt": "",
        "team_3_1003_50005_conv.py": RIGHT,
        "hw_group_2_1004_50006_conv.py": RIGHT,
    }
    assert grader.batch(zipped(files)) == dict.fromkeys(["1001", "1002", "1003", "1004"], FULL)
    assert grader.status == PASSED and "0 need review" in grader.shown
    anonymous = zipped({"anon_aB3xY_50001_conv.py": RIGHT, "LATE_anon_cD4zW_50002_conv-2.py": RIGHT})
    assert {who for who, _ in grader.intake(anonymous).values()} == {"aB3xY", "cD4zW"}
    assert grader.status == PASSED


def test_additions_of_an_archive_are_no_students(grader: Commands, zipped: Callable[[Files], Path]) -> None:
    names = {"ada": RIGHT, "Müller Jörg": RIGHT}
    files: dict[str, str | bytes] = {f"term/class/{who}/conv.py": content for who, content in names.items()}
    litter = {"term/.DS_Store": b"", "term/class/ada/._conv.py": b"", "__MACOSX/term/._class": b""}
    data = zip_of(
        {name.replace("Müller Jörg", "M#ller J#rg##"): c for name, c in {**files, **litter}.items()}
    )
    unflagged = zipped({})  # as macOS writes it: UTF-8 without the flag for it
    unflagged.write_bytes(data.replace(b"M#ller J#rg##", "Müller Jörg".encode()))
    assert grader.batch(unflagged) == {"ada": FULL, "Müller Jörg": FULL}
    assert grader.status == PASSED
    assert grader.intake(zipped({"ada/hw/conv.py": RIGHT})) == {"ada/hw/conv.py": ("ada", "graded")}
    one = zipped({"conv.py": RIGHT, "grading/rubric.yaml": "", "ndarray/__init__.py": ""})
    assert "one submission, not a class" in grader("batch", one, "--assignment", "tiny")
    assert grader.status == USER_MISTAKE


def test_an_id_of_the_lms_that_is_another_students_credits_neither(
    grader: Commands, zipped: Callable[[Files], Path], tmp_path: Path
) -> None:
    (tmp_path / "roster.csv").write_text(f"{ROSTER}1001,Ada Lovelace,,,\n1002,Grace Hopper,,,\n")
    clash = zipped({"lovelaceada_1002_50001_conv.py": RIGHT, "hoppergrace_9_50002_conv.py": RIGHT})
    assert grader.batch(clash, "--roster", tmp_path / "roster.csv") == {"1001": "", "1002": FULL}
    assert grader.status == NOT_PASSED
    assert "Grace Hopper" in grader.shown and "Ada Lovelace" in grader.shown
    (tmp_path / "canvas.csv").write_text(
        'Student,ID,SIS User ID,SIS Login ID,Section,tiny (5)\n"Lovelace, Ada",1002,,,A,\n'
    )
    words = ("--format", "canvas", "--into", tmp_path / "canvas.csv", "--out", tmp_path / "filled")
    output = grader("report", "--gradebook", grader.url, *words)
    assert grader.status == NOT_PASSED and "the number '1002' means 1002 (Grace Hopper)" in output
    assert (tmp_path / "filled" / "canvas.csv").read_text().splitlines()[1].endswith(",A,")


def test_a_stale_notebook_is_never_graded_silently(grader: Commands, folder: Callable[[Files], Path]) -> None:
    files = {
        "ada/.ipynb_checkpoints/hw-checkpoint.ipynb": notebook(WRONG),
        "ada/hw.ipynb": notebook(RIGHT),
        "bob/hw.ipynb": notebook(RIGHT),
        "bob/hw-old.ipynb": notebook(WRONG),
        "cleo/v1/conv.py": WRONG,
        "cleo/final/conv.py": RIGHT,
        "cleo/final2/conv.py": WRONG,
        "dan/v9/conv.py": WRONG,
        "dan/v10/conv.py": RIGHT,
    }
    assert grader.batch(folder(files)) == {"ada": FULL, "bob": "review", "cleo": "review", "dan": FULL}
    assert grader.status == NOT_PASSED and "2 need review" in grader.shown
    assert "more than one notebook" in grader.shown and "nothing says which is the last" in grader.shown


def test_intake_counts_what_needs_review_as_batch_does(
    grader: Commands, folder: Callable[[Files], Path]
) -> None:
    """An entry of no student is not used, and is not a student who needs review."""
    files = {"ada/conv.py": RIGHT, "bob/notes.txt": "", "stray.txt": "whose?"}
    class_folder = folder(files)
    grader.intake(class_folder)
    assert grader.status == NOT_PASSED and "1 needs review, 1 not used" in grader.shown
    grader.batch(class_folder)
    assert grader.status == NOT_PASSED and "1 needs review, 1 not used" in grader.shown


def test_intake_counts_what_the_course_leaves_open_as_batch_does(
    grader: Commands, root: Path, zipped: Callable[[Files], Path]
) -> None:
    """The LMS says that bob is late, but not by how much; everyone waits for points by hand."""
    course = root / "assignments" / "course.yaml"
    late = "timezone: UTC\ndeadlines: {tiny: 2026-02-01T23:59:00}\nlate_penalty: 10% per day\n"
    course.write_text(course.read_text() + late)
    rubric = root / "assignments" / "tiny" / "rubric.yaml"
    by_hand = "  - {id: style, title: reads well, points: 2, kind: manual}\n"
    rubric.write_text(rubric.read_text().replace("points: 10", "points: 12") + by_hand)
    export = zipped({"ada_1_901_conv.py": RIGHT, "bob_LATE_2_902_conv.py": RIGHT, "cleo_3_903_notes.txt": ""})

    grader("intake", export, "--assignment", "tiny")
    counted = grader.shown
    assert grader.status == NOT_PASSED and "assume an empty gradebook" in counted
    grader.batch(export)
    for words in (
        "3 need review",
        "1 × late by an unknown time",
        "1 × an instructor grades part of it by hand",
    ):
        assert words in counted and words in grader.shown, words


def test_notes_in_an_lms_file_are_never_lost_silently(
    grader: Commands, at_course: str, tmp_path: Path
) -> None:
    german = (
        'ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,"Bewertung kann geändert '
        'werden","Zuletzt geändert (Abgabe)","Zuletzt geändert (Bewertung)","Feedback als Kommentar"\n'
        'Teilnehmer/in9,"Ada Lovelace",ada@example.org,Abgegeben,"3,50","10,00",Ja,x,-,"<p>Gut!</p>"\n'
        'Teilnehmer/in8,"=1+1",bob@example.org,Abgegeben,"1,00","10,00",Nein,x,-,\n'
    )
    (tmp_path / "m.csv").write_text(german)
    words = ("--gradebook", at_course, "--format", "moodle", "--into", tmp_path / "m.csv", "--out")
    output = grader("report", *words, tmp_path / "filled")
    assert (
        "1 cell that held a grade changes: Ada Lovelace 3,50 → 5" in output and "locked in Moodle" in output
    )
    with (tmp_path / "filled" / "moodle.csv").open(encoding="utf-8-sig", newline="") as file:
        ada, bob = list(csv.reader(file))[1:]
    assert (ada[4], bob[4]) == ("5", "1,00") and ada[9].startswith("<p>Gut!</p>")
    assert "stays" in grader("report", *words, tmp_path / "kept", "--keep-existing")
    assert '"3,50"' in (tmp_path / "kept" / "moodle.csv").read_text()


def test_a_student_who_submitted_nothing_is_named_in_every_report(
    grader: Commands, folder: Callable[[Files], Path], tmp_path: Path
) -> None:
    (tmp_path / "roster.csv").write_text(f"{ROSTER}ada,Ada,,,\nzoe,Zoe,,,\n")
    scores = grader.batch(folder({"ada/conv.py": RIGHT}), "--roster", tmp_path / "roster.csv")
    assert scores == {"ada": FULL, "zoe": ""}
    assert "1 on the roster submitted nothing: zoe" in grader.shown
    for name in ("terminal", "html", "json", "feedback"):
        out = () if name == "terminal" else ("--out", tmp_path / name)
        output = grader("report", "--gradebook", grader.url, "--format", name, *out)
        texts = [path.read_text() for path in (tmp_path / name).rglob("*") if path.is_file()]
        assert "zoe" in " ".join([output.replace(str(tmp_path), ""), *texts]), name


def test_syntax_of_a_newer_python_is_explained(
    grader: Commands, root: Path, folder: Callable[[Files], Path], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Depending on the running Python: the course's 3.11, or a student's newer one."""
    nested = RIGHT + 'd = {"a": 1}\nx = f"{d["a"]}"\n'
    if sys.version_info < (3, 12):
        output = grader("grade", folder({"ada/conv.py": nested}) / "ada", "--assignment", "tiny")
        assert grader.status == NOT_PASSED and "Python 3.12" in output
        return
    course = root / "assignments" / "course.yaml"
    course.write_text(f'{course.read_text()}python: "3.11"\n')
    grader("generate", "--out", tmp_path / "build")
    monkeypatch.chdir(tmp_path / "build" / "release" / "tiny")
    Path("conv.py").write_text(nested)
    output = grader("grade", ".")
    assert "note: conv.py, line " in output and "grades with Python 3.11" in output


def test_a_mark_or_latin_1_in_a_file_costs_nothing(
    grader: Commands, folder: Callable[[Files], Path], zipped: Callable[[Files], Path]
) -> None:
    """Kernels have a test of their own, with the emulator: `tests/test_cuda_assignment.py`."""
    mark = b"\xef\xbb\xbf"
    latin = b"# -*- coding: latin-1 -*-\n# Gr\xfc\xdfe\n"
    files = {
        "ada/hw.ipynb": mark + notebook(RIGHT).encode(),
        "bob/conv.py": mark + RIGHT.replace("\n", "\r\n").encode(),
        "cleo/conv.py": latin + RIGHT.encode(),
    }
    assert grader.batch(folder(files)) == {"ada": FULL, "bob": FULL, "cleo": FULL}
    assert grader.status == PASSED


def test_one_intake_reads_a_folder_for_every_command(
    grader: Commands, root: Path, folder: Callable[[Files], Path], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    submitted = folder({"ada/hw.ipynb": notebook(RIGHT), "bob/hw/conv.py": RIGHT, "cleo/Conv.py": RIGHT})
    assert grader.batch(submitted, "--accept-renamed") == {"ada": FULL, "bob": FULL, "cleo": FULL}
    for student in ("ada", "bob", "cleo"):
        grader("grade", submitted / student, "--assignment", "tiny", "--accept-renamed")
        assert grader.status == PASSED
    assert "Conv.py may be it: --accept-renamed" in grader(
        "grade", submitted / "cleo", "--assignment", "tiny"
    )
    assert grader.status == NOT_PASSED
    grader("generate", "--out", tmp_path / "build")
    handout = tmp_path / "build" / "release" / "tiny"
    (handout / "conv.py").unlink()
    shutil.copy(submitted / "ada" / "hw.ipynb", handout)
    monkeypatch.chdir(handout)
    grader("grade", ".")
    assert grader.status == PASSED
    assert "conv.py was taken from the cells of hw.ipynb" in grader.shown


def test_an_environment_that_was_moved_or_lost_its_python_is_noticed(
    repository: Path, tmp_path: Path
) -> None:
    """`setup.sh --works` decides it for every target; `tests/test_setup.py` runs the targets."""
    folder = tmp_path / "clone"
    (folder / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(repository / "setup.sh", folder)
    works = ["sh", "./setup.sh", "--works"]
    without_packages = sys._base_executable  # type: ignore[attr-defined]
    for target, status in (("/no/such/python", 127), (without_packages, 1)):
        (folder / ".venv" / "bin" / "python").unlink(missing_ok=True)
        (folder / ".venv" / "bin" / "python").symlink_to(target)
        process = subprocess.run(works, cwd=folder, capture_output=True, text=True, check=False)
        assert process.returncode == status and "not found" not in process.stderr
    assert subprocess.run(works, cwd=repository, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("trouble", ["an encoding without the letters", "a reader that left", "a full disk"])
def test_output_that_cannot_be_shown_is_never_the_graders_own_fault(
    root: Path, folder: Callable[[Files], Path], trouble: str
) -> None:
    submitted = folder({"Jörg 李/conv.py": RIGHT})
    words = [sys.executable, "-m", "grader", "intake", str(submitted), "--assignment", "tiny"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    if trouble == "a full disk" and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full" if trouble == "a full disk" else "/dev/null").open("w") as out:
        stdout = out.fileno() if trouble == "a full disk" else subprocess.PIPE
        process = subprocess.Popen(words, stdout=stdout, stderr=subprocess.PIPE, env=environment, text=True)
        if trouble == "a reader that left":
            assert process.stdout is not None
            process.stdout.close()
            process.stdout = None
        _, error = process.communicate(timeout=LIMIT)
    assert "internal error in Backflip" not in error and "Traceback" not in error, error
    assert process.returncode == (USER_MISTAKE if trouble == "a full disk" else PASSED), error


def test_a_function_that_loops_takes_no_points_from_the_next(
    grader: Commands, root: Path, folder: Callable[[Files], Path]
) -> None:
    yaml = root / "assignments" / "tiny" / "assignment.yaml"
    limits = "case_seconds: 0.3, wall_factor: 8"  # on a busy machine the loop waits for most of its time
    yaml.write_text(yaml.read_text().replace("case_seconds: 2", limits))
    rubric = root / "assignments" / "tiny" / "rubric.yaml"
    rubric.write_text(rubric.read_text().replace("    requires: [flip]\n", ""))
    sleeps = LOOP.replace("pass", "time.sleep(9)")
    right_dilate = RIGHT[RIGHT.index("def dilate") :]
    files = {
        "ada/conv.py": RIGHT,
        "eve/conv.py": f"from ndarray import zeros\n{LOOP}\n{right_dilate}",
        "zoe/conv.py": f"import time\nfrom ndarray import zeros\n{sleeps}\n{right_dilate}",
    }
    before = children_cpu_seconds()
    assert grader.batch(folder(files)) == {"ada": FULL, "eve": "6", "zoe": "6"}
    assert children_cpu_seconds() - before < 40


META = "submission_1:\n  :submitters:\n  - :sid: ada\n    :name: Ada\n"
PLANTED: dict[str, str | bytes] = {
    "eve/submission_metadata.yml": META,
    "eve/submission_1/conv.py": WRONG,
    "eve/ada_1001_50001_conv.py": WRONG,
    "eve/Ada_1001_assignsubmission_file_/conv.py": WRONG,
    "eve/bomb.yml": "a: &a [x, x]\nb: &b [*a, *a]\n" * 20,
    "eve/hw.ipynb": notebook("\ud800", nbformat=4.0, nbformat_minor=None),
    "eve/²/conv.py": WRONG,
    "eve/①/conv.py": WRONG,
    "eve/class.zip": zip_of({"ada/conv.py": WRONG}),
    "eve/ada\u202e/x": "",
}


@pytest.mark.parametrize("is_zip", [False, True], ids=["folders", "moodle"])
def test_no_file_of_a_student_changes_anothers_grade_or_stops_the_class(
    grader: Commands, zipped: Callable[[Files], Path], folder: Callable[[Files], Path], is_zip: bool
) -> None:
    honest: Files = {"ada/conv.py": RIGHT, "bob/conv.py": RIGHT}
    files = {**honest, **PLANTED}
    if is_zip:
        ids = {"ada": "Ada_1_assignsubmission_file_", "bob": "Bob_2_assignsubmission_file_",
               "eve": "Eve_3_assignsubmission_file_"}  # fmt: skip
        files = {ids[name.partition("/")[0]] + name[3:]: content for name, content in files.items()}
    scores = grader.batch(zipped(files) if is_zip else folder(files))
    ada, bob, eve = ("1", "2", "3") if is_zip else ("ada", "bob", "eve")
    assert scores == {ada: FULL, bob: FULL, eve: "review"}
    assert grader.status == NOT_PASSED


def test_a_decision_names_its_work_has_limits_and_can_be_undone(
    grader: Commands, at_course: str, folder: Callable[[Files], Path], tmp_path: Path
) -> None:
    header = "student_id,assignment,criterion,points,reason,author\n"
    (tmp_path / "a.csv").write_text(f"{header}ada,tiny,,-500,a slip,me\n")
    assert "-500" in grader("adjust", tmp_path / "a.csv", "--gradebook", at_course)
    assert grader.status == USER_MISTAKE
    (tmp_path / "a.csv").write_text(f"{header}ada,tiny,,4,by hand,me\n")
    grader("adjust", tmp_path / "a.csv", "--gradebook", at_course)
    assert grader.status == PASSED
    with Gradebook(at_course) as book, book.run("tiny", "by"):
        for student in ("ada", "ghost"):
            newer = Submission(student, "tiny", "newer", submitted_at="2026-10-03T12:00:00+02:00")
            book.hand_in([Student(student)], [newer])
            book.record(newer, GradeEntry(grade_of(student)))

    def scores() -> dict[str, str]:
        grader("report", "--gradebook", at_course, "--format", "csv", "--out", tmp_path / "out")
        with (tmp_path / "out" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            return {line["student_id"]: line["tiny"] for line in csv.DictReader(file)}

    assert scores()["ada"] != "9" and "ghost" in scores()
    grader("forget", "--gradebook", at_course, "--student", "ghost", "--reason", "a wrong folder")
    assert grader.status == PASSED and "ghost" not in scores()
    near = folder({"a/conv (1).py": RIGHT, "b/Conv.py": RIGHT, "c/conv.py.txt": RIGHT,
                   "d/hw.zip": zip_of({"conv.py": RIGHT})})  # fmt: skip
    grader.intake(near)
    assert grader.status == NOT_PASSED
    for name in ("conv (1).py", "Conv.py", "conv.py.txt", "conv.py in hw.zip"):
        assert f"conv.py is missing; {name} may be it" in grader.shown


def test_an_export_that_asks_a_question_leaves_nothing_half_written(
    grader: Commands, root: Path, zipped: Callable[[Files], Path]
) -> None:
    grader.batch(zipped({"ada/conv.py": RIGHT}))
    before = sorted((path, path.read_bytes()) for path in (root / "out").rglob("*") if path.is_file())
    moodle = zipped({
        "Ada Lovelace_11_assignsubmission_file_/conv.py": RIGHT,
        "Alan Turing_12_assignsubmission_file_/conv.py": RIGHT,
        "stray.py": RIGHT,
    })  # fmt: skip
    output = grader("batch", moodle, "--assignment", "tiny", "--gradebook", grader.url)
    assert grader.status == USER_MISTAKE
    assert "--layout" in output
    grader("intake", moodle, "--assignment", "tiny", "--csv", root / "intake.csv")
    assert not (root / "intake.csv").exists()
    grader("report", "--gradebook", grader.url, "--format", "csv", "--out", root / "out")
    assert sorted((path, path.read_bytes()) for path in (root / "out").rglob("*") if path.is_file()) == before


def test_a_batch_ends_in_one_line_if_its_sandbox_does_not_start(
    root: Path,
    wrong: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    one = tmp_path / "one"
    shutil.copytree(wrong, one / "ada")
    words = ["batch", str(one), "--assignment", "tiny", "--jobs", "1", "--gradebook"]
    assert main([*words, "sqlite:///one.db"]) == PASSED
    monkeypatch.setenv("PATH", "/nowhere")
    assert main([*words, "sqlite:///one.db"]) == PASSED
    assert "nothing to run, 1 graded before" in capsys.readouterr().out
    assert main([*words, "sqlite:///other.db"]) == NO_SANDBOX
    output = capsys.readouterr().err
    assert "which is not installed: install bubblewrap" in output and output.count("\n") == 1
    with Gradebook("sqlite:///other.db") as book:
        assert not [row for row in book.grades() if row.grade is not None]


@pytest.mark.parametrize(
    "words",
    [
        ("intake", "class", "--assignment", "tiny", "--csv", "."),
        ("intake", "class", "--assignment", "tiny", "--csv", "file/intake.csv"),
        ("generate", "--out", "file"),
        ("generate", "--out", "file/build"),
    ],
    ids=" ".join,
)
def test_a_place_that_cannot_be_written_is_named_and_is_no_fault_of_the_grader(
    grader: Commands, root: Path, words: tuple[str, ...]
) -> None:
    (root / "class" / "ada").mkdir(parents=True)
    (root / "class" / "ada" / "conv.py").write_text(RIGHT)
    (root / "file").touch()
    assert grader(*words).startswith(f"grader: {words[-1]}: cannot be written: ")
    assert grader.status == USER_MISTAKE
