"""Laws of a grade's page: it shows only what its reader may see, and describes every picture in words."""

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from grader.draw.convolution import dilate, pad, steps_of
from grader.draw.grid import LEGIBLE, Cell, draw_grid, index_of, shade
from grader.draw.markup import element
from grader.draw.warp import draw_warp
from grader.model.assignment import Visibility
from grader.model.example import Drawing, Example, Table
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.report.markdown import to_markdown
from grader.report.next_step import Place
from grader.report.pages.grade_page import CloseUp, _heat, article, to_html
from grader.report.terminal.show_grade import to_text
from tests.grader.desk.browser import chromium

WIDTHS = (390, 1280)


def table(name: str, rows: list[list[float]], wrong: bool = False) -> Table:
    values = tuple(value for row in rows for value in row)
    shape = (1, len(rows), len(rows[0]), 1)
    return Table(name, shape, values, grid=(1, 2), wrong=(wrong,) * len(values) if wrong else ())


X_GRAD = Example(
    criterion="x_grad",
    case="small-1",
    probe="x_grad",
    drawing=Drawing.CONVOLUTION,
    description="small",
    settings={"stride": (2, 1), "padding": (0, 0), "x.shape": (1, 4, 1, 1)},
    inputs=(
        Table("out_grad", (1, 2, 1, 1), (5.0, 7.0), grid=(1, 2)),
        Table("w", (2, 1, 1, 1), (1.0, 2.0), grid=(0, 1)),
    ),
    expected=(table("expected", [[5], [10], [7], [14]]),),
    actual=(table("actual", [[10], [5], [14], [7]], wrong=True),),
    is_smallest=True,
)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.targets: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.targets += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    return tags


@pytest.fixture
def drawn_page(make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]) -> str:
    """A page with heat maps, the smallest case, a finding in CUDA C and a link into the handout."""
    wrong = CheckResult("x_grad", "stride-2", Status.WRONG, expected="5", actual="10", help="README.md#flip")
    says = "kernels.cu:2: race in add: thread (3, 0, 0) of block (0, 0, 0) writes element 3 of out"
    result = CheckResult("hidden", "add", Status.WRONG, actual=says, rationale=says)
    grade = make_grade(make_criterion("x_grad", 10, [wrong]), make_criterion("hidden", 5, [result]))
    whole = replace(X_GRAD, case="stride-2", is_smallest=False)
    name = "x_grad/stride-2"
    sources = {"kernels.cu": "__global__\nvoid add(float* out)\n{}\n"}
    return to_html(
        grade, close_up=CloseUp({name: whole}, {name: X_GRAD}, sources, "README.html", Place(("k.cu",)))
    )


def test_a_page_is_one_file_and_loads_nothing(drawn_page: str) -> None:
    page = read(drawn_page)
    assert not page.tags & {"script", "img", "iframe", "object", "embed"}
    assert [t for t in page.targets if not t.startswith("#")] == ["data:,", "README.html#flip"]
    assert not re.search(r"url\(|@import|https?://", drawn_page)


def test_every_link_inside_of_the_page_leads_to_a_place(drawn_page: str) -> None:
    ids = set(re.findall(r' id="([^"]+)"', drawn_page))
    inside = [target[1:] for target in read(drawn_page).targets if target.startswith("#")]
    assert inside and set(inside) <= ids


@pytest.mark.parametrize(
    "rationale", ["conv.py:9: NotImplementedError", "conv.py:3: SyntaxError: invalid syntax"]
)
def test_without_descriptions_of_criteria_no_link_leads_to_one(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade], rationale: str
) -> None:
    ends = [
        CheckResult(name, "one", Status.ERROR, rationale=rationale, help="README.md#flip") for name in "ab"
    ]
    grade = make_grade(*(make_criterion(each.criterion, 1, [each]) for each in ends))
    page = to_html(grade, close_up=CloseUp(readme="README.html", place=Place(("conv.py",), in_handout=True)))

    assert not [target for target in read(page).targets if target.startswith("#")]
    if "SyntaxError" in rationale:
        assert "fix the first problem above" in read(page).text and "make try" not in read(page).text
    else:
        assert "README.html#flip" in read(page).targets


