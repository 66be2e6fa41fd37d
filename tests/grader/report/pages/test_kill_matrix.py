"""Laws of the kill matrix: survivors come first, hangs and crashes are named, and names are no markup."""

import io
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from grader.model.grade import Status
from grader.model.results.verification import Finding, Gain, Verification, Weight
from grader.report.pages.kill_matrix import show_matrix, to_html

CASES = ("pad/one", "pad/two", "conv/one")
KILLS: Mapping[str, Mapping[str, Status]] = {
    "zeros_forgotten": {"pad/one": Status.WRONG, "conv/one": Status.ERROR},
    "never_ends": {"pad/two": Status.TIMEOUT},
    "harmless": {},
    "dies": {"pad/one": Status.CRASHED, "conv/one": Status.MEMORY},
}
ATTRIBUTES = {
    "lang", "charset", "class", "title", "name", "content", "http-equiv", "rel", "href",
    "role", "tabindex", "aria-label",
}  # fmt: skip
MATRIX = Verification("tiny", CASES, KILLS, tolerances={"conv/one": 0.4567})


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.addresses: list[str | None] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        self.addresses += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(verification: Verification) -> list[str]:
    console = Console(file=io.StringIO(), width=40)
    show_matrix(verification, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_a_mutant_is_a_line_a_case_a_character_and_survivors_come_first() -> None:
    assert page_of(MATRIX) == [
        "tiny: 4 mutants, 1 survives, 3 cases, 0 findings",
        "  harmless         ·· ·",
        "  zeros_forgotten  x· e",
        "  never_ends       ·! · (timeout)",
        "  dies             !· ! (crashed, memory)",
        "  conv/one: rounding takes at most 0.46 of its tolerance",
    ]


def test_a_finding_stays_on_one_line_however_narrow_the_terminal() -> None:
    path = Path("/") / ("long" * 100) / "mutants.py"
    lines = page_of(Verification("tiny", CASES, KILLS, (Finding(path, 7, "zeros survive"),)))
    assert lines[1] == f"{path}:7: zeros survive"


def test_the_findings_that_matter_most_come_before_everything_else() -> None:
    """A wrong grade comes before a case that proves nothing, and both before the many lines about mutants."""
    places = [(Weight.HELP, 1), (Weight.PROOF, 2), (Weight.POINTS, 3), (Weight.PROOF, 4)]
    findings = tuple(Finding(Path("rubric.yaml"), line, "problem", weight) for weight, line in places)
    gains = (Gain("table", "", 0.0, "nothing", False), Gain("zeros", "", 5.0, "nothing", True))
    lines = page_of(replace(MATRIX, findings=findings, gains=gains))

    assert lines[1:5] == [f"rubric.yaml:{line}: problem" for line in (3, 2, 4, 1)]
    assert lines[-1] == "  1 cheat gained no more than allowed: the page lists them"


def test_the_page_holds_every_mutant_and_case_and_loads_nothing() -> None:
    page = Page(to_html(MATRIX))
    assert [name for name in page.text.split() if name in KILLS] == [
        "harmless",
        "zeros_forgotten",
        "never_ends",
        "dies",
    ]
    assert all(case in page.text for case in CASES)
    assert "(timeout)" in page.text and "(crashed, memory)" in page.text
    assert page.attributes <= ATTRIBUTES and page.addresses == ["data:,"]
    assert not {"script", "img", "iframe"} & set(page.tags)
    assert "default-src 'none'" in to_html(MATRIX)


@pytest.mark.parametrize("place", ["assignment", "case", "mutant", "finding"])
def test_a_hostile_name_is_only_text(hostile: str, place: str) -> None:
    name = {place: hostile}
    verification = Verification(
        name.get("assignment", "tiny"),
        (name.get("case", "pad/one"),),
        {name.get("mutant", "zeros"): {name.get("case", "pad/one"): Status.WRONG}},
        (Finding(Path("mutants.py"), 1, name.get("finding", "zeros survive")),),
        {name.get("case", "pad/one"): 0.5},
    )
    for text in ("\n".join(page_of(verification)), to_html(verification)):
        assert not set("\x1b\x9b\u202e\r\x07") & set(text)
    page = Page(to_html(verification))
    assert "script" not in page.tags
    if place != "case":
        assert "<script>alert(1)</script> :bomb:" in page.text
    lines = page_of(verification)
    assert len(lines) == 4 and "[red]red[/red]" in "".join(lines)


def test_nothing_to_show_is_shown_as_nothing() -> None:
    empty = Verification("tiny", (), {})
    assert page_of(empty) == ["tiny: 0 mutants, 0 survive, 0 cases, 0 findings"]
    assert "kill matrix" in to_html(empty)
