"""Laws of the desk's pages: what each shows, by name and never as trusted markup."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.batch.copy_detection import similar_pairs
from grader.batch.gradebook import Gradebook
from grader.batch.gradebook.submission_files import MOST_BYTES, KeptFile, file_rows
from grader.desk.background_work import BackgroundWork, Report
from grader.desk.class_view import Views, key_of
from grader.desk.read_only_pages import ClassLine
from grader.desk.source_view import source_files
from grader.desk.templating import in_words
from grader.model.class_row import to_review, with_policies
from grader.model.decision import Comment
from grader.model.results.similar_pair import Pair
from grader.model.student import Adjustment
from grader.model.submitted_files import SubmittedFiles
from grader.report.pages.class_statistics import statistics_of
from grader.report.pages.side_by_side import fold_lines
from tests.grader.desk.conftest import HOST, POLICIES, grade_class
from tests.waiting import LIMIT, wait_until

ADA, BOB, CYD, EVE, FAY, GUS = (
    f"/a/dense/s/{key_of(id)}" for id in ("ada", "bob", "cyd", "eve", "fay", "gus")
)
PAIR = f"/a/dense/similarity/pair?left={key_of('bob')}&right={key_of('cyd')}&file=dense.py"
PAGES = [
    "/", "/audit", "/a/dense", "/a/later", "/a/dense/intake", "/a/dense/matrix", "/a/dense/matrix/page",
    "/a/dense/misconceptions", "/a/dense/misconceptions?name=transposed", "/a/dense/cases",
    *(
        "/a/dense/cases?name=dense/wide",
        "/a/dense/similarity",
        PAIR,
        ADA,
        BOB,
        EVE,
        FAY,
        GUS,
        f"{EVE}/feedback",
    ),
]  # fmt: skip


@pytest.mark.parametrize("path", [*PAGES, "/requests", "/a/dense/hand/style"])
@pytest.mark.parametrize("is_editable", [False, True])
def test_every_page_is_there(open_desk: Callable[..., TestClient], path: str, is_editable: bool) -> None:
    assert open_desk(is_editable=is_editable).get(path).status_code == 200


def test_a_page_that_fails_says_so_in_one_line(
    open_desk: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: Any) -> None:
        raise KeyError("a fault of ours")

    desk = open_desk()
    monkeypatch.setattr(Views, "of", broken)
    desk = TestClient(desk.app, HOST, raise_server_exceptions=False, cookies=desk.cookies)
    answer = desk.get("/a/dense")
    assert answer.status_code == 500
    assert "an error in the grader (KeyError)" in answer.text and "Traceback" not in answer.text


def test_the_first_page_reads_each_assignment_once(
    open_desk: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late days span assignments, so each class needs all of them: but no class reads them again."""
    read: list[str] = []
    standings = Gradebook.standings

    def counted(book: Gradebook, assignment: str, *more: Any) -> Any:
        read.append(assignment)
        return standings(book, assignment, *more)

    monkeypatch.setattr(Gradebook, "standings", counted)
    desk = open_desk()
    desk.get("/"), desk.get("/"), desk.get("/a/dense"), desk.get("/requests")
    assert read == ["dense", "later"]


def test_the_first_page_names_assignments_by_their_folders(desk: TestClient) -> None:
    text = desk.get("/").text
    assert text.index(">dense<") < text.index(">later<")
    assert "grader batch DIR_OR_ZIP --assignment later" in re.sub(r"<[^>]+>", "", text)


def test_a_class_is_listed_by_name_with_what_happened_to_each(desk: TestClient) -> None:
    text = desk.get("/a/dense").text
    names = ["Ada Lovelace", "Bob Noyce", "Cyd Charisse", "Gus Weiler"]
    places = [text.index(name) for name in names]
    assert places == sorted(places)
    assert "1 day 8 hours" in text and "submitted nothing" in text and "transposed" in text
    assert "late by an unknown time" in text and "grader batch --times FILE" in re.sub(r"<[^>]+>", "", text)


def test_the_table_is_sorted_and_filtered_without_a_script(desk: TestClient) -> None:
    by_score = desk.get("/a/dense?sort=score").text
    assert by_score.index("Ada Lovelace") < by_score.index("Bob Noyce")
    backwards = desk.get("/a/dense?sort=-score").text
    assert backwards.index("Bob Noyce") < backwards.index("Ada Lovelace")
    page = desk.get("/a/dense?q=charisse").text
    assert "Cyd Charisse" in page and "Ada Lovelace" not in page
    for spelled in ("dan", "daen", "dän"):
        assert "Dän Ritchie" in desk.get("/a/dense", params={"q": f"{spelled} ritchie"}).text
    assert "Gus Weiler" in desk.get("/a/dense?show=absent").text
    assert "Ada Lovelace" not in desk.get("/a/dense?show=late").text


