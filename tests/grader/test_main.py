"""Exit status: 0 all passed, 1 something did not, 2 your mistake in one line, 3 the grader's own fault."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.__main__ import GRADER_FAULT, NOT_PASSED, PASSED, USER_MISTAKE, main

RIGHT = """\
from ndarray import zeros

def flip(a, axes):
    return a[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(a.ndim))]

def dilate(a, axes, dilation):
    steps = [dilation + 1 if i in axes else 1 for i in range(a.ndim)]
    out = zeros([n * k for n, k in zip(a.shape, steps)], a.device, a.dtype)
    out[tuple(slice(None, None, k) for k in steps)] = a
    return out
"""
WRONG = RIGHT.replace("slice(None, None, -1)", "slice(None)")


@pytest.fixture
def root(course: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a course of one assignment that can be generated, and no secret."""
    for name in ("pyproject.toml", "README.md", "grader", "locks"):
        (course / name).symlink_to(repository / name)
    monkeypatch.chdir(course)
    monkeypatch.delenv("BACKFLIP_SEED", raising=False)
    return course


@pytest.fixture
def submission(tmp_path: Path) -> Callable[[str], Path]:
    def submission(source: str) -> Path:
        (tmp_path / "ada").mkdir()
        (tmp_path / "ada" / "conv.py").write_text(source)
        return tmp_path / "ada"

    return submission


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on stderr: one line, and no traceback."""
    error = capsys.readouterr().err
    assert error.count("\n") == 1, error
    assert "Traceback" not in error
    return error


def test_a_right_submission_ends_with_0(
    root: Path, submission: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grade", str(submission(RIGHT)), "--assignment", "tiny"]) == PASSED == 0
    assert "10" in capsys.readouterr().out


def test_a_wrong_submission_ends_with_1_and_no_traceback(
    root: Path, submission: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grade", str(submission(WRONG)), "--assignment", "tiny"]) == NOT_PASSED == 1

    said = capsys.readouterr()
    assert "expected" in said.out and "actual" in said.out
    assert "Traceback" not in said.out + said.err


@pytest.mark.parametrize(
    ("source", "cause"),
    {
        "missing": (None, "conv.py is missing"),
        "does_not_parse": ("def flip(:\n", "SyntaxError"),
        "defines_nothing": ("x = 1\n", "defines no flip"),
        "exits_at_import": ("import os\nos._exit(0)\n", "exit code 0"),
    }.values(),
    ids=["missing", "does_not_parse", "defines_nothing", "exits_at_import"],
)
def test_a_submission_that_cannot_be_run_is_a_grade_of_zero_that_names_the_cause(
    root: Path,
    submission: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
    source: str | None,
    cause: str,
) -> None:
    folder = submission(source or "")
    if source is None:
        (folder / "conv.py").unlink()

    assert main(["grade", str(folder), "--assignment", "tiny", "--json", "grade.json"]) == NOT_PASSED
    said = capsys.readouterr()
    assert cause in said.out
    assert "Traceback" not in said.out + said.err
    assert json.loads(Path("grade.json").read_text())["score"] == 0


@pytest.mark.parametrize(
    ("words", "phrase"),
    {
        "unknown_assignment": (
            ["grade", ".", "--assignment", "gone"],
            "no assignment 'gone', expected one of tiny",
        ),
        "unnamed_assignment": (["grade", "."], "which assignment? name it with --assignment"),
        "missing_folder": (
            ["grade", "no/such/folder", "--assignment", "tiny"],
            "no/such/folder: no such folder",
        ),
        "a_file_for_a_folder": (
            ["grade", "assignments/course.yaml", "--assignment", "tiny"],
            "assignments/course.yaml: no such folder",
        ),
        "a_device_not_at_hand": (
            ["grade", ".", "--assignment", "tiny", "--device", "cuda"],
            "--device cuda: tiny is graded on cpu",
        ),
        "generate_the_unknown": (["generate", "gone"], "no assignment 'gone', expected one of tiny"),
        "arguments_for_pytest_elsewhere": (
            ["generate", "--", "-k", "x"],
            "only `grader grade` passes arguments",
        ),
        "no_jobs": (
            ["batch", ".", "--assignment", "tiny", "--jobs", "0"],
            "--jobs 0: at least one is needed",
        ),
    }.values(),
    ids=lambda value: "",
)
def test_a_mistake_of_the_users_is_one_line_and_ends_with_2(
    root: Path, capsys: pytest.CaptureFixture[str], words: list[str], phrase: str
) -> None:
    assert main(words) == USER_MISTAKE == 2
    assert phrase in complaint(capsys)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["grade"],
        ["grad", "."],
        ["grade", ".", "--device", "tpu"],
        ["grade", ".", "--sandbox", "docker"],
        ["report", "--out", "x"],
        ["batch", "."],
    ],
    ids=" ".join,
)
def test_words_that_are_no_command_end_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == USER_MISTAKE
    assert "usage: grader" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["generate", "grade", "batch", "report"])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert f"usage: grader {command}" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["grade", ".", "--assignment", "tiny"], ["generate"]], ids=" ".join)
def test_outside_a_repository_it_says_where_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(words) == USER_MISTAKE
    assert "run this in the course's repository" in complaint(capsys)


def test_pytest_arguments_that_select_nothing_end_with_2(
    root: Path, submission: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "grade",
        str(submission(RIGHT)),
        "--assignment",
        "tiny",
        "--",
        "-k",
        "gone",
        "-p",
        "no:cacheprovider",
    ]

    assert main(words) == USER_MISTAKE
    assert "pytest -k gone -p no:cacheprovider: selects no case of" in complaint(capsys)


def test_pytest_arguments_choose_the_cases(
    root: Path, submission: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["grade", str(submission(WRONG)), "--assignment", "tiny", "--json", "grade.json"]

    assert main([*words, "--", "-k", "columns", "-p", "no:cacheprovider"]) == PASSED
    cases = [
        case["id"] for c in json.loads(Path("grade.json").read_text())["criteria"] for case in c["cases"]
    ]
    assert cases == ["columns"]


def test_a_rubric_that_is_wrong_ends_with_2_and_its_line(
    root: Path, submission: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rubric = root / "assignments" / "tiny" / "rubric.yaml"
    rubric.write_text(rubric.read_text().replace("points: 10", "points: 12"))

    assert main(["grade", str(submission(RIGHT)), "--assignment", "tiny"]) == USER_MISTAKE
    assert f"{rubric}:2: found points 12, expected the sum" in complaint(capsys)


def test_a_reference_without_an_answer_ends_with_3_and_never_with_a_silent_zero(
    root: Path, submission: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rubric = root / "assignments" / "tiny" / "rubric.yaml"
    rubric.write_text(rubric.read_text().replace("axes: [0], dilation: 1", "axes: [7], dilation: 1"))

    words = ["grade", str(submission(RIGHT)), "--assignment", "tiny", "--json", "grade.json"]
    assert main(words) == GRADER_FAULT == 3
    cases = [case for c in json.loads(Path("grade.json").read_text())["criteria"] for case in c["cases"]]
    assert [case["status"] for case in cases] == ["ok", "ok", "internal_error", "ok"]
    assert "Traceback" not in capsys.readouterr().err


def test_a_bug_of_the_graders_ends_with_3_and_one_line(
    root: Path,
    submission: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def bug(*_: object, **__: object) -> None:
        raise ZeroDivisionError("in the score")

    monkeypatch.setattr("grader.judge.session.score", bug)

    assert main(["grade", str(submission(RIGHT)), "--assignment", "tiny"]) == GRADER_FAULT
    said = complaint(capsys)
    assert "the grader's own fault" in said
    assert "ZeroDivisionError: in the score" in said


def test_a_worker_that_cannot_be_started_is_not_the_students_fault(
    root: Path, submission: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "assignments" / "tiny" / "probes.py").write_text(
        "import gone\n\n\ndef flip(submission, case): ...\n\n\ndef dilate(submission, case): ...\n"
    )

    assert main(["grade", str(submission(RIGHT)), "--assignment", "tiny"]) in (USER_MISTAKE, GRADER_FAULT)
    assert "No module named 'gone'" in complaint(capsys)


SCHEMA = {"schema", "assignment", "score", "max_score", "criteria"}


def test_the_json_has_the_fields_that_others_rely_on(
    root: Path, submission: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["grade", str(submission(WRONG)), "--assignment", "tiny", "--json", "new/folder/grade.json"])
    grade = json.loads(Path("new/folder/grade.json").read_text())

    assert set(grade) >= SCHEMA
    assert grade["schema"] == "backflip/grade/1"
    assert (grade["assignment"], grade["score"], grade["max_score"]) == ("tiny", 0, 10)
    for criterion in grade["criteria"]:
        assert set(criterion) >= {"id", "score", "points", "status", "cases"}
        for case in criterion["cases"]:
            assert set(case) >= {"id", "status", "misconceptions"}
            assert isinstance(case["misconceptions"], list)
    assert [c["id"] for c in grade["criteria"]] == ["flip", "dilate"]
    assert [c["status"] for c in grade["criteria"]] == ["wrong", "not_run"]


def test_a_hidden_case_shows_its_values_only_where_they_are_asked_for(
    root: Path, submission: Callable[[str], Path]
) -> None:
    words = ["grade", str(submission(WRONG)), "--assignment", "tiny", "--json"]
    main([*words, "one.json"])
    main([*words, "other.json", "--reveal"])
    shut, open_ = (
        json.loads(Path(name).read_text())["criteria"][0]["cases"][1] for name in ("one.json", "other.json")
    )

    assert (shut["id"], open_["id"]) == ("hidden-one", "hidden-one")
    assert "expected" not in shut
    assert open_["expected"] != ""


@pytest.mark.parametrize("option", ["--json", "--html"])
def test_a_report_that_cannot_be_written_ends_with_2(
    root: Path, submission: Callable[[str], Path], capsys: pytest.CaptureFixture[str], option: str
) -> None:
    words = ["grade", str(submission(RIGHT)), "--assignment", "tiny", option, "README.md/grade"]

    assert main(words) == USER_MISTAKE
    assert "README.md/grade: cannot be written" in complaint(capsys)


def test_the_courses_secret_changes_hidden_cases_wherever_the_command_is_given(
    root: Path, submission: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file lies at the repository's root; a grade must not depend on the folder one stands in."""
    folder = submission(WRONG)

    def hidden(name: str) -> str:
        main(["grade", str(folder), "--assignment", "tiny", "--reveal", "--json", name])
        return json.dumps(json.loads(Path(name).read_text())["criteria"][0]["cases"][1])

    without = hidden("without.json")
    (root / ".backflip-seed").write_text("secret\n")
    at_the_root = hidden("root.json")
    monkeypatch.chdir(root / "assignments")
    below = hidden("below.json")
    (root / ".backflip-seed").unlink()
    monkeypatch.setenv("BACKFLIP_SEED", "secret")

    assert without != at_the_root
    assert at_the_root == below == hidden("variable.json")


