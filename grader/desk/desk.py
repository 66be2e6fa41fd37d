"""Holds the objects that every page of the desk needs: gradebook, course, token, templates."""

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import jinja2
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from grader.batch.gradebook import Gradebook
from grader.desk.class_view import ClassView, Views
from grader.desk.course_facts import CourseFacts
from grader.desk.guard import FRAMED, derive_secret
from grader.model.class_row import ClassRow
from grader.model.text import clean_line

AUTHOR = "desk-author"  # the cookie with the name of this browser's user


@dataclass(frozen=True)
class Desk:
    """The state that all pages share; without `is_editable`, no page changes anything.

    A page waits for slow work for `patience` seconds before it says how far the work is.
    """

    views: Views
    token: str
    is_editable: bool
    pages: jinja2.Environment
    patience: float

    @property
    def gradebook(self) -> Gradebook:
        """The gradebook of the desk."""
        return self.views.gradebook

    @property
    def course(self) -> CourseFacts:
        """The facts about the course."""
        return self.views.course

    def class_of(self, request: Request) -> ClassView:
        """The class that an address names; 404 if there is none."""
        name = request.path_params["assignment"]
        if name not in self.views.names():
            raise HTTPException(404, f"No assignment is called {clean_line(name)}.")
        return self.views.of(name)

    def row_of(self, request: Request, view: ClassView) -> ClassRow:
        """The student that an address names; 404 if there is none."""
        row = view.by_key.get(request.path_params["student"])
        if row is None:
            raise HTTPException(404, "This student has no submission to this assignment, or it is withdrawn.")
        return row

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page of the desk."""
        about = {
            "course": self.course,
            "names": self.views.names(),
            "is_editable": self.is_editable,
            "form_token": derive_secret(self.token, "form"),
            "author": author_of(request),
            "path": request.url.path,
            "query": request.query_params,
        }
        text = self.pages.get_template(template).render(about | {"status": status} | values)
        return HTMLResponse(text.encode("utf-8", errors="replace"), status)


def author_of(request: Request) -> str:
    """The name that this browser's user entered, or the user who started the desk."""
    name = clean_line(unquote(request.cookies.get(AUTHOR, "")))
    return name[:60] or getpass.getuser()


def framed_page(text: str) -> Response:
    """A page that another page of the desk shows in a frame; it runs no scripts."""
    headers = {"content-security-policy": FRAMED}
    return HTMLResponse(text.encode("utf-8", errors="replace"), headers=headers)


Page = Callable[[Desk, Request], Response]
