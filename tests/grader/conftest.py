"""Fixtures shared by the tests of several packages of the grader."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, text

from grader.intake.read_class import Intake, read_class
from grader.judge.session import Choice, Session
from grader.model.grade import Grade
from tests.folders import in_folder
from tests.waiting import LIMIT, wait_until

SERVER_USERS = ("postgres", "nobody")  # the server refuses to run as root


@pytest.fixture
def make_class(tmp_path: Path) -> Callable[..., Intake]:
    def make(*names: str) -> Intake:
        for name in names:
            (tmp_path / "class" / name).mkdir(parents=True)
            (tmp_path / "class" / name / "conv.py").write_text(f"# {name}\n")
        return read_class(tmp_path / "class", ["conv.py"], "conv")

    return make


@pytest.fixture
def grade(session: Session, tmp_path: Path) -> Callable[..., Grade]:
    """The grade that a module's own `session` gives a source, with further arguments for pytest."""

    def grade(source: str, *arguments: str) -> Grade:
        (tmp_path / "conv.py").write_text(source)
        return session.grade(in_folder(tmp_path), "ada", Choice(arguments))

    return grade


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a temporary PostgreSQL server, without a database name."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = str(installed[-1]) if installed else shutil.which("initdb")
    if initdb is None:
        pytest.skip("no PostgreSQL server is installed here (Debian, Ubuntu: apt-get install postgresql)")
    user = pwd.getpwuid(os.getuid()).pw_name
    as_user: dict[str, Any] = {}
    if os.getuid() == 0:
        users = {entry.pw_name for entry in pwd.getpwall()}
        user = next(name for name in SERVER_USERS if name in users)
        as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    folder = Path(tempfile.mkdtemp(prefix="backflip-pg-"))
    shutil.chown(folder, user)
    data = folder / "data"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    words = ["-D", str(data), "-A", "trust", "-U", "grader", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"]
    subprocess.run([initdb, *words], check=True, timeout=LIMIT, **as_user, **quiet)
    settings = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off")
    server = subprocess.Popen(
        [str(Path(initdb).with_name("postgres")), "-D", str(data), *(w for s in settings for w in ("-c", s))],
        **as_user,
        **quiet,
    )
    try:
        url = f"postgresql://grader@/NAME?host={folder}"
        _wait_for(url.replace("NAME", "postgres"))
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # at once, even if a connection is left
        server.wait(timeout=LIMIT)
        shutil.rmtree(folder)


def _wait_for(url: str) -> None:
    def answers() -> bool:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            return False
        return True

    wait_until(answers, "PostgreSQL answers")


@pytest.fixture
def postgres_url(postgres: str, request: pytest.FixtureRequest) -> str:
    """The URL of an empty database."""
    return make_database(postgres, f"test_{abs(hash(request.node.nodeid)):x}")


def make_database(server: str, name: str, template: str = "template1") -> str:
    """The URL of a new database, a copy of another one."""
    engine = create_engine(server.replace("postgresql:", "postgresql+psycopg:").replace("NAME", "postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return server.replace("NAME", name)