@pytest.fixture
def handout(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A handout far from the repository, solved, and the working folder in it."""
    assert main(["generate", "--out", str(tmp_path / "build")]) == PASSED
    shutil.copytree(tmp_path / "build" / "release" / "tiny", tmp_path / "elsewhere" / "tiny")
    (tmp_path / "elsewhere" / "tiny" / "conv.py").write_text(RIGHT)
    monkeypatch.chdir(tmp_path / "elsewhere" / "tiny")
    return tmp_path / "elsewhere" / "tiny"


def test_a_handout_is_graded_in_its_own_folder_with_the_frozen_arrays(
    handout: Path, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("grader.judge.session.ReferenceOracle")  # a handout has none
    monkeypatch.setenv("PATH", "")  # and needs no bubblewrap

    assert main(["grade", ".", "--json", "grade.json"]) == PASSED
    grade = json.loads(Path("grade.json").read_text())
    assert (grade["score"], grade["max_score"], grade["withheld"]) == (8, 8, 2)
    assert "note:" not in capsys.readouterr().out


def test_an_untouched_handout_is_graded_zero_without_a_traceback(
    handout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(tmp_path / "build" / "release" / "tiny" / "conv.py", "conv.py")

    assert main(["grade", ".", "--json", "grade.json"]) == NOT_PASSED
    said = capsys.readouterr()
    assert json.loads(Path("grade.json").read_text())["score"] == 0
    assert "NotImplementedError" in said.out
    assert "Traceback" not in said.out + said.err


def test_a_provided_file_that_was_changed_is_noted(handout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = handout / "ndarray" / "ndarray.py"
    path.write_text(path.read_text() + "\n# mine\n")

    assert main(["grade", "."]) == PASSED
    assert "note: ndarray/ndarray.py is not as it was handed out" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["ndarray/ndarray.py", "grading/frozen.npz", "grading/rubric.yaml"])
def test_a_handout_that_lost_a_file_says_which_in_one_line(
    handout: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (handout / name).unlink()
    capsys.readouterr()

    assert main(["grade", "."]) == USER_MISTAKE
    assert name in complaint(capsys)


# two mutants of tiny; the hidden case of flip tells both from the solution, on any numbers
MUTANTS = """\
from solution import original

from grader.model.mutant import mutant


@mutant(of="flip")
def not_flipped(a, axes):
    \"\"\"You hand the array back as it came.\"\"\"
    return a


@mutant(of="flip")
def flipped_on_every_axis(a, axes):
    \"\"\"You reverse all axes.\"\"\"
    return original(a, range(a.ndim))
"""
ZERO_SAVED = """\
@mutant(of="flip")
def zero_left_alone(a, axes):
    \"\"\"You flip nothing where the first number is negative.\"\"\"
    return original(a, axes) if a.numpy()[0, 0] < 0 else a
"""


@pytest.fixture
def mutants(root: Path) -> Path:
    path = root / "assignments" / "tiny" / "mutants.py"
    path.write_text(MUTANTS)
    return path


def test_numbers_are_equally_hard_where_hidden_cases_kill_the_same_mutants(
    root: Path, mutants: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "tiny", "--variants", "2", "--jobs", "1"]) == PASSED
    assert "tiny: 1 hidden cases, 2 mutants, 2 variants: no differences" in capsys.readouterr().out


def test_a_mutant_that_dies_on_some_students_numbers_only_is_named(
    root: Path, mutants: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mutants.write_text(f"{MUTANTS}\n\n{ZERO_SAVED}")

    assert main(["verify", "tiny", "--variants", "6", "--jobs", "1"]) == NOT_PASSED
    said = capsys.readouterr().out
    assert "flip/hidden-one kills zero_left_alone" in said
    assert "not_flipped" not in said


def hidden_case(folder: Path, *words: str) -> str:
    main(["grade", str(folder), "--assignment", "tiny", "--reveal", "--json", "grade.json", *words])
    grade = json.loads(Path("grade.json").read_text())
    case = grade["criteria"][0]["cases"][1]
    return f"{case['expected']} {case['actual']} {case['index']} {grade['versions'].get('variant')}"


def test_a_students_hidden_numbers_are_their_own_where_the_course_says_so_or_the_command_does(
    root: Path, submission: Callable[[str], Path]
) -> None:
    folder = submission(WRONG)  # it is called ada
    everybodys = hidden_case(folder)
    ada, eve = hidden_case(folder, "--variant", "ada"), hidden_case(folder, "--variant", "eve")
    (root / "assignments" / "course.yaml").write_text("title: A\nassignments: [tiny]\nvariants: true\n")

    assert len({everybodys, ada, eve}) == 3
    assert hidden_case(folder) == ada
    assert hidden_case(folder, "--variant", "") == everybodys


def test_one_students_handout_lies_beside_the_others_and_has_their_numbers(root: Path) -> None:
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


@pytest.mark.parametrize("id", ["../ada", "a/b", ".hidden", " "])
def test_an_id_that_names_no_folder_is_refused(
    root: Path, id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["generate", "--variant", id]) == USER_MISTAKE
    assert "it names a folder" in complaint(capsys)
