"""`python -m benchmarks NAME` prints; with `--write` it also writes the section."""

import importlib
from types import SimpleNamespace

import pytest

from benchmarks import __main__ as command
from benchmarks.table import Table

TABLE = Table("Something", "About it.", ("what", "ms"), (("one", "1.0"),))


@pytest.mark.parametrize(("words", "is_written"), [(["some"], False), (["--write", "some"], True)])
def test_a_named_benchmark_is_written_only_if_asked(
    words: list[str], is_written: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sections: list[str] = []
    monkeypatch.setattr(command, "write", sections.append)
    monkeypatch.setattr(importlib, "import_module", lambda _: SimpleNamespace(measure=lambda: TABLE))
    command.main(words)
    assert TABLE.markdown() in capsys.readouterr().out
    assert sections == ([TABLE.markdown()] if is_written else [])
