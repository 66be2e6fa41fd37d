"""Laws of decisions at the desk: in the audit log, undone by one button, kept by a regrade, never lost."""

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.batch.gradebook import Gradebook
from grader.batch.gradebook.submission_files import KeptFile
from grader.desk.class_view import Views, key_of
from grader.desk.guard import derive_secret
from grader.model.class_row import ClassReport, ClassRow, with_policies
from grader.model.request_code import code_of
from grader.report.formats import Request, format_of
from tests.grader.desk.conftest import FACTS, POLICIES, STYLE, TOKEN, grade_class

FORM = derive_secret(TOKEN, "form")
SCRIPT = "<script>alert(2)</script> \u202e"


class Editor:
    """A user with a browser: loads a student's page, then sends its forms."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.seen: dict[str, str] = {}

    def look(self, student: str) -> str:
        text: str = self.client.get(f"/a/dense/s/{key_of(student)}").text
        match = re.search(r'name="version" value="(\d+)"', text)
        assert match is not None
        self.seen[student] = match[1]
        return text

    def send(self, student: str, action: str, **values: str) -> Any:
        if student not in self.seen:
            self.look(student)
        data = {"form_token": FORM, "version": self.seen[student], **values}
        answer = self.client.post(f"/a/dense/s/{key_of(student)}/{action}", data=data)
        if answer.status_code == 200:
            del self.seen[student]
        return answer


@pytest.fixture
def editor(open_desk: Callable[..., TestClient]) -> Editor:
    return Editor(open_desk(is_editable=True))


def row_of(book: Gradebook, student: str) -> ClassRow:
    rows = with_policies(book.grades(), POLICIES)
    return next(row for row in rows if row.student_id == student)


def every_report(book: Gradebook, student: str) -> dict[str, str]:
    """One student's report in each format that a student may read."""
    row = row_of(book, student)
    report = ClassReport((row,), {}, {})
    return {
        name: b"\n".join(format_of(name).write(report, Request()).files.values()).decode()
        for name in ("feedback", "json", "gradescope", "prairielearn", "csv")
    }


def give_all_points(editor: Editor, *students: str) -> None:
    for student in students:
        assert editor.send(student, "points", criterion="style", level="2").status_code == 200


def test_points_by_hand_end_the_review_and_reach_every_export(editor: Editor, gradebook: Gradebook) -> None:
    assert row_of(gradebook, "ada").review_reason == "not graded by hand yet: style"
    editor.send("ada", "points", criterion="style", level="2", text="too many names")
    row = row_of(gradebook, "ada")
    assert (row.review_reason, row.score) == ("", 8)
    for name, text in every_report(gradebook, "ada").items():
        assert "8" in text and ("too many names" in text or name == "csv"), name


def test_a_comment_with_points_is_in_every_feedback_and_counts(editor: Editor, gradebook: Gradebook) -> None:
    give_all_points(editor, "ada")
    output = editor.send(
        "ada", "comment", file="dense.py", line="5", text="zeros are not needed", points="-0.5"
    )
    assert 'class="comment"' in output.text
    assert 'class="finding"' not in output.text  # the note for the student is no second remark on the line
    assert row_of(gradebook, "ada").score == Fraction(15, 2)
    for name, text in every_report(gradebook, "ada").items():
        assert "zeros are not needed" in text or name == "csv", name
    editor.send("ada", "comment/remove", id=row_of(gradebook, "ada").decisions.comments[0].id)
    assert row_of(gradebook, "ada").score == 8


def test_comments_are_offered_again_with_their_points(editor: Editor) -> None:
    editor.send("ada", "comment", file="dense.py", line="", text="name it", points="-1")
    assert 'data-text="name it" data-points="-1"' in editor.look("bob")


def test_a_regrade_keeps_what_persons_decided(editor: Editor, gradebook: Gradebook, root: Path) -> None:
    give_all_points(editor, "ada")
    editor.send("ada", "comment", file="dense.py", line="1", text="fine", points="1")
    editor.send("ada", "adjust", points="1/2", criterion="", reason="a typo of ours", applies_to="submission")
    before = row_of(gradebook, "ada")
    grade_class(gradebook, root, by="another grader", by_hand=True)
    after = row_of(gradebook, "ada")
    assert (after.score, after.decisions, after.adjustments) == (
        before.score,
        before.decisions,
        before.adjustments,
    )
    assert after.score == Fraction(19, 2)


