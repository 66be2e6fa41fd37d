"""The laws of decisions at the desk, in PostgreSQL: the same tests on the other database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.batch.gradebook import Gradebook
from tests.grader.conftest import make_database
from tests.grader.desk.conftest import BODY, HANDOUT, grade_class, write_class
from tests.grader.desk.test_forms import (  # noqa: F401
    editor,
    test_a_regrade_keeps_what_persons_decided,
    test_every_decision_is_in_the_audit_log_and_undone_by_one_button,
    test_null_bytes_in_a_form_are_left_out,
    test_points_by_hand_end_the_review_and_reach_every_export,
    test_the_second_of_two_people_sees_the_change_and_loses_nothing,
)

TEMPLATE = "desk_template"


@pytest.fixture(scope="session")  # as the server: a worker may come back to this module
def class_of_template(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a class graded twice, into a database that each test copies."""
    root = write_class(tmp_path_factory.mktemp("desk-postgresql"))
    ada = root / "class" / "ada" / "dense.py"
    with Gradebook(make_database(postgres, TEMPLATE)) as book:
        for source in (HANDOUT, BODY):
            ada.write_text(source)
            grade_class(book, root, by_hand=True)
    return root


@pytest.fixture
def root(class_of_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(class_of_template, tmp_path / "root"))


@pytest.fixture
def gradebook(root: Path, postgres: str, request: pytest.FixtureRequest) -> Iterator[Gradebook]:
    name = f"desk_{abs(hash(request.node.nodeid)):x}"
    with Gradebook(make_database(postgres, name, TEMPLATE)) as book:
        yield book
