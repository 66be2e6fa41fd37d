"""A class to be graded, its possible grades, and gradebooks in both kinds of database."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, insert, select

from grader.batch.gradebook import Gradebook, schema_version
from grader.batch.gradebook.tables import Table
from grader.model.assignment import Visibility
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from tests.tiny_course import RIGHT, WRONG

HISTORY = ("runs", "arrivals", "audit_log")  # how the grade came about; this differs in every run


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/build/gradebook.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a gradebook of either kind that does not exist yet."""
    return str(request.getfixturevalue(f"{request.param.replace('postgresql', 'postgres')}_url"))


@pytest.fixture
def gradebook(url: str) -> Iterator[Gradebook]:
    with Gradebook(url) as book:
        yield book


@pytest.fixture
def rows_of() -> Callable[[str], dict[str, list[Any]]]:
    """All rows of a gradebook, by table and sorted, without their history."""

    def rows_of(url: str) -> dict[str, list[Any]]:
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as connection:
            rows = {
                table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for table in Table.metadata.sorted_tables
                if table.name not in HISTORY
            }
        engine.dispose()
        return rows

    return rows_of


@pytest.fixture
def write_old() -> Callable[..., None]:
    """Writes rows, by table, into a gradebook made by the migrations up to a revision only."""

    def write(url: str, revision: str, rows: dict[str, list[dict[str, Any]]]) -> None:
        if url.startswith("sqlite:///"):  # a server's URL is not a path
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        config = Config()
        config.set_main_option("script_location", str(schema_version.MIGRATIONS))
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
        tables = MetaData()
        tables.reflect(engine)
        with engine.begin() as connection:
            for name, values in rows.items():
                connection.execute(insert(tables.tables[name]), values)
        engine.dispose()

    return write


@pytest.fixture
def grade() -> Grade:
    """A grade with thirds of points, a lone surrogate and a NUL, which a database may not store unchanged."""
    right = CheckResult("conv", "a", Status.OK, misconceptions=("no_dilation", "not_flipped"))
    wrong = CheckResult(
        "conv",
        "b",
        Status.WRONG,
        Visibility.HIDDEN,
        "9×11",
        (),
        "0",
        "\ud800\x00'; DROP TABLE grades;--",
        "why",
    )
    criteria = (
        CriterionGrade("conv", "a title", Fraction(5), Fraction(5, 3), Status.WRONG, (right, wrong)),
        CriterionGrade("flip", "ein Übertrag", Fraction(1, 7), Fraction(0), Status.NOT_RUN, (), "\udfff"),
    )
    return Grade("conv", "ada", criteria, "none", "cuda", Fraction(2, 9), 3, {"numpy": "2.0"})


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[..., Path]:
    """Writes the given number of submissions to `tiny`, all different, every third of them wrong."""

    def hand_in(count: int, **others: str) -> Path:
        sources = {f"student-{n:03d}": f"{RIGHT if n % 3 else WRONG}# {n}\n" for n in range(count)}
        for name, source in (sources | others).items():
            folder = tmp_path / "handed-in" / name
            folder.mkdir(parents=True)
            (folder / "conv.py").write_text(source)
        return tmp_path / "handed-in"

    return hand_in


@pytest.fixture
def start_batch(course: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts `grader batch` on `tiny` in a process of its own."""

    def start(root: Path, url: str, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "grader", "batch", str(root), "--assignment", "tiny"]
        command += ["--gradebook", url, "--jobs", "2", *words]
        return subprocess.Popen(
            command, cwd=course, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    return start