def test_points_by_hand_for_earlier_files_need_review(
    editor: Editor, gradebook: Gradebook, root: Path
) -> None:
    give_all_points(editor, "ada")
    (root / "class" / "ada" / "dense.py").write_text("another = 1\n")
    grade_class(gradebook, root, by_hand=True)
    assert row_of(gradebook, "ada").review_reason == "the points by hand are for earlier files: style"


def test_points_by_hand_of_another_rubric_are_given_again(
    editor: Editor, gradebook: Gradebook, open_desk: Callable[..., TestClient]
) -> None:
    give_all_points(editor, "ada")
    assert row_of(gradebook, "ada").decisions.manual[0].offered == STYLE.points
    facts = replace(FACTS, by_hand=(replace(STYLE, points=2 * STYLE.points),))
    client = open_desk(is_editable=True, assignments=(facts,))
    assert "1 of 6 graded" in editor.client.get("/a/dense/hand/style").text
    assert "0 of 6 graded" in client.get("/a/dense/hand/style").text


def test_lateness_of_unknown_length_is_resolved_in_two_ways(editor: Editor, gradebook: Gradebook) -> None:
    give_all_points(editor, "eve")
    assert row_of(gradebook, "eve").review_reason == "late by an unknown time"
    editor.send("eve", "time", what="on time", reason="the site was down")
    row = row_of(gradebook, "eve")
    assert (row.review_reason, row.score) == ("", 4)
    assert "the site was down" in row.final.steps[0].says
    editor.send("eve", "time", what="time", time="2026-10-03T12:00:00+02:00", reason="her mail")
    late = row_of(gradebook, "eve")
    assert (late.final.late_days, late.score) == (1, 3)
    editor.send("eve", "time", what="known")
    assert row_of(gradebook, "eve").review_reason == "late by an unknown time"


def test_withdrawn_submissions_are_in_no_report_until_undone(editor: Editor, gradebook: Gradebook) -> None:
    editor.send("eve", "withdraw", reason="dropped the course")
    assert "eve" not in {row.student_id for row in gradebook.grades()}
    assert "dropped the course" in editor.client.get("/a/dense").text
    undo_last(editor, gradebook)
    assert "eve" in {row.student_id for row in gradebook.grades()}


def test_a_requested_regrade_runs_in_the_next_batch(editor: Editor, gradebook: Gradebook, root: Path) -> None:
    grade_class(gradebook, root, by_hand=True)
    graded = [e for e in gradebook.audit_log() if e["action"] == "graded"]
    assert "grades this submission again" in editor.send("bob", "again").text
    grade_class(gradebook, root, by_hand=True)
    again = [e for e in gradebook.audit_log() if e["action"] == "graded"][len(graded) :]
    assert [entry["student_id"] for entry in again] == ["bob"]
    assert "grades this submission again" not in editor.look("bob")


def test_a_doubt_is_accepted_on_the_page_of_the_intake(editor: Editor, gradebook: Gradebook) -> None:
    text = editor.client.get("/a/dense/intake").text
    assert "Accept the missing file" in text
    doubt = row_of(gradebook, "fay").doubt
    editor.send("fay", "confirm", doubt="another doubt")
    assert row_of(gradebook, "fay").doubt == doubt
    editor.send("fay", "confirm", doubt=doubt, back="intake")
    assert row_of(gradebook, "fay").doubt == ""


def undo_last(editor: Editor, gradebook: Gradebook) -> Any:
    entry = gradebook.audit_log()[-1]["id"]
    return editor.client.post("/undo", data={"form_token": FORM, "entry": str(entry)})


