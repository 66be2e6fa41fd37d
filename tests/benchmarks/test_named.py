"""`python -m benchmarks NAME` prints; with `--write` it also writes. Each benchmark has its own process."""

import os
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.own_process import in_own_process
from benchmarks.table import Table

TABLE = Table("Something", "About it.", ("what", "ms"), (("one", "1.0"),))


@pytest.mark.parametrize(("words", "is_written"), [(["some"], False), (["--write", "some"], True)])
def test_a_named_benchmark_is_written_only_if_asked(
    words: list[str], is_written: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sections: list[str] = []
    monkeypatch.setattr(command, "write", sections.append)
    monkeypatch.setattr(command, "in_own_process", lambda _: (TABLE, False))
    command.main(words)
    assert TABLE.markdown() in capsys.readouterr().out
    assert sections == ([TABLE.markdown()] if is_written else [])


def test_each_benchmark_runs_in_its_own_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "which_process.py").write_text(
        "import os\n"
        "from benchmarks.table import Table\n"
        "def measure():\n"
        "    return Table('', '', (), ((str(os.getpid()),),))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    runs = [in_own_process("which_process") for _ in range(2)]
    processes = {table.rows[0][0] for table, _ in runs} | {str(os.getpid())}
    assert len(processes) == 3
    assert [always_the_same for _, always_the_same in runs] == [False, False]
