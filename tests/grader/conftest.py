"""Fixtures that tests of more than one package of the grader use."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake import Intake, read_class


@pytest.fixture
def make_class(tmp_path: Path) -> Callable[..., Intake]:
    def make(*names: str) -> Intake:
        for name in names:
            (tmp_path / "class" / name).mkdir(parents=True)
            (tmp_path / "class" / name / "conv.py").write_text(f"# {name}\n")
        return read_class(tmp_path / "class", ["conv.py"], "conv")

    return make
