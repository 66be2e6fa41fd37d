"""The desk as a web application: its pages by address, protected by the guard."""

from collections.abc import Callable, Iterable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from grader.batch.gradebook import Gradebook
from grader.desk import analysis_pages, by_hand_pages, forms, read_only_pages, student_page
from grader.desk.class_view import Views
from grader.desk.course_facts import CourseFacts
from grader.desk.desk import Desk, Page
from grader.desk.guard import LOOPBACK, Guard
from grader.desk.templating import HERE, desk_environment
from grader.model.errors import UserError


def make_app(
    gradebook: Gradebook,
    course: CourseFacts,
    *,
    token: str,
    port: int,
    hosts: Iterable[str] = LOOPBACK,
    is_editable: bool = False,
    patience: float = 1.0,
) -> ASGIApp:
    """The application that answers at `http://HOST:PORT/?token=TOKEN`; see `Desk` for `patience`."""
    desk = Desk(Views(gradebook, course), token, is_editable, desk_environment(), patience)
    routes: list[Any] = []
    for module in (read_only_pages, student_page, analysis_pages, by_hand_pages):
        routes += [Route(path, _get(desk, page), methods=["GET"]) for path, page in module.PAGES.items()]
    if is_editable:
        routes += [
            Route(path, forms.form_endpoint(desk, handler), methods=["POST"])
            for path, handler in forms.FORMS.items()
        ]
    routes.append(Mount("/static", StaticFiles(directory=HERE / "static")))
    failures = {HTTPException: _http_failure(desk), UserError: _failure(desk), Exception: _fault(desk)}
    return Guard(Starlette(routes=routes, exception_handlers=failures), token, hosts, port)


def _get(desk: Desk, page: Page) -> Callable[[Request], Response]:
    return lambda request: page(desk, request)


def _http_failure(desk: Desk) -> Any:
    def show(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return desk.page(request, "failure.html.j2", error.status_code, says=error.detail)

    return show


def _fault(desk: Desk) -> Any:
    """Says that the desk failed at one page; the server prints the traceback."""

    def show(request: Request, error: Exception) -> Response:
        says = f"The desk cannot show this page because of an error in the grader ({type(error).__name__})."
        return desk.page(request, "failure.html.j2", 500, says=says)

    return show


def _failure(desk: Desk) -> Any:
    """Shows an error of the gradebook in one line."""

    def show(request: Request, error: Exception) -> Response:
        return desk.page(request, "failure.html.j2", 422, says=str(error))

    return show
