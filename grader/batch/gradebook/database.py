"""Opens a gradebook's database: its URL, its schema, its transactions, and its errors."""

import fcntl
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from grader.batch.gradebook.schema_version import revision_of, revisions, upgrade
from grader.model.did_you_mean import near_file
from grader.model.errors import UserError

LOCK_SECONDS = 30
CONNECT_SECONDS = 10
KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
FULL = ". Is the disk full? Free some space, then run it again"
REMEDIES = {  # by the words of SQLite and PostgreSQL
    **dict.fromkeys(("disk is full", "disk I/O error", "No space left on device"), FULL),
    "database is locked": ": another command uses it. Run this again when that one has ended",
    "readonly database": ": you may not write there",
    "Could not parse": "; expected sqlite:///FILE or postgresql://HOST/NAME",
}
OLD = "schema_version"  # the table of gradebooks from before Alembic


class Database:
    """An open database with the gradebook's schema, which is created or brought up to date if necessary.

    `url` is SQLAlchemy's, for SQLite or PostgreSQL. Raises UserError, in one line, if the database cannot be
    opened, is not a gradebook or has a newer schema; then nothing in it is changed. Without `create`, this
    includes a file that does not exist.
    """

    def __init__(self, url: str, create: bool = True) -> None:
        with errors_in_one_line(url):
            parsed = _with_driver(make_url(url))
            self.name = parsed.render_as_string(hide_password=True)
        self._url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        with errors_in_one_line(self.name):
            self._prepare_file(create)
            self.engine = create_engine(parsed, **_options(parsed))
        if self.is_sqlite:
            _set_up_sqlite(self.engine)
        try:
            with errors_in_one_line(self.name):
                self._bring_up_to_date()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Closes every connection."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees a single state of the database."""
        with errors_in_one_line(self.name), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is written completely or not at all."""
        with (
            errors_in_one_line(self.name),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def exclusive(self, what: str, on_wait: Callable[[], None]) -> Iterator[None]:
        """Locks `what` for this process, across all machines that use the database.

        A second process calls `on_wait` and waits. A process that dies releases the lock: neither a database
        session nor a file lock outlives it.
        """
        if self.is_sqlite:
            with _file_lock(self._file(), what, on_wait):
                yield
            return
        key = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], "big", signed=True)
        with errors_in_one_line(self.name):
            connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with connection:
            with errors_in_one_line(self.name):
                if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
                    on_wait()
                    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
            try:
                yield
            finally:
                connection.invalidate()  # closes the session, and with it the lock

    def _file(self) -> Path | None:
        database = self._url.database
        return None if database in (None, "", ":memory:") else Path(str(database))

    def _prepare_file(self, create: bool) -> None:
        path = self._file() if self.is_sqlite else None
        if path is None:
            return
        if not create and not path.exists():
            raise UserError(f"no such gradebook; `grader batch` creates one{near_file(Path(path))}", path)
        path.parent.mkdir(parents=True, exist_ok=True)

    def _bring_up_to_date(self) -> None:
        latest = revisions()[-1]
        with self.engine.connect() as connection:
            with connection.begin():
                revision = self._revision(connection)
            if self.is_sqlite:  # only now is the file known to be ours
                _set_wal(connection)
            if revision == latest:
                return
            # If two start at once, the second finds it done. BEGIN IMMEDIATE takes SQLite's lock.
            with connection.execution_options(writes=True).begin():
                if not self.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(0)"))
                if self._revision(connection) != latest:
                    upgrade(connection)

    def _revision(self, connection: Connection) -> str | None:
        tables = inspect(connection).get_table_names()
        revision = revision_of(connection)
        if revision is not None and revision not in revisions():
            raise UserError(
                f"found a gradebook of schema {revision}, newer than this grader's {revisions()[-1]}: "
                "use the grader that wrote it, or name another --gradebook",
                self.name,
            )
        if revision is None and OLD in tables:
            raise UserError(
                "found a gradebook without a schema version: move it away and grade again",
                self.name,
            )
        if revision is None and tables:
            raise UserError(
                "found a database that is not a gradebook: name another with --gradebook", self.name
            )
        return revision


@contextmanager
def errors_in_one_line(url: str) -> Iterator[None]:
    """Turns a database error into a one-line UserError."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, ImportError, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
        text = lines[0] if lines else type(cause).__name__
        remedy = next((say for words, say in REMEDIES.items() if words in text), "")
        raise UserError(f"cannot use this gradebook: {text}{remedy}", url) from error


def _with_driver(url: URL) -> URL:
    """The URL with a driver: `postgresql://` means the one that is installed with Backflip."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": LOCK_SECONDS}}
    if url.get_backend_name() == "postgresql":
        return {"connect_args": {"connect_timeout": CONNECT_SECONDS, **KEEPALIVE}}
    raise UserError("expected a database of SQLite or PostgreSQL: sqlite:///FILE or postgresql://HOST/NAME")


@contextmanager
def _file_lock(database: Path | None, what: str, on_wait: Callable[[], None]) -> Iterator[None]:
    if database is None:  # in memory: no other process has it
        yield
        return
    with open(f"{database}-{what}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _set_wal(connection: Connection) -> None:
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.cursor().execute("PRAGMA journal_mode = WAL")


def _set_up_sqlite(engine: Engine) -> None:
    """Turns on foreign keys, and begins transactions, even for reads, when SQLAlchemy begins them."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # a writer takes the lock before it reads, so that it never waits for a lock in vain
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
