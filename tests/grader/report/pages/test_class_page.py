"""Laws of the class report: right numbers, no injected markup, no complaints from a browser."""

import re
import shutil
import struct
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.class_row import ClassReport
from grader.model.student import Student
from grader.report.pages.class_page import MOST_OPEN, class_pages
from grader.report.pages.class_statistics import histogram, statistics_of
from grader.report.terminal.doubt_kinds import kind_of
from tests.golden.class_of_twelve import HIDDEN, NAME, class_report
from tests.waiting import LIMIT

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
TAGS = {
    "html", "head", "meta", "link", "title", "style", "body", "h1", "h2", "h3", "p", "ul", "li", "b", "br",
    "table", "tr", "th", "td", "code", "span", "section", "div", "svg", "g", "rect", "line", "text", "a",
}  # fmt: skip
MEASURE = "<script>console.log('measured', document.documentElement.scrollWidth)</script>"


@pytest.fixture(scope="module")
def page() -> str:
    return class_pages(class_report())[f"{NAME}.html"].decode()


class Tags(HTMLParser):
    """Collects what a browser would find: tags, and their targets."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.targets: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.targets += [value or "" for name, value in attrs if name in ("src", "href", "action", "data")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_no_name_becomes_markup_and_nothing_points_to_a_network(page: str) -> None:
    tags = Tags()
    tags.feed(page)
    assert tags.found == TAGS
    assert {target.split("/")[0] for target in tags.targets} == {"data:,", "feedback"}
    assert "url(" not in page and "@import" not in page
    assert "<script>alert(1)</script> (s03)" in tags.text


def test_no_hidden_case_says_what_it_is_about(page: str) -> None:
    assert HIDDEN not in page


def test_each_student_is_listed_with_a_score_and_a_link_to_a_page() -> None:
    report = class_report()
    files = class_pages(report)
    tags = Tags()
    tags.feed(files[f"{NAME}.html"].decode())
    leading = {unquote(target) for target in tags.targets} - {"data:,"}
    assert leading == set(files) - {f"{NAME}.html"} and len(leading) == 11
    sections = tags.text[tags.text.index("Students") : tags.text.index("Misconceptions")]
    for row in report.of(NAME):
        assert f"({row.student_id})" in sections


def test_submissions_that_need_review_are_named_with_the_remedy(page: str) -> None:
    tags = Tags()
    tags.feed(page)
    for row in statistics_of(class_report().of(NAME)).to_review:
        assert kind_of(row.review_reason).remedy.replace("`", "") in tags.text


def test_a_long_list_of_students_who_need_review_is_folded() -> None:
    """A whole class may wait for points by hand, and its scores stand below the list."""
    row = statistics_of(class_report().of(NAME)).to_review[0]
    for count in (MOST_OPEN, MOST_OPEN + 1):
        rows = tuple(replace(row, student_id=f"w{n}", student=Student(f"w{n}")) for n in range(count))
        text = class_pages(ClassReport(rows))[f"{NAME}.html"].decode()
        assert text.count(f"<summary>Show the {count} students</summary>") == (count > MOST_OPEN)
        assert f"<td>w{count - 1}</td>" in text
        printed = text[text.index("@media print") :]
        assert "details::details-content { content-visibility: visible; }" in printed  # paper has no button


def test_no_feedback_page_says_what_a_hidden_case_is_about() -> None:
    assert [name for name, data in class_pages(class_report()).items() if HIDDEN in data.decode()] == []


def test_the_numbers_are_those_of_the_class() -> None:
    statistics = statistics_of(class_report().of(NAME))
    assert (statistics.students, len(statistics.scores), sum(statistics.bins)) == (12, 11, 11)
    assert [(m.name, m.students) for m in statistics.misconceptions] == [
        ("remainder_ignored", ("s02", "s04")),
        ("kernel_flipped", ("s09",)),
    ]
    rates = {f"{c.id}/{case.id}": (case.passed, case.ran) for c in statistics.criteria for case in c.cases}
    assert rates["flip/vector"] == (9, 11)
    assert rates["x_grad/stride-2"] == (9, 10)  # if the grader failed, the case says nothing
    assert [row.student_id for row in statistics.to_review] == ["../s12", "s08", "s11"]
    assert (statistics.late, statistics.adjusted) == (4, 1)


def test_cases_that_no_or_every_student_passes_are_named() -> None:
    rows = [row for row in class_report().rows if row.student_id in ("s01", "s05")]
    statistics = statistics_of(rows)
    assert len(statistics.passed_by_all) == 11 and statistics.passed_by_none == ()
    statistics = statistics_of([row for row in class_report().rows if row.student_id == "s07"])
    assert len(statistics.passed_by_none) == 11 and statistics.passed_by_all == ()


@given(st.lists(st.floats(-10, 120)), st.sampled_from([0.0, 1.0, 100.0]))
def test_a_histogram_counts_every_score_once(scores: list[float], max_score: float) -> None:
    assert sum(histogram(scores, max_score)) == len(scores)


def test_a_score_on_an_edge_belongs_to_what_begins_there() -> None:
    assert histogram([0, 29.999999, 30, 99, 100, 110], 100) == (1, 0, 1, 1, 0, 0, 0, 0, 0, 3)


def test_a_class_without_a_single_grade_has_a_page() -> None:
    rows = tuple(row for row in class_report().rows if row.grade is None)
    assert b"No answer looks like" in class_pages(ClassReport(rows))[f"{NAME}.html"]


@pytest.mark.skipif(
    BROWSER is None, reason="no Chromium is installed here (Debian: apt-get install chromium)"
)
@pytest.mark.parametrize("width", [1280, 400])
def test_a_browser_shows_the_page_without_a_complaint(page: str, tmp_path: Path, width: int) -> None:
    (tmp_path / "page.html").write_text(page)
    picture, output = browse(tmp_path / "page.html", width)
    assert [line for line in output.splitlines() if "CONSOLE" in line] == []
    assert struct.unpack(">II", picture[16:24]) == (width, 1600)  # the PNG's header
    assert len(picture) > 20_000  # a blank page would take a few kilobytes


@pytest.mark.skipif(
    BROWSER is None, reason="no Chromium is installed here (Debian: apt-get install chromium)"
)
def test_on_a_narrow_screen_nothing_sticks_out(page: str, tmp_path: Path) -> None:
    unguarded = re.sub(r"<meta http-equiv=[^>]*>", "", page).replace("</body>", f"{MEASURE}</body>")
    (tmp_path / "page.html").write_text(unguarded)
    frame = '<iframe src="page.html" width="390" height="900" style="border: 0"></iframe>'
    (tmp_path / "around.html").write_text(frame)  # a window is never narrower than 500
    _, output = browse(tmp_path / "around.html", 800)
    assert [int(width) for width in re.findall(r"measured (\d+)", output)] == [390]


def browse(path: Path, width: int) -> tuple[bytes, str]:
    """The screenshot of a page, and the browser's messages."""
    assert BROWSER is not None
    picture = path.with_name("page.png")
    words = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--enable-logging=stderr",
    ]
    words += [f"--user-data-dir={path.parent / 'profile'}", f"--window-size={width},1600"]
    words += [f"--screenshot={picture}", path.as_uri()]
    process = subprocess.run([BROWSER, *words], capture_output=True, text=True, timeout=LIMIT, check=True)
    return picture.read_bytes(), process.stderr