def test_the_search_in_the_browser_finds_what_the_server_finds(
    desk: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both look through the same words, however many they are."""
    monkeypatch.setattr(ClassLine, "words", property(lambda line: f"{'word ' * 100}the-last"))
    page = desk.get("/a/dense?q=the-last").text
    rows = re.findall(r'data-words="([^"]*)"', page)
    assert rows and all("the-last" in words for words in rows)


def test_the_counts_are_those_of_batch_and_reports(desk: TestClient, gradebook: Gradebook) -> None:
    rows = with_policies(gradebook.grades(), POLICIES)
    assert f"<b>{len(to_review(rows))}</b> need review" in desk.get("/a/dense").text
    assert f"{len(to_review(rows))} need review" in desk.get("/").text


def test_source_is_next_to_feedback_with_findings_at_their_lines(desk: TestClient) -> None:
    text = desk.get(EVE).text
    assert f'src="{EVE}/feedback"' in text
    line = text.index('id="f1-5"')
    assert "ValueError: dense.py:5:" in text[line : text.index('id="f1-6"')]
    assert "off by five" in desk.get(f"{EVE}/feedback").text


def test_only_lines_of_the_handout_are_folded() -> None:
    handout_text = "".join(f"# line {n} of the handout\n" for n in range(19)) + "def dense(x, w):\n"
    lines = source_files(
        [KeptFile("dense.py", f"{handout_text}own = 1\n{handout_text[:48]}also = 2\n".encode(), 999)],
        None,
        [Comment("1", "f", "dense.py", 3, "why?", Fraction(0), "who")],
        {"dense.py": handout_text},
    )[0].lines
    runs = [(words, len(run)) for words, run in fold_lines(lines)]
    words = "17 lines that are empty or from the handout: … def dense(x, w):"
    assert runs == [("", 2), ("", 1), (words, 17), ("", 1), ("", 2), ("", 1)]


def test_the_feedback_names_its_student(desk: TestClient) -> None:
    assert "<h1>dense: Bob Noyce</h1>" in desk.get(f"{BOB}/feedback").text


def test_changes_since_an_earlier_submission_are_shown(desk: TestClient) -> None:
    text = desk.get(ADA).text
    assert "raise NotImplementedError" in text[text.index("What changed") :]
    assert "return total + x @ w" in text[text.index("What changed") :]
    assert "No earlier submission" in desk.get(BOB).text


def test_the_keys_lead_from_student_to_student(desk: TestClient) -> None:
    """In the order of the table: the last has no next one, the first no previous one."""
    pages, path = [], EVE
    while path:
        pages.append(path)
        match = re.search(r'data-key="j" href="([^"]+)"', desk.get(path).text)
        path = match[1] if match else ""
    assert len(pages) == len(set(pages)) == 7
    assert re.search(r'data-key="k" href="([^"]+)"', desk.get(pages[-1]).text)[1] == pages[-2]  # type: ignore[index]


def test_a_misconception_shows_who_has_it_and_their_code(desk: TestClient) -> None:
    text = desk.get("/a/dense/misconceptions?name=transposed").text
    assert "Bob Noyce" in text and "Cyd Charisse" in text and "Ada Lovelace" not in text
    assert text.count("for column in range(columns):") == 2


def test_a_case_shows_rare_answers_first(desk: TestClient) -> None:
    text = desk.get("/a/dense/cases?name=dense/hidden-1").text
    nine, seven = (
        "expected <code>21</code>, actual <code>9</code>",
        "expected <code>12</code>, actual <code>7</code>",
    )
    assert text.index(nine) < text.index(seven)  # each with what its own difference expects
    assert "Ada Lovelace" in text[text.index("Students who pass") :]


def test_pairs_are_aligned_and_groups_of_more_than_two_are_drawn(desk: TestClient) -> None:
    text = desk.get("/a/dense/similarity").text
    assert text.count("<circle") == 3
    assert PAIR.replace("&", "&amp;") in text
    pair = desk.get(PAIR).text
    assert re.search(r'<tr id="block1" class="first">', pair)
    assert 'class="tx given">import numpy as np' in pair
    assert 'class="tx alike">            for inner in range(w.shape[0]):' in pair


def test_pairs_are_sought_again_only_when_files_change(
    desk: TestClient, gradebook: Gradebook, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fingerprints of a large class take long; neither a decision nor a second look needs them again."""
    sought: list[str] = []

    def noting(files: Mapping[str, str], *words: Any) -> tuple[Pair, ...]:
        sought.append(files["ada"])
        return similar_pairs(files, *words)

    monkeypatch.setattr("grader.desk.analysis_pages.similar_pairs", noting)
    text = desk.get("/a/dense/similarity").text
    gradebook.adjust(Adjustment("ada", "dense", "", Fraction(1), "why", "who"))
    assert desk.get("/a/dense/similarity").text == text
    assert len(sought) == 1
    (root / "class" / "ada" / "dense.py").write_text("# a new idea\n")
    grade_class(gradebook, root)
    desk.get("/a/dense/similarity")
    assert sought[1:] == ["# a new idea\n"]


def test_the_files_of_a_class_are_not_kept_in_memory(
    desk: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Any] = []
    cached = Views.cached

    def noting(views: Views, what: str, make: Any) -> Any:
        kept.append(cached(views, what, make))
        return kept[-1]

    monkeypatch.setattr(Views, "cached", noting)
    desk.get("/a/dense/similarity")
    assert kept and "KeptFile" not in repr(kept)


def test_a_long_search_for_pairs_says_how_far_it_is(
    open_desk: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page loads again until the pairs are found; meanwhile the desk answers."""
    may_count, may_end = Event(), Event()

    def slow(*words: Any) -> tuple[Pair, ...]:
        *given, on_read = words
        may_count.wait()
        on_read(3, 800)
        may_end.wait()
        return similar_pairs(*given)

    monkeypatch.setattr("grader.desk.analysis_pages.similar_pairs", slow)
    desk = open_desk(patience=0.0)
    assert "The search is running. This page reloads" in desk.get("/a/dense/similarity").text
    may_count.set()
    wait_until(lambda: "3 of 800 versions" in desk.get("/a/dense/similarity").text, "the search has begun")
    assert desk.get("/a/dense/similarity").headers["refresh"] == "2"
    assert desk.get("/a/dense").status_code == 200
    may_end.set()
    wait_until(lambda: "<circle" in desk.get("/a/dense/similarity").text, "the pairs are found")
    assert "refresh" not in desk.get("/a/dense/similarity").headers


def test_a_search_of_files_that_have_changed_is_given_up() -> None:
    end, may_report = Event(), Event()

    def search(report: Report) -> None:
        try:
            may_report.wait()
            report("1 of 2")
        finally:
            end.set()

    work = BackgroundWork("files", search)
    work.stop()
    may_report.set()
    assert end.wait(LIMIT) and work.progress == ""


def test_the_first_page_names_a_few_students_of_each_reason(
    desk: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class of 800 whose code a person reads would fill it with 800 lines."""
    monkeypatch.setattr("grader.desk.read_only_pages.SHOWN_STUDENTS", 2)
    text = desk.get("/").text.partition("What needs review")[2]
    assert text.count("<tr>") - 1 == text.count('data-label="why"')
    assert "not graded by hand" not in text and text.count("an instructor grades part of it by hand") == 1
    assert re.search(r'<a class="pill" href="/a/dense\?show=review">and \d more</a>', text)


def test_the_intake_shows_every_entry_and_what_ends_each_doubt(desk: TestClient) -> None:
    text = desk.get("/a/dense/intake").text
    for words in ("stray.txt", "ada/dense.py", "refused", "dense.py is missing", "Ada Lovelace"):
        assert words in text
    assert "ada/dense.py" not in desk.get("/a/dense/intake?role=refused").text


def test_the_first_pages_name_what_the_intake_could_not_use(desk: TestClient) -> None:
    """A submission that matches no student has no row: its student would seem to have submitted nothing."""
    course, of_class = desk.get("/").text, desk.get("/a/dense").text
    assert '<a class="pill review" href="/a/dense/intake">1 not used</a>' in course
    assert '<a href="/a/dense/intake"><b>1</b> not used</a>' in of_class
    assert "put it into the folder of its student" in course.partition("What needs review")[2]


def test_the_kill_matrix_is_the_one_that_verify_wrote(
    desk: TestClient, open_desk: Callable[..., TestClient]
) -> None:
    assert "<h1>mutants</h1>" in desk.get("/a/dense/matrix/page").text
    assert "grader verify later" in desk.get("/a/later/matrix").text


def test_the_audit_log_is_searched(desk: TestClient) -> None:
    text = desk.get("/audit?q=lovelace graded").text
    assert text.count('<td data-label="what">graded') == 2 and "Bob Noyce" not in text


@pytest.mark.parametrize("path", PAGES)
def test_nothing_that_a_student_wrote_is_markup(desk: TestClient, path: str) -> None:
    text = desk.get(path).text
    assert "<script>alert" not in text
    assert not set(text) & {"\u202e", "\x00", "\x01", "\x1b"}


@pytest.mark.parametrize("path", PAGES)
def test_no_page_grows_with_a_line_that_a_student_wrote(desk: TestClient, path: str) -> None:
    assert max(map(len, desk.get(path).text.splitlines())) < 10_000


def test_a_page_of_an_open_desk_is_current(desk: TestClient, gradebook: Gradebook, root: Path) -> None:
    """A concurrent batch's writes appear at the next load, on any connection."""
    assert "new idea" not in desk.get(ADA).text
    (root / "class" / "ada" / "dense.py").write_text("# a new idea\n")
    with Gradebook(f"sqlite:///{root}/gradebook.db") as other:
        grade_class(other, root)
    assert "new idea" in desk.get(ADA).text


def test_a_desk_can_be_read_while_a_batch_writes(desk: TestClient, gradebook: Gradebook, root: Path) -> None:
    with Gradebook(f"sqlite:///{root}/gradebook.db") as other, other.database.writing():
        assert desk.get("/a/dense").status_code == 200


def test_code_of_ten_megabytes_in_one_line_is_kept_in_part(root: Path) -> None:
    submission = SubmittedFiles({"dense.py": b"x" * 10_000_000, "a" * 300: b"\x00\xff"})
    rows = file_rows("digest", submission)
    assert [len(row["content"]) for row in rows] == [2, MOST_BYTES]
    assert rows[1]["size"] == 10_000_000


def test_a_student_who_is_late_by_an_unknown_time_counts_as_late(gradebook: Gradebook) -> None:
    statistics = statistics_of(with_policies(gradebook.grades(), POLICIES))
    assert statistics.late == 2  # bob by two days, eve by an unknown time


@pytest.mark.parametrize("path", ["/", "/a/dense", "/a/dense/intake"])
def test_commands_are_shown_as_code(desk: TestClient, path: str) -> None:
    text = desk.get(path).text
    assert "<code>grader batch" in text and "`" not in text


def test_a_table_has_no_column_without_a_name(open_desk: Callable[..., TestClient]) -> None:
    desk = open_desk(is_editable=True)
    assert [path for path in ("/audit", "/a/dense/intake", ADA) if "<th></th>" in desk.get(path).text] == []


def test_a_rationale_of_several_lines_keeps_them(desk: TestClient) -> None:
    text = desk.get("/a/dense/cases?name=dense/wide").text
    assert '<p class="soft lines">off by five</p>' in text
    assert ".lines { white-space: pre-line; }" in desk.get("/static/desk.css").text


def test_two_students_sources_on_one_page_have_names_of_their_own(desk: TestClient) -> None:
    text = desk.get("/a/dense/misconceptions?name=transposed").text
    labels = re.findall(r'aria-label="(dense\.py of [^"]+)"', text)
    evil = "&lt;script&gt;alert(1)&lt;/script&gt; Eve"
    assert labels == [f"dense.py of {name}" for name in (evil, "Bob Noyce", "Cyd Charisse")]


def test_the_commands_in_what_ends_a_review_are_shown_as_code(desk: TestClient) -> None:
    page = desk.get(EVE).text
    assert (
        '<code>grader serve <span class="option">--edit</span></code>' in page
        and "`" not in page.partition("<h2>Source")[0]
    )


def test_an_entry_of_the_audit_log_reads_as_words_and_decimals() -> None:
    detail = {
        "submission": "0f" * 32,
        "score": "113/2",
        "before": None,
        "counts": True,
        "ran": 76,
        "author": "eve",
    }
    shown = "submission: 0f0f0f0f; score: 56.5; counts: yes; cases run: 76; by: eve"
    assert in_words(detail) == shown
    assert in_words({"after": {"points": "1/3", "text": ""}}) == "after: (points: 0.33)"
