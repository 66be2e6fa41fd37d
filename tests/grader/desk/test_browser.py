"""Laws of the desk in a browser: an instructor's whole evening, with the keys that the desk offers."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from grader.batch.gradebook import Gradebook
from grader.desk import analysis_pages, by_hand_pages, read_only_pages, student_page
from grader.desk.app import make_app
from grader.desk.course_facts import CourseFacts
from grader.model.class_input.identity import Identities
from grader.model.class_row import ClassReport, with_policies
from grader.model.request_code import code_of
from grader.report.formats import canvas
from grader.report.tables.sheet import read_sheet
from tests.grader.desk.browser import chromium, listening, serving
from tests.grader.desk.conftest import POLICIES, TOKEN
from tests.grader.desk.test_pages import ADA, BOB, EVE, GUS, PAIR
from tests.waiting import LIMIT

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Dense layers (77)
"Lovelace, Ada",1,ada,ada,A,
"Noyce, Bob",2,bob,bob,A,
"""
LOOKED_AT = [
    "/", "/audit", "/requests", "/a/dense", "/a/dense/intake", "/a/dense/cases", "/a/dense/similarity",
    "/a/dense/misconceptions?name=transposed", "/a/dense/cases?name=dense/wide", "/a/dense/hand/style",
    "/a/dense/misconceptions", "/a/dense/matrix", "/a/dense?show=review",
    PAIR, ADA, EVE, GUS,
]  # fmt: skip
FITS = """() => {
  const frame = document.querySelector("iframe.feedback");
  const inside = frame.contentDocument.documentElement.offsetHeight;
  return inside <= frame.clientHeight && frame.clientHeight < inside + 20;
}"""
MAIN_PAGES = ["/requests", "/a/dense", "/a/dense/hand/style", BOB]


@pytest.fixture
def address(gradebook: Gradebook, course: CourseFacts) -> Iterator[str]:
    with listening() as on:
        port = on.getsockname()[1]
        app = make_app(gradebook, course, token=TOKEN, port=port, is_editable=True, patience=LIMIT)
        with serving(app, on):
            yield f"http://127.0.0.1:{port}"


@pytest.mark.slow
def test_an_evening_from_the_class_to_canvas(address: str, gradebook: Gradebook, tmp_path: Path) -> None:
    with chromium() as browser:
        page = browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(f"{address}/?token={TOKEN}")
        page.click(".cards a >> nth=0")
        page.wait_for_url("**/a/dense")
        page.wait_for_load_state()
        page.keyboard.press("/")
        page.keyboard.type("eve")
        page.wait_for_selector("text=1 of 7 shown")
        _resolve_late(page)
        _grade_by_keys(page, address)
        _comment_on_a_line(page, address)
        _answer_a_request(page, address)
        assert complaints == []
    rows = with_policies(gradebook.grades(), POLICIES)
    assert [row.student_id for row in rows if row.review_reason] == ["fay"]
    (tmp_path / "canvas.csv").write_text(CANVAS)
    find = Identities([row.student for row in rows if row.student is not None]).find
    report = ClassReport(tuple(rows), {"dense": "Dense layers"}, {})
    sheet = read_sheet(tmp_path / "canvas.csv", canvas.NEEDED, "Canvas", canvas.TWO_NAMES)
    filled = canvas.fill_canvas(report, sheet, find).files["canvas.csv"].decode()
    scores = {row.student_id: row.score for row in rows}
    assert scores["ada"] == 9  # 6 by its cases, 4 by hand, a point less for a comment
    assert f'"Lovelace, Ada",1,ada,ada,A,{scores["ada"]}' in filled


def _resolve_late(page: Any) -> None:
    page.click("tbody tr:visible a >> nth=0")
    page.wait_for_selector("#decide")
    page.fill("form[action$='/time'] >> nth=0 >> input[name=reason]", "the site was down")
    page.click("text=Accept as on time")
    page.wait_for_selector("text=not graded by hand yet")


def _grade_by_keys(page: Any, address: str) -> None:
    """1 chooses the best level, Enter saves and shows the next student."""
    page.goto(f"{address}/a/dense/hand/style")
    for count in range(1, 7):
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"text={count} of 6 graded")
        page.wait_for_load_state()  # only then does the page react to keys
    assert "Every submission is graded" in page.inner_text("main")


def _comment_on_a_line(page: Any, address: str) -> None:
    page.goto(f"{address}{ADA}")
    page.click("summary:has-text('Comment')")
    page.click("a[data-line='5']")
    page.keyboard.type("zeros are not needed")
    page.fill("[data-place] input[name=points]", "-1")
    page.click("[data-place] button")
    page.wait_for_selector("#f1-5 .comment")


def _answer_a_request(page: Any, address: str) -> None:
    page.goto(f"{address}/requests")
    page.fill("input[name=student]", "bob")
    page.fill("input[name=about]", f"dense/wide · {code_of('key', 'bob', 'dense', 'dense/wide')}")
    page.fill("textarea[name=text]", "why not 7?")
    page.click("text=Add the request")
    page.fill("textarea[name=answer]", "w is not transposed here")
    page.click("button:has-text('Answer')")
    page.wait_for_selector(".pill.good")


def test_every_page_of_the_desk_is_looked_at() -> None:
    """All but the two that only frames show."""
    modules = (read_only_pages, student_page, analysis_pages, by_hand_pages)
    pages = {page for module in modules for page in module.PAGES if not page.endswith(("/page", "/feedback"))}
    routes = {page for page in pages for path in LOOKED_AT if shows(page, path)}
    assert routes == pages


def shows(page: str, path: str) -> bool:
    """True if an address is one of a page, such as `/a/{assignment}`."""
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", page), path.partition("?")[0]) is not None


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits_a_telephone(address: str, scheme: str) -> None:
    _assert_looks_right(address, scheme, LOOKED_AT)


def test_the_pages_of_every_evening_are_accessible_and_fit_a_telephone(address: str) -> None:
    _assert_looks_right(address, "light", MAIN_PAGES)


def test_the_feedback_on_a_students_page_shows_the_codes_and_is_not_cut(address: str) -> None:
    """The student reads the same code, and the frame has no scrollbar of its own."""
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"{address}/?token={TOKEN}")
        page.goto(f"{address}{BOB}", wait_until="load")
        frame = page.frame_locator("iframe.feedback")
        frame.locator(f"text={code_of('key', 'bob', 'dense', 'dense/wide')}").first.wait_for()
        heights = "frame => [frame.contentDocument.documentElement.scrollHeight, frame.clientHeight]"
        inside, shown = page.eval_on_selector("iframe.feedback", heights)
        assert inside <= shown
        page.goto(f"{address}{ADA}", wait_until="load")  # short: it leaves no room empty either
        page.wait_for_function(FITS)


def _assert_looks_right(address: str, scheme: Any, paths: Sequence[str]) -> None:
    """No serious finding of axe-core; at 390 px nothing extends beyond the page's edge."""
    problems, wide = [], []
    with chromium() as browser:
        context = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 800})
        page = context.new_page()
        page.goto(f"{address}/?token={TOKEN}")
        for path in paths:
            page.goto(f"{address}{path}")
            if page.evaluate("document.documentElement.scrollWidth") > 390:
                wide.append(path)
            results = Axe().run(page)
            problems += [
                (path, one["id"], one["nodes"][0]["html"])
                for one in results.response["violations"]
                if one["impact"] in ("serious", "critical")
            ]
    assert (problems, wide) == ([], [])
