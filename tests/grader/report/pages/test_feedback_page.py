"""Laws of the HTML page."""

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.report.pages.feedback_page import to_html


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_holds_the_feedback_and_loads_nothing(mixed: Grade) -> None:
    page = Tags()
    page.feed(to_html(mixed))
    assert "8 = (3 - 1)·3 + 2: the windows reach 8 rows" in page.text
    assert page.tags == {"html", "head", "meta", "title", "style", "body", "h1", "pre", "span"}
    assert page.attributes == {"lang", "charset", "style"}


def test_hostile_text_is_only_text(
    hostile: str, make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    result = CheckResult(
        "x", "a", Status.WRONG, actual=hostile, rationale="{code} {0} </pre><b>", output=hostile
    )
    page = Tags()
    page.feed(
        to_html(replace(make_grade(make_criterion("x", 10, [result])), submission="{x}</title>" + hostile))
    )
    assert page.tags == {"html", "head", "meta", "title", "style", "body", "h1", "pre", "span"}
    assert "<script>alert(1)</script>" in page.text
    assert "{code} {0} </pre><b>" in page.text
    assert "{x}</title>" in page.text


def test_hidden_values_stay_hidden(mixed: Grade) -> None:
    assert "SECRET" not in to_html(mixed)
    assert "SECRET" in to_html(mixed, reveal=True)