def test_hostile_text_is_only_text(
    hostile: str,
    make_grade: Callable[..., Grade],
    make_criterion: Callable[..., CriterionGrade],
    drawn_page: str,
) -> None:
    result = CheckResult(
        "x", hostile, Status.WRONG, actual=hostile, rationale="{code} {0} </pre><b>", output=hostile
    )
    criterion = replace(make_criterion("x", 10, [result]), id=hostile, title=hostile)
    grade = replace(make_grade(criterion), submission="{x}</title>" + hostile, notes=(hostile,))
    example = replace(X_GRAD, description=hostile, end_reason=hostile, settings={hostile: hostile})
    page = read(to_html(grade, close_up=CloseUp({}, {f"x/{hostile}": example}, {hostile: hostile})))
    assert page.tags <= read(drawn_page).tags | {"pre", "ul"}
    assert "<script>alert(1)</script>" in page.text
    assert "{code} {0} </pre><b>" in page.text
    assert "{x}</title>" in page.text
    assert "\x1b" not in page.text


def test_code_between_backticks_is_code_and_a_backtick_alone_is_text(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    result = CheckResult(
        "flip", "rows", Status.WRONG, rationale="your `flip` ends here\nand ` here", actual="`a`"
    )
    criterion = replace(make_criterion("flip", 10, [result]), title="what `flip` returns")
    page = to_html(replace(make_grade(criterion), notes=("`main` is not yours: ` stays",)))

    assert page.count("<code>flip</code>") == 3  # in the table, in the section, in the reason
    assert "<code>main</code> is not yours: ` stays" in page
    assert "ends here\nand ` here" in page
    assert "<dd>`a`</dd>" in page  # a value, as it is


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("flip", ""),
        ("flip: a view", "a view"),
        ("flip, for any axes", "for any axes"),
        ("flipped", "flipped"),
    ],
)
def test_the_title_of_a_criterion_does_not_repeat_its_id(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade], title: str, shown: str
) -> None:
    result = CheckResult("flip", "rows", Status.WRONG)
    grade = make_grade(replace(make_criterion("flip", 10, [result]), title=title))
    paragraph = f'<p class="soft">{shown}</p>' if shown else "</h2><article>"

    assert paragraph in to_html(grade)
    assert f"\n## flip{': ' if shown else ''}{shown}\n" in to_markdown(grade)
    assert f"\nflip{': ' if shown else ''}{shown}\n" in to_text(grade)


def test_arrays_that_are_compared_have_squares_of_one_size() -> None:
    """Otherwise a long number in one grid would make the same place of another one hard to find."""
    expected = Table("expected", (2, 2, 2), (1, 2, 3, 4, 5, 6, 7, 8))
    actual = Table("actual", (2, 2, 2), (1, 2, 3, 4, 5, 6, 7, -123456), wrong=(False,) * 7 + (True,))
    example = replace(X_GRAD, expected=(expected,), actual=(actual,))

    widths = re.findall(r'<svg viewBox="[^"]*" width="(\d+)"', "".join(_heat(example)))
    assert len(widths) == 3 and len(set(widths)) == 1