def test_hints_cost_points_one_after_the_other_whatever_is_submitted_later(
    editor: Editor, gradebook: Gradebook, root: Path
) -> None:
    give_all_points(editor, "ada")
    page = editor.look("ada")
    assert "Which axis of w?" in page and "The second one." not in page
    assert "The second one." in editor.send("ada", "hint", criterion="dense").text
    assert row_of(gradebook, "ada").score == Fraction(15, 2)
    for name, text in every_report(gradebook, "ada").items():
        assert "hint 1 for dense (-0.5 points): Which axis of w?" in text or name == "csv", name
        assert "The second one." not in text, name
    (root / "class" / "ada" / "dense.py").write_text("another = 1\n")
    grade_class(gradebook, root, by_hand=True)
    give_all_points(editor, "ada")
    assert row_of(gradebook, "ada").score == Fraction(15, 2)
    editor.send("ada", "hint", criterion="dense")
    assert row_of(gradebook, "ada").score == Fraction(11, 2)
    assert gradebook.audit_log()[-1]["detail"]["after"]["number"] == 2
    assert editor.send("ada", "hint", criterion="dense").status_code == 404
    assert editor.send("ada", "hint", criterion="style").status_code == 404


DECISIONS: list[tuple[str, str, dict[str, str]]] = [
    ("ada", "points", {"criterion": "style", "points": "3"}),
    ("ada", "hint", {"criterion": "dense"}),
    ("ada", "comment", {"file": "dense.py", "line": "2", "text": "here", "points": "-1"}),
    ("ada", "adjust", {"points": "1", "criterion": "dense", "reason": "why", "applies_to": "student"}),
    ("eve", "time", {"what": "on time", "reason": "why"}),
    ("eve", "withdraw", {"reason": "why"}),
    ("fay", "confirm", {"doubt": "dense.py is missing; found notes.txt"}),
]


@pytest.mark.parametrize(("student", "action", "values"), DECISIONS, ids=[d[1] for d in DECISIONS])
def test_every_decision_is_in_the_audit_log_and_undone_by_one_button(
    editor: Editor, gradebook: Gradebook, student: str, action: str, values: dict[str, str]
) -> None:
    before, entries = gradebook.grades(), gradebook.audit_log()
    assert editor.send(student, action, **values).status_code == 200
    (entry,) = gradebook.audit_log()[len(entries) :]
    assert entry["student_id"] == student and gradebook.grades() != before
    assert undo_last(editor, gradebook).status_code == 200
    assert gradebook.grades() == before
    assert gradebook.audit_log()[-1]["action"] == "undone"


def test_an_adjustment_that_was_replaced_comes_back(editor: Editor, gradebook: Gradebook) -> None:
    values = {"criterion": "", "applies_to": "student"}
    editor.send("ada", "adjust", points="1", reason="first", **values)
    first = row_of(gradebook, "ada").adjustments
    editor.send("ada", "adjust", points="0", reason="second", **values)
    assert row_of(gradebook, "ada").adjustments == ()
    undo_last(editor, gradebook)
    assert row_of(gradebook, "ada").adjustments == first


def test_a_later_change_is_not_undone(editor: Editor, gradebook: Gradebook) -> None:
    give_all_points(editor, "ada")
    first = gradebook.audit_log()[-1]["id"]
    editor.send("ada", "points", criterion="style", points="1")
    answer = editor.client.post("/undo", data={"form_token": FORM, "entry": str(first)})
    assert answer.status_code == 409 and "undo the later change first" in answer.text
    assert row_of(gradebook, "ada").decisions.manual[0].points == 1


@pytest.mark.parametrize("action", ["points", "comment", "adjust", "time", "withdraw", "again"])
def test_the_second_of_two_people_sees_the_change_and_loses_nothing(
    open_desk: Callable[..., TestClient], gradebook: Gradebook, action: str
) -> None:
    one, other = Editor(open_desk(is_editable=True)), Editor(open_desk(is_editable=True))
    one.look("eve"), other.look("eve")
    one.send("eve", "comment", file="dense.py", line="1", text="the first was faster")
    before = gradebook.grades()
    values = {
        "points": {"criterion": "style", "points": "3", "text": "of the second"},
        "comment": {"file": "dense.py", "line": "1", "text": "of the second"},
        "adjust": {"points": "2", "criterion": "", "reason": "of the second", "applies_to": "student"},
        "time": {"what": "on time", "reason": "of the second"},
        "withdraw": {"reason": "of the second"},
        "again": {},
    }[action]
    answer = other.send("eve", action, **values)
    assert answer.status_code == 409 and gradebook.grades() == before
    assert "the first was faster" in answer.text
    assert "of the second" in answer.text or action == "again"
    match = re.search(r'name="version" value="(\d+)"', answer.text)
    assert match is not None
    other.seen["eve"] = match[1]
    assert other.send("eve", action, **values).status_code == 200


