"""Compares a gradebook's schema with this grader's migrations, and runs the missing ones.

Alembic is imported only if there is something to migrate: importing it takes longer than a small batch.
The user's cache keeps its result for an empty SQLite database, so the next new gradebook needs no Alembic.
"""

import hashlib
import json
from pathlib import Path

import sqlalchemy
from sqlalchemy import Connection, inspect, text

from grader.judge.process.user_cache import UserCache

CACHE = "schemas"
MIGRATIONS = Path(__file__).parent / "migrations"
TABLE = "alembic_version"


def revisions() -> tuple[str, ...]:
    """The revisions of this grader, the latest last: each file of `versions` begins with its own."""
    files = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return tuple(sorted(path.name.partition("_")[0] for path in files))


def revision_of(connection: Connection) -> str | None:
    """The revision of a database's schema; None if it has none."""
    if TABLE not in inspect(connection).get_table_names():
        return None
    return connection.execute(text(f"SELECT version_num FROM {TABLE}")).scalar()


def upgrade(connection: Connection) -> None:
    """Runs the migrations that the database lacks, in the transaction of the connection."""
    if connection.dialect.name != "sqlite" or inspect(connection).get_table_names():
        _migrate(connection)
        return
    cached = UserCache(CACHE).get(_name_of_schema())
    if cached is None:
        _migrate(connection)
        UserCache(CACHE).keep(_name_of_schema(), json.dumps(_statements(connection)).encode())
        return
    for statement in json.loads(cached):
        connection.exec_driver_sql(statement)


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _name_of_schema() -> str:
    """The name of the kept schema: a digest of the migrations that made it."""
    digest = hashlib.sha256(sqlalchemy.__version__.encode())
    for path in sorted(MIGRATIONS.rglob("*.py")):
        digest.update(b"\0" + path.read_bytes())
    return f"sqlite-{digest.hexdigest()}"


def _statements(connection: Connection) -> list[str]:
    """The statements that make the schema of an SQLite database without rows, and record its revision."""
    statements = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
    )
    return [*statements.scalars(), f"INSERT INTO {TABLE} VALUES ('{revision_of(connection)}')"]
