"""Laws of `grader grade`, in the repository and in a handout."""

import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.__main__ import main
from grader.author import render
from grader.author.load import load
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED, USER_MISTAKE
from grader.cli.grade import newer_python
from grader.judge.examples import failing_cases
from grader.judge.verdict import case_result, grade_case
from grader.model.assignment import Assignment, Case
from grader.model.grade import CheckResult, Fact, FactKind, Grade, Location
from tests.tiny_course import WRONG


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
def test_a_submission_that_cannot_run_scores_zero_and_names_the_cause(
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
    output = capsys.readouterr()
    assert cause in output.out
    assert "Traceback" not in output.out + output.err
    assert json.loads(Path("grade.json").read_text())["score"] == 0


def test_each_view_of_an_assignment_is_rendered_once_in_a_run(
    root: Path, right: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first run also grades the mutants; later runs read the provided files from the cache."""
    rendered: Counter[str] = Counter()

    def count(assignment: Assignment, view: str) -> render.RenderedView:
        rendered[view] += 1
        return whole(assignment, view)

    whole = render.render
    monkeypatch.setattr(render, "render", count)
    for expected in ({"handout": 1, "solution": 1}, {}):
        assert main(["grade", str(right), "--assignment", "tiny"]) == PASSED
        assert rendered == expected
        rendered.clear()


def test_pytest_arguments_that_select_nothing_end_with_2(
    root: Path, right: Path, complaint: Callable[[], str]
) -> None:
    words = [
        "grade",
        str(right),
        "--assignment",
        "tiny",
        "--",
        "-k",
        "gone",
        "-p",
        "no:cacheprovider",
    ]

    assert main(words) == USER_MISTAKE
    assert "pytest -k gone -p no:cacheprovider: selects no case of" in complaint()


def test_pytest_arguments_choose_the_cases(
    root: Path, wrong: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["grade", str(wrong), "--assignment", "tiny", "--json", "grade.json"]

    assert main([*words, "--", "-k", "columns", "-p", "no:cacheprovider"]) == PASSED
    cases = [
        case["id"] for c in json.loads(Path("grade.json").read_text())["criteria"] for case in c["cases"]
    ]
    assert cases == ["columns"]


SCHEMA = {"schema", "assignment", "score", "max_score", "criteria"}


def test_the_json_has_the_fields_that_others_rely_on(
    root: Path, wrong: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["grade", str(wrong), "--assignment", "tiny", "--json", "new/folder/grade.json"])
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


def test_a_hidden_case_shows_its_values_only_where_they_are_asked_for(root: Path, wrong: Path) -> None:
    words = ["grade", str(wrong), "--assignment", "tiny", "--json"]
    main([*words, "one.json"])
    main([*words, "other.json", "--reveal"])
    shut, open_ = (
        json.loads(Path(name).read_text())["criteria"][0]["cases"][1] for name in ("one.json", "other.json")
    )

    assert (shut["id"], open_["id"]) == ("hidden-one", "hidden-one")
    assert "expected" not in shut
    assert open_["expected"] != ""


@pytest.mark.parametrize("visibility", ["hidden", "visible"])
def test_the_place_of_a_mistake_is_printed_once(
    root: Path,
    wrong: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    visibility: str,
) -> None:
    """If there are hidden cases, the search runs before the report is printed; else after it."""

    def localize(grade: Grade, *_: object, **__: object) -> Grade:
        fact = Fact(FactKind.PLACE, "Look at line 4 of conv.py.", ("one-axis",))
        place = Location("conv.py", 4, 0, 4, 9, "a[:]", 1, 1)
        first = replace(grade.criteria[0], facts=(fact,), locations=(place,))
        return replace(grade, criteria=(first, *grade.criteria[1:]))

    monkeypatch.setattr("grader.judge.localization.localize.localize", localize)
    monkeypatch.setattr("grader.judge.localization.localize._is_open", lambda criterion: True)
    rubric = root / "assignments" / "tiny" / "rubric.yaml"
    rubric.write_text(rubric.read_text().replace("visibility: hidden", f"visibility: {visibility}"))
    main(["grade", str(wrong), "--assignment", "tiny"])
    assert capsys.readouterr().out.count("Look at line 4") == 1


@pytest.mark.parametrize("option", ["--json", "--html"])
def test_a_report_that_cannot_be_written_ends_with_2(
    root: Path, right: Path, complaint: Callable[[], str], option: str
) -> None:
    words = ["grade", str(right), "--assignment", "tiny", option, "README.md/grade"]

    assert main(words) == USER_MISTAKE
    assert "README.md/grade: cannot be written" in complaint()


def test_the_secret_changes_hidden_cases_in_any_working_folder(
    root: Path, wrong: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is at the repository's root; a grade must not depend on the current folder."""
    folder = wrong

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


def test_a_handout_is_graded_in_its_own_folder_with_the_frozen_arrays(
    handout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("grader.judge.grading_setup.ReferenceOracle")  # a handout has none
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
    output = capsys.readouterr()
    assert json.loads(Path("grade.json").read_text())["score"] == 0
    assert "Nothing is written yet" in output.out
    assert "Traceback" not in output.out + output.err


def test_a_provided_file_that_was_changed_is_noted(handout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = handout / "ndarray" / "ndarray.py"
    path.write_text(path.read_text() + "\n# mine\n")

    assert main(["grade", "."]) == PASSED
    assert "note: you changed ndarray/ndarray.py" in capsys.readouterr().out


def test_line_ends_and_a_mark_that_an_editor_or_git_wrote_cost_nothing(
    handout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In any file of the handout, and in the student's own file, which has a byte order mark."""
    for path in (p for p in handout.rglob("*") if p.suffix in (".py", ".md", ".yaml", ".json", ".txt")):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    submission = handout / "conv.py"
    submission.write_bytes(b"\xef\xbb\xbf" + submission.read_bytes())

    assert b"\r\n" in (handout / "ndarray" / "ndarray.py").read_bytes()
    assert main(["grade", "."]) == PASSED
    assert "note:" not in capsys.readouterr().out


def test_git_leaves_a_handouts_bytes_alone(handout: Path, tmp_path: Path) -> None:
    assert (tmp_path / "build" / "release" / "tiny" / ".gitattributes").read_text() == "* -text\n"


def test_syntax_of_a_newer_python_is_noted_before_the_grade(handout: Path) -> None:
    """Here with a version before this one; `needs` has its own tests, between real versions."""
    files = {"conv.py": b"try:\n    x = 1\nexcept* ValueError:\n    pass\n"}
    assignment = replace(load(handout / "grading"), python="3.10")

    (note,) = newer_python(assignment, files)
    assert note.startswith("conv.py, line ") and "Your instructor grades with Python 3.10" in note
    assert list(newer_python(replace(assignment, python=f"3.{sys.version_info[1]}"), files)) == []
    assert list(newer_python(replace(assignment, python=""), files)) == []


@pytest.mark.parametrize("name", ["ndarray/ndarray.py", "grading/frozen.npz", "grading/rubric.yaml"])
def test_a_handout_that_lost_a_file_says_which_in_one_line(
    handout: Path, capsys: pytest.CaptureFixture[str], complaint: Callable[[], str], name: str
) -> None:
    (handout / name).unlink()
    capsys.readouterr()

    assert main(["grade", "."]) == USER_MISTAKE
    assert name in complaint()


def hidden_case(folder: Path, *words: str) -> str:
    main(["grade", str(folder), "--assignment", "tiny", "--reveal", "--json", "grade.json", *words])
    grade = json.loads(Path("grade.json").read_text())
    case = grade["criteria"][0]["cases"][1]
    return f"{case['expected']} {case['actual']} {case['index']} {grade['versions'].get('variant')}"


def test_a_student_has_hidden_numbers_if_course_or_command_says_so(root: Path, wrong: Path) -> None:
    folder = wrong  # it is called ada
    everybodys = hidden_case(folder)
    ada, eve = hidden_case(folder, "--variant", "ada"), hidden_case(folder, "--variant", "eve")
    (root / "assignments" / "course.yaml").write_text("title: A\nassignments: [tiny]\nvariants: true\n")

    assert len({everybodys, ada, eve}) == 3
    assert hidden_case(folder) == ada
    assert hidden_case(folder, "--variant", "") == everybodys


def test_what_a_page_shows_of_visible_cases_ran_before_the_first_hidden_case(
    root: Path, submission: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a submission could print a hidden case's values in the smallest case that fails."""
    events: list[str] = []
    grade_once, show = grade_case.grade_case, failing_cases.examples_of

    def grades(case: Case, *rest: Any) -> CheckResult:
        events.append(case.visibility)
        return grade_once(case, *rest)

    def shows(*words: Any) -> Any:
        events.append("shown")
        return show(*words)

    monkeypatch.setattr(case_result, "grade_case", grades)
    monkeypatch.setattr(failing_cases, "examples_of", shows)
    folder = submission(WRONG)
    for words in ([], ["--html", "page.html"], ["--", "-k", "flip"]):
        assert main(["grade", str(folder), "--assignment", "tiny", *words]) == NOT_PASSED
        assert events.index("shown") < events.index("hidden")
        assert "visible" not in events[events.index("hidden") :]
        events.clear()