def test_a_request_with_its_code_is_answered_in_the_next_feedback(
    editor: Editor, gradebook: Gradebook
) -> None:
    code = code_of("key", "bob", "dense", "dense/wide")
    ask = {"form_token": FORM, "student": "Bob Noyce", "about": f"dense/wide · {code}", "text": "why not 7?"}
    assert "why not 7?" in editor.client.post("/requests", data=ask).text
    page = editor.client.get("/requests").text
    assert "off by five" in page and page.count("pill review") == 1
    (request,) = row_of(gradebook, "bob").decisions.requests
    editor.send("bob", "answer", id=request.id, answer="because w is transposed", back="1")
    assert "pill review" not in editor.client.get("/requests").text
    for name, text in every_report(gradebook, "bob").items():
        assert "because w is transposed" in text or name in ("csv", "gradescope", "prairielearn"), name


@pytest.mark.parametrize(
    "about", ["dense/wide · 2222", "dense/wide", "wide · 7KQ2", "", "dense/narrow · 7KQ2", SCRIPT]
)
def test_a_request_without_its_own_code_is_refused(editor: Editor, gradebook: Gradebook, about: str) -> None:
    ask = {"form_token": FORM, "student": "bob", "about": about, "text": "why?"}
    assert editor.client.post("/requests", data=ask).status_code == 422
    assert row_of(gradebook, "bob").decisions.requests == ()


def test_a_request_of_another_students_feedback_is_refused(editor: Editor) -> None:
    code = code_of("key", "ada", "dense", "dense/wide")
    ask = {"form_token": FORM, "student": "bob", "about": f"dense/wide · {code}", "text": "why?"}
    assert editor.client.post("/requests", data=ask).status_code == 422


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("points", {"criterion": "style", "points": "5"}),
        ("points", {"criterion": "style", "points": "-1"}),
        ("points", {"criterion": "style", "points": "1e3"}),
        ("points", {"criterion": "style"}),
        ("points", {"criterion": "style", "level": "9"}),
        ("comment", {"file": "dense.py", "line": "-1", "text": "x"}),
        ("comment", {"file": "dense.py", "line": "7", "text": "after the last line"}),
        ("comment", {"file": "other.py", "line": "1", "text": "no such file", "points": "-1"}),
        ("comment", {"file": "dense.py", "line": "1", "text": " "}),
        ("comment", {"file": "dense.py", "line": "1", "text": "x" * 5000}),
        ("adjust", {"points": "11", "criterion": "", "reason": "x"}),
        ("adjust", {"points": "1", "criterion": "no", "reason": "x"}),
        ("adjust", {"points": "1", "criterion": "", "reason": ""}),
        ("time", {"what": "time", "time": "yesterday", "reason": "x"}),
        ("time", {"what": "on time", "reason": ""}),
        ("withdraw", {"reason": ""}),
        ("points", {"criterion": "style", "points": "1", "version": "latest"}),
    ],
)
def test_a_mistake_in_a_form_is_reported_and_changes_nothing(
    editor: Editor, gradebook: Gradebook, action: str, values: dict[str, str]
) -> None:
    before = gradebook.audit_log()
    answer = editor.send("ada", action, **values)
    assert answer.status_code == 422 and gradebook.audit_log() == before
    assert 'class="alert"' in answer.text