def test_each_of_several_ideas_has_a_line_of_its_own(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    idea = "Likely: what each of these gives: (1) You add. (2) You use `x` (2) times."
    result = CheckResult("x", "c", Status.WRONG, idea=idea)
    page = to_html(make_grade(make_criterion("x", 1, [result])))
    assert '<span class="line">(1) You add.</span><span class="line">(2) You use' in page


def test_hidden_values_stay_hidden(mixed: Grade) -> None:
    assert "SECRET" not in to_html(mixed)
    assert "SECRET" in to_html(mixed, reveal=True)


def test_every_visibility_but_visible_hides_on_the_page(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    for visibility in set(Visibility) - {Visibility.VISIBLE}:
        texts: Any = dict.fromkeys(("inputs", "expected", "actual", "rationale", "help", "output"), "SECRET")
        secret = CheckResult("flip", "a", Status.WRONG, visibility, index=(7,), **texts)
        page = to_html(make_grade(make_criterion("flip", 10, [secret, CheckResult("flip", "b", Status.OK)])))
        assert "SECRET" not in page and "a hidden case fails" in page


def test_an_authors_words_are_stressed_and_a_product_is_not(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    idea = "It is the *sum* of `2 * x * y`, and 3 * 4 * 5 stays. <b>"
    wrong = CheckResult("flip", "a", Status.WRONG, idea=idea)
    page = to_html(make_grade(make_criterion("flip", 10, [wrong])))
    assert "<em>sum</em> of <code>2 * x * y</code>, and 3 * 4 * 5 stays. &lt;b&gt;" in page


def test_a_difference_that_rounding_explains_is_drawn_as_none(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    whole = replace(
        X_GRAD,
        expected=(Table("expected", (1, 2), (1.0, 2.0)),),
        actual=(Table("actual", (1, 2), (1.00001, 5.0), wrong=(False, True)),),
    )
    wrong = CheckResult("x_grad", "stride-2", Status.WRONG)
    grade = make_grade(make_criterion("x_grad", 10, [wrong]))
    page = to_html(grade, close_up=CloseUp({"x_grad/stride-2": whole}))
    assert "<title>difference [0, 0]: 0</title>" in page
    assert "<title>difference [0, 1]: 3</title>" in page


def test_an_array_of_many_grids_shows_those_with_wrong_numbers(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    shape, is_wrong = (5, 1, 2), (False,) * 7 + (True,) + (False,) * 2
    whole = replace(
        X_GRAD,
        is_smallest=False,
        expected=(Table("expected", shape, tuple(map(float, range(10)))),),
        actual=(Table("actual", shape, (*map(float, range(7)), 99.0, 8.0, 9.0), wrong=is_wrong),),
    )
    wrong = CheckResult("x_grad", "stride-2", Status.WRONG)
    grade = make_grade(make_criterion("x_grad", 10, [wrong]))
    page = to_html(grade, close_up=CloseUp({"x_grad/stride-2": whole}))
    assert "<title>actual [3, 0, 1]: 99</title>" in page
    assert (
        "<title>expected [3, 0, 1]: 7</title>" in page and "<title>difference [3, 0, 1]: 92</title>" in page
    )
    assert "<title>actual [0, 0, 0]: 0</title>" not in page
    assert page.count(">[3, :, :]</span>") == 3 and page.count("1 of 5 grids") == 3


def test_a_value_is_read_by_hovering_and_by_the_keyboard(drawn_page: str) -> None:
    assert "<title>actual [0, 2, 0, 0]: 14</title>" in drawn_page
    assert re.search(
        r'<g class="cell [^"]*wrong" tabindex="0" role="img" aria-label="actual \[0, 0, 0, 0\]: 10">',
        drawn_page,
    )


def test_the_difference_is_drawn_next_to_expected_and_actual(drawn_page: str) -> None:
    assert "<title>difference [0, 0, 0, 0]: 5</title>" in drawn_page
    assert "<title>difference [0, 1, 0, 0]: -5</title>" in drawn_page


def test_a_result_whose_numbers_are_right_has_no_pictures() -> None:
    """Of three results one may be wrong, and a wrong dtype has no wrong number."""
    right = replace(table("actual", [[5], [10]]), wrong=(False, False))
    example = replace(X_GRAD, expected=(table("expected", [[5], [10]]),), actual=(right,))
    assert _heat(example) == []
    assert _heat(replace(example, actual=(replace(right, wrong=(False, True)),))) != []


def test_a_gradients_steps_are_drawn_with_its_own_numbers() -> None:
    """out_grad 5, 7 at stride 2 becomes 5 0 7; the kernel 1, 2 is flipped; the sum is the expected value."""
    steps = steps_of(X_GRAD)
    assert [step.text.partition(".")[0] for step in steps[:2]] == [
        "out_grad, and the gaps that stride 2×1 left in it",
        "The kernel, and the kernel flipped on both axes",
    ]
    assert "1·5 = 5 at [0, 0]. Your function gives 10." in steps[-1].text


@pytest.mark.parametrize(
    ("stride", "first"),
    [
        (1, "out_grad. Stride 1 leaves no gaps in it."),
        (2, "out_grad, and the gaps that stride 2×2 left in it."),
    ],
)
def test_the_steps_of_a_kernels_gradient_show_gaps_only_where_the_stride_left_some(
    stride: int, first: str
) -> None:
    x, out_grad = (
        Table("x", (1, 4, 1, 1), (1.0, 2.0, 3.0, 4.0), grid=(1, 2)),
        Table("out_grad", (1, 2, 1, 1), (5.0, 7.0), grid=(1, 2)),
    )
    settings = {"stride": (stride, stride), "padding": (0, 0), "w.shape": (2, 1, 1, 1)}
    example = replace(X_GRAD, probe="w_grad", settings=settings, inputs=(x, out_grad))
    steps = steps_of(example)
    assert steps[0].text == first
    assert steps[1].text.startswith("It slides over x as a kernel, without a flip.")


def test_an_exception_is_told_once_if_the_case_itself_is_small(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    """Below the reason stands the whole case: its inputs, and not the reason again."""
    raised = "conv.py:3: ValueError: no"
    failing = CheckResult("x_grad", "one", Status.ERROR, rationale=raised)
    whole = replace(X_GRAD, case="one", actual=(), end_reason=raised, is_smallest=False)
    close_up = CloseUp(whole={failing.name: whole})
    page = read(to_html(make_grade(make_criterion("x_grad", 5, [failing])), close_up=close_up))
    assert page.text.count(raised) == 1
    assert whole.title in page.text


def test_numbers_that_more_than_values_decides_are_on_the_page(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    """The submission's own results are drawn beside the inputs, and the two numbers are text."""
    wrong = CheckResult("transpose", "drawn", Status.WRONG, expected="12 = a", actual="9 = b")
    inputs, results = (Table("x", (1,), (7.0,)),), (Table("conv", (1,), (13.0,)),)
    compared = "12 = <conv, out_grad>", "9 = <x, x_grad>"
    small = Example(
        "transpose",
        "drawn",
        "x_grad",
        Drawing.CONVOLUTION,
        "",
        {},
        inputs,
        (),
        (),
        results,
        compared,
        "why",
        True,
    )
    close_up = CloseUp(small={wrong.name: small})
    page = read(to_html(make_grade(make_criterion("transpose", 5, [wrong])), close_up=close_up))
    text = page.text.partition(small.title)[2]
    places = [text.index(part) for part in ("x 1", "conv 1", *compared, "why")]
    assert places == sorted(places)


def test_without_a_gap_the_steps_mention_none() -> None:
    one = Table("out_grad", (1, 1, 1, 1), (5.0,), grid=(1, 2))
    lone = replace(
        X_GRAD, inputs=(one, X_GRAD.inputs[1]), settings={**X_GRAD.settings, "x.shape": (1, 2, 1, 1)}
    )
    assert steps_of(lone)[0].text == "out_grad. Between so few numbers there is no gap."


def test_the_steps_of_a_convolution_sum_to_the_expected_value() -> None:
    x, w = table("x", [[1, 2, 3]]), Table("w", (1, 2, 1, 1), (4.0, 5.0), grid=(0, 1))
    settings = {"stride": 1, "padding": 0}
    wrong = table("actual", [[0, 0]], wrong=True)
    forward = replace(
        X_GRAD, settings=settings, inputs=(x, w), expected=(table("expected", [[14, 23]]),), actual=(wrong,)
    )
    assert "4·1 + 5·2 = 14 at [0, 0]" in steps_of(forward)[-1].text

    out_grad = table("out_grad", [[6, 7]])
    kernel = replace(
        forward,
        settings={**settings, "w.shape": (1, 2, 1, 1)},
        inputs=(x, out_grad),
        expected=(Table("expected", (1, 2, 1, 1), (20.0, 33.0), grid=(0, 1)),),
        actual=(Table("actual", (1, 2, 1, 1), (0.0, 0.0), grid=(0, 1), wrong=(True, True)),),
    )
    assert "6·1 + 7·2 = 20 at [0, 0]" in steps_of(kernel)[-1].text


def test_padding_and_gaps_are_what_the_words_mean() -> None:
    assert pad([[1.0, 2.0]], 1, 0, 0, -1) == [[0.0], [1.0]]
    assert dilate([[1.0, 2.0]], (1, 3)) == [[1.0, 0.0, 0.0, 2.0]]


def test_a_finding_is_shown_with_its_line_and_its_thread_in_the_warp(drawn_page: str) -> None:
    row, below = next(pair for pair in itertools.pairwise(drawn_page.split("<tr")) if "void add" in pair[0])
    assert 'class="found"' in row
    assert 'class="found"' in below and "race in add" in below
    title = "warp 0: thread 3 marked, at element 3 of out"
    assert f"<figcaption>{title}</figcaption>" in drawn_page and f'aria-label="{title}"' in drawn_page
    assert draw_warp("no thread is named") is None


def test_findings_at_one_line_share_its_source_and_picture(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    """A thread that reads two arrays behind their ends and writes a third: three findings, one excerpt."""
    accesses = ("reads element 116 of a", "reads element 116 of b", "writes element 116 of out")
    places = [f"thread (116, 0, 0) of block (0, 0, 0) {access}, which has 33" for access in accesses]
    text = "\n".join(f"kernels.cu:1: out_of_bounds in add: {place}" for place in places)
    result = CheckResult("bugs", "add", Status.WRONG, rationale=text)
    grade = make_grade(make_criterion("bugs", 5, [result]))
    page = to_html(grade, close_up=CloseUp({}, {}, {"kernels.cu": "out[i] = a[i] + b[i];"}))
    assert page.count('<table class="source"') == 1
    assert page.count("<figcaption>warp 3: thread 116 marked") == 1
    assert all(f"add: {place}</span>" in page for place in places)


def test_a_long_number_gets_a_square_in_which_it_is_legible() -> None:
    grid = draw_grid([[Cell("-123456"), Cell("0")]], "numbers", 22)
    assert {float(size) for size in re.findall(r'font-size="([\d.]+)"', grid)} <= {LEGIBLE, LEGIBLE + 0.1}


def test_a_color_says_sign_and_size_and_an_index_where_a_number_lies() -> None:
    assert [shade(v, 8) for v in (0, 1, 8, -1, -8, float("nan"))] == ["zero", "p1", "p4", "n1", "n4", "nan"]
    assert [index_of(p, (2, 3)) for p in (0, 2, 3, 5)] == [(0, 0), (0, 2), (1, 0), (1, 2)]


def test_an_element_escapes_whatever_it_is_given() -> None:
    assert element("p", "<b>", title='"') == '<p title="&quot;">&lt;b&gt;</p>'
    assert element("p", element("b", "x")) == "<p><b>x</b></p>"


def test_another_page_may_hold_the_article(mixed: Grade) -> None:
    inside = article(mixed)
    assert inside.startswith('<div class="grade">') and "<html" not in inside


def test_a_browser_finds_no_serious_problem_and_no_page_too_wide(
    drawn_page: str, mixed: Grade, tmp_path: Path
) -> None:
    problems = []
    with chromium() as browser:
        for number, text in enumerate((drawn_page, to_html(mixed))):
            path = tmp_path / f"{number}.html"
            path.write_text(text, encoding="utf-8")
            for width, scheme in itertools.product(WIDTHS, ("light", "dark")):
                window: Any = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
                context = browser.new_context(**window, bypass_csp=True)
                page = context.new_page()
                page.goto(path.as_uri())
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                violations = Axe().run(page).response["violations"]
                problems += [v["id"] for v in violations if v["impact"] in ("serious", "critical")]
                context.close()
    assert problems == []


def test_a_printed_page_fits_the_paper_and_no_picture_is_cut_in_two(drawn_page: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(drawn_page, encoding="utf-8")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 680, "height": 900})  # A4 without its margins
        page.goto(path.as_uri())
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= 680
        breaks = "[...document.querySelectorAll('figure')].map(f => getComputedStyle(f).breakInside)"
        assert set(page.evaluate(breaks)) == {"avoid"}
