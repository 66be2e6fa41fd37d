"""Laws of the command `grader serve`: where it listens, whom it admits, how it ends."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from grader.__main__ import main
from grader.cli.command_line.exit_status import PASSED, USER_MISTAKE
from tests.waiting import LIMIT


@pytest.fixture
def process(at_course: str) -> Iterator[subprocess.Popen[str]]:
    """The command, with its output in a pipe, as a script would start it."""
    command = [sys.executable, "-m", "grader", "serve", "--gradebook", at_course, "--port", "0"]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def test_the_printed_address_alone_opens_the_desk_and_ctrl_c_ends_it(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    address = process.stdout.readline().strip()  # hangs if the address is not flushed
    where = urlsplit(address)
    assert (where.scheme, where.hostname, where.path) == ("http", "127.0.0.1", "/")
    root = f"http://{where.netloc}"
    with httpx.Client(timeout=LIMIT) as browser:
        assert browser.get(root).status_code == 403
        assert browser.get(f"{root}/?token=another").status_code == 403
        assert browser.get(address, headers={"Host": "example.org"}).status_code == 400
        first = browser.get(address, follow_redirects=True)
        assert (first.status_code, str(first.url)) == (200, f"{root}/")
        assert "tiny" in first.text and "token=" not in first.text
        names = browser.get(f"{root}/a/tiny").text
        assert "Ada Lovelace" in names and '<form method="post"' not in names  # no --edit
        assert browser.post(f"{root}/a/tiny/s/x/adjust", data={"points": "1"}).status_code == 404
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=LIMIT)
    assert (process.returncode, rest, errors) == (PASSED, "", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_another_signal_ends_it_too_and_is_its_exit_status(
    process: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert process.stdout is not None
    address = urlsplit(process.stdout.readline().strip())
    assert httpx.get(f"http://{address.netloc}", timeout=LIMIT).status_code == 403  # it serves
    process.send_signal(number)
    _, errors = process.communicate(timeout=LIMIT)

    assert process.returncode == 128 + number
    assert errors == "grader: interrupted; everything recorded so far is kept\n"


HANGS_UP = """
import signal
import socket

import uvicorn

from grader.cli.command_line import signals
from grader.cli.serve import stop_on_hang_up


async def app(scope, receive, send):
    signal.raise_signal(signal.SIGHUP)
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"whole"})


listening = socket.create_server(("127.0.0.1", 0))
server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="critical"))
print(listening.getsockname()[1], flush=True)
try:
    with signals.terminate_on_signals(), signals.until_ctrl_c(), stop_on_hang_up(server):
        server.run(sockets=[listening])
except signals.Terminated as ended:
    print(ended.exit_status)
"""


def test_a_signal_during_a_request_ends_the_server_after_the_page() -> None:
    """An exception of the signal's handler would end only the page, and the server would go on for ever."""
    with subprocess.Popen([sys.executable, "-c", HANGS_UP], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        page = httpx.get(f"http://127.0.0.1:{process.stdout.readline().strip()}", timeout=LIMIT)
        rest, _ = process.communicate(timeout=LIMIT)
    assert (page.text, rest) == ("whole", f"{128 + signal.SIGHUP}\n")


def test_a_port_that_is_taken_is_one_line_that_names_a_remedy(
    process: subprocess.Popen[str], at_course: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert process.stdout is not None
    port = urlsplit(process.stdout.readline().strip()).port
    assert main(["serve", "--gradebook", at_course, "--port", str(port)]) == USER_MISTAKE
    error = capsys.readouterr().err
    assert f"127.0.0.1:{port}" in error and "--port 0" in error and error.count("\n") == 1


def test_a_desk_without_the_course_says_that_its_policies_do_not_apply(
    at_course: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:  # so that the command ends at once
        words = ["serve", "--gradebook", at_course, "--port", str(taken.getsockname()[1])]
        assert main(words) == USER_MISTAKE
        assert "no late policy" not in capsys.readouterr().err
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert main(words) == USER_MISTAKE
        assert "note: found no course here or above, so no late policy applies" in capsys.readouterr().err