def test_a_comment_needs_a_line_that_the_page_shows(
    editor: Editor, gradebook: Gradebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page shows the beginning of a long file, and of a file of which only the beginning is kept."""
    line = {"file": "dense.py", "line": "3", "text": "beyond"}
    with monkeypatch.context() as patch:
        patch.setattr("grader.desk.forms.MOST_LINES", 2)
        assert editor.send("ada", "comment", **line).status_code == 422
    with monkeypatch.context() as patch:
        cut = {"ada": (KeptFile("dense.py", b"import numpy\n\n", 999),)}
        patch.setattr(Views, "files_of", lambda views, rows: cut)
        assert editor.send("ada", "comment", **line).status_code == 422
    assert editor.send("ada", "comment", **line).status_code == 200


def test_null_bytes_in_a_form_are_left_out(editor: Editor, gradebook: Gradebook) -> None:
    """PostgreSQL holds none in a text."""
    assert editor.send("ada", "adjust", points="1", criterion="", reason="a\0 b").status_code == 200
    assert editor.send("ada", "comment", file="dense.py", line="1", text="a\0c").status_code == 200
    row = row_of(gradebook, "ada")
    assert (row.adjustments[0].reason, row.decisions.comments[0].text) == ("a b", "ac")


def test_texts_of_instructors_and_students_are_no_markup(editor: Editor) -> None:
    """On the student's page, in the audit log, among the reusable comments, and in a conflict."""
    editor.look("ada"), editor.client.post("/author", data={"form_token": FORM, "author": SCRIPT})
    stale = editor.seen["ada"]
    editor.send("ada", "comment", file="dense.py", line="1", text=SCRIPT, points="1")
    editor.send("ada", "points", criterion="style", points="1", text=SCRIPT)
    editor.seen["ada"] = stale
    pages = [editor.send("ada", "comment", file=SCRIPT, line="1", text=SCRIPT).text]
    pages += [editor.client.get(path).text for path in ("/audit", "/a/dense", "/")]
    pages += [editor.look("ada"), editor.look("bob"), editor.client.get("/a/dense/hand/style?at=1").text]
    for text in pages:
        assert "<script>alert" not in text and "\u202e" not in text


def test_the_person_is_named_by_themselves_and_in_the_log(editor: Editor, gradebook: Gradebook) -> None:
    editor.client.post("/author", data={"form_token": FORM, "author": "Émilie du Châtelet"})
    give_all_points(editor, "ada")
    assert gradebook.audit_log()[-1]["detail"]["by"] == "Émilie du Châtelet"


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "/\r\nx: y"])
def test_no_form_leads_to_another_site(editor: Editor, back: str) -> None:
    data = {"form_token": FORM, "author": "me", "back": back}
    answer = editor.client.post("/author", data=data, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_a_criterion_is_graded_one_student_after_the_other(editor: Editor, gradebook: Gradebook) -> None:
    """Each page shows the next without points; after the last there is none."""
    for _ in range(6):
        text = editor.client.get("/a/dense/hand/style").text
        match = re.search(
            r'action="/a/dense/s/(\w+)/points">.*?name="version" value="(\d+)"', text, re.DOTALL
        )
        assert match is not None
        data = {"form_token": FORM, "version": match[2], "criterion": "style", "level": "1", "next": "1"}
        editor.client.post(f"/a/dense/s/{match[1]}/points", data=data)
    assert "Every submission is graded" in editor.client.get("/a/dense/hand/style").text
    assert {row.student_id for row in gradebook.grades() if row.decisions.manual} == {
        "ada", "bob", "cyd", "dan", "eve", "fay",
    }  # fmt: skip


@pytest.mark.parametrize("at", ["0", "7", "-1", "1e3", "0000000019999", f"000000001{'9' * 5000}", "²", ""])
def test_a_place_that_is_not_there_is_the_first_without_points(editor: Editor, at: str) -> None:
    answer = editor.client.get("/a/dense/hand/style", params={"at": at})
    assert (answer.status_code, answer.text) == (200, editor.client.get("/a/dense/hand/style").text)


def test_a_criterion_without_names_shows_none(
    open_desk: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = replace(FACTS, by_hand=(replace(STYLE, anonymous=True),))
    client = open_desk(is_editable=True, assignments=(facts,))
    for place in range(1, 7):
        text = client.get(f"/a/dense/hand/style?at={place}").text
        assert "graded without names" in text
        assert not any(name in text for name in ("Lovelace", "Noyce", "Charisse", "Ritchie", "Ajzenberg"))


def test_a_failure_is_headed_by_what_happened(editor: Editor) -> None:
    """Only a page that does not exist is a page that is not found."""
    missing = editor.client.get("/a/none")
    unreadable = editor.send("ada", "comment", file="none.py", line="1", text="x")
    strange = editor.client.post(f"/a/dense/s/{key_of('ada')}/points", data={"form_token": "another"})

    assert (missing.status_code, unreadable.status_code, strange.status_code) == (404, 422, 403)
    assert "<h1>Page not found</h1>" in missing.text
    assert "<h1>This did not work</h1>" in unreadable.text
    assert "<h1>Not allowed</h1>" in strange.text
