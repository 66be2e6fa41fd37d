"""Laws of a handout's README: the text common to all, its pictures, and its page."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from grader.author.load import load
from grader.author.readme.page import to_html
from grader.author.readme.sections import anchor, complete, headings, methods
from grader.author.render import render
from grader.draw.pictures import PICTURES
from grader.model.assignment import SubmissionLimits
from tests.course_names import NAMES, ROOT
from tests.grader.desk.browser import chromium


@pytest.fixture(scope="module")
def readmes() -> dict[str, tuple[str, str]]:
    """The README of each assignment, and its page."""
    files = {}
    for name in NAMES:
        assignment = load(ROOT / "assignments" / name)
        rendered = render(assignment, "handout")
        text = complete(rendered.files["README.md"], assignment, rendered.files, "3.11")
        files[name] = text, to_html(text, rendered.pictures)
    return files


@pytest.mark.parametrize("name", NAMES)
def test_every_readme_says_how_to_get_help_and_how_to_submit(
    readmes: dict[str, tuple[str, str]], name: str
) -> None:
    text, _ = readmes[name]
    assert headings(text)[-5:].count("Windows") == 1
    commands = ("make submit", "make try CASE=", "make debug CASE=", "wsl --install", "make watch")
    for words in (*commands, "grading/frozen.npz"):
        assert words in text


@pytest.mark.parametrize("name", NAMES)
def test_the_contents_name_every_heading_and_every_link_leads_to_one(
    readmes: dict[str, tuple[str, str]], name: str
) -> None:
    text, page = readmes[name]
    assert all(f"- [{title}](#{anchor(title)})" in text for title in headings(text))
    ids = re.findall(r' id="([^"]+)"', page)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", NAMES)
def test_every_help_of_a_rubric_leads_into_the_page(readmes: dict[str, tuple[str, str]], name: str) -> None:
    _, page = readmes[name]
    for criterion in load(ROOT / "assignments" / name).rubric.criteria:
        assert f'id="{criterion.help.partition("#")[2]}"' in page, criterion.help


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_one_file_with_its_pictures_inside(
    readmes: dict[str, tuple[str, str]], name: str
) -> None:
    text, page = readmes[name]
    assert page.count("<svg xmlns") == text.count("](pictures/") > 0
    assert "<img" not in page and "<script" not in page and not re.search(r"url\(|@import", page)


def test_the_table_of_methods_is_what_the_docstrings_say(readmes: dict[str, tuple[str, str]]) -> None:
    source = '''
class NDArray:
    """An array."""

    @property
    def size(self):
        """The number of elements. More."""

    def sum(self, axis=None, *, keepdims=False):
        """The sum over `axis`; None: all | of it."""

    def _hidden(self):
        """Nobody's."""
'''
    assert list(methods(source)) == [
        (".size", "The number of elements"),
        (".sum(axis=None, keepdims)", "The sum over `axis`; None: all \\| of it"),
    ]
    readme = readmes["conv_backward"][0]
    assert "| `.reshape(shape)` |" in readme
    assert "| `.buffer`, `.shape`, `.strides`, `.offset`, `.device` |" in readme
    assert "| `a[index]` | A view of the elements that integers, slices, ... and None select" in readme
    assert "`a - b`" in readme
    assert "| `a == b`, `a != b`, `a < b`, `a <= b`, `a > b`, `a >= b` | An array of 1" in readme
    assert "in_memory" not in readme  # for NDArray's own operations
    assert "| `zeros(shape" in readme


def test_a_method_that_is_an_exercise_is_in_no_table(readmes: dict[str, tuple[str, str]]) -> None:
    assert "`.flip(" not in readmes["conv_backward"][0]
    assert "NDArray's methods" not in readmes["ndarray"][0]  # there the student writes them


def test_every_picture_is_well_formed_and_says_what_it_shows() -> None:
    numbers: dict[str, dict[str, object]] = {
        "sliding_window": {"x": [1, 4, 2, 0, 5], "k": [1, 2, 3]},
        "transposed_rows": {"k": [1, 2, 3], "n": 5},
        "dilated_window": {"x": [1, 4, 2, 0, 5, 3, 1], "k": [1, 2, 3], "dilation": 2},
        "spread": {"x": [2, -1, 4], "k": [1, 2, 3], "stride": 2},
        "channel_groups": {"c_in": 4, "c_out": 6, "groups": 2},
        "gaps": {"grad": [2, 4], "stride": 3},
        "remainder": {"n": 8, "k": 3, "stride": 3},
        "strides": {"shape": [2, 2], "steps": [-2, -1], "offset": 3, "size": 4},
        "tiles": {"rows": 5, "columns": 7, "tile": 3},
        "threads": {"size": 10, "block": 4},
        "chords": {"curve": "cube", "at": 2.0, "step": 1.0},
    }
    assert numbers.keys() == PICTURES.keys()
    for name, values in numbers.items():
        tree = ElementTree.fromstring(PICTURES[name](**values))
        assert tree.tag == "{http://www.w3.org/2000/svg}svg"
        assert tree.get("aria-label") == tree[0].text


def test_a_pictures_numbers_are_worked_out() -> None:
    assert "one-sided: 19, central: 13" in PICTURES["chords"](curve="cube", at=2, step=1)
    assert "gives 15 8 17" in PICTURES["sliding_window"](x=[1, 4, 2, 0, 5], k=[1, 2, 3])
    assert "gives 20 13 15" in PICTURES["dilated_window"](x=[1, 4, 2, 0, 5, 3, 1], k=[1, 2, 3], dilation=2)
    assert "gives 2 4 5 -2 1 8 12" in PICTURES["spread"](x=[2, -1, 4], k=[1, 2, 3], stride=2)
    assert "r = 2" in PICTURES["remainder"](n=8, k=3, stride=3)
    assert "2 have none" in PICTURES["threads"](size=10, block=4)


def test_a_browser_finds_nothing_serious_in_a_readmes_page(
    readmes: dict[str, tuple[str, str]], tmp_path: Path
) -> None:
    problems = []
    (tmp_path / "README.html").write_text(readmes["conv_forward"][1], encoding="utf-8")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 390, "height": 900})
        page.goto((tmp_path / "README.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        violations = Axe().run(page).response["violations"]
        problems += [v["id"] for v in violations if v["impact"] in ("serious", "critical")]
    assert problems == []


@pytest.mark.parametrize(
    ("limits", "sentences"),
    [
        (SubmissionLimits(), ()),
        (SubmissionLimits(at_most=1), ("You may submit once.",)),
        (SubmissionLimits(10, timedelta(minutes=15)), ("You may submit 10 times.", "wait 15 minutes")),
        (SubmissionLimits(cooldown=timedelta(days=1)), ("wait 1 day",)),
    ],
)
def test_a_readme_states_how_often_a_student_may_submit(
    limits: SubmissionLimits, sentences: tuple[str, ...]
) -> None:
    assignment = replace(load(ROOT / "assignments" / NAMES[0]), submission_limits=limits)
    text = complete("# Title\n", assignment, {}, "3.11")
    submit = text.partition("## How to submit")[2].partition("\n## ")[0]
    assert all(sentence in submit for sentence in sentences)
    assert ("as often as you like" in submit) is bool(sentences)
