"""The example course, which is about words and has no arrays: the tool is bound to no subject."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from grader.__main__ import main
from grader.cli.command_line.exit_status import PASSED


@pytest.fixture
def examples(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(repository / "examples")
    monkeypatch.delenv("BACKFLIP_SEED", raising=False)
    return repository / "examples"


@pytest.mark.slow
def test_every_example_is_proved_by_its_mutants(
    examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["verify", "--out", str(tmp_path), "--jobs", "2"])
    output = capsys.readouterr().out
    assert status == PASSED, output
    assert "0 survive" in output and "0 findings" in output


def test_a_handout_without_arrays_carries_none_and_its_solution_passes(
    examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["generate", "edit_distance", "--out", str(tmp_path)]) == PASSED
    handout = tmp_path / "release" / "edit_distance"
    assert not (handout / "ndarray").exists()
    solution = tmp_path / "solution" / "edit_distance" / "edit_distance.py"
    assert main(["grade", str(solution.parent), "--assignment", "edit_distance"]) == PASSED
    (handout / "edit_distance.py").write_bytes(solution.read_bytes())
    monkeypatch.chdir(handout)
    capsys.readouterr()
    assert main(["grade", "."]) == PASSED
    assert "All visible cases pass" in capsys.readouterr().out


def example_reference(repository: Path, name: str) -> ModuleType:
    path = repository / "examples" / "reference" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"example_{name}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the table whose first row begins so."""
    table = text[text.index(heading) :].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table if "---" not in line]


def test_the_worked_numbers_of_the_handouts_are_what_the_references_give(repository: Path) -> None:
    words = example_reference(repository, "edit_distance")
    text = (repository / "examples/assignments/edit_distance/templates/README.md.j2").read_text()
    head, *body = rows(text, "| | (empty) |")
    beginnings = [cell.removeprefix("(empty)") for cell in head[1:]]
    assert len(body) == 4
    for first, *distances in body:
        of = first.removeprefix("(empty)")
        assert [int(cell) for cell in distances] == [words.distance(of, other) for other in beginnings]
    assert words.closest("caht", ["chat", "hat", "cat", "dog", "chart"], 2) == ["cat", "chat", "hat", "chart"]

    optimizers = example_reference(repository, "optimizers")
    text = (repository / "examples/assignments/optimizers/templates/README.md.j2").read_text()
    sgd, adam = optimizers.SGD(0.1, 0.9), optimizers.Adam(0.1, (0.5, 0.75))
    weight = 1.0
    for _, gradient, _, sentence in rows(text, "| step | gradient |")[1:]:
        (weight,) = sgd.step([weight], [float(gradient)])
        assert weight == pytest.approx(float(re.findall(r"[\d.]+", sentence)[-1]))
    weight, gradients = 1.0, [2.0, -1.0]
    for slope, row in zip(gradients, rows(text, "| t | *m* |")[1:], strict=True):
        (weight,) = adam.step([weight], [slope])
        assert weight == pytest.approx(float(re.findall(r"[\d.]+", row[-1])[-1]))
