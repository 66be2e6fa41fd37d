"""Builds the SQL statements that every reader and writer of the gradebook needs."""

import importlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, select
from sqlalchemy import Table as SqlTable

from grader.batch.gradebook.tables import Action, AuditRow, Table

T = TypeVar("T")
CHUNK = 200  # rows that are read or written at once


def read_rows(connection: Connection, table: type[Table], *where: Any) -> Iterator[dict[str, Any]]:
    """The rows of a table, as columns by name."""
    columns = (column.label(column.key) for column in table_of(table).columns)
    for row in connection.execute(select(*columns).where(*where)).mappings():
        yield dict(row)


def upsert(connection: Connection, table: type[Table]) -> Any:
    """An insert that can say what to do if the row exists already."""
    # by name: importing the dialect of the other database costs as much as importing NumPy
    dialect = importlib.import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    return dialect.insert(table_of(table))


def table_of(table: type[Table]) -> SqlTable:
    """The table itself, because ORM rows take twice the time."""
    assert isinstance(table.__table__, SqlTable)
    return table.__table__


def log_event(
    connection: Connection,
    action: Action,
    key: Mapping[str, str],
    detail: Mapping[str, Any],
    run_id: int | None = None,
) -> None:
    """Adds an entry to the audit log, with the time now; `key` has the student's id and the assignment."""
    about = {name: key[name] for name in ("student_id", "assignment")}
    row = {"at": datetime.now(UTC), "run_id": run_id, "action": action, "detail": detail, **about}
    connection.execute(insert(table_of(AuditRow)), row)


def chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values, `size` at a time."""
    remaining = iter(values)
    while some := list(islice(remaining, size)):
        yield some
