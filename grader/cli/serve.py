"""`grader serve`: shows the instructor's desk in a browser."""

import argparse
import errno
import ipaddress
import secrets
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from grader.api import Course, CourseAssignment
from grader.author.render import render
from grader.batch.gradebook import Gradebook
from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.signals import until_ctrl_c
from grader.cli.course import find_repository, note_missing_policies
from grader.desk.course_facts import AssignmentFacts, CourseFacts
from grader.model.errors import UserError

if TYPE_CHECKING:
    import uvicorn

VERIFIED = Path("build", "verify")  # where `grader verify` writes the kill matrix


def run(options: argparse.Namespace) -> int:
    """Prints the address, then serves until Ctrl-C."""
    try:
        import uvicorn

        from grader.desk.app import make_app
    except ImportError as error:
        raise UserError("grader serve needs the desk: pip install 'backflip[desk]'") from error
    note_missing_policies()
    token = secrets.token_urlsafe(24)
    with Gradebook(options.gradebook, create=False) as gradebook, _listen(options) as listening:
        port = listening.getsockname()[1]
        host = _as_written(options.host)
        app = make_app(
            gradebook,
            course_facts(),
            token=token,
            port=port,
            hosts=_hosts(options.host),
            is_editable=options.edit,
        )
        host_name = host if options.host not in ("0.0.0.0", "::") else socket.gethostname()
        print(f"http://{host_name}:{port}/?token={token}", flush=True)
        config = uvicorn.Config(
            app, lifespan="off", log_level="warning", access_log=False, server_header=False
        )
        server = uvicorn.Server(config)
        with until_ctrl_c(), stop_on_hang_up(server):
            server.run(sockets=[listening])
    return PASSED


@contextmanager
def stop_on_hang_up(server: "uvicorn.Server") -> Iterator[None]:
    """Lets SIGHUP stop the server, as SIGINT and SIGTERM do, and then end the command.

    uvicorn takes any exception during a request for a fault of that page. So an exception that the handler of
    a signal raises there would end one request, and no other signal would ever end the server.
    """
    usual = signal.getsignal(signal.SIGHUP)
    has_come = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal has_come
        has_come = server.should_exit = True

    if usual is not signal.SIG_IGN:  # as under nohup
        signal.signal(signal.SIGHUP, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, usual)
    if has_come:
        signal.raise_signal(signal.SIGHUP)


def course_facts() -> CourseFacts:
    """The facts that the desk needs from the course around the working folder; empty if there is none."""
    root = find_repository()
    if root is None:
        return CourseFacts()
    course = Course(root)
    facts = tuple(_facts(course[name]) for name in course)
    policies, title, variants = course.facts.policies, course.facts.title, course.facts.variants
    return CourseFacts(title, facts, policies, course.seed, variants)


def _facts(course_assignment: CourseAssignment) -> AssignmentFacts:
    assignment = course_assignment.loaded

    @cache
    def handout() -> Mapping[str, str]:
        return render(assignment, "handout").files

    return AssignmentFacts(
        course_assignment.name,
        assignment.title,
        assignment.files,
        tuple(criterion for criterion in assignment.rubric.criteria if criterion.by_hand),
        handout,
        partial(_text, course_assignment.course.root / VERIFIED / f"{course_assignment.name}.html"),
        tuple(criterion for criterion in assignment.rubric.criteria if criterion.paid_hints),
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _listen(options: argparse.Namespace) -> socket.socket:
    """The socket, bound before anything is printed; port 0 means any free port."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        return socket.create_server((options.host, options.port), family=family)
    except OSError as error:
        where = f"{_as_written(options.host)}:{options.port}"
        reason = getattr(error, "strerror", None) or error
        is_about_port = error.errno in (errno.EADDRINUSE, errno.EACCES)
        to_do = (
            "--port 0 takes a free port" if is_about_port else "name an address of this machine with --host"
        )
        raise UserError(f"cannot listen on {where}: {reason}; {to_do}") from error


def _hosts(host: str) -> tuple[str, ...]:
    """The names that a Host header may contain: this machine, by the address that it listens on."""
    from grader.desk.guard import LOOPBACK  # it imports Starlette, which only the desk needs

    if host in ("0.0.0.0", "::"):
        return (*LOOPBACK, socket.gethostname(), socket.getfqdn())
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost"
    return LOOPBACK if is_loopback else (_as_written(host),)


def _as_written(host: str) -> str:
    """The address as a URL shows it: an IPv6 address is in brackets."""
    return f"[{host}]" if ":" in host else host
