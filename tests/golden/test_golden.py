"""The reports on a class of twelve, byte for byte, and read back by parsers that are not ours."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import junitparser
import pytest
from markdown_it import MarkdownIt

from grader.model.assignment import Visibility
from grader.model.class_row import reveal_cases
from grader.report.formats.feedback import feedback_files
from tests.golden.class_of_twelve import GOLDEN, HIDDEN, LATER, MEMBERS, class_report, golden_files

LMS_EXPORTS = {"canvas-export.csv", "moodle-export.csv"}
# The reports on disk: every worker collects these tests, and only those that run one write the reports anew.
NAMES = sorted(
    name
    for name in (path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*") if path.is_file())
    if not name.startswith("kernels/")  # test_cuda_assignment.py has those
    and not name.endswith((".py", ".pyc"))
    and name not in LMS_EXPORTS
)
FILLED_IN = {"canvas/canvas.csv", "moodle/moodle.csv"}
FORMULA = re.compile(r"\s*[=+\-@](?!\d*$)")


def table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(golden_files()[name].decode(), newline="")))


def texts() -> Iterator[tuple[str, str]]:
    """All report files as text, with the files of each zip one by one."""
    for name, data in golden_files().items():
        if name.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield from ((f"{name}:{inner}", archive.read(inner).decode()) for inner in archive.namelist())
        else:
            yield name, data.decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_as_it_was(name: str) -> None:
    """`make golden` writes them anew."""
    assert golden_files()[name] == (GOLDEN / name).read_bytes()


def test_the_folder_holds_every_report_and_no_other_file() -> None:
    assert sorted(golden_files()) == NAMES


def test_no_report_says_what_a_hidden_case_is_about() -> None:
    assert HIDDEN in repr(class_report())
    assert [name for name, text in texts() if HIDDEN in text] == []


def test_no_report_decides_by_itself_that_the_due_date_has_passed() -> None:
    assert {name.partition("/")[0] for name, text in texts() if LATER in text} == {"gradescope"}
    for _, text in texts():
        if LATER in text:
            tests = json.loads(text)["tests"]
            assert {t["visibility"] for t in tests if LATER in t["output"]} == {"after_due_date"}
            assert LATER not in json.dumps({**json.loads(text), "tests": []})


def test_after_the_due_date_its_cases_are_shown_and_hidden_ones_are_not() -> None:
    report = class_report()
    later = replace(report, rows=tuple(reveal_cases(report.rows, {Visibility.AFTER_DUE_DATE})))
    files = feedback_files(later)
    assert {name for name, data in files.items() if LATER.encode() in data} == {
        "s10/conv_backward.txt",
        "s10/conv_backward.md",
    }
    assert not any(HIDDEN.encode() in data for data in files.values())


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".csv")])
def test_no_cell_is_a_formula_and_every_line_has_every_cell(name: str) -> None:
    """Cells of the LMS are left alone: escaped, a name would no longer be the student's."""
    header, *lines = csv.reader(io.StringIO(golden_files()[name].decode(), newline=""))
    assert {len(line) for line in lines} == {len(header)}
    theirs = {cell for export in LMS_EXPORTS for cell in _cells((GOLDEN / export).read_text())}
    formulas = [cell for line in lines for cell in line if FORMULA.match(cell)]
    assert [cell for cell in formulas if not (name in FILLED_IN and cell in theirs)] == []


def _cells(text: str) -> list[str]:
    return [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]


def test_canvas_keeps_its_own_columns_and_takes_final_scores_alone() -> None:
    lines = table("canvas/canvas.csv")
    assert list(lines[0]) == [
        "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Convolution, backward (71)",
    ]  # fmt: skip
    scores = {line["ID"]: line["Convolution, backward (71)"] for line in lines}
    assert scores == {
        "": "100", "901": "100", "902": "65", "903": "80", "904": "EX", "905": "80", "906": "80", "907": "0",
        "908": "50", "909": "0", "910": "92.5", "911": "33", "999": "4", "913": "",
    }  # fmt: skip


def test_moodle_takes_grades_comments_and_a_folder_of_feedback_each() -> None:
    lines = {line["Identifier"]: line for line in table("moodle/moodle.csv")}
    assert lines["Participant 505"]["Grade"] == "80"
    assert "2 late days used" in lines["Participant 505"]["Feedback comments"]
    assert lines["Participant 507"]["Grade"] == "3.00"
    assert lines["Participant 511"]["Grade"] == lines["Participant 599"]["Grade"] == ""
    with zipfile.ZipFile(io.BytesIO(golden_files()["moodle/feedback.zip"])) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert "Grace _ Hopper_506_assignsubmission_file_/feedback.txt" in names
    assert all(re.fullmatch(r"[^/]+_\d+_assignsubmission_file_/feedback\.(txt|md)", name) for name in names)


def test_junit_counts_what_happened() -> None:
    suites = {
        suite.name: suite for suite in junitparser.JUnitXml.fromstring(golden_files()["junit/junit.xml"])
    }
    assert set(suites) == {f"conv_backward.{member.id}" for member in MEMBERS}
    counts = {name: (s.tests, s.failures, s.errors, s.skipped) for name, s in suites.items()}
    assert counts["conv_backward.s01"] == (11, 0, 0, 0)
    assert counts["conv_backward.s02"] == (11, 3, 0, 0)
    assert counts["conv_backward.s08"] == (12, 0, 2, 0)  # a case, and the cases to review
    assert counts["conv_backward.s11"] == (1, 0, 1, 0)
    assert [p.value for p in suites["conv_backward.s05"].properties()] == ["80"]  # type: ignore[no-untyped-call]


def test_gradescope_gets_what_its_specification_says() -> None:
    result_files = {
        name: json.loads(data) for name, data in golden_files().items() if name.startswith("gradescope/")
    }
    assert len(result_files) == 9  # without the three that need review
    for results in result_files.values():
        points = [test["score"] for test in results["tests"] if "score" in test]
        assert len(points) == 3
        for test in results["tests"]:
            assert set(test) <= {"name", "number", "score", "max_score", "status", "output", "visibility"}
            assert test["status"] in ("passed", "failed")
            assert test["visibility"] in ("visible", "after_due_date", "after_published")
            assert isinstance(test["number"], str)
    assert result_files["gradescope/s05/conv_backward/results.json"]["score"] == 80


def test_prairielearn_gets_a_share_between_0_and_1() -> None:
    for name, data in golden_files().items():
        if name.startswith("prairielearn/"):
            results = json.loads(data)
            assert 0 <= results["score"] <= 1
            assert sum(test["max_points"] for test in results["tests"]) == 100


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".md")])
def test_markdown_holds_no_markup_but_ours(name: str) -> None:
    html = MarkdownIt("commonmark", {"linkify": False}).enable("table").render(golden_files()[name].decode())
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {
        "h1", "h2", "p", "strong", "em", "ul", "li", "code", "pre",
        "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert not tags & {"a", "img", "script", "b"}


def test_everyone_has_a_folder_of_their_own() -> None:
    lines = table("feedback/feedback.csv")
    assert [line["email"] for line in lines] == [f"s{n:02}@example.org" for n in (12, *range(1, 12))]
    assert len({Path(line["text"]).parent for line in lines}) == 12
    assert all(
        f"feedback/{line['text']}" in golden_files() and f"feedback/{line['markdown']}" in golden_files()
        for line in lines
    )
