"""The red team's page compares what each attack gained with what it may gain."""

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.cli.command_line.arguments import parse
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.cli.proofs import redteam
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.results.verification import Finding, Gain, RedTeam
from grader.prove.attacks import CORPUS, NOTHING, Attack, description
from grader.prove.redteam import gains_of, key_of
from grader.report.pages.redteam_page import to_html

SHARES = {"flip": {f"flip/{n}": Fraction(1) for n in range(10)}}


def grade(points: int) -> Grade:
    """A grade of ten cases worth one point each, of which this many pass."""
    ends = [Status.OK] * points + [Status.WRONG] * (10 - points)
    results = tuple(CheckResult("flip", str(n), end) for n, end in enumerate(ends))
    criterion = CriterionGrade("flip", "", Fraction(10), Fraction(points), Status.OK, results)
    return Grade("tiny", "attack", (criterion,), "bubblewrap", "cpu")


@pytest.mark.parametrize(
    ("may_gain", "points", "is_too_much"),
    [
        *(("nothing", 6, False), ("nothing", 7, True)),  # the others are right, and writing nothing earns 6
        *(("part", 9, False), ("part", 10, True)),
        ("all", 10, False),
    ],
)
def test_an_attack_gains_too_much_where_it_gains_more_than_its_row_says(
    may_gain: str, points: int, is_too_much: bool
) -> None:
    attacks = [Attack(NOTHING, "", "flip", "nothing", {}), Attack("sleeps", "", "flip", may_gain, {})]
    grades = {key_of(attacks[0]): grade(6), key_of(attacks[1]): grade(points)}
    nothing, gain = gains_of(attacks, grades, SHARES)
    assert (nothing.is_too_much, gain.is_too_much) == (False, is_too_much)
    assert (gain.cheat, gain.points) == ("sleeps on flip", points)


def test_the_page_shows_first_what_gained_too_much() -> None:
    gains = (
        Gain("sleeps", "It sleeps.", 6.0, "no more than writing nothing", False),
        Gain("splits", "It <splits>.", 100.0, "nothing", True),
    )
    page = to_html(RedTeam("tiny", gains, (Finding(Path("rubric.yaml"), 3, "flip: splits earns 100"),)))

    assert "2 attacks and cheats, 1 gained more than allowed" in page
    assert page.index("splits") < page.index("sleeps")
    assert "It &lt;splits&gt;." in page
    assert "rubric.yaml:3: flip: splits earns 100" in page


@pytest.mark.parametrize(("is_over", "status"), [(True, NOT_PASSED), (False, PASSED)])
def test_the_command_fails_where_an_attack_gained_more_than_it_may(
    is_over: bool, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = (Finding(Path("rubric.yaml"), 3, "flip: splits earns 100"),) if is_over else ()
    samples: list[int] = []

    def red_team(jobs: int, sample: int) -> RedTeam:
        samples.append(sample)
        return RedTeam("tiny", (), findings)

    tiny = SimpleNamespace(name="tiny", redteam=red_team)
    monkeypatch.setattr(redteam, "assignments_named", lambda names: [tiny])
    options = parse(["redteam", "tiny", "--out", str(tmp_path), "--sample", "3"])

    assert redteam.run(options) == status
    assert samples == [3]
    assert (tmp_path / "tiny.html").is_file()


def test_a_description_does_not_contain_the_line_about_the_gain() -> None:
    folders = [CORPUS / name for name in ("python", "functions", "cuda")]
    does = {path: description(path)[0] for folder in folders for path in folder.iterdir() if path.is_file()}
    assert {path.parent for path in does} == set(folders)
    assert [path for path, text in does.items() if not text or "may gain:" in text] == []
