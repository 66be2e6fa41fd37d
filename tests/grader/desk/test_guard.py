"""Laws of the desk's guard: who may read, who may write, and what a browser may do with a response."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from grader.batch.gradebook import Gradebook
from grader.desk.app import make_app
from grader.desk.course_facts import CourseFacts
from grader.desk.guard import MOST_BYTES, derive_secret

TOKEN, PORT = "a-token-of-a-test", 8350
HOST = f"http://127.0.0.1:{PORT}"


@pytest.fixture
def stranger(gradebook: Gradebook, course: CourseFacts) -> TestClient:
    """A browser that has never seen the token."""
    app = make_app(gradebook, course, token=TOKEN, port=PORT, is_editable=True)
    return TestClient(app, base_url=HOST, follow_redirects=False)


@pytest.mark.parametrize(
    "path", ["/", "/audit", "/a/dense", "/static/desk.css", "/nothing", "/?token=", "/?x=1"]
)
def test_without_the_token_nothing_is_shown(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert (answer.status_code, "Ada" in answer.text) == (403, False)


@pytest.mark.parametrize(
    "token", [TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "\ud800".encode("utf-8", "replace")]
)
def test_a_wrong_token_opens_nothing(stranger: TestClient, token: str) -> None:
    answer = stranger.get("/", params={"token": token})
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_the_token_opens_the_first_page_alone_and_once(stranger: TestClient) -> None:
    """No script and no other site gets the cookie; the token leaves the address at once."""
    assert stranger.get(f"/audit?token={TOKEN}").status_code == 403
    answer = stranger.get(f"/?token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and TOKEN not in cookie
    assert stranger.get("/").status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:80", f"evil.example:{PORT}", f"127.0.0.1:{PORT}.evil", ""],
)
def test_a_foreign_host_is_refused_before_anything_else(desk: TestClient, host: str) -> None:
    assert desk.get("/", headers={"host": host}).status_code == 400
    assert desk.get(f"/?token={TOKEN}", headers={"host": host}).status_code == 400


def test_two_host_headers_are_refused(desk: TestClient) -> None:
    headers = [("host", f"127.0.0.1:{PORT}"), ("host", "evil.example")]
    assert desk.get("/", headers=headers).status_code == 400


@pytest.mark.parametrize("path", ["/", "/a/dense", "/nothing", "/static/desk.js", "/a/dense/matrix/page"])
def test_every_answer_tells_the_browser_to_run_nothing_foreign(desk: TestClient, path: str) -> None:
    headers = desk.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "unsafe-eval" not in policy
    assert "script-src 'self'" in policy or "sandbox" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    assert headers["referrer-policy"] == "same-origin"


def test_refusals_have_the_same_headers(stranger: TestClient) -> None:
    assert "content-security-policy" in stranger.get("/").headers


def test_a_page_holds_no_script_or_style_of_its_own(desk: TestClient) -> None:
    text = desk.get("/a/dense").text
    assert " style=" not in text and " onclick=" not in text and "<style" not in text
    assert text.count("<script") == 1 and '<script src="/static/desk.js"' in text


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/a/..%2f..%2fx"]
)
def test_no_address_leaves_the_folder_of_static_files(desk: TestClient, path: str) -> None:
    answer = desk.get(path)
    assert answer.status_code == 404 and "import" not in answer.text


@pytest.mark.parametrize(
    "path", ["/a/dense/s/..%2fx", "/a/dense/s/ada", "/a/../audit/x", "/a/nothing", "/a/dense/s/%00"]
)
def test_a_missing_page_is_404_and_no_server_error(desk: TestClient, path: str) -> None:
    assert desk.get(path).status_code == 404


def test_without_edit_nothing_can_be_changed(desk: TestClient, gradebook: Gradebook) -> None:
    before = gradebook.audit_log()
    for path in ("/undo", "/author", "/a/dense/s/x/comment"):
        assert desk.post(path, data={"form_token": derive_secret(TOKEN, "form")}).status_code == 404
    assert gradebook.audit_log() == before


@pytest.mark.parametrize("token", ["", "wrong", TOKEN])
def test_a_form_without_its_token_changes_nothing(
    open_desk: Callable[..., TestClient], gradebook: Gradebook, token: str
) -> None:
    before = gradebook.audit_log()
    answer = open_desk(is_editable=True).post("/undo", data={"form_token": token, "entry": "1"})
    assert (answer.status_code, gradebook.audit_log()) == (403, before)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", f"http://127.0.0.1:{PORT + 1}"])
def test_a_form_of_another_site_is_refused(open_desk: Callable[..., TestClient], origin: str) -> None:
    data = {"form_token": derive_secret(TOKEN, "form"), "entry": "1"}
    answer = open_desk(is_editable=True).post("/undo", data=data, headers={"origin": origin})
    assert answer.status_code == 403


def test_a_form_that_is_too_long_is_refused(open_desk: Callable[..., TestClient]) -> None:
    data = {"form_token": derive_secret(TOKEN, "form"), "entry": "x" * (MOST_BYTES + 1)}
    assert open_desk(is_editable=True).post("/undo", data=data).status_code == 413


@pytest.mark.parametrize("length", ["0000000000001048577", "9" * 5000, "-1", "1e3", "²"])
def test_a_length_that_is_not_plainly_short_is_refused(
    open_desk: Callable[..., TestClient], length: str
) -> None:
    headers = {"content-length": length.encode()}
    answer = open_desk(is_editable=True).post("/undo", content=b"", headers=headers)
    assert answer.status_code == 413


def test_other_methods_are_refused(desk: TestClient) -> None:
    assert [desk.request(method, "/").status_code for method in ("PUT", "DELETE", "TRACE")] == [405] * 3
