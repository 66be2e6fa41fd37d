"""The desk as a web application: its pages by address, behind the guard."""

import getpass
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import jinja2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from grader.batch.gradebook import Gradebook
from grader.desk.class_view import ClassView, Views
from grader.desk.course_facts import CourseFacts
from grader.desk.guard import FRAMED, LOOPBACK, Guard, derived
from grader.desk.templating import HERE, desk_environment
from grader.model.class_row import ClassRow
from grader.model.errors import UserError
from grader.model.text import clean_line

AUTHOR = "desk-author"  # the cookie with the name of the person at this browser


@dataclass(frozen=True)
class Desk:
    """What every page works with; without `editable` no page changes anything."""

    views: Views
    token: str
    editable: bool
    pages: jinja2.Environment

    @property
    def gradebook(self) -> Gradebook:
        """The gradebook behind it."""
        return self.views.gradebook

    @property
    def course(self) -> CourseFacts:
        """What is known of the course."""
        return self.views.course

    def class_of(self, request: Request) -> ClassView:
        """The class that an address is about; 404 where there is none."""
        name = request.path_params["assignment"]
        if name not in self.views.names():
            raise HTTPException(404, f"No assignment is called {clean_line(name)}.")
        return self.views.of(name)

    def row_of(self, request: Request, view: ClassView) -> ClassRow:
        """The student whom an address is about; 404 where there is none."""
        row = view.by_key.get(request.path_params["student"])
        if row is None:
            raise HTTPException(404, "This student has nothing in this assignment, or it is set aside.")
        return row

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page of the desk."""
        about = {
            "course": self.course,
            "names": self.views.names(),
            "editable": self.editable,
            "form_token": derived(self.token, "form"),
            "author": author_of(request),
            "path": request.url.path,
            "query": request.query_params,
        }
        text = self.pages.get_template(template).render(about | values)
        return HTMLResponse(text.encode("utf-8", errors="replace"), status)


def author_of(request: Request) -> str:
    """Who sits at this browser, as they say; else the user who started the desk."""
    given = clean_line(unquote(request.cookies.get(AUTHOR, "")))
    return given[:60] or getpass.getuser()


def framed(text: str) -> Response:
    """A page of ours that another page shows in a frame: nothing in it runs."""
    headers = {"content-security-policy": FRAMED}
    return HTMLResponse(text.encode("utf-8", errors="replace"), headers=headers)


def make_app(
    gradebook: Gradebook,
    course: CourseFacts,
    *,
    token: str,
    port: int,
    hosts: Iterable[str] = LOOPBACK,
    editable: bool = False,
) -> ASGIApp:
    """The application that answers at `http://HOST:PORT/?token=TOKEN`."""
    from grader.desk import by_hand, forms, insight, reading, student_page

    desk = Desk(Views(gradebook, course), token, editable, desk_environment())
    routes: list[Any] = []
    for module in (reading, student_page, insight, by_hand):
        routes += [Route(path, _get(desk, page), methods=["GET"]) for path, page in module.PAGES.items()]
    if editable:
        routes += [
            Route(path, forms.posted(desk, take), methods=["POST"]) for path, take in forms.FORMS.items()
        ]
    routes.append(Mount("/static", StaticFiles(directory=HERE / "static")))
    failures = {HTTPException: _http_failure(desk), UserError: _failure(desk)}
    return Guard(Starlette(routes=routes, exception_handlers=failures), token, hosts, port)


Page = Callable[[Desk, Request], Response]


def _get(desk: Desk, page: Page) -> Callable[[Request], Response]:
    return lambda request: page(desk, request)


def _http_failure(desk: Desk) -> Any:
    def show(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return desk.page(request, "failure.html.j2", error.status_code, says=error.detail)

    return show


def _failure(desk: Desk) -> Any:
    """What a gradebook complains of is shown in one line."""

    def show(request: Request, error: Exception) -> Response:
        return desk.page(request, "failure.html.j2", 422, says=str(error))

    return show
