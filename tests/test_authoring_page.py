"""docs/authoring.md, followed as it stands: its blocks make an assignment that `grader verify` proves."""

import re
from contextlib import closing
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.author.load import load
from grader.cli.command_line.exit_status import PASSED
from grader.judge.verdict.oracles import ReferenceOracle
from tests.test_docs import ROOT
from tests.test_page_blocks import blocks

PAGE = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^##+ (?:\d+\. )?([^\n]+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
SOLUTION = (ROOT / "examples" / "reference" / "edit_distance.py").read_text(encoding="utf-8")
BODY = re.split('"""\n', SOLUTION.partition("def distance")[2])[1].split("\n\n")[0] + "\n"


def block(section: str, number: int = 0) -> str:
    """A code block of a section of the page, by default the first."""
    return [each.text for each in blocks("authoring.md", SECTIONS[section]) if each.language][number] + "\n"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of the one assignment that the page builds. What the page leaves to the author is added."""
    files = {
        "reference/__init__.py": "",
        "reference/edit_distance.py": block("The solution") + BODY,
        "assignments/course.yaml": "title: Words\nassignments: [edit_distance]\n",
        "assignments/edit_distance/assignment.yaml": block("`assignment.yaml`"),
        "assignments/edit_distance/templates/edit_distance.py.j2": block("Templates"),
        "assignments/edit_distance/templates/README.md.j2": "# Words\n\n## One letter at a time\n",
        "assignments/edit_distance/probes.py": block("Probes"),
        "assignments/edit_distance/rubric.yaml": block("Cases"),
        "assignments/edit_distance/mutants.py": block("Mutants"),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_the_assignment_of_the_page_is_proved(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["verify", "edit_distance", "--out", "build", "--jobs", "2"])
    output = capsys.readouterr().out
    assert status == PASSED and "0 findings" in output, output


def test_a_comparison_of_the_page_is_one_that_a_case_may_choose(course: Path) -> None:
    folder = course / "assignments" / "edit_distance"
    (folder / "comparisons.py").write_text(block("A kind or a comparison of your own", 1), encoding="utf-8")
    rubric = (folder / "rubric.yaml").read_text(encoding="utf-8")
    (folder / "rubric.yaml").write_text(
        rubric.replace("{id: kitten,", "{id: kitten, compare: same_length,"), encoding="utf-8"
    )
    first, *_ = load(folder).rubric.criteria[0].cases
    assert first.compare == "same_length"


def test_a_kind_of_the_page_draws_what_its_probe_reads(course: Path) -> None:
    folder = course / "assignments" / "edit_distance"
    (folder / "kinds.py").write_text(block("A kind or a comparison of your own"), encoding="utf-8")
    rubric = (folder / "rubric.yaml").read_text(encoding="utf-8")
    line = next(line for line in rubric.splitlines() if "id: kitten" in line)
    near = "      - {id: near, replaced: 3, visibility: hidden}"
    (folder / "rubric.yaml").write_text(rubric.replace(line, f"{near}\n{line}"), encoding="utf-8")
    assignment = load(folder)
    with closing(ReferenceOracle(assignment)) as oracle:
        case = assignment.rubric.criteria[0].cases[0]
        a, b = (oracle.inputs(case).values[name] for name in "ab")
    assert len(a) == len(b) == 9 and sum(x != y for x, y in zip(a, b, strict=True)) == 3
